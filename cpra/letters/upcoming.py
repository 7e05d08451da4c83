"""From which day on which letter is the right next one, so that a list can say it without a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from cpra.core.deadlines import Deadline, Kind
from cpra.core.exemptions import Exemptions
from cpra.core.law import Law
from cpra.core.request import Request
from cpra.letters.fitting import PATIENCE, choices, has_letters
from cpra.letters.story import story

_NEXT = timedelta(days=1)
_NO_LEDGER = Exemptions((), ())  # what an exemption means decides how a letter reads, not which


class Turn(NamedTuple):
    """A day, and the letter that `cpra follow-up` drafts from it on; empty: none."""

    since: date
    letter: str


def upcoming(request: Request, found: Sequence[Deadline], law: Law) -> tuple[Turn, ...]:
    """The right next letter, now and after each day on which that changes by itself."""
    if not has_letters(request.law):
        return ()
    turns: list[Turn] = []
    for day in sorted({date.min, *_days(request, found)}):
        fitting = choices(request, story(request, found, law, _NO_LEDGER, day), day)
        letter = fitting[0].letter if fitting else ""
        if letter != (turns[-1].letter if turns else ""):
            turns.append(Turn(day, letter))
    return tuple(turns)


def _days(request: Request, found: Sequence[Deadline]) -> Iterator[date]:
    """The days on which something is late, a promise broken, or a letter has had its time."""
    for deadline in found:
        if deadline.is_open and deadline.kind is Kind.STATUTORY and not deadline.estimate:
            yield deadline.latest + _NEXT
    for event in request.events:
        if event.estimated is not None and event.estimated < date.max:
            yield event.estimated + _NEXT
        if event.kind == "letter-sent" and event.on < date.max - PATIENCE:
            yield event.on + PATIENCE + _NEXT
