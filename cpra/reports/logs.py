"""An agency's own log of requests: which column says what, and on which day each thing happened.

Logs come from portals (NextRequest, GovQA), from FOIA offices and from people's own spreadsheets.
What a cell says is never guessed: a date that cannot be read is a problem of its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import NamedTuple

from cpra.core.schema import nearest
from cpra.errors import BadFile, NotFound, Problem, WrongUsage
from cpra.reports.moments import Moment, Moments

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": (
        *("id", "request id", "request number", "request no", "reference no", "reference number"),
        *("reference", "tracking number", "tracking no", "case number", "number", "pra number"),
    ),
    "received": (
        *("request date", "received", "received date", "date received", "date requested"),
        *("requested", "submitted", "submitted date", "date submitted", "create date", "created"),
        *("created date", "date created", "created at", "open date", "opened", "opened date"),
        *("date opened", "request created date"),
    ),
    "due": (
        *("due", "due date", "date due", "required completion date", "response due"),
        *("response due date", "target date", "statutory due date"),
    ),
    "closed": (
        *("closed", "closed date", "date closed", "close date", "closed at", "completed"),
        *("completed date", "completion date", "date completed", "closed on"),
    ),
    # A first response may be an acknowledgment, which determines nothing: it is named by option.
    "determined": ("determination date", "determination", "date of determination", "determined"),
    "status": ("status", "request status"),
}
"""What is wanted → the headers under which logs have it; capitals and punctuation do not matter."""

CLOSED_WORDS = frozenset({"closed", "completed", "complete", "fulfilled", "denied", "done"})


class Entry(NamedTuple):
    """One request as the log has it."""

    line: int
    number: str
    received: Moment
    closed: date | None
    due: date | None
    """the agency's own date"""
    determined: date | None
    unknown: bool
    """it is closed, or seems so, and the day is not known"""


@dataclass(frozen=True, slots=True)
class Log:
    """A request log: what could be used, and every row that could not, or not wholly."""

    path: str
    entries: Sequence[Entry]
    problems: Sequence[Problem]
    columns: Mapping[str, str]
    """what was wanted → the log's own header for it"""
    rows: int


Row = tuple[int, Sequence[str]]
"""the line on which a row begins, and its cells"""

TITLES = 20
"""Rows that may stand above the header."""


def log(rows: Iterable[Row], path: str, wanted: Mapping[str, str] | None = None) -> Log:
    """The entries of a log; `wanted` names columns where the headers do not speak for themselves.

    The header is the first row that has a column for the day of receipt.
    """
    every = iter(rows)
    first = list(islice(every, TITLES))
    start, places = _header([row for _, row in first], path, wanted or {})
    header = first[start][1]
    reading = _Reading(path, places)
    reading.take(chain(first[start + 1 :], every))
    return Log(
        path=path,
        entries=reading.entries,
        problems=reading.problems,
        columns={role: header[place].strip() for role, place in places.items()},
        rows=reading.rows,
    )


class _Reading:
    """Rows as they become entries: an entry, or a problem, or a problem with part of an entry."""

    def __init__(self, path: str, places: Mapping[str, int]) -> None:
        self._path = path
        self._places = places
        self._read = Moments().read
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.rows = 0

    def take(self, rows: Iterable[Row]) -> None:
        """All rows of a log; a hundred thousand of them, so nothing is looked up twice."""
        read, add = self._read, self.entries.append
        number_at, received_at = self._places.get("number"), self._places["received"]
        closed_at, due_at = self._places.get("closed"), self._places.get("due")
        determined_at, status_at = self._places.get("determined"), self._places.get("status")
        last = max(self._places.values())
        for line, row in rows:
            if len(row) <= last:
                row = [*row, *[""] * (last + 1 - len(row))]
            received = read(row[received_at])
            if not isinstance(received, tuple):
                if any(row):
                    self.rows += 1
                    self._wrong(line, f"received {received or 'is empty'}")
                continue
            self.rows += 1
            closed = None if closed_at is None else read(row[closed_at])
            due = None if due_at is None else read(row[due_at])
            determined = None if determined_at is None else read(row[determined_at])
            unknown = False
            if closed.__class__ is str:
                unknown = True
            elif closed is None and closed_at is not None and status_at is not None:
                unknown = row[status_at].strip().casefold() in CLOSED_WORDS
            entry = Entry(
                line,
                "" if number_at is None else row[number_at].strip(),
                received,
                closed[0] if isinstance(closed, tuple) else None,
                due[0] if isinstance(due, tuple) else None,
                determined[0] if isinstance(determined, tuple) else None,
                unknown,
            )
            if unknown or due.__class__ is str or determined.__class__ is str:
                self._doubt(line, closed, due, determined, undated=unknown and closed is None)
            if (entry.closed or received[0]) < received[0] or (
                determined_at is not None and (entry.determined or received[0]) < received[0]
            ):
                self._out_of_order(entry)
            else:
                add(entry)

    def _doubt(
        self, line: int, closed: object, due: object, determined: object, *, undated: bool
    ) -> None:
        """Name what is no date in a row that is used nevertheless."""
        if undated:
            self._wrong(line, "it is closed, and no day is given")
        for name, found in (("closed", closed), ("due", due), ("determined", determined)):
            if isinstance(found, str):
                self._wrong(line, f"{name} {found}")

    def _out_of_order(self, entry: Entry) -> None:
        """Nothing happens before a request is received: such a row is not used."""
        received = entry.received[0]
        for name, day in (("closed", entry.closed), ("determined", entry.determined)):
            if day is not None and day < received:
                self._wrong(entry.line, f"{name} on {day}, before it was received on {received}")

    def _wrong(self, line: int, text: str) -> None:
        self.problems.append(Problem(self._path, line, text))


def _header(
    rows: Sequence[Sequence[str]], path: str, wanted: Mapping[str, str]
) -> tuple[int, dict[str, int]]:
    """Which row is the header, and where each column stands."""
    for start, row in enumerate(rows):
        names = [plain(cell) for cell in row]
        if wanted.get("received"):
            if plain(wanted["received"]) in names:
                return start, _places(row, wanted)
        elif set(names) & set(COLUMNS["received"]):
            return start, _places(row, wanted)
    first = next((row for row in rows if any(row)), None)
    if first is None:
        raise BadFile(f"{path} has no rows")
    there = ", ".join(cell.strip() for cell in first[:20] if cell.strip())
    if column := wanted.get("received"):
        near = nearest(column, tuple(cell.strip() for cell in first if cell.strip()))
        hint = f"did you mean {' or '.join(near)}?" if near else f"it has {there}"
        raise NotFound(f'{path} has no column "{column}"; {hint}')
    raise WrongUsage(
        f"no column of {path} is known to hold the day of receipt; say which: --received NAME. "
        f"It has {there}"
    )


def _places(header: Sequence[str], wanted: Mapping[str, str]) -> dict[str, int]:
    names = [plain(cell) for cell in header]
    places: dict[str, int] = {}
    for role, name in wanted.items():
        if name:
            if plain(name) not in names:
                near = nearest(name, tuple(cell.strip() for cell in header))
                hint = f"; did you mean {' or '.join(near)}?" if near else ""
                raise NotFound(f'there is no column "{name}"{hint}')
            places[role] = names.index(plain(name))
    taken = set(places.values())
    for role, known in COLUMNS.items():
        if role in places:
            continue
        fitting = [n for n, name in enumerate(names) if name in known and n not in taken]
        if len(fitting) > 1 and role not in ("number", "status"):
            several = ", ".join(header[n].strip() for n in fitting)
            raise WrongUsage(
                f"several columns could say when a request was {role}: {several}. "
                f"Say which: --{role} NAME"
            )
        if fitting:
            places[role] = fitting[0]
    return places


def plain(header: str) -> str:
    """A header without capitals and punctuation: `Closed_Date` is `closed date`."""
    return " ".join(re.findall(r"[a-z0-9]+", header.casefold()))
