"""Every date that a request's log gives rise to: the statute's, the agency's, the requester's.

Nothing here knows California: which event starts a clock, what stops it and how long it runs is in
the law data. Nothing here knows what day it is; `flags` are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from cpra.core.calendar import Office, checked_start
from cpra.core.clock import Reading
from cpra.core.deadline import Deadline, begun
from cpra.core.events import Event
from cpra.core.extended import extension_end
from cpra.core.flags import Flag, flags, is_broken, is_due, is_late
from cpra.core.pauses import pauses
from cpra.core.request import Request, Status
from cpra.core.rules import Kind, Rule
from cpra.core.steps import Step
from cpra.errors import Problem

if TYPE_CHECKING:
    from cpra.core.law import Law

__all__ = [
    "AT_ONCE",
    "Deadline",
    "Flag",
    "Kind",
    "Reading",
    "Step",
    "begun",
    "deadlines",
    "flags",
    "is_broken",
    "is_due",
    "is_late",
    "is_to_meet",
    "missing",
]

AT_ONCE = frozenset({"email", "portal", "hand"})
"""ways of sending by which a request is received at the moment it leaves"""
RECEIPT = frozenset({"received", "sent"})
"""events that put a request before the agency"""
OVER = frozenset({"closed", "withdrawn"})
"""events after which the agency owes nothing more"""
AFTERWARDS = frozenset(
    {"denied", "none-found", "appeal-filed", "judgment-noticed", "inspected", "amendment-requested"}
)
"""events that start a clock of their own once the agency has answered"""
NEVER_LATE = frozenset({Kind.WATCH, Kind.STEP})
"""dates that rest on what no log shows, or that only matter inside another"""


def is_to_meet(request: Request, deadline: Deadline) -> bool:
    """True for a date that somebody still has to meet, as far as the log says.

    A request that was denied, or for which nothing was found, is settled, and the time to appeal
    begins: what an answer or an appeal starts counts until the request is closed or withdrawn.
    """
    if not deadline.is_open or deadline.kind is Kind.STEP:
        return False
    put_away = request.status in (Status.CLOSED, Status.WITHDRAWN)
    return request.is_open or (deadline.start.kind in AFTERWARDS and not put_away)


def deadlines(request: Request, law: Law, office: Office) -> tuple[Deadline, ...]:
    """Every date that the log gives rise to, open and met, the earliest first.

    A rule of the law data that cannot be used gives no date; `missing` says why.
    """
    found: list[Deadline] = []
    for rule, start in _begun(request, law):
        if law.works(rule):
            found += _dates(request, law, office, rule, start)
    for later in [deadline for deadline in found if deadline.notice is not None]:
        found = [_replaced(deadline, later) for deadline in found]
    found = [deadline for deadline in found if not _says_nothing(deadline, found)]
    return tuple(sorted(found, key=lambda deadline: (deadline.due, deadline.latest)))


def missing(request: Request, law: Law) -> tuple[Problem, ...]:
    """What is wrong in the law data, if a date of this request may be missing because of it."""
    if request.first(*RECEIPT) is None:
        return ()
    found = [*law.broken(request.law)]
    for rule, _ in _begun(request, law):
        found += law.failing(rule.id)
    return tuple(sorted(set(found)))


def _begun(request: Request, law: Law) -> Iterator[tuple[Rule, Event]]:
    """Every rule in force that is for this request, with each event from which it counts."""
    for rule in law.rules_of(request.law):
        if not rule.bill and (not rule.tag or rule.tag in request.tags):
            for start in _starts(request, rule):
                if rule.governs(checked_start(start.on)):
                    yield rule, start


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
        events = request.all(kind)
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
            estimate=_estimated(start) or stood.open is not None or rule.kind in NEVER_LATE,
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
        latest=date.fromordinal(replace(clock, base=stood.longest).latest(begin)),
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
