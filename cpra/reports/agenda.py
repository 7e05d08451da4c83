"""The morning screen: what is late, due, promised, this week and later.

*Due* is a date whose day has passed by the statute read plainly; *late* is one that has passed by
every respectable reading. An estimate (a letter sent by post, receipt unknown) is never late.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from cpra.index.rows import DateRow, Rows, rows
from cpra.workspace import Workspace

WEEK = timedelta(days=7)


class Group(StrEnum):
    """The heading under which a date stands, in the order of the screen."""

    LATE = "late"
    DUE = "due"
    TODAY = "today"
    PROMISED = "promised"
    THIS_WEEK = "this week"
    LATER = "later"


class Entry(NamedTuple):
    """One date on the agenda."""

    group: Group
    folder: str
    id: str
    number: int
    agency: str
    subject: str
    status: str
    label: str
    rule: str
    authority: str
    kind: str
    due: date
    latest: date
    estimate: bool
    note: str
    was: str
    days: int
    """days since it was due; negative when it is still to come"""


def entries(workspace: Workspace, today: date) -> list[Entry]:
    """Every open date with its group, the most pressing first."""
    found = rows(workspace)
    try:
        return agenda(found, today)
    finally:
        found.close()


def agenda(found: Rows, today: date) -> list[Entry]:
    """The agenda of rows that are open already."""
    grouped: dict[Group, list[Entry]] = {group: [] for group in Group}
    for row in found.dates():  # the earliest first
        entry = _entry(row, today)
        grouped[entry.group].append(entry)
    return [entry for group in grouped.values() for entry in group]


def within(listed: Iterable[Entry], today: date, days: int) -> list[Entry]:
    """What is past, and what comes within so many days."""
    return [entry for entry in listed if entry.due <= today + timedelta(days=days)]


def _entry(row: DateRow, today: date) -> Entry:
    due, latest = date.fromisoformat(row.due), date.fromisoformat(row.latest)
    estimate = bool(row.estimate)
    return Entry(
        group=_group(row.kind, due, latest, estimate, today),
        folder=row.folder,
        id=row.id,
        number=row.number,
        agency=row.short,
        subject=row.subject,
        status=row.status,
        label=row.label,
        rule=row.rule,
        authority=row.authority,
        kind=row.kind,
        due=due,
        latest=latest,
        estimate=estimate,
        note=row.note,
        was=row.was,
        days=(today - due).days,
    )


def _group(kind: str, due: date, latest: date, estimate: bool, today: date) -> Group:
    if kind == "promised" and due != today:
        return Group.PROMISED
    if today > latest and not estimate:
        return Group.LATE
    if today > due:
        return Group.DUE
    if today == due:
        return Group.TODAY
    return Group.THIS_WEEK if due <= today + WEEK else Group.LATER
