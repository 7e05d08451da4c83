"""What it is to deliver a message: its very bytes out, and what became of them back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"
    """refused for now, or the server was not reached: nothing left, try again"""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it goes: from whom and to whom, and its very bytes."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said, in one line, and what that means."""

    outcome: Outcome
    text: str

    @property
    def is_accepted(self) -> bool:
        """True when the server has taken the message over."""
        return self.outcome is Outcome.ACCEPTED


Deliver = Callable[[Outgoing], Reply]
"""Hand a message over; in tests a list's `append` with an answer, or a real server."""
