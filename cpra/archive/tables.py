"""Tables that other people made, row by row as text: .csv in any encoding, .xlsx, .xls, .ods.

A workbook is read in a process of its own, which may use only so much memory: a file of one
kilobyte can ask for half a terabyte.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import cpra
from cpra.archive.bounds import confine
from cpra.archive.limits import SANE, Limits
from cpra.errors import BadFile, NotFound

SEPARATORS = ",;\t|"

WESTERN = ("cp1252", "mac_roman")
"""The encodings in which old programs write a table in English or Spanish."""

_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAVE = "open it in a spreadsheet program and save it as .csv or .xlsx"


Row = tuple[int, list[str]]
"""where a row begins (its line in a .csv, its number in a workbook), and its cells"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one table."""

    rows: Iterator[Row]
    """read as they are asked for, once; `BadFile` when one of them does not end"""
    name: str = ""
    """of the sheet, in a workbook"""
    others: tuple[str, ...] = ()
    """the workbook's other sheets that have rows"""
    encoding: str = ""
    """of a text file, where it is not UTF-8"""


def table(path: Path, sheet: str = "", limits: Limits = SANE) -> Sheet:
    """A table from a file; of a workbook the named sheet, or the first visible one with rows.

    Bytes that are not in the encoding of the rest become U+FFFD. `BadFile` when it is no table.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path}")
    try:
        with path.open("rb") as file:
            start = file.read(512)
        if start.startswith(_WORKBOOK):
            return _workbook(path, sheet, limits)
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}") from error
    if start.startswith(b"%PDF"):
        raise BadFile(f"{path} is a PDF, not a table; ask for it as a spreadsheet or .csv")
    if start.lstrip().lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"{\\rtf")):
        raise BadFile(f"{path} is no table of text, whatever its name says; {_SAVE}")
    encoding = _encoding(data, path)
    shown = "" if encoding.startswith("utf") else encoding
    return Sheet(rows=_rows(data, encoding, path), encoding=shown)


def _sheets(path: Path) -> Iterator[tuple[str, bool, list[list[str]]]]:
    """Every sheet of a workbook: its name, whether it is shown, its rows as text."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_path(path)
    for about in book.sheets_metadata:
        if about.typ is SheetTypeEnum.WorkSheet:
            rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
            shown = about.visible is SheetVisibleEnum.Visible
            yield about.name, shown, [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    """A cell as a person would type it; dates in ISO form."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _encoding(data: bytes, path: Path) -> str:
    """The encoding of a text; of one in several encodings, UTF-8 if most of its lines are in it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    zeros = data[1:4096:2].count(0), data[0:4096:2].count(0)
    if 4 * min(zeros) > max(zeros) > 0:  # no text in UTF-16 has them on both sides
        raise BadFile(f"{path} is no table of text, whatever its name says; {_SAVE}")
    if any(zeros):
        return "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
    if _is_utf8(data):
        return "utf-8"
    foreign = [line for line in data.split(b"\n") if not line.isascii()]
    if 2 * sum(map(_is_utf8, foreign)) >= len(foreign):
        return "utf-8"
    import charset_normalizer

    best = charset_normalizer.from_bytes(b"\n".join(foreign), cp_isolation=list(WESTERN)).best()
    if best is None:
        raise BadFile(f"the encoding of {path} cannot be told; {_SAVE} with the encoding UTF-8")
    return best.encoding


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _rows(data: bytes, encoding: str, path: Path) -> Iterator[Row]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="")
    first = next((line for line in text if line.strip()), "")
    text.seek(0)
    reader = csv.reader(text, delimiter=max(SEPARATORS, key=first.count))
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(
            f"{path}, line {line}: this row does not end ({error}); a quotation mark is missing"
        ) from error


def _workbook(path: Path, wanted: str, limits: Limits) -> Sheet:
    """Read in a process of its own, which dies alone if the file is a bomb."""
    home, known = str(Path(cpra.__file__).parents[1]), os.environ.get("PYTHONPATH")
    command = [sys.executable, "-P", "-m", __name__, str(path), str(limits.memory), wanted]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
            env={**os.environ, "PYTHONPATH": f"{home}{os.pathsep}{known}" if known else home},
        )
    except subprocess.TimeoutExpired:
        raise BadFile(
            f"{path} was not read in {limits.seconds} seconds, so it is no honest table; {_SAVE}"
        ) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise BadFile(
            f"{path} needs more memory than a table may take, or is damaged; {_SAVE}"
        ) from None
    if "wrong" in answer:
        raise BadFile(f"{path} {answer['wrong']}")
    return Sheet(
        rows=enumerate(answer["rows"], start=1),
        name=answer["name"],
        others=tuple(answer["others"]),
    )


def _main(path: Path, memory: int, wanted: str) -> dict[str, object]:
    """What the reading process answers."""
    from python_calamine import CalamineError, PasswordError

    confine(memory)
    try:
        every = [one for one in _sheets(path) if any(map(any, one[2]))]
    except PasswordError:
        return {"wrong": f"is locked with a password; {_SAVE} without one"}
    except (CalamineError, OSError, ValueError, MemoryError) as error:
        return {"wrong": f"is no workbook that can be read ({type(error).__name__}); {_SAVE}"}
    names = [name for name, _, _ in every]
    if wanted:
        chosen = [one for one in every if one[0].casefold() == wanted.casefold()]
    else:
        chosen = [one for one in every if one[1]] or every
    if not chosen:
        there = ", ".join(names) or "none with rows in it"
        return {"wrong": f'has no sheet "{wanted}"; there are {there}' if wanted else "has no rows"}
    name, _, rows = chosen[0]
    return {"name": name, "rows": rows, "others": [other for other in names if other != name]}


if __name__ == "__main__":
    json.dump(_main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]), sys.stdout)
