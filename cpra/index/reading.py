"""A request's folder as rows: its facts, the dates that are open, and its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cpra import folder, statutes
from cpra.agencies import Book
from cpra.core.deadlines import (
    AFTERWARDS,
    Deadline,
    Kind,
    deadlines,
    flags,
    is_to_meet,
    missing,
)
from cpra.core.extension import audit, summary
from cpra.core.law import Law
from cpra.core.outbox import all_unsettled
from cpra.core.request import Request
from cpra.core.signs import harmless
from cpra.errors import Problem, Refused
from cpra.folder import Loaded
from cpra.index.rows import UNREADABLE
from cpra.workspace import Workspace, shown

REMINDER = "reminder"
"""The kind of a date that is no deadline: the requester's own reminder."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tables take in of one request, column by column."""

    request: tuple[str | int, ...]
    dates: tuple[tuple[str | int, ...], ...]
    files: tuple[tuple[str | int | None, ...], ...]
    problems: tuple[tuple[str | int | None, ...], ...]
    flags: str = ""
    unreckoned: tuple[Problem, ...] = ()
    """what is wrong in the law data, if a date is missing because of it"""

    @property
    def earliest(self) -> tuple[str | int, ...]:
        """Of the dates, the one that is due first: due, latest, label, kind, estimate."""
        dates = [row for row in self.dates if row[3] != REMINDER]
        if not dates:
            return ("", "", "", "", 0)
        label, _, _, kind, due, latest, estimate, _ = min(
            dates, key=lambda row: (row[3] == "watch", row[4])
        )
        return (due, latest, label, kind, estimate)


def row_of(workspace: Workspace, name: str, book: Book) -> Reading:
    """Read one folder; a damaged one gives a row that says so."""
    loaded = folder.load(workspace.requests / name)
    problems = tuple((shown(Path(p.path), workspace), p.line, p.text) for p in loaded.problems)
    request = loaded.request
    if request is None or loaded.damaged:
        number = int(name[5:9]) if name[5:9].isdecimal() else 0
        facts = (name[:9], number, "", "", "", name, UNREADABLE, 1, "", "", "")
        return Reading(facts, (), _files(name, loaded), problems)
    agency = book.get(request.agency)
    sent, last = request.first("sent"), request.events[-1:] or None
    facts = (
        request.id,
        request.number,
        request.agency,
        agency.short,
        request.law,
        request.subject,
        str(request.status),
        int(request.is_open),
        sent.on.isoformat() if sent else "",
        last[0].on.isoformat() if last else "",
        " ".join(request.tags),
    )
    try:
        opened = open_dates(request, statutes.law(), book)
        verdict = summary(audit(request, statutes.law(), agency.office))
        unreckoned = missing(request, statutes.law()) if request.is_open else ()
    except Refused as reason:  # a day that no calendar reaches; the other requests go on
        opened, verdict, unreckoned = [], "", ()
        problems += ((shown(loaded.path / folder.LOG, workspace), None, str(reason)),)
    dates = (*(_date(request, deadline, verdict) for deadline in opened), *_reminders(request))
    # Whether a fee or a question is open does not depend on the day.
    said = ", ".join(flags(request, (), date.min))
    return Reading(facts, dates, _files(name, loaded), problems, said, unreckoned)


def open_dates(request: Request, law: Law, book: Book) -> list[Deadline]:
    """The dates that are still to be met."""
    if not request.is_open and request.first(*AFTERWARDS) is None:
        return []
    office = book.get(request.agency).office
    return [date for date in deadlines(request, law, office) if is_to_meet(request, date)]


def label(deadline: Deadline) -> str:
    """The date in a word or two for a narrow column: `determination`, `extended determination`."""
    rule = deadline.rule
    word = rule.id.rpartition(".")[2].replace("-", " ")
    if rule.extends:
        return f"extended {rule.extends.rpartition('.')[2].replace('-', ' ')}"
    return word


def _date(request: Request, deadline: Deadline, verdict: str) -> tuple[str | int, ...]:
    return (
        label(deadline),
        deadline.rule.id,
        deadline.rule.cite,
        str(deadline.kind),
        deadline.due.isoformat(),
        deadline.latest.isoformat(),
        int(deadline.estimate),
        _note(request, deadline, verdict),
    )


def _reminders(request: Request) -> Iterator[tuple[str | int, ...]]:
    """What the requester wants to be reminded of, also after the request was settled."""
    for event in request.all("reminder"):
        if event.due is not None:
            day = event.due.isoformat()
            yield (
                harmless(event.text),
                f"reminder.{event.hash[:12]}",
                "",
                REMINDER,
                day,
                day,
                0,
                "",
            )
    for event in all_unsettled(request):
        day = event.on.isoformat()
        what = f"the {event.letter} letter" if event.letter else "the request"
        text = f"say whether {what} left: cpra send {request.number} --was sent or not-sent"
        yield (text, f"outbox.{event.hash[:12]}", "", REMINDER, day, day, 0, "")


def _note(request: Request, deadline: Deadline, verdict: str) -> str:
    """What has to be said beside a date: its items, whether the notice holds, what it rests on."""
    said = []
    if deadline.items and len(deadline.items) < len(request.items):
        plural = "s" if len(deadline.items) > 1 else ""
        said.append(f"item{plural} {', '.join(map(str, deadline.items))}")
    if deadline.rule.extends and verdict:
        said.append(verdict)
    if deadline.estimate and deadline.kind is not Kind.WATCH:
        said.append(f"never late: {deadline.doubt}")
    if deadline.contingent:
        said.append(deadline.contingent)
    return " · ".join(said)


def _files(name: str, loaded: Loaded) -> tuple[tuple[str | int | None, ...], ...]:
    """Each document once: of two events that name it, the later says what it is."""
    rows = {
        path: (sha, name, path, event.kind, event.on.isoformat(), event.installment)
        for event in loaded.log
        for path, sha in event.files.items()
    }
    return tuple(rows.values())
