"""Which days are closed, for the law and for one office, and why; rolling and counting over them.

Two calendars come from one list. The narrow one has what the law plainly names, published days kept
instead of a holiday on a weekend, and the office's whole-day closures that are verified or that the
user vouches for: it gives `due`. The wide one adds whatever a respectable reading could add (weaker
lists, presumed days, closures that are not verified): it gives `latest`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import chain
from typing import NamedTuple

from cpra.core.holidays import Holiday, HolidayList
from cpra.core.words import WEEKDAYS
from cpra.errors import Refused

FIRST = date(2015, 1, 1)
"""The first day that the tables know."""
LAST = date(2043, 12, 31)
"""The last day that the tables know."""
LAST_START = date(2040, 12, 31)
"""The last day from which a period is counted."""

_FIRST = FIRST.toordinal()
_LAST = LAST.toordinal()
_SATURDAY, _SUNDAY = 5, 6
_KEPT = "kept instead of a holiday on a weekend"
_PRESUMED = "may be kept instead of a holiday on a weekend"
_CLOSED = "the office is closed all day"


class Closed(NamedTuple):
    """Why a day is closed: the name of the day, its authority, and how sure that is."""

    on: date
    name: str
    authority: str
    status: str
    """V, P or M as in the law data, or `presumed`"""
    why: str = ""
    """what kind of closed day it is: `judicial holiday`, `the office is closed all day`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Whole days on which an office does no business at all, with the source that says so.

    A closed branch, or a closed counter with the staff at work, is no closure.
    """

    name: str = "closed"
    dates: tuple[date, ...] = ()
    ranges: tuple[tuple[date, date], ...] = ()
    """first and last day"""
    weekly: tuple[int, ...] = ()
    """Monday is 0"""
    alternate: date | None = None
    """one day of a two-week pattern: every fourteenth day from it, both ways, is closed"""
    since: date | None = None
    until: date | None = None
    source: str = ""
    status: str = "P"
    """V: read at the source, or the user's own word (source `user`); P: anything less"""

    def days(self, first: date, last: date) -> Iterator[date]:
        """The closed days from `first` to `last`; a day may come twice."""
        first = max(first, self.since or first)
        last = min(last, self.until or last)
        for day in chain(self.dates, *(_every(a, b, 1) for a, b in self.ranges)):
            if first <= day <= last:
                yield day
        for weekday in self.weekly:
            yield from _every(first + timedelta((weekday - first.weekday()) % 7), last, 7)
        if self.alternate is not None:
            yield from _every(first + timedelta((self.alternate - first).days % 14), last, 14)


def _every(first: date, last: date, step: int) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1, step):
        yield date.fromordinal(ordinal)


@dataclass(frozen=True, slots=True)
class Office:
    """What matters of an agency for counting time: when it is closed, what it says of receipt."""

    name: str = ""
    closures: tuple[Closure, ...] = ()
    receipt: str = ""
    """`as-received`: the day of receipt is never argued about; `next-open-day`: the agency says
    that receipt on a closed day or after hours is the next open day; empty: not known"""
    cutoff: time | None = None
    """the hour from which it calls a receipt after hours"""


class Calendar:
    """The closed days of one list and one office from 2015 to 2043.

    `roll` and `nth` speak ordinals (`date.toordinal`), because tables of many dates do.
    """

    def __init__(self, listed: HolidayList, named: Mapping[int, Closed]) -> None:
        """`named` maps the ordinal of a day to the reason why it is closed."""
        self.listed = listed
        self._named = named
        self._weekly = {day.weekday: day for day in listed.weekly}
        self._weekend = frozenset((weekday + 1) % 7 for weekday in self._weekly)
        """by `ordinal % 7`, where Sunday is 0"""

    @property
    def closed(self) -> Mapping[int, Closed]:
        """Every closed day that is more than a weekend, by its ordinal."""
        return self._named

    def reason(self, day: date) -> Closed | None:
        """Why that day is closed; None when it is open."""
        named = self._named.get(day.toordinal())
        if named is not None:
            return named
        weekly = self._weekly.get(day.weekday())
        if weekly is None:
            return None
        return Closed(day, weekly.name, weekly.authority, "V", "holiday")

    def named(self, year: int) -> tuple[Closed, ...]:
        """The closed days of a year that are more than a weekend, in order."""
        days = (closed for closed in self._named.values() if closed.on.year == year)
        return tuple(sorted(days, key=lambda closed: closed.on))

    def skipped(self, nominal: int, due: int) -> tuple[Closed, ...]:
        """The closed days between a last day and the day to which it rolled, in order."""
        days = (self.reason(date.fromordinal(o)) for o in range(nominal, due))
        return tuple(closed for closed in days if closed is not None)

    def holidays(self, first: int, last: int) -> tuple[Closed, ...]:
        """The closed days from one day to another that no weekend closes anyway, in order."""
        named, weekend = self._named, self._weekend
        return tuple(named[o] for o in range(first, last) if o in named and o % 7 not in weekend)

    def roll(self, ordinal: int) -> int:
        """That day if it is open, else the next open one."""
        named, weekend = self._named, self._weekend
        while ordinal % 7 in weekend or ordinal in named:
            ordinal += 1
        return _inside(ordinal)

    def nth(self, ordinal: int, n: int) -> int:
        """The n-th open day after that day."""
        named, weekend = self._named, self._weekend
        while n:
            ordinal += 1
            if ordinal % 7 not in weekend and ordinal not in named:
                n -= 1
        return _inside(ordinal)


def _inside(ordinal: int) -> int:
    if not _FIRST <= ordinal <= _LAST:
        raise Refused(
            f"{date.fromordinal(ordinal)} is outside the holiday tables, which run from {FIRST} to"
            f" {LAST}"
        )
    return ordinal


def checked_start(day: date) -> date:
    """The day itself, if a period may be counted from it; refused otherwise."""
    if not FIRST <= day <= LAST_START:
        raise Refused(
            f"{day} is outside {FIRST.year} to {LAST_START.year}: the holiday lists are known only"
            " for those years, so no date is counted from it"
        )
    return day


def calendar(listed: HolidayList, office: Office) -> Calendar:
    """The calendar that gives `due`: what the list and the office's sure closures plainly close."""
    named: dict[int, Closed] = {}
    for closed in _listed(listed):
        named.setdefault(closed.on.toordinal(), closed)
    if listed.closures:
        _add(named, listed, _closures(office, listed, sure=True))
    return Calendar(listed, named)


def widened(narrow: Calendar, weaker: tuple[HolidayList, ...], office: Office) -> Calendar:
    """The calendar that gives `latest`: the narrow one and all that could be urged besides."""
    listed = narrow.listed
    named = dict(narrow.closed)
    _add(named, listed, _closures(office, listed, sure=True))
    for other in weaker:
        _add(named, listed, _listed(other))
    if listed.presumed:
        _add(named, listed, _presumed(listed))
    _add(named, listed, _closures(office, listed, sure=False))
    return Calendar(listed, named)


def _add(named: dict[int, Closed], listed: HolidayList, more: Iterator[Closed]) -> None:
    """Add days that are not closed already."""
    weekend = listed.weekend
    for closed in more:
        if closed.on.weekday() not in weekend:
            named.setdefault(closed.on.toordinal(), closed)


def _listed(listed: HolidayList) -> Iterator[Closed]:
    """The days of a list, and the published or statutory days kept instead of a weekend's."""
    kept = {day.holiday: day for day in listed.kept}
    weekend = listed.weekend
    for holiday, day in _all(listed):
        short = weekend.get(day.weekday())
        name = f"{holiday.name} ({short})" if short else holiday.name
        yield Closed(day, name, holiday.authority, listed.status_of(holiday, day), listed.one)
        if other := kept.get(day):
            name = f"{holiday.name} (alternative day for {_short(day)})"
            yield Closed(other.on, name, listed.alternative, other.status, _KEPT)
        elif listed.observed and (instead := _instead(day)):
            name = f"{holiday.name} (observed for {_short(day)})"
            yield Closed(instead, name, listed.alternative, holiday.status, _KEPT)


def _presumed(listed: HolidayList) -> Iterator[Closed]:
    kept = {day.holiday for day in listed.kept}
    weekend = listed.weekend
    for holiday, day in _all(listed):
        instead = _instead(day)
        if instead and day.weekday() in weekend and day not in kept:
            name = f"{holiday.name} (presumed alternative day for {_short(day)})"
            yield Closed(instead, name, listed.alternative, "presumed", _PRESUMED)


def _all(listed: HolidayList) -> Iterator[tuple[Holiday, date]]:
    """Every day of a list; January 1, 2044 is a Friday, and so kept on no day of 2043."""
    for holiday in listed.days:
        for day in holiday.falls(FIRST, LAST):
            yield holiday, day


def _instead(day: date) -> date | None:
    """The Friday before a Saturday, the Monday after a Sunday."""
    return {
        _SATURDAY: day - timedelta(days=1),
        _SUNDAY: day + timedelta(days=1),
    }.get(day.weekday())


def _short(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()][:3]} {day}"


def _closures(office: Office, listed: HolidayList, *, sure: bool) -> Iterator[Closed]:
    for closure in office.closures:
        if (closure.status == "V") is sure:
            authority = listed.closures or closure.source
            for day in closure.days(FIRST, LAST):
                yield Closed(day, closure.name, authority, closure.status, _CLOSED)
