"""The dates of a request as a letter may speak of them, and what it could go to court over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from cpra.core.deadlines import Deadline, is_late
from cpra.core.items import Item
from cpra.core.request import Request, Status
from cpra.core.words import joined
from cpra.letters.facts import Due, Overdue

_REFUSED = (Status.DENIED, Status.PARTLY_DENIED, Status.NONE_FOUND)


def due_of(deadline: Deadline | None, today: date) -> Due | None:
    """The date, unless it is only an estimate: a letter never rests on one."""
    if deadline is None or deadline.estimate:
        return None
    closed = [_long_name(day.name) for day in deadline.rolled]
    return Due(
        started=deadline.start.on,
        nominal=deadline.nominal,
        due=deadline.due,
        latest=deadline.latest,
        rolled=joined(list(dict.fromkeys(closed))),
        items=deadline.items,
        late=is_late(deadline, today),
        uncertain=bool(deadline.contingent),
        paused=bool(deadline.pauses),
    )


def _long_name(name: str) -> str:
    return {"Sat": "Saturday", "Sun": "Sunday"}.get(name, name)


def overdue(request: Request, found: Sequence[Deadline], today: date) -> Iterator[Overdue]:
    """What is late beside the determination, by a law that a letter may cite."""
    for deadline in found:
        rule, due = deadline.rule, due_of(deadline, today)
        if (
            due is not None
            and due.late
            and rule.status in ("V", "P")
            and f"{request.law}.determination" not in (rule.id, rule.extends)
        ):
            yield Overdue(rule=rule.id, what=rule.title, cite=rule.cite, due=due)


def disputed(request: Request, due: Due | None, others: Sequence[Overdue]) -> Iterator[Item]:
    """The items over which the requester could go to court now."""
    late = set(due.items) if due is not None and due.late else set()
    late |= {number for one in others for number in one.due.items}
    for item in request.items:
        if item.n in late or request.state_of(item.n) in _REFUSED:
            yield item
