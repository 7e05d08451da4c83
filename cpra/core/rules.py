"""What one statutory clock is: when it starts and stops, what it counts, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cpra.core.calendar import Calendar

STATUSES = ("V", "P", "M")


class Kind(StrEnum):
    """Whose date it is: the agency's by law, by its own word, or the requester's own.

    A date to watch is the end of a delay, or of an interval, that the law allows on conditions
    which no log shows: it is worth a question when it passes, and never called late.

    A step is the agency's own affair inside another date, such as passing a request on to the right
    office: it is reckoned and explained, and stands on no list, as there is nothing to do about it.
    """

    STATUTORY = "statutory"
    PROMISED = "promised"
    OWN = "own"
    WATCH = "watch"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Count:
    """How long a period is: so many days, working days, months or years."""

    amount: int
    unit: str = "days"
    """days, months or years"""
    working: bool = False
    """only open days of the calendar count"""
    calendar: str = ""
    """the list by which it rolls, or by which working days are told; empty: it does not roll"""
    before: bool = False
    """the days run backwards from the event, and do not roll"""
    joined: bool = False
    """February 29 and the day before it are one day"""

    def end(self, start: int, calendar: Calendar | None, paused: int = 0) -> int:
        """The last day as counted, before it rolls. Days are ordinals; the first is not counted.

        `paused` are the days within the period on which the clock stood still.
        """
        if self.working and calendar is not None:
            return calendar.nth(start, self.amount + paused)
        if self.before:
            return start - self.amount
        if self.unit == "days":
            return start + self.amount + paused
        months = self.amount * (12 if self.unit == "years" else 1)
        end = months_after(date.fromordinal(start), months).toordinal() + paused
        return end + 1 if self.joined and _is_leap_day(end + 1) else end

    @property
    def words(self) -> str:
        """`10 days`, `20 working days`, `18 months`."""
        unit = self.unit.removesuffix("s") if self.amount == 1 else self.unit
        return f"{self.amount} {'working ' if self.working else ''}{unit}"


def _is_leap_day(ordinal: int) -> bool:
    day = date.fromordinal(ordinal)
    return (day.month, day.day) == (2, 29)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = following - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another way in which the length of a period could be read; it moves only `latest`."""

    name: str
    why: str
    count: Count
    after: Count | None = None
    """the period starts only at the end of this one"""
    unless: str = ""
    """not when the clock started with this kind of event"""
    via: str = ""
    """only when the starting event came that way"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """Two events between which a clock stands still."""

    asked: str
    answered: str
    once: bool = False
    """only the first such pause is allowed"""
    letter: str = ""
    """a letter of the requester's that is an answer as well"""
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A log and the date that must come out of it; every example is a test."""

    why: str
    log: tuple[str, ...]
    due: date
    latest: date | None = None
    rolled_by: str | None = None
    closed: tuple[date, ...] = ()
    """days on which the office is closed as a whole, by the user's word"""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A change of the law that is not confirmed; its state is where that is decided."""

    id: str
    title: str
    state: str
    """contingent, confirmed or struck"""
    why: str
    source: str
    checked: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A reason for an extension, whether the statute lists it or agencies only give it."""

    id: str
    rule: str
    title: str
    listed: bool
    authority: str
    status: str
    source: str
    checked: date
    words: tuple[str, ...]
    """what its text contains, in lower case"""
    since: date | None = None
    """for requests received from that day"""
    ends: str = ""
    """the kind of event with which the extension ends early"""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A section, rule or case: how it is cited, if it may be printed, where it was read."""

    id: str
    cite: str
    status: str
    """V: a letter may print it; P: only after the word "see"; M: never"""
    quote: bool
    """its words may stand in quotation marks"""
    source: str
    checked: date
    says: str = ""
    """what it says, in our words"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of one clock."""

    id: str
    title: str
    authority: str
    status: str
    quote: bool
    source: str
    checked: date | None
    kind: Kind
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    count: Count | None
    label: str = ""
    """a few plain words for a list, where the id's own are too terse"""
    since: date | None = None
    until: date | None = None
    extends: str = ""
    """the id of the rule whose period this one lengthens"""
    delays: str = ""
    """the id of the rule whose date it can put off; a delay that ends before that says nothing"""
    stated: str = ""
    """the field of the starting event that holds the agency's own date"""
    tag: str = ""
    """only for requests with this tag"""
    bill: str = ""
    """the bill that this version depends on"""
    pending: str = ""
    """one sentence where it is open whether it governs what still runs on its first day"""
    latest: tuple[str, ...] = ("receipt", "holidays")
    """what `latest` allows for: receipt deemed the next open day, weaker holidays"""
    others: tuple[Other, ...] = ()
    tolls: tuple[Toll, ...] = ()
    note: str = ""
    examples: tuple[Example, ...] = ()
    path: str
    line: int

    @property
    def law(self) -> str:
        """The law that it belongs to: `cpra` of `cpra.determination`."""
        return self.id.rpartition(".")[0]

    @property
    def cite(self) -> str:
        """The authority as it may be printed: P after "see", M as not verified."""
        return printed(self.authority, self.status)

    def governs(self, start: date) -> bool:
        """True for a period that starts on that day."""
        return (self.since or start) <= start <= (self.until or start)


def printed(authority: str, status: str) -> str:
    """An authority with what has to be said of how sure it is."""
    if status == "P":
        return f"see {authority}"
    if status == "M":
        return f"{authority} (not verified)"
    return authority


Versions = Mapping[str, tuple[Rule, ...]]
"""id → its versions, oldest first"""
