"""When an extended period ends: on the agency's own date if it is allowed, else on the ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cpra.core import grounds as reasons
from cpra.core.clock import Clock, Start
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.core.rules import Rule
from cpra.core.words import date_words

if TYPE_CHECKING:
    from cpra.core.law import Law


class End(NamedTuple):
    """When an extended period ends, and what decides that."""

    due: date
    nominal: date
    stated: date | None
    why: str


def extension_end(
    request: Request,
    law: Law,
    rule: Rule,
    clock: Clock,
    begin: Start,
    notices: Sequence[Event],
) -> End:
    """The date that the notice states if it is within the ceiling, otherwise the ceiling."""
    base = clock.base or clock
    first = date.fromordinal(base.due(begin))
    if notices[0].on > first:
        why = "the notice came after the first period had ended by the plain words"
        return End(first, date.fromordinal(base.nominal(begin)), None, why)
    ceiling = date.fromordinal(clock.due(begin))
    stated = next((n.until for n in notices if n.until is not None), None)
    if stated is None:
        why = "the notice states no date; this is the last that it could have stated"
        end = End(ceiling, date.fromordinal(clock.nominal(begin)), None, why)
    elif stated > ceiling:
        why = f"the notice states {date_words(stated)}, later than the law allows"
        end = End(ceiling, date.fromordinal(clock.nominal(begin)), None, why)
    elif stated <= first:
        why = f"the notice states {date_words(stated)}, no later than the first period"
        end = End(first, date.fromordinal(base.nominal(begin)), None, why)
    else:
        end = End(_open(clock, stated), stated, stated, "the date that the notice states")
    restored = _restored(request, law, rule, notices[0])
    if restored is not None and (ended := max(first, _open(clock, restored.on))) < end.due:
        why = f"access returned on {date_words(restored.on)}, which ends the extension"
        return End(ended, max(first, restored.on), None, why)
    return end


def _restored(request: Request, law: Law, rule: Rule, notice: Event) -> Event | None:
    """The event that ends an extension early, if every ground it rests on ends with one."""
    known = law.grounds(rule.id)
    grounds = [reasons.ground_of(text, known) for text in reasons.named(notice)]
    kinds = {ground.ends if ground else "" for ground in grounds}
    if not kinds or "" in kinds:
        return None
    since = request.events[request.events.index(notice) :]
    return next((event for event in since if event.kind in kinds), None)


def _open(clock: Clock, day: date) -> date:
    """The day itself, or the next open one when it is closed."""
    return date.fromordinal(clock.narrow.roll(day.toordinal())) if clock.narrow else day
