"""A request as the log tells it: status is a fold of the events, by item, stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from cpra.core.events import Event
from cpra.core.items import Item
from cpra.core.signs import harmless


class Status(StrEnum):
    """Where a request, or one item of it, stands. Lateness is a flag, never a status."""

    DRAFTED = "drafted"
    SENT = "sent"
    AWAITING = "awaiting determination"
    ACKNOWLEDGED = "acknowledged"
    EXTENDED = "extended"
    DETERMINED = "determined"
    PRODUCING = "producing"
    COMPLETE = "complete"
    PARTLY_DENIED = "partly denied"
    DENIED = "denied"
    NONE_FOUND = "none found"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


# The way of a request that is being worked on: it only moves forward on it.
_WAY = (
    Status.DRAFTED,
    Status.SENT,
    Status.AWAITING,
    Status.ACKNOWLEDGED,
    Status.EXTENDED,
    Status.DETERMINED,
    Status.PRODUCING,
)
_FORWARD = {
    "sent": Status.SENT,
    "received": Status.AWAITING,
    "acknowledged": Status.ACKNOWLEDGED,
    "extended": Status.EXTENDED,
    "determined": Status.DETERMINED,
}
SETTLED = frozenset(
    {Status.COMPLETE, Status.DENIED, Status.NONE_FOUND, Status.CLOSED, Status.WITHDRAWN}
)
_PUT_AWAY = frozenset({Status.CLOSED, Status.WITHDRAWN})
_HANDED_OVER = frozenset({Status.PRODUCING, Status.COMPLETE, Status.PARTLY_DENIED})


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks. Every part may be empty: the law asks for no name."""

    name: str = ""
    organization: str = ""
    email: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One ask to one agency: the facts of request.toml, and what has happened since."""

    id: str
    agency: str
    law: str
    subject: str
    template: str = ""
    items: tuple[Item, ...] = ()
    tags: tuple[str, ...] = ()
    requester: Requester = field(default_factory=Requester)
    events: tuple[Event, ...] = ()
    """what counts, in the order in which it happened (`events.live`)"""

    @property
    def number(self) -> int:
        """The number that a person types for this request: 12 for 2026-0012."""
        return int(self.id.rpartition("-")[2])

    @property
    def status(self) -> Status:
        """Where the request stands as a whole."""
        return _together([self.state_of(n) for n in self._numbers()])

    def state_of(self, item: int) -> Status:
        """Where one item stands."""
        status = before = Status.DRAFTED
        for event in self.events:
            if not event.concerns(item):
                continue
            if event.kind == "reopened":
                status = before if status in SETTLED else status
                continue
            reached = _after(status, event)
            if reached is not status and reached in SETTLED and status not in _PUT_AWAY:
                before = status
            status = reached
        return status

    @property
    def open_items(self) -> tuple[Item, ...]:
        """The items for which the agency still owes something."""
        return tuple(item for item in self.items if self.state_of(item.n) not in SETTLED)

    @property
    def is_open(self) -> bool:
        """True while anything may still come, or be owed."""
        return any(self.state_of(n) not in SETTLED for n in self._numbers())

    @property
    def references(self) -> tuple[str, ...]:
        """The agency's own numbers for this request, as they became known."""
        return tuple(dict.fromkeys(harmless(e.reference) for e in self.events if e.reference))

    def first(self, *kinds: str) -> Event | None:
        """The first event of one of these kinds."""
        return next((event for event in self.events if event.kind in kinds), None)

    def last(self, *kinds: str) -> Event | None:
        """The last event of one of these kinds."""
        return next((event for event in reversed(self.events) if event.kind in kinds), None)

    def all(self, *kinds: str) -> tuple[Event, ...]:
        """Every event of these kinds, in the order in which they happened."""
        return tuple(event for event in self.events if event.kind in kinds)

    def _numbers(self) -> tuple[int, ...]:
        """A request without numbered items is one item: the whole."""
        return tuple(item.n for item in self.items) or (1,)


def _after(status: Status, event: Event) -> Status:
    if event.kind in _FORWARD:
        return _further(status, _FORWARD[event.kind])
    match event.kind:
        case "produced" if event.complete:
            return Status.COMPLETE
        case "produced" if status in (Status.DENIED, Status.PARTLY_DENIED):
            return Status.PARTLY_DENIED
        case "produced":
            return Status.PRODUCING
        case "denied":
            return Status.PARTLY_DENIED if status in _HANDED_OVER else Status.DENIED
        case "none-found":
            return Status.NONE_FOUND
        case "closed":
            return Status.CLOSED
        case "withdrawn":
            return Status.WITHDRAWN
    return status


def _further(status: Status, reached: Status) -> Status:
    """A request never goes back: an acknowledgment that follows a production changes nothing."""
    if status in _WAY and _WAY.index(reached) > _WAY.index(status):
        return reached
    return status


def _together(states: Iterable[Status]) -> Status:
    """The status of the whole; what was withdrawn or closed counts only when nothing is left."""
    every = list(states)
    left = [s for s in every if s not in _PUT_AWAY] or every
    if len(set(left)) == 1:
        return left[0]
    if all(s in _PUT_AWAY for s in left):
        return Status.CLOSED
    refused = any(s in (Status.DENIED, Status.PARTLY_DENIED) for s in left)
    if all(s in SETTLED or s is Status.PARTLY_DENIED for s in left):
        return Status.PARTLY_DENIED if refused else Status.COMPLETE
    if any(s in _HANDED_OVER for s in left):
        return Status.PRODUCING
    if refused:
        return Status.PARTLY_DENIED
    return max((s for s in left if s in _WAY), key=_WAY.index)
