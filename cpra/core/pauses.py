"""Days on which a clock stands still, where a law stops it while the agency waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cpra.core.clock import Clock, Start
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.core.rules import Rule, Toll
from cpra.core.words import date_words


@dataclass(frozen=True, slots=True)
class Pause:
    """From the day after the agency asked to the day on which it had its answer.

    Whether the day of the question counts is not written anywhere; `latest` leaves it out as well.
    """

    asked: Event
    answered: Event | None
    authority: str

    def covers(self, ordinal: int, *, whole: bool = False) -> bool:
        """True for a day on which the clock stood still; if `whole`, the question's day too."""
        asked = self.asked.on.toordinal()
        if ordinal < asked or (ordinal == asked and not whole):
            return False
        return self.answered is None or ordinal <= self.answered.on.toordinal()


@dataclass(frozen=True, slots=True)
class Paused:
    """A clock with its pauses taken into account."""

    due: int
    latest: int
    clock: Clock
    longest: Clock
    """the clock with the days of the questions left out as well"""
    pauses: tuple[Pause, ...] = ()
    open: Pause | None = None
    """the pause that has not ended"""
    why: str = ""


def pauses(request: Request, rule: Rule, clock: Clock, start: Start) -> Paused:
    """The dates of a clock, lengthened by the days on which it stood still.

    A question asked when the period is over stops nothing; of the kinds that the law allows once,
    only the first question counts. While a question waits for its answer, no date is sure.
    """
    allowed = sorted(_allowed(request, rule), key=lambda pause: pause.asked.order)
    found: list[Pause] = []
    waiting: Pause | None = None
    for pause in allowed:
        current = _with(clock, start, found)
        asked = pause.asked.on.toordinal()
        if start.day <= asked <= current.due(start):
            if pause.answered is None:
                waiting = waiting or pause
            else:
                found.append(pause)
    current = _with(clock, start, found)
    why = ""
    if waiting is not None:
        why = (
            f"the clock stands still since {date_words(waiting.asked.on)}, until the answer"
            f" reaches the agency ({waiting.authority})"
        )
    shown = (*found, waiting) if waiting else tuple(found)
    longest = _with(clock, start, found, whole=True)
    due, latest = current.due(start), longest.latest(start)
    return Paused(due, latest, current, longest, shown, waiting, why)


def _allowed(request: Request, rule: Rule) -> Iterator[Pause]:
    for toll in rule.tolls:
        asked = request.all(toll.asked)
        for question in asked[:1] if toll.once else asked:
            after = request.events[request.events.index(question) :]
            answer = next((e for e in after if _answers(e, toll)), None)
            yield Pause(question, answer, toll.authority)


def _answers(event: Event, toll: Toll) -> bool:
    """True for the event that ends a pause, or the letter that does."""
    if event.kind == "letter-sent":
        return bool(toll.letter) and event.letter == toll.letter
    return event.kind == toll.answered


def _with(clock: Clock, start: Start, found: list[Pause], *, whole: bool = False) -> Clock:
    """The clock with as many days more as it stood still within its own period."""
    while True:
        period = range(start.day + 1, clock.due(start) + 1)
        stood = sum(_stood(clock, day, found, whole) for day in period)
        if stood == clock.paused:
            return clock
        clock = replace(clock, paused=stood)


def _stood(clock: Clock, day: int, found: list[Pause], whole: bool) -> bool:
    """True for a day that would have counted, had the clock not stood still."""
    counted = not clock.count.working or not clock.is_closed(day)
    return counted and any(pause.covers(day, whole=whole) for pause in found)
