"""A column of dates computed: the same CSV with what each receipt leads to."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from typing import IO

from cpra.core.calendar import Office
from cpra.core.clock import Start
from cpra.core.law import Law
from cpra.core.schema import nearest
from cpra.core.signs import inert
from cpra.core.table import Row
from cpra.errors import CpraError, NotFound, WrongUsage
from cpra.reports.moments import moment

ADDED = ("due", "latest", "rolled_by", "contingent")
"""the columns that are added"""


@dataclass(slots=True)
class Computed:
    """How many rows there were, and which of them have no date to count from."""

    rows: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)
    """line of the file, and what is wrong there"""
    doubled: tuple[str, ...] = ()
    """columns that the file had already: the computed ones are the last of that name"""


def computed(
    source: IO[str], target: IO[str], column: str, rule_id: str, law: Law, office: Office
) -> Computed:
    """Write the CSV of `source` to `target` with four columns more, counted from `column`.

    A row whose date cannot be read, or is outside the tables, keeps its cells and gets empty ones.
    A cell that a spreadsheet program would calculate is marked as text.
    """
    head = source.readline()
    if not head.strip():
        raise WrongUsage("the file is empty; it needs a line of column names and a column of dates")
    separator = max(",;\t", key=head.count)
    header = next(csv.reader([head], delimiter=separator))
    place = _place(header, column)
    writer = csv.writer(target, delimiter=separator, lineterminator="\n")
    writer.writerow(inert([*header, *ADDED]))
    reader = csv.reader(source, delimiter=separator)
    done = Computed(doubled=tuple(name for name in ADDED if name in header))
    cells = _Cells(rule_id, law, office)
    writer.writerows(_rows(reader, len(header), place, cells, done))
    return done


def _rows(
    reader: Iterable[list[str]], width: int, place: int, cells: _Cells, done: Computed
) -> Iterator[list[str]]:
    empty = [""] * len(ADDED)
    for number, row in enumerate(reader, start=2):
        if not row:
            continue
        done.rows += 1
        if len(row) != width:
            done.bad.append((number, f"{len(row)} cells where the first line has {width}"))
            whole = row if len(row) > width else [*row, *[""] * (width - len(row)), *empty]
            yield inert(whole)
            continue
        added = cells[row[place]]
        if isinstance(added, str):
            done.bad.append((number, added))
            added = empty
        yield inert(row) + added


class _Cells(dict[str, "list[str] | str"]):
    """What is added for a cell's text, or what is wrong with it; each text is worked out once."""

    def __init__(self, rule_id: str, law: Law, office: Office) -> None:
        super().__init__()
        self._rule_id, self._law, self._office = rule_id, law, office
        self._table = law.table(rule_id, office)

    def __missing__(self, text: str) -> list[str] | str:
        try:
            self[text] = self._added(text)
        except CpraError as error:
            self[text] = str(error)
        return self[text]

    def _added(self, text: str) -> list[str]:
        found = moment(text)
        if found is None:
            raise WrongUsage("no date")
        if isinstance(found, str):
            raise WrongUsage(f"{found} like 2026-03-02 or 3/2/2026")
        day, at = found
        row = (
            self._table[day]
            if at is None
            else at_hour(self._law, self._rule_id, day, at, self._office)
        )
        return [row.due.isoformat(), row.latest.isoformat(), row.rolled_by, row.contingent]


def at_hour(law: Law, rule_id: str, day: date, at: time | None, office: Office) -> Row:
    """What a receipt at an hour of a day leads to; after hours, the latest date may be later."""
    plain = law.table(rule_id, office)[day]
    clock = law.clock(law.rule(rule_id, day), day, office)
    start = Start(day.toordinal(), at)
    latest = date.fromordinal(clock.latest(start))
    return plain._replace(latest=latest, contingent=clock.why_uncertain(start))


def _place(header: list[str], column: str) -> int:
    if column in header:
        return header.index(column)
    folded = [name.strip().casefold() for name in header]
    if column.strip().casefold() in folded:
        return folded.index(column.strip().casefold())
    near = nearest(column, tuple(header))
    hint = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(header)}"
    raise NotFound(f'the file has no column "{column}"; {hint}')
