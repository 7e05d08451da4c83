"""A spreadsheet that any office program opens, written by hand: a zip of a few XML parts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

Cell = str | int | float | None

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_000
"""Characters of one cell; Excel takes 32,767."""
WORDS = 2
"""The style of words."""
WHEN = (1980, 1, 1, 0, 0, 0)
"""The same rows give the same bytes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A name, the headings, and the rows below them."""

    name: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    widths: tuple[int, ...] = ()


def write(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets to a new .xlsx; headings are bold and stay in sight."""
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts(sheets):
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(
                info, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + content
            )


def _parts(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPES}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        '.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>'
        f"{overrides}</Types>",
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Target="xl/workbook.xml" '
        f'Type="{OFFICE}/officeDocument"/></Relationships>',
    )
    listed = "".join(
        f'<sheet name="{_text(sheet.name[:31])}" sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
    )
    targets = "".join(
        f'<Relationship Id="rId{n}" Target="worksheets/sheet{n}.xml" Type="{OFFICE}/worksheet"/>'
        for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{RELATIONS}">{targets}<Relationship Id="rId{len(sheets) + 1}" '
        f'Target="styles.xml" Type="{OFFICE}/styles"/></Relationships>',
    )
    yield (
        "xl/styles.xml",
        f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="10"/>'
        '<name val="Arial"/></font><font><b/><sz val="10"/><name val="Arial"/></font></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
        '<borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf fontId="0" '
        'applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf fontId="1" '
        'applyFont="1"/><xf fontId="0" quotePrefix="1" applyAlignment="1"><alignment '
        'vertical="top" wrapText="1"/></xf></cellXfs></styleSheet>',
    )
    for n, sheet in zip(numbers, sheets, strict=True):
        yield f"xl/worksheets/sheet{n}.xml", _sheet(sheet)


def _sheet(sheet: Sheet) -> str:
    widths = sheet.widths or (18,) * len(sheet.headings)
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(widths, start=1)
    )
    rows = [_row(1, sheet.headings, style=1)]
    rows += [_row(n, row, style=0) for n, row in enumerate(sheet.rows, start=2)]
    return (
        f'<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
        'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{''.join(rows)}</sheetData></worksheet>"
    )


def _row(number: int, cells: Sequence[Cell], *, style: int) -> str:
    written = []
    for column, cell in enumerate(cells, start=1):
        own = style or (WORDS if isinstance(cell, str) else 0)
        place = f'r="{_letters(column)}{number}" s="{own}"'
        if cell is None or cell == "":
            continue
        if isinstance(cell, str):
            # Words, never a formula, also when somebody edits the cell: what an agency wrote is
            # not calculated.
            words = f'<is><t xml:space="preserve">{_text(cell[:LONGEST])}</t></is>'
            written.append(f'<c {place} t="inlineStr">{words}</c>')
        else:
            written.append(f"<c {place}><v>{cell}</v></c>")
    return f'<row r="{number}">{"".join(written)}</row>'


def _text(words: str) -> str:
    return escape(UNFIT.sub("\ufffd", words), {'"': "&quot;"})


def _letters(column: int) -> str:
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
