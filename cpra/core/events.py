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
    "incident-occurred": (),
    "misconduct-discovered": (),
    "inspected": (),
    "amendment-requested": (),
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

ANY_DAY = frozenset({"incident-known", "incident-occurred", "misconduct-discovered", "voided"})
"""Kinds whose day may lie before the request left."""

# The day's own order, whichever was written down first: a letter leaves before it is answered, and
# what a person closes that evening is closed, also when the answer before it has a time of day.
_RANK = {"drafted": 0, "edited": 1, "sending": 2, "sent": 3, "received": 4}
_RANK |= {"closed": 6, "withdrawn": 6, "reopened": 6}


@dataclass(frozen=True, slots=True)
class Paper:
    """What one filed document was when it came, beside its SHA-256 and its name."""

    size: int
    """in bytes"""
    kind: str = ""
    """what it really is, by its bytes"""
    inside: str = ""
    """the container it came in, below the same folder; empty when it came by itself"""


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
    about: Mapping[str, Paper] = field(default_factory=dict)
    """path → what the document was when it came"""
    source: tuple[str, ...] = ()
    """where the documents were taken from: files, folders, or a mailbox"""
    more: int | None = None
    """lines of the same writing that follow this one; without them it was never finished"""
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

    A `voided` event can itself be taken back. The order of the lines changes nothing, and a line
    that a merge has doubled counts once.
    """
    every = tuple({e.hash or f"unwritten {n}": e for n, e in enumerate(events)}.values())
    out = _taken_back(every)
    depths = _depths(every)

    def order(event: Event) -> tuple[date, int, str, str, int, str, int]:
        """Events of one second stand as they were written, one after the other, in each log."""
        return *event.order[:-1], depths.get(event.hash, 0), event.hash, event.number

    return tuple(sorted((e for e in every if not e.hash or e.hash not in out), key=order))


def _taken_back(events: Iterable[Event]) -> set[str]:
    """The lines that a line which counts takes back."""
    undecided = {e.hash or f"unwritten {n}": e for n, e in enumerate(events) if e.kind == "voided"}
    out: set[str] = set()
    while undecided:
        doubtful = {event.line for event in undecided.values()}
        settled = [name for name in undecided if name not in doubtful]
        if not settled:
            # Lines in a circle cannot come from hashing; each of them is believed.
            return out | doubtful
        for name in settled:
            void = undecided.pop(name)
            if name not in out:
                out.add(void.line)
    return out


def _depths(events: Iterable[Event]) -> dict[str, int]:
    """How many lines stand before each line, by the chain of `previous`."""
    before = {event.hash: event.previous or "" for event in events if event.hash}
    depths: dict[str, int] = {}
    for start in before:
        way = []
        here = start
        while here in before and here not in depths:
            depths[here] = 0  # also ends a circle
            way.append(here)
            here = before[here]
        depth = depths.get(here, 0)
        for name in reversed(way):
            depth += 1
            depths[name] = depth
    return depths
