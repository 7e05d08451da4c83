"""Lists of holidays as the law names them, each day with its authority."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cpra.core.words import MONTHS, WEEKDAYS

_ORDINALS = ("first", "second", "third", "fourth", "last")
_WHEN = re.compile(
    r"(?P<after>day after )?(?:"
    rf"(?P<month>{'|'.join(MONTHS)}) (?P<day>\d{{1,2}})"
    rf"|(?P<nth>{'|'.join(_ORDINALS)}) (?P<weekday>{'|'.join(WEEKDAYS)})"
    rf" of (?P<of>{'|'.join(MONTHS)}))"
)


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """A holiday on the same date every year: `July 4`."""

    month: int
    day: int
    after: int
    """days after it"""

    def of(self, year: int) -> date:
        """Its date in that year."""
        return date(year, self.month, self.day) + timedelta(days=self.after)


@dataclass(frozen=True, slots=True)
class WeekdayOfMonth:
    """A holiday on the same weekday of a month: `third Monday of January`, `last Monday of May`."""

    month: int
    nth: int
    """1 to 4, or 5 for the last"""
    weekday: int
    after: int
    """days after it"""

    def of(self, year: int) -> date:
        """Its date in that year."""
        first = date(year, self.month, 1)
        days = (self.weekday - first.weekday()) % 7 + 7 * (self.nth - 1)
        found = first + timedelta(days=days)
        if found.month != self.month:
            found -= timedelta(days=7)  # a month without a fifth: its last is the fourth
        return found + timedelta(days=self.after)


When = DayOfMonth | WeekdayOfMonth


def when(text: str) -> When | None:
    """The day that words like `last Monday of May` name; None if they name none."""
    found = _WHEN.fullmatch(text)
    if found is None:
        return None
    after = 1 if found["after"] else 0
    if found["day"]:
        day = DayOfMonth(MONTHS.index(found["month"]) + 1, int(found["day"]), after)
        return day if _is_there_every_year(day) else None
    return WeekdayOfMonth(
        MONTHS.index(found["of"]) + 1,
        _ORDINALS.index(found["nth"]) + 1,
        WEEKDAYS.index(found["weekday"]),
        after,
    )


def _is_there_every_year(day: DayOfMonth) -> bool:
    try:
        day.of(2023)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A day that a list names, every year or on listed dates, while the list had it."""

    name: str
    authority: str
    status: str
    source: str
    checked: date
    formerly: str = ""
    when: When | None = None
    dates: tuple[date, ...] = ()
    since: date | None = None
    until: date | None = None
    note: str = ""

    def falls(self, first: date, last: date) -> Iterator[date]:
        """Its dates from `first` to `last`, in no order."""
        first = max(first, self.since or first)
        last = min(last, self.until or last)
        for day in self.dates:
            if first <= day <= last:
                yield day
        if self.when is not None:
            for year in range(first.year, last.year + 1):
                if first <= (day := self.when.of(year)) <= last:
                    yield day


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A holiday on a weekend that is kept on another day, as a court or a statute says."""

    holiday: date
    on: date
    status: str
    source: str
    checked: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """A day of every week that is closed: its short name and the authority."""

    weekday: int
    name: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayList:
    """One list of closed days by which periods are counted or rolled."""

    id: str
    title: str
    one: str
    """what one of its days is called: `judicial holiday`"""
    authority: str
    """for the list as a whole"""
    status: str
    source: str
    checked: date
    first_day: str = ""
    """authority for not counting the day of receipt"""
    closures: str = ""
    """authority by which an office's own whole-day closure counts; empty: it moves only `latest`"""
    alternative: str = ""
    """authority for a day kept instead of one on a weekend"""
    observed: bool = False
    """by law, what falls on a Saturday is kept on the Friday, on a Sunday on the Monday"""
    presumed: bool = False
    """where no day kept instead is known, the Friday or Monday may be: it moves only `latest`"""
    known_until: date | None = None
    """the last day for which the list was read; what falls later is read in part (P)"""
    wide: tuple[str, ...] = ()
    """lists whose days someone could urge as well; they move only `latest`"""
    weekly: tuple[Weekly, ...] = ()
    days: tuple[Holiday, ...] = ()
    kept: tuple[Kept, ...] = ()

    def status_of(self, holiday: Holiday, day: date) -> str:
        """How sure it is that the holiday is in the list on that day."""
        later = self.known_until is not None and day > self.known_until
        return "P" if later and holiday.status == "V" else holiday.status

    @property
    def weekend(self) -> dict[int, str]:
        """The short names of the days that are closed every week, by weekday."""
        return {day.weekday: day.name for day in self.weekly}
