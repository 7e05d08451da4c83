"""Orders of events that cannot have been: named with their lines, while the fold still answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cpra.core.events import ANY_DAY, BEFORE_SENDING, RECORDED_KINDS, Event
from cpra.errors import Problem

ANSWERS = frozenset(RECORDED_KINDS) - BEFORE_SENDING - ANY_DAY
"""What can only happen to a request that has left."""

COMES_AFTER: Mapping[str, tuple[str, ...]] = {
    "clarification-answered": ("clarification-asked",),
    "fee-paid": ("fee-quoted",),
    "appeal-decided": ("appeal-filed",),
    "reopened": ("closed", "withdrawn", "denied", "none-found", "produced"),
}
"""An event and those of which it needs one to make sense; the first is the usual one."""


def order_problems(events: Sequence[Event], path: str) -> tuple[Problem, ...]:
    """What happened before it could; `events` are those that count, in the order of their days."""
    return tuple(
        Problem(path, event.number, text) for event in events for text in _wrong(event, events)
    )


def _wrong(event: Event, events: Sequence[Event]) -> Iterator[str]:
    if event.kind in ANSWERS:
        sent = next((other for other in events if other.kind == "sent"), None)
        if sent is None:
            yield f'"{event.kind}" stands here, but no line says that the request was sent'
        elif event.on < sent.on:
            yield (
                f'"{event.kind}" on {event.on} comes before the request was sent '
                f"(line {sent.number}, {sent.on})"
            )
    if before := COMES_AFTER.get(event.kind):
        first = next((other for other in events if other.kind in before), None)
        if first is None:
            yield f'"{event.kind}" stands here, but no line says "{before[0]}"'
        elif event.on < first.on:
            yield (
                f'"{event.kind}" on {event.on} comes before "{first.kind}" '
                f"(line {first.number}, {first.on})"
            )
