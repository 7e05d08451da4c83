"""The open dates as a calendar file (.ics): one entry a deadline, alarms, and updates that replace.

An entry keeps its UID for life: it is made of the rule and of the log line that started the clock.
Its SEQUENCE grows with every change of what the date rests on (the log, the address book, the law
data), so that importing the file again replaces an entry and never adds a second one. A date that
was met or replaced, and a reminder that was done, is written as cancelled: it leaves the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cpra import agencies, folder, statutes
from cpra.agencies import Agency
from cpra.core.deadlines import Deadline, deadlines, is_to_meet
from cpra.core.request import Request
from cpra.core.rules import Kind
from cpra.core.signs import harmless
from cpra.core.words import date_words
from cpra.errors import Refused
from cpra.folder import Loaded
from cpra.index.dated import label
from cpra.workspace import Workspace, settings

if TYPE_CHECKING:
    from icalendar import Event

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""SEQUENCE counts seconds from here: it fits every reader's number until 2088."""
ALARMS = (timedelta(hours=-15), timedelta(hours=9))
"""nine in the morning on the day before, and on the day itself"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One deadline as a calendar has it."""

    uid: str
    sequence: int
    changed: datetime
    """the latest change of what the date rests on"""
    on: date
    summary: str
    description: str
    cancelled: bool


def entries(workspace: Workspace) -> Iterator[Entry]:
    """Every date of every request that was sent, the open ones and those to be taken off."""
    book = agencies.read(workspace)
    discreet = bool(settings(workspace).get("discreet", False))
    law = Path(statutes.__file__).parent
    common = max(_changed(path) for path in (workspace.agencies, *law.glob("*.toml")))
    for path in folder.paths(workspace):
        loaded = folder.load(path)
        request = loaded.request
        if request is None or loaded.damaged:
            continue
        changed = max([common, *(_recorded(event.recorded) for event in loaded.log)])
        agency = book.get(request.agency)
        yield from _reminders(loaded, request, agency, changed, discreet)
        try:
            dates = deadlines(request, statutes.law(), agency.office)
        except Refused:  # a day that no calendar reaches: `cpra list` says so
            continue
        for deadline in dates:
            if deadline.kind is Kind.STEP:
                continue
            yield _entry(request, agency, deadline, changed, discreet)


def calendar(listed: Iterator[Entry], method: str = "PUBLISH") -> bytes:
    """The calendar file of these entries; what lies on a server has no method."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//cpra//deadlines//EN")
    made.add("version", "2.0")
    if method:
        made.add("method", method)
    for entry in listed:
        made.add_component(event(entry))
    text: bytes = made.to_ical()
    return text


def event(entry: Entry) -> Event:
    """One entry as iCalendar has it: a whole day, that takes no time from anybody."""
    from icalendar import Alarm, Event

    made = Event()
    made.add("uid", entry.uid)
    made.add("sequence", entry.sequence)
    made.add("dtstamp", entry.changed)
    made.add("last-modified", entry.changed)
    made.add("dtstart", entry.on)
    # The very last day there is has no next one; a day without an end is whole all the same.
    if entry.on < date.max:
        made.add("dtend", entry.on + timedelta(days=1))
    made.add("summary", entry.summary)
    made.add("description", entry.description)
    made.add("transp", "TRANSPARENT")
    made.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    for before in () if entry.cancelled else ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.summary)
        alarm.add("trigger", before)
        made.add_component(alarm)
    return made


def _reminders(
    loaded: Loaded, request: Request, agency: Agency, changed: datetime, discreet: bool
) -> Iterator[Entry]:
    """The requester's own reminders, those that were done as cancelled."""
    counting = {event.hash for event in request.events}
    about = request.id if discreet else f"{agency.short}: {request.subject}"
    for event in loaded.log:
        if event.kind == "reminder" and event.due is not None:
            yield Entry(
                uid=f"reminder-{event.hash[:20]}@cpra",
                sequence=int((changed - EPOCH).total_seconds()),
                changed=changed,
                on=event.due,
                summary=f"{'Reminder' if discreet else harmless(event.text)} · {about}",
                description="" if discreet else f"{request.id} · cpra show {request.number}",
                cancelled=event.hash not in counting,
            )


def _entry(
    request: Request, agency: Agency, deadline: Deadline, changed: datetime, discreet: bool
) -> Entry:
    about = request.id if discreet else f"{agency.short}: {request.subject}"
    what = label(deadline)
    due = "" if deadline.kind is Kind.WATCH else " due"
    return Entry(
        uid=f"{deadline.rule.id}-{deadline.start.hash[:20]}@cpra",
        sequence=int((changed - EPOCH).total_seconds()),
        changed=changed,
        on=deadline.due,
        summary=f"{what[:1].upper()}{what[1:]}{due} · {about}",
        description="\n".join(_described(request, deadline, discreet)),
        cancelled=not is_to_meet(request, deadline),
    )


def _described(request: Request, deadline: Deadline, discreet: bool) -> Iterator[str]:
    rule = deadline.rule
    yield f"{rule.title[:1].upper()}{rule.title[1:]} ({rule.cite})"
    if deadline.kind is Kind.PROMISED:
        yield "This is the agency's own date: a promise, not a date of the statute."
    elif deadline.estimate:
        yield f"Never called late: {deadline.doubt}."
    elif deadline.latest == deadline.due:
        yield "No other reading gives a later date."
    else:
        yield f"Late only after {date_words(deadline.latest)}, the latest that any reading allows."
    if deadline.contingent:
        yield deadline.contingent
    if not discreet:
        yield f"{request.id} · cpra explain {request.number}"


def _changed(path: Path) -> datetime:
    try:
        seconds = path.stat().st_mtime
    except OSError:
        return EPOCH
    return datetime.fromtimestamp(int(seconds), UTC)


def _recorded(text: str) -> datetime:
    """When a line was written down; a line without a moment that can be read moves nothing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return EPOCH
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
