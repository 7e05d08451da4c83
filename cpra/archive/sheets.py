"""The words and numbers of a spreadsheet, sheet by sheet; hidden sheets are named as such."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NoReturn

from cpra.archive.office import part_words
from cpra.archive.pdf import Unreadable
from cpra.archive.plain import PAGE, Stretch

LOCKED = "is locked with a password and cannot be read; ask the agency for the password"
MOST = 5_000_000
"""Rows of one sheet that are read; Excel itself has about a million."""
Cell = int | float | str | bool | time | date | datetime | timedelta


def sheet_pages(path: Path) -> Iterator[Stretch]:
    """Each sheet in stretches of rows, the cells parted by tabs, then the comments."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError:
        raise Unreadable(LOCKED) from None
    except calamine.CalamineError as error:
        raise Unreadable(f"is damaged ({_short(error)}), so its cells cannot be read") from None
    for about in book.sheets_metadata:
        hidden = "" if about.visible is calamine.SheetVisibleEnum.Visible else " (hidden)"
        if about.typ is not calamine.SheetTypeEnum.WorkSheet:
            yield "", f"{about.name}{hidden}: no cells"
            continue
        try:
            rows = book.get_sheet_by_name(about.name).iter_rows()
            yield from _stretches(rows, f"{about.name}{hidden}")
        except calamine.CalamineError as error:
            yield f"[this sheet cannot be read: {_short(error)}]", f"{about.name}{hidden}"
    yield from _comments(path)


def locked_pages(path: Path) -> NoReturn:
    """A compound file of no known kind: most often an office file that is locked."""
    with path.open("rb") as file:
        if "EncryptedPackage".encode("utf-16-le") in file.read(1 << 20):
            raise Unreadable(LOCKED)
    raise Unreadable("is of a kind that cpra cannot read")


def _stretches(rows: Iterator[Sequence[Cell]], name: str) -> Iterator[Stretch]:
    lines: list[str] = []
    size, first, number = 0, 1, 0
    for number, row in enumerate(rows, start=1):
        line = "\t".join(_shown(cell) for cell in row).rstrip("\t")
        if size and size + len(line) > PAGE:
            yield "\n".join(lines), f"{name}, rows {first}-{number - 1}"
            lines, size, first = [], 0, number
        lines.append(line)
        size += len(line) + 1
        if number == MOST:
            break
    if size or first == 1:
        yield "\n".join(lines), name if first == 1 else f"{name}, rows {first}-{number}"


def _shown(cell: Cell) -> str:
    """A cell as a person sees it: no `.0` after a whole number, dates in ISO form."""
    if isinstance(cell, str):
        return " ".join(cell.split()) if "\n" in cell or "\t" in cell else cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return str(cell)


def _comments(path: Path) -> Iterator[Stretch]:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        parts = [
            name
            for name in archive.namelist()
            if re.fullmatch(r"xl/(?:threadedC|c)omments/?\w*\d*\.xml", name)
        ]
        words = [part_words(archive, part) for part in sorted(parts)]
    text = "\n".join(found for found in words if found)
    if text:
        yield text, "comments"


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:100]
