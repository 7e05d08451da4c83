"""Every date that a request's log gives rise to: the statute's, the agency's, the requester's.

Nothing here knows California: which event starts a clock, what stops it and how long it runs is in
the law data. Only `flags`, `is_due`, `is_late` and `is_broken` need to know what day it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from cpra.core.calendar import Closed, Office, checked_start
from cpra.core.clock import Clock, Reading, Start
from cpra.core.events import Event
from cpra.core.extended import extension_end
from cpra.core.pauses import Pause, pauses
from cpra.core.request import Request
from cpra.core.rules import Kind, Rule
from cpra.core.steps import Step, steps_of

if TYPE_CHECKING:
    from cpra.core.law import Law

__all__ = [
    "AT_ONCE",
    "Deadline",
    "Flag",
    "Kind",
    "Reading",
    "Step",
    "deadlines",
    "flags",
    "is_broken",
    "is_due",
    "is_late",
]

AT_ONCE = frozenset({"email", "portal", "hand"})
"""ways of sending by which a request is received at the moment it leaves"""
RECEIPT = frozenset({"received", "sent"})
_MOST = "the last day that the notice could have stated"
OVER = frozenset({"closed", "withdrawn"})
"""events after which the agency owes nothing more"""


class Flag(StrEnum):
    """What is true of a request today; never stored, never a status."""

    DUE = "due"
    LATE = "late"
    BROKEN = "promise broken"
    FEE = "fee open"
    CLARIFICATION = "clarification asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One date: the rule, the event it is counted from, when it is due and the latest of it."""

    rule: Rule
    start: Event
    due: date
    """by the plain words of the law"""
    latest: date
    """the last date that any respectable reading allows; nothing is late before it has passed"""
    nominal: date
    """the last day before it rolled"""
    estimate: bool = False
    """not sure, and so never late: receipt unknown, the clock standing still, a date to watch"""
    met: Event | None = None
    """what ended it: the answer to the last item, or what took its place"""
    replaced: Event | None = None
    """the notice or the new promise that took its place, where that ended it"""
    items: tuple[int, ...] = ()
    """the items it is still open for"""
    notice: Event | None = None
    """the extension notice that it rests on"""
    stated: date | None = None
    """the agency's own date, where it counts"""
    contingent: str = ""
    """one sentence where it depends on a law that is not confirmed"""
    why: str = ""
    """one sentence where `due` is not simply counted"""
    pauses: tuple[Pause, ...] = ()
    clock: Clock | None = field(default=None, repr=False, compare=False)

    @property
    def kind(self) -> Kind:
        """Whose date it is."""
        return self.rule.kind

    @property
    def is_open(self) -> bool:
        """True while nothing has ended it."""
        return self.met is None

    @property
    def rolled(self) -> tuple[Closed, ...]:
        """The closed days over which the last day rolled."""
        if self.clock is None:
            return ()
        start = begun(self.start)
        if self.nominal.toordinal() == self.clock.nominal(start):
            return self.clock.rolled(start)
        return self.clock.skipped(self.nominal, self.due)

    @property
    def rolled_by(self) -> str:
        """The names of those days: `Native American Day > Sat > Sun`."""
        return " > ".join(closed.name for closed in self.rolled)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What separates `due` from `latest`: every reading that gives a later date, and why."""
        if self.clock is None:
            return ()
        start = begun(self.start)
        found = self.clock.readings(start)
        if self.stated is not None:
            most = Reading("ceiling", date.fromordinal(self.clock.due(start)), _MOST)
            found = (most, *(reading for reading in found if reading.due != most.due))
        return tuple(reading for reading in found if reading.due > self.due)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Day by day how `due` was reached, with the authority for each day."""
        return steps_of(self)


def begun(event: Event) -> Start:
    """An event as the start of a clock."""
    return Start(event.on.toordinal(), event.at, event.kind, event.via)


def deadlines(request: Request, law: Law, office: Office) -> tuple[Deadline, ...]:
    """Every date that the log gives rise to, open and met, the earliest first.

    A rule of the law data that cannot be used gives no date; `law.problems` says why.
    """
    found: list[Deadline] = []
    for rule in law.rules_of(request.law):
        if not rule.bill and (not rule.tag or rule.tag in request.tags):
            for start in _starts(request, rule):
                if rule.governs(checked_start(start.on)) and law.works(rule.id):
                    found += _dates(request, law, office, rule, start)
    for later in [deadline for deadline in found if deadline.notice is not None]:
        found = [_replaced(deadline, later) for deadline in found]
    found = [deadline for deadline in found if not _says_nothing(deadline, found)]
    return tuple(sorted(found, key=lambda deadline: (deadline.due, deadline.latest)))


def _replaced(deadline: Deadline, later: Deadline) -> Deadline:
    if deadline.rule.id == later.rule.extends and deadline.start == later.start:
        return replace(deadline, replaced=later.notice, met=later.notice)
    return deadline


def _says_nothing(deadline: Deadline, found: Sequence[Deadline]) -> bool:
    """True for the end of a delay that is over before what it would delay is due."""
    delayed = deadline.rule.delays
    return any(d.rule.id == delayed and d.due >= deadline.latest for d in found if delayed)


def _starts(request: Request, rule: Rule) -> tuple[Event, ...]:
    """The events from which a rule counts.

    A duty of the agency runs from the first kind that the log has (the first receipt, or each event
    of another kind); what the agency states, and what the requester may do, from every event.
    """
    if rule.kind in (Kind.PROMISED, Kind.OWN):
        return request.all(*rule.starts)
    for kind in rule.starts:
        events = tuple(e for e in request.all(kind) if not rule.via or e.via == rule.via)
        if events:
            return events[:1] if kind in RECEIPT else events
    return ()


def _dates(
    request: Request, law: Law, office: Office, rule: Rule, start: Event
) -> Iterator[Deadline]:
    """The date that one event gives rise to under one rule, if it does."""
    if rule.extends:
        yield from _extended(request, law, office, rule, start)
    elif rule.count is None:
        yield from _stated(request, rule, start)
    else:
        clock = law.clock(rule, start.on, office)
        met, items = _answered(request, rule, start)
        stood = pauses(request, rule, clock, begun(start))
        if _was_over(request, stood.latest):
            return
        yield Deadline(
            rule=rule,
            start=start,
            due=date.fromordinal(stood.due),
            nominal=date.fromordinal(stood.clock.nominal(begun(start))),
            latest=date.fromordinal(stood.latest),
            estimate=_estimated(start) or stood.open is not None or rule.kind is Kind.WATCH,
            met=met,
            items=items,
            contingent=clock.why_uncertain(begun(start)),
            why=stood.why,
            pauses=stood.pauses,
            clock=stood.clock,
        )


def _was_over(request: Request, latest: int) -> bool:
    """True for a date that had passed before the request was there: it is owed to nobody."""
    receipt = request.first(*RECEIPT)
    return receipt is not None and receipt.on.toordinal() > latest


def _stated(request: Request, rule: Rule, event: Event) -> Iterator[Deadline]:
    """The agency's own date: a promise, which the next promise takes the place of."""
    stated: date | None = getattr(event, rule.stated)
    if stated is None:
        return
    met, items = _answered(request, rule, event)
    later = next(
        (
            other
            for other in _after(request, event)
            if other.kind in rule.starts and getattr(other, rule.stated) is not None
        ),
        None,
    )
    if met is not None and later is not None and met.order < later.order:
        later = None
    yield Deadline(
        rule=rule,
        start=event,
        due=stated,
        nominal=stated,
        latest=stated,
        met=later or met,
        replaced=later,
        items=items,
        stated=stated,
    )


def _extended(
    request: Request, law: Law, office: Office, rule: Rule, start: Event
) -> Iterator[Deadline]:
    """The extended date, if a notice came while the first period could still be running."""
    clock = law.clock(rule, start.on, office)
    begin = begun(start)
    base = clock.base or clock
    stood = pauses(request, base.rule, base, begin)
    clock = replace(clock, base=stood.clock)
    estimate = _estimated(start) or stood.open is not None
    limit = date.fromordinal(stood.latest)
    notices = [n for n in request.all("extended") if estimate or n.on <= limit]
    if not notices:
        return
    end = extension_end(request, law, rule, clock, begin, notices)
    met, items = _answered(request, rule, start)
    yield Deadline(
        rule=rule,
        start=start,
        due=end.due,
        nominal=end.nominal,
        latest=max(end.due, date.fromordinal(clock.latest(begin))),
        estimate=estimate,
        met=met,
        items=items,
        notice=notices[0],
        stated=end.stated,
        contingent=clock.why_uncertain(begin),
        why=stood.why or end.why,
        pauses=stood.pauses,
        clock=clock,
    )


def _estimated(start: Event) -> bool:
    return start.kind == "sent" and start.via not in AT_ONCE


def _after(request: Request, event: Event) -> tuple[Event, ...]:
    """What happened after an event."""
    return request.events[request.events.index(event) + 1 :]


def _answered(request: Request, rule: Rule, start: Event) -> tuple[Event | None, tuple[int, ...]]:
    """The event with which the last item was answered, or the items that are still open."""
    events = request.events if start.kind in RECEIPT else _after(request, start)
    numbers = tuple(item.n for item in request.items) or (1,)
    ends = {n: _end(events, rule, n, whole=not request.items) for n in numbers}
    still_open = tuple(n for n, end in ends.items() if end is None)
    if still_open:
        return None, still_open
    return max((end for end in ends.values() if end is not None), key=lambda e: e.order), ()


def _end(events: Sequence[Event], rule: Rule, item: int, *, whole: bool) -> Event | None:
    """The event that ends the period for one item; what is reopened after closing runs on."""
    end: Event | None = None
    for event in events:
        if whole or event.concerns(item):
            if event.kind == "reopened" and end is not None and end.kind in OVER:
                end = None
            elif end is None and (event.kind in rule.stops or event.kind in OVER):
                end = event
    return end


def is_late(deadline: Deadline, today: date) -> bool:
    """True once the agency has let even the latest date pass, and that date is sure."""
    return (
        deadline.is_open
        and deadline.kind is Kind.STATUTORY
        and not deadline.estimate
        and today > deadline.latest
    )


def is_due(deadline: Deadline, today: date) -> bool:
    """True once the plain date has passed while some reading, or a doubt, allows a later one."""
    return (
        deadline.is_open
        and deadline.kind is Kind.STATUTORY
        and today > deadline.due
        and not is_late(deadline, today)
    )


def is_broken(deadline: Deadline, today: date) -> bool:
    """True once a date that the agency gave itself has passed without what it promised."""
    return deadline.is_open and deadline.kind is Kind.PROMISED and today > deadline.due


def flags(request: Request, found: Sequence[Deadline], today: date) -> tuple[Flag, ...]:
    """What is true of the request on that day, in the order of `Flag`."""
    asked = request.last("clarification-asked", "clarification-answered")
    fee = request.last("fee-quoted", "fee-paid")
    true = {
        Flag.DUE: any(is_due(deadline, today) for deadline in found),
        Flag.LATE: any(is_late(deadline, today) for deadline in found),
        Flag.BROKEN: any(is_broken(deadline, today) for deadline in found),
        Flag.FEE: fee is not None and fee.kind == "fee-quoted",
        Flag.CLARIFICATION: asked is not None and asked.kind == "clarification-asked",
    }
    return tuple(flag for flag in Flag if true[flag])
