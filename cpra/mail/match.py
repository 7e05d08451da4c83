"""Where a message may belong: the requests it may answer, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

SURE = 80
"""The score from which a message is filed without asking …"""
AHEAD = 30
"""… if the next candidate has so much less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a request that helps to recognize an answer to it."""

    id: str
    number: int
    folder: str
    agency: str
    """its key in the address book"""
    agency_names: tuple[str, ...] = ()
    email: str = ""
    portal: str = ""
    subject: str = ""
    words: frozenset[str] = frozenset()
    references: tuple[str, ...] = ()
    message_ids: frozenset[str] = frozenset()
    correspondents: frozenset[str] = frozenset()
    """addresses to which the request was sent, or whose mail the requester has placed with it"""
    sent: date | None = None
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a request, and how much."""

    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A request that a message may answer."""

    known: Known
    reasons: tuple[Reason, ...]
    doubts: tuple[str, ...] = ()
    """what speaks against filing it there without asking"""

    @property
    def score(self) -> int:
        """All reasons together."""
        return points_of(self.reasons)


@dataclass(frozen=True, slots=True)
class Match:
    """Where a message may belong, the likeliest first."""

    candidates: tuple[Candidate, ...] = ()

    @property
    def best(self) -> Candidate | None:
        """The likeliest request."""
        return self.candidates[0] if self.candidates else None

    @property
    def is_sure(self) -> bool:
        """True when it may be filed without asking."""
        if not self.candidates or self.candidates[0].doubts:
            return False
        next_best = self.candidates[1].score if len(self.candidates) > 1 else 0
        score = self.candidates[0].score
        return score >= SURE and score - next_best >= AHEAD


def points_of(reasons: Iterable[Reason]) -> int:
    """All reasons together."""
    return sum(reason.points for reason in reasons)
