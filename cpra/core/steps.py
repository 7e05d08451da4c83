"""Day by day how a date was reached: what was left out, counted and rolled, and who says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from cpra.core.calendar import Closed
from cpra.core.clock import Clock
from cpra.core.events import Event
from cpra.core.words import WEEKDAYS, date_words

if TYPE_CHECKING:
    from cpra.core.deadline import Deadline

Role = Literal["excluded", "counted", "rolled", "end"]

_VIA = {
    "email": "by e-mail",
    "portal": "through the portal",
    "mail": "by post",
    "fax": "by fax",
    "hand": "by hand",
}
_EVENTS = {
    "received": "received",
    "sent": "sent",
    "extended": "notice of extension",
    "determined": "determination",
    "produced": "production of records",
    "promised": "promise",
    "incident-known": "the agency knew of the incident",
    "incident-occurred": "the incident occurred",
    "misconduct-discovered": "the agency discovered the misconduct",
    "inspected": "inspection of the records",
    "amendment-requested": "request for an amendment",
    "judgment-noticed": "notice of the judgment",
    "none-found": "answer that there are no records",
    "denied": "denial",
    "appeal-filed": "appeal",
    "appeal-decided": "decision on the appeal",
    "clarification-asked": "question to the requester",
    "fee-quoted": "notice of a fee",
    "closed": "closing of the request",
    "withdrawn": "withdrawal of the request",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One day on the way to a date: what it is, why it counts or does not, and who says so."""

    on: date
    what: str
    why: str
    authority: str
    role: Role
    status: str = "V"
    """how sure the authority is: V, P, M or presumed"""


def event_words(event: Event) -> str:
    """An event as a step names it: `received by e-mail, 10:42`."""
    words = _EVENTS.get(event.kind, event.kind.replace("-", " "))
    if event.kind == "sent" and event.via in ("email", "portal", "hand"):
        words = "received"
    if event.via:
        words += f" {_VIA.get(event.via, event.via)}"
    return words + (f", {event.at.isoformat('minutes')}" if event.at else "")


def steps_of(deadline: Deadline) -> tuple[Step, ...]:
    """The steps of a counted date; of a stated one, the event that states it and the date."""
    clock = deadline.clock
    if clock is None:
        start, rule = deadline.start, deadline.rule
        return (
            Step(start.on, event_words(start), "states the date", "", "excluded"),
            Step(
                deadline.due,
                "the date that the agency stated",
                "",
                rule.authority,
                "end",
                rule.status,
            ),
        )
    return tuple(_steps(deadline, clock))


def _steps(deadline: Deadline, clock: Clock) -> Iterator[Step]:
    start, status = deadline.start, deadline.rule.status
    authority = clock.narrow.listed.first_day if clock.narrow else ""
    yield Step(start.on, event_words(start), _first_day(start), authority, "excluded")
    if clock.count.before:
        yield Step(
            deadline.due, f"{clock.count.words} before", "", deadline.rule.authority, "end", status
        )
        return
    last = deadline.nominal.toordinal()
    number = 0
    for ordinal in range(start.on.toordinal() + 1, last + 1):
        day = date.fromordinal(ordinal)
        closed = clock.narrow.reason(day) if clock.narrow else None
        pause = next((pause for pause in deadline.pauses if pause.covers(ordinal)), None)
        if closed is not None and clock.count.working:
            yield Step(
                day, _name(closed), "not a working day", closed.authority, "excluded", closed.status
            )
        elif pause is not None:
            why = f"{event_words(pause.asked)} on {date_words(pause.asked.on)}"
            yield Step(day, "the clock stands still", why, pause.authority, "excluded")
        else:
            number += 1
            if ordinal < last:
                what = f"day {number}" + (f", {_name(closed)}" if closed else "")
                yield Step(day, what, "counted: calendar days" if closed else "", "", "counted")
    yield from _end(deadline, clock, last, number)


def _end(deadline: Deadline, clock: Clock, last: int, number: int) -> Iterator[Step]:
    day, status = date.fromordinal(last), deadline.rule.status
    words = f"day {number}" if clock.count.unit == "days" else clock.count.words
    if deadline.stated is not None:
        words = f"{words}, the date that the notice states"
    if day == deadline.due:
        yield Step(day, f"{words}: the period ends", "", deadline.rule.authority, "end", status)
        return
    for closed in clock.skipped(day, deadline.due):
        what = f"{words}, {_name(closed)}" if closed.on == day else _name(closed)
        yield Step(closed.on, what, closed.why, closed.authority, "rolled", closed.status)
    yield Step(deadline.due, "the period ends", "", deadline.rule.authority, "end", status)


def _first_day(start: Event) -> str:
    """Why the first day is not counted; a letter that was posted is not received that day."""
    if start.kind == "sent" and event_words(start).startswith("sent"):
        return "day of sending, not counted"
    received = start.kind in ("received", "sent")
    return f"day of {'receipt' if received else 'the event'}, not counted"


def _name(closed: Closed) -> str:
    """The day's name in full: `Saturday` where the table has `Sat`."""
    weekday = WEEKDAYS[closed.on.weekday()]
    return weekday if weekday.startswith(closed.name) else closed.name
