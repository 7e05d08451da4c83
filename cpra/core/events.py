"""What happened to a request: the kinds of event, and one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time

RECORDED_KINDS: Mapping[str, tuple[str, ...]] = {
    "received": ("reference",),
    "answered": ("reference",),
    "acknowledged": ("reference",),
    "extended": ("until", "grounds", "signed_by", "reasons"),
    "determined": ("estimated", "disclosable", "reasons"),
    "produced": ("items", "installment", "complete"),
    "denied": ("items", "exemptions", "reasons", "signed_by"),
    "none-found": ("items", "reasons"),
    "fee-quoted": ("amount",),
    "fee-paid": ("amount",),
    "clarification-asked": ("reasons",),
    "clarification-answered": (),
    "promised": ("estimated",),
    "incident-known": (),
    "appeal-filed": (),
    "appeal-decided": ("reasons",),
    "judgment-noticed": ("via",),
    "access-restored": (),
    "closed": ("items", "reasons"),
    "reopened": ("items", "reasons"),
    "withdrawn": ("items", "reasons"),
    "voided": ("line", "why"),
}
"""What `record` may write down, and the fields each kind is about."""

OTHER_KINDS = (
    "drafted",
    "edited",
    "sending",
    "sent",
    "refused",
    "outcome-unknown",
    "letter-sent",
    "reminder",
    "stamped",
)
"""Events that other commands write."""

WAYS = ("email", "portal", "mail", "fax", "hand")
"""How a letter can leave."""

KINDS = frozenset(RECORDED_KINDS) | frozenset(OTHER_KINDS)

BEFORE_SENDING = frozenset(
    {"drafted", "edited", "voided", "reminder", "withdrawn", "closed", "reopened", "stamped"}
)
"""Kinds that make sense for a request that has not left yet."""

# The day's own order: a letter leaves before it is answered, whichever was written down first.
_RANK = {"drafted": 0, "edited": 1, "sending": 2, "sent": 3, "received": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, on which day (`on`, `at`), and when that was written down (`recorded`)."""

    kind: str
    on: date
    at: time | None = None
    recorded: str = ""
    previous: str | None = None
    via: str = ""
    reference: str = ""
    to: str = ""
    until: date | None = None
    estimated: date | None = None
    grounds: tuple[str, ...] = ()
    signed_by: str = ""
    reasons: str = ""
    disclosable: str = ""
    items: tuple[int, ...] = ()
    installment: int | None = None
    complete: bool = False
    exemptions: tuple[str, ...] = ()
    amount: str = ""
    letter: str = ""
    text: str = ""
    due: date | None = None
    server: str = ""
    line: str = ""
    why: str = ""
    note: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """path below the request's folder → SHA-256"""
    names: Mapping[str, str] = field(default_factory=dict)
    """path → the sender's own name for the file, where ours differs"""
    hash: str = ""
    """SHA-256 of its own line; empty until it is written"""
    number: int = 0
    """the line it stands on, from 1; 0 until it is written"""

    @property
    def order(self) -> tuple[date, int, str, str, int]:
        """Events fold by the day they happened, then as a day runs, then as they were recorded."""
        clock = self.at.isoformat() if self.at else ""
        return self.on, _RANK.get(self.kind, 5), clock, self.recorded, self.number

    def concerns(self, item: int) -> bool:
        """True when this is about that item, or about the whole request."""
        return not self.items or item in self.items


def live(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events that count, in the order in which they happened: what was taken back is left out.

    A `voided` event can itself be taken back.
    """
    every = tuple(events)
    voids = {event.line: event for event in every if event.kind == "voided"}

    def counts(event: Event) -> bool:
        """A line is out when a line that counts takes it back; each step goes to another line."""
        seen: set[str] = set()
        out = False
        while event.hash in voids and event.hash not in seen:
            seen.add(event.hash)
            event = voids[event.hash]
            out = not out
        return not out

    return tuple(sorted((e for e in every if counts(e)), key=lambda e: e.order))
