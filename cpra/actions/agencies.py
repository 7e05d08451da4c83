"""Keep the address book."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from cpra import agencies, disk, statutes
from cpra.agencies import Agency, Book, cells, entries, faults, history, lists
from cpra.agencies.change import Change, changed
from cpra.agencies.faults import Fault
from cpra.archive.tables import table
from cpra.core.calendar import Office
from cpra.errors import Problem, WrongUsage
from cpra.index.row import DateRow, RequestRow
from cpra.index.rows import rows
from cpra.workspace import Workspace, lock

HORIZON = timedelta(days=366)
AHEAD = 6
"""Closed days that are shown, and how far ahead they may lie."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A date of an open request that moved because the address book changed."""

    id: str
    number: int
    subject: str
    label: str
    due: date
    was_due: date
    latest: date
    was_latest: date


@dataclass(frozen=True, slots=True)
class Changed:
    """An agency as it now stands, and the dates of its requests that moved."""

    agency: Agency
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """An agency, the next days on which it alone is closed, and the requests to it."""

    agency: Agency
    in_book: bool
    ahead: tuple[date, ...]
    requests: tuple[RequestRow, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list of agencies brought."""

    agencies: tuple[Agency, ...]
    problems: tuple[Problem, ...]
    """rows that cannot be taken; without `skip_bad` nothing is imported when there is one"""
    guessed: tuple[str, ...]
    unused: tuple[str, ...]
    encoding: str
    written: bool


def add(
    workspace: Workspace,
    *,
    name: str,
    kind: str | None = None,
    email: str = "",
    aliases: tuple[str, ...] = (),
    portal: str = "",
    address: str = "",
    fax: str = "",
    source: str = "",
    checked: date | None = None,
    office: Office | None = None,
) -> Agency:
    """Add an agency; its name and aliases must be new to the book.

    One that comes with cpra keeps the key, the kind and the short names it has there.
    """
    if not name.strip():
        raise WrongUsage("an agency needs a name")
    known = shipped().match(name)
    agency = Agency(
        key=agencies.key_for(name, aliases),
        name=known.name if known else name.strip(),
        kind=kind or (known.kind if known else "city"),
        aliases=aliases,
        email=email,
        portal=portal,
        address=address,
        fax=fax,
        source=source,
        checked=checked,
        office=office or Office(),
    )
    cells.check(name, email, portal, fax, aliases=aliases)
    if known:
        agency = lists.as_known(agency, known)
    with lock(workspace.requests), disk.telling("adding to the address book"):
        entries.add(workspace, (agency,))
    return agencies.read(workspace).agencies[agency.key]


def edit(workspace: Workspace, name: str, change: Change, recorded: str) -> Changed:
    """Change an agency; open requests to it are reckoned again, and what moved is told.

    What the book said of its closed days and of receipt is kept while a request is open, so that
    `cpra due` can go on telling what moved and why.
    """
    new = (change.name, change.email, change.portal, change.fax)
    cells.check(*(text or "" for text in new), aliases=change.more_aliases)
    with lock(workspace.requests), disk.telling("changing the address book"):
        book = agencies.read(workspace)
        agency = book.find(name, shipped())
        before = _dates(workspace, agency.key)
        adopt(workspace, agency)
        now = changed(agencies.read(workspace).agencies[agency.key], change)
        for other in (now.name, *now.aliases):
            found = book.match(other)
            if found and found.key != now.key:
                raise WrongUsage(f'"{other}" already means {found.key} ({found.name})')
        if before and agency.office != now.office:
            history.note(workspace, agency.key, agency.office, recorded)
        entries.change(workspace, now)
    after = _dates(workspace, agency.key)
    moved = tuple(
        _moved(before[place], row)
        for place, row in after.items()
        if place in before and (before[place].due, before[place].latest) != (row.due, row.latest)
    )
    return Changed(agencies.read(workspace).agencies[agency.key], moved)


def bring_in(
    workspace: Workspace,
    path: Path,
    defaults: lists.Defaults,
    *,
    sheet: str = "",
    skip_bad: bool = False,
    write: bool = True,
) -> Imported:
    """Add the agencies of a list made elsewhere: all of them, or none when a row is wrong.

    With `skip_bad` the rows that are right are taken.
    """
    sheet_of = table(path, sheet)
    with lock(workspace.requests), disk.telling("adding to the address book"):
        book = agencies.read(workspace)
        found = lists.listed(sheet_of.rows, path.name, book, shipped(), defaults)
        takes = write and bool(found.agencies) and (skip_bad or not found.problems)
        if takes:
            entries.add(workspace, found.agencies)
    return Imported(
        agencies=found.agencies,
        problems=found.problems,
        guessed=found.guessed,
        unused=found.unused,
        encoding=sheet_of.encoding,
        written=takes,
    )


def check(workspace: Workspace, today: date) -> tuple[Fault, ...]:
    """What is wrong or missing in the address book, line by line."""
    path = workspace.agencies
    book = agencies.read(workspace)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = rows(workspace)
    try:
        asked = {row.agency: row.id for row in found.requests() if row.agency}
    finally:
        found.close()
    return faults.faults(book, text, asked, today)


def card(workspace: Workspace, name: str, today: date) -> Card:
    """What is known of an agency, of its own closed days to come, and of the requests to it."""
    book = agencies.read(workspace)
    agency = book.find(name, shipped())
    found = rows(workspace)
    try:
        mine = tuple(row for row in found.requests() if row.agency == agency.key)
    finally:
        found.close()
    end = today + HORIZON
    days = {day for closure in agency.office.closures for day in closure.days(today, end)}
    ahead = tuple(sorted(day for day in days if day.weekday() < 5))[:AHEAD]
    return Card(agency, agency.key in book.agencies, ahead, mine)


@cache
def shipped() -> Book:
    """The agencies that cpra knows by name and kind before anybody enters one."""
    return agencies.parse(statutes.text("agencies.toml"), "agencies.toml")


def adopt(workspace: Workspace, agency: Agency) -> None:
    """Write an agency that came with cpra into the book, now that it is asked; holds the lock.

    A short name that already means another agency there stays with that one.
    """
    book = agencies.read(workspace)
    if agency.key not in book.agencies:
        free = tuple(alias for alias in agency.aliases if book.match(alias) is None)
        entries.add(workspace, (replace(agency, aliases=free),))


def _dates(workspace: Workspace, key: str) -> dict[tuple[str, str, str], DateRow]:
    """The open dates of the requests to an agency; brings the index into step on the way."""
    found = rows(workspace)
    try:
        mine = {row.folder for row in found.requests() if row.agency == key}
        dates = (row for row in found.dates() if row.folder in mine)
        return {(row.folder, row.rule, row.start): row for row in dates}
    finally:
        found.close()


def _moved(before: DateRow, after: DateRow) -> Moved:
    return Moved(
        id=after.id,
        number=after.number,
        subject=after.subject,
        label=after.label,
        due=date.fromisoformat(after.due),
        was_due=date.fromisoformat(before.due),
        latest=date.fromisoformat(after.latest),
        was_latest=date.fromisoformat(before.latest),
    )
