"""The morning screen: what is late, due, promised, this week and later.

*Due* is a date whose day has passed by the statute read plainly; *late* is one that has passed by
every respectable reading. An estimate (a letter sent by post, receipt unknown) is never late.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from cpra.index.row import DateRow
from cpra.index.rows import Rows, rows
from cpra.workspace import Workspace

WEEK = timedelta(days=7)


class Group(StrEnum):
    """The heading under which a date stands, in the order of the screen."""

    LATE = "late"
    DUE = "due"
    TODAY = "today"
    REMINDER = "reminders"
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
    contingent: str
    """one sentence where it depends on a law that is not confirmed"""
    was: str
    """when it was due before the address book changed; empty for one that did not move"""
    was_latest: str
    """the same of the latest date"""
    moved: str
    """what changed in the address book; empty where it was edited by hand"""
    days: int
    """days since it was due; negative when it is still to come"""
    letter: str
    """the letter that `cpra follow-up` drafts today; empty: none"""


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


def words(entry: Entry, today: date) -> str:
    """One date as a person reads it: `determination was due Mon Sep 28 · 3 days`."""
    on = _day(entry.due, today)
    if entry.kind == "promised":
        text = f"{entry.label}: {on}"
        if entry.days > 0:
            text += f" · broken for {entry.days} day{'s'[: entry.days != 1]}"
    elif entry.kind == "reminder":
        text = entry.label if entry.days == 0 else f"{entry.label} · {on}"
    elif entry.kind == "own":
        text = f"your {entry.label}: {'the time ended' if entry.days > 0 else 'by'} {on}"
    elif entry.kind == "watch":
        text = f"{entry.label}: {on}" + (" has passed; ask why" if entry.days > 0 else "")
    elif entry.estimate:
        text = f"{entry.label} due about {on}"
    elif entry.group is Group.LATE:
        text = f"{entry.label} {was(entry)} due {on} · {entry.days} day{'s'[: entry.days != 1]}"
    elif entry.group is Group.DUE:
        text = f"{entry.label} {was(entry)} due {on} · late after {_day(entry.latest, today)}"
    else:
        text = f"{entry.label} due {on}"
        if entry.latest != entry.due:
            text += f" · {_day(entry.latest, today)} by the latest reading"
    return " · ".join(said for said in (text, move(entry, today), entry.note) if said)


def move(entry: Entry, today: date) -> str:
    """From where a date has moved and why: `moved from Mon Oct 12: now closed October 12, 2026`."""
    why = entry.moved or "the address book changed"
    if entry.was:
        return f"moved from {_day(date.fromisoformat(entry.was), today)}: {why}"
    if entry.was_latest:
        last = _day(date.fromisoformat(entry.was_latest), today)
        return f"late after {_day(entry.latest, today)}, no longer after {last}: {why}"
    return ""


def reasons(listed: Iterable[Entry]) -> tuple[str, ...]:
    """Why some of these dates depend on a law that is not confirmed: each sentence once."""
    return tuple(dict.fromkeys(entry.contingent for entry in listed if entry.contingent))


def was(entry: Entry) -> str:
    """`was`, or `were` of records."""
    return "were" if entry.label.endswith("records") else "was"


def gaps(found: Rows) -> tuple[str, ...]:
    """What every list of dates has to say where some are missing from it, a sentence each."""
    said = []
    if unreadable := found.unreadable():
        said.append(_not_here(unreadable))
    if found.unreckoned():
        said.append("The law data has a fault, so some dates are not here: `cpra law check` has it")
    return tuple(said)


def _not_here(unreadable: int) -> str:
    those = "1 request" if unreadable == 1 else f"{unreadable:,} requests"
    whose = "its dates are" if unreadable == 1 else "their dates are"
    return f"{those} cannot be read, so {whose} not here: `cpra check` says why"


@cache
def _day(on: date, today: date) -> str:
    text = f"{on:%a %b} {on.day}"
    return text if on.year == today.year else f"{text}, {on.year}"


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
        contingent=row.contingent,
        was=row.was,
        was_latest=row.was_latest,
        moved=row.moved,
        days=(today - due).days,
        letter=next_letter(row.letters, today),
    )


def next_letter(letters: str, today: date) -> str:
    """Of the letters and the days from which each is the right one, the one of today."""
    day, letter = today.isoformat(), ""
    words = letters.split()
    for since, name in zip(words[::2], words[1::2], strict=True):
        if since <= day:
            letter = "" if name == "-" else name
    return letter


def _group(kind: str, due: date, latest: date, estimate: bool, today: date) -> Group:
    if kind == "reminder" and due <= today:
        return Group.REMINDER
    if kind == "promised" and due != today:
        return Group.PROMISED
    if today > latest and not estimate:
        return Group.LATE
    if today > due:
        return Group.DUE
    if today == due:
        return Group.TODAY
    return Group.THIS_WEEK if due <= today + WEEK else Group.LATER
