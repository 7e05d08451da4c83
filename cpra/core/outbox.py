"""What the log says of a message on its way: whether it is known to have left."""

from __future__ import annotations

from cpra.core.events import Event
from cpra.core.request import Request

STEPS = ("sending", "sent", "letter-sent", "refused", "outcome-unknown")
"""The lines of the log that tell of it."""


def unsettled(request: Request, letter: str = "") -> Event | None:
    """The message of which nobody knows whether it left; None when that is known of all."""
    # By line, not by day: two attempts on one day stand in the order in which they were written.
    steps = [
        event
        for event in sorted(request.events, key=lambda event: event.number)
        if event.kind in STEPS and event.letter == letter
    ]
    last = steps[-1] if steps else None
    return last if last is not None and last.kind in ("sending", "outcome-unknown") else None


def all_unsettled(request: Request) -> tuple[Event, ...]:
    """Every such message of a request: of the request itself, and of each follow-up letter."""
    letters = dict.fromkeys(event.letter for event in request.all(*STEPS))
    found = (unsettled(request, letter) for letter in letters)
    return tuple(event for event in found if event is not None)
