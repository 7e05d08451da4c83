"""The list of a campaign: who is asked, and what is said to each alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpra.agencies import cells
from cpra.archive.tables import table
from cpra.core.schema import nearest
from cpra.errors import BadFile, WrongUsage
from cpra.letters.template import Template
from cpra.letters.variable import Variable

NAMES = frozenset({"agency", "agencies", "agency name", "name", "key"})
"""Headers of the column that says who is asked."""

SUBJECT = "subject"
"""A column of this name gives a Re: line of its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: who is asked, and what is said to them alone."""

    line: int
    name: str
    values: Mapping[str, str]
    subject: str = ""


def rows(listed: Path, template: Template, sheet: str) -> tuple[list[Row], tuple[str, ...]]:
    """The rows of a list, and its columns that are no blanks of the letter.

    The list is a table with a column `agency` and columns named as the letter's blanks, or plainly
    one agency on each line.
    """
    found = table(listed, sheet)
    filled = [(line, row) for line, row in found.rows if any(cell.strip() for cell in row)]
    if not filled:
        return [], ()
    header = [cells.plain(cell) for cell in filled[0][1]]
    if not NAMES & set(header):
        names = ((line, ",".join(row).strip()) for line, row in filled)
        return [Row(line, name, {}) for line, name in names if not name.startswith("#")], ()
    blanks = {cells.plain(variable.name): variable for variable in template.variables}
    _check_header(header, blanks, template, listed)
    who = next(place for place, name in enumerate(header) if name in NAMES)
    out = [_row(line, row, header, who, blanks, listed) for line, row in filled[1:]]
    known = NAMES | {SUBJECT, *blanks}
    unused = tuple(cell.strip() for cell in filled[0][1] if cells.plain(cell) not in known)
    return out, tuple(name for name in unused if name)


def _row(
    line: int,
    row: Sequence[str],
    header: Sequence[str],
    who: int,
    blanks: Mapping[str, Variable],
    listed: Path,
) -> Row:
    if len(row) != len(header):
        raise BadFile(
            f"{listed}, line {line}: it has {len(row)} cells, and the header has {len(header)}"
        )
    said = {name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()}
    values = {
        variable.name: _value(variable, said[name], listed, line)
        for name, variable in blanks.items()
        if name in said
    }
    return Row(line, row[who].strip(), values, said.get(SUBJECT, ""))


def _value(variable: Variable, said: str, listed: Path, line: int) -> str:
    """A date in ISO form: spreadsheet programs write 3/2/2026."""
    if variable.check != "date":
        return said
    try:
        return cells.day(said).isoformat()
    except WrongUsage as error:
        raise BadFile(f"{listed}, line {line}: {variable.name}: {error}") from error


def _check_header(
    header: Sequence[str], blanks: Mapping[str, Variable], template: Template, listed: Path
) -> None:
    """A column that is nearly a blank's name is a slip, and its values would be lost."""
    for name in header:
        if name and name not in NAMES and name != SUBJECT and name not in blanks:
            near = nearest(name, tuple(blanks))
            if near:
                raise BadFile(
                    f'{listed}: the column "{name}" is no blank of {template.name}; did you mean '
                    f'"{blanks[near[0]].name}"?'
                )
    for name in blanks:
        if header.count(name) > 1:
            raise BadFile(f'{listed}: there are two columns "{name}"')
