"""One date that a log gives rise to: the rule, what started it, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from cpra.core.calendar import Closed
from cpra.core.clock import Clock, Reading, Start
from cpra.core.events import Event
from cpra.core.pauses import Pause
from cpra.core.rules import Kind, Rule
from cpra.core.steps import Step, steps_of

_QUESTION = "the days on which the agency asked are left out as well"
_MOST = "the last day that the notice could have stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One date: the rule, the event it is counted from, when it is due and the latest of it."""

    rule: Rule
    start: Event
    due: date
    """by the plain words of the law"""
    latest: date
    """the last date that any respectable reading allows; nothing is late before it has passed"""
    nominal: date
    """the last day before it rolled"""
    estimate: bool = False
    """not sure, and so never late: receipt unknown, the clock standing still, a date to watch"""
    met: Event | None = None
    """what ended it: the answer to the last item, or what took its place"""
    replaced: Event | None = None
    """the notice or the new promise that took its place, where that ended it"""
    items: tuple[int, ...] = ()
    """the items it is still open for"""
    notice: Event | None = None
    """the extension notice that it rests on"""
    stated: date | None = None
    """the agency's own date, where it counts"""
    contingent: str = ""
    """one sentence where it depends on a law that is not confirmed"""
    why: str = ""
    """one sentence where `due` is not simply counted"""
    pauses: tuple[Pause, ...] = ()
    clock: Clock | None = field(default=None, repr=False, compare=False)

    @property
    def kind(self) -> Kind:
        """Whose date it is."""
        return self.rule.kind

    @property
    def doubt(self) -> str:
        """Why it is never called late, in words that follow a colon; empty for a sure date."""
        if not self.estimate:
            return ""
        if self.kind is Kind.WATCH:
            return "it rests on conditions that the log does not show"
        if any(pause.answered is None for pause in self.pauses):
            return "the clock stands still"
        return "the day of receipt is not known"

    @property
    def is_open(self) -> bool:
        """True while nothing has ended it."""
        return self.met is None

    @property
    def rolled(self) -> tuple[Closed, ...]:
        """The closed days over which the last day rolled."""
        if self.clock is None:
            return ()
        start = begun(self.start)
        if self.nominal.toordinal() == self.clock.nominal(start):
            return self.clock.rolled(start)
        return self.clock.skipped(self.nominal, self.due)

    @property
    def rolled_by(self) -> str:
        """The names of those days: `Native American Day > Sat > Sun`."""
        return " > ".join(closed.name for closed in self.rolled)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What separates `due` from `latest`: every reading that gives a later date, and why."""
        if self.clock is None:
            return ()
        start = begun(self.start)
        found = self.clock.readings(start)
        ceiling = date.fromordinal(self.clock.due(start))
        if self.due < ceiling:
            most = Reading("ceiling", ceiling, _MOST)
            found = (most, *(reading for reading in found if reading.due != most.due))
        if self.pauses and all(reading.due < self.latest for reading in found):
            found = (*found, Reading("question", self.latest, _QUESTION))
        return tuple(reading for reading in found if reading.due > self.due)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Day by day how `due` was reached, with the authority for each day."""
        return steps_of(self)


def begun(event: Event) -> Start:
    """An event as the start of a clock."""
    return Start(event.on.toordinal(), event.at, event.kind, event.via)
