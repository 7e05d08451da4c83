"""A request's folder as rows: its facts, the dates that are open, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cpra import folder
from cpra.agencies import Book
from cpra.agencies.history import History
from cpra.core.deadlines import flags
from cpra.core.events import Event
from cpra.errors import Problem, Refused
from cpra.folder import Loaded
from cpra.index.dated import REMINDER, Dated, dated, reminders
from cpra.index.row import OpenDate
from cpra.index.rows import UNREADABLE
from cpra.workspace import Workspace, shown


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tables take in of one request, column by column."""

    request: tuple[str | int, ...]
    dates: tuple[OpenDate, ...]
    files: tuple[tuple[str | int | None, ...], ...]
    problems: tuple[tuple[str | int | None, ...], ...]
    flags: str = ""
    letters: str = ""
    """from which day on which letter is the right next one"""
    unreckoned: tuple[Problem, ...] = ()
    """what is wrong in the law data, if a date is missing because of it"""

    @property
    def earliest(self) -> tuple[str | int, ...]:
        """Of the dates, the one that is due first: due, latest, label, kind, estimate and why."""
        dates = [date for date in self.dates if date.kind != REMINDER]
        if not dates:
            return ("", "", "", "", 0, "")
        first = min(dates, key=lambda date: (date.kind == "watch", date.due))
        return (
            *(first.due, first.latest, first.label, first.kind, first.estimate),
            first.contingent,
        )


def row_of(
    workspace: Workspace, name: str, book: Book, former: History, known: Sequence[Event] = ()
) -> Reading:
    """Read one folder, of whose log some events are known; a damaged one says so in its row."""
    loaded = folder.load(workspace.requests / name, known)
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
        found = dated(request, agency.office, former.get(request.agency, ()))
    except Refused as reason:  # a day that no calendar reaches; the other requests go on
        found = Dated()
        problems += ((shown(loaded.path / folder.LOG, workspace), None, str(reason)),)
    return Reading(
        request=facts,
        dates=(*found.dates, *reminders(request)),
        files=_files(name, loaded),
        problems=problems,
        flags=", ".join(flags(request, (), date.min)),  # a fee, a question: open on any day
        letters=found.letters,
        unreckoned=found.unreckoned,
    )


def _files(name: str, loaded: Loaded) -> tuple[tuple[str | int | None, ...], ...]:
    """Each document once: of two events that name it, the later says what it is."""
    rows = {
        path: (sha, name, path, event.kind, event.on.isoformat(), event.installment)
        for event in loaded.log
        for path, sha in event.files.items()
    }
    return tuple(rows.values())
