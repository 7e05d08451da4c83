"""Dates by day of receipt: computed when a day is first looked up, kept afterwards."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple

from cpra.core.calendar import checked_start
from cpra.core.clock import Clock, Start


class Row(NamedTuple):
    """What a receipt on one day leads to."""

    due: date
    latest: date
    rolled_by: str
    contingent: str
    """one sentence where the date depends on a law that is not confirmed"""


class Table(dict[date, Row]):
    """`table[day]` is the row of a receipt on that day; days outside 2015 to 2040 are refused.

    Looking up a day that was asked for before costs what a look-up in a dict costs.
    """

    def __init__(self, clock_of: Callable[[date], Clock], changes: Iterable[date]) -> None:
        """`clock_of` gives the clock that governs a day; it changes only on a day of `changes`."""
        super().__init__()
        self._clock_of = clock_of
        self._changes = sorted(changes)
        self._clocks: dict[int, Clock] = {}

    def __missing__(self, day: date) -> Row:
        """The row of a day that is asked for the first time."""
        if isinstance(day, datetime):
            # A date-time would be stored beside the date that it equals nothing of.
            return self[day.date()]
        span = bisect_right(self._changes, checked_start(day))
        clock = self._clocks.get(span)
        if clock is None:
            clock = self._clocks[span] = self._clock_of(day)
        start = Start(day.toordinal())
        row = Row(
            date.fromordinal(clock.due(start)),
            date.fromordinal(clock.latest(start)),
            clock.rolled_by(start),
            clock.why_uncertain(start),
        )
        self[day] = row
        return row
