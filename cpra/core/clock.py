"""One rule bound to one office's calendars: the last day, the latest day, and what separates them.

Days are ordinals (`date.toordinal`) here, so that a table of dates is quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple

from cpra.core.calendar import Calendar, Closed, Office
from cpra.core.rules import Bill, Count, Other, Rule
from cpra.core.words import day_words, joined

AFTER_HOURS = time(17)
"""presumed where an agency has not said when its day ends"""


class Start(NamedTuple):
    """What starts a clock: the day as an ordinal, the hour if it is known, and how it came."""

    day: int
    at: time | None = None
    kind: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read the law that gives a later date than its plain words, and why."""

    name: str
    due: date
    why: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The period of a rule for one office."""

    rule: Rule
    count: Count
    narrow: Calendar | None
    wide: Calendar | None
    office: Office
    base: Clock | None = None
    """the clock of the rule that this one extends"""
    contingent: Clock | None = None
    """the version that a bill would bring, for the same receipts"""
    bill: Bill | None = None
    """the bill, on that version's own clock"""
    coming: Clock | None = None
    """the version that governs later days, for what may be deemed received on one of them"""
    paused: int = 0
    """days within the period on which it stands still"""

    def nominal(self, start: Start) -> int:
        """The last day as counted, before it rolls."""
        first = self.base.nominal(start) if self.base else start.day
        return self.count.end(first, self.narrow, self.paused)

    def due(self, start: Start) -> int:
        """The last day by the plain words, rolled."""
        return self._rolled(self.nominal(start), self.narrow)

    def rolled(self, start: Start) -> tuple[Closed, ...]:
        """The closed days over which the last day rolled; of working days, those left out."""
        if self.narrow is None or self.count.before:
            return ()
        if self.count.working:
            first = self.base.due(start) if self.base else start.day
            return self.narrow.holidays(first + 1, self.due(start))
        nominal = self.nominal(start)
        return self.narrow.skipped(nominal, self._rolled(nominal, self.narrow))

    def skipped(self, nominal: date, due: date) -> tuple[Closed, ...]:
        """The closed days between a last day and the day to which it rolled."""
        skipped = self.narrow and self.narrow.skipped(nominal.toordinal(), due.toordinal())
        return skipped or ()

    def is_closed(self, day: int) -> bool:
        """True for a day that the list, or the office, closes."""
        return self.narrow is not None and self.narrow.reason(date.fromordinal(day)) is not None

    def rolled_by(self, start: Start) -> str:
        """The names of those days, one after the other."""
        return " > ".join(closed.name for closed in self.rolled(start))

    def deemed(self, start: Start) -> int:
        """The day on which an agency could say that it received what came then."""
        if (
            self.wide is None
            or "receipt" not in self.rule.latest
            or self.office.receipt == "as-received"
        ):
            return start.day
        if self.after_hours(start):
            return self.wide.nth(start.day, 1)
        return self.wide.roll(start.day)

    def after_hours(self, start: Start) -> bool:
        """True when it came at or after the hour at which the office's day ends."""
        return start.at is not None and start.at >= (self.office.cutoff or AFTER_HOURS)

    def latest(self, start: Start) -> int:
        """The last day that any reading allows."""
        last = self._latest(start)
        changed = self._other_law(start)
        return max(last, changed.latest(start)) if changed else last

    def _latest(self, start: Start) -> int:
        """The same, under no other version of the law than this one."""
        first = self.base.latest(start) if self.base else self.deemed(start)
        ends = [self._other(other, first) for other in self._others(start)]
        return max((self._end(first, self._widest), *ends))

    def readings(self, start: Start) -> tuple[Reading, ...]:
        """Every reading that gives a later date than `due`, the earliest first."""
        due = date.fromordinal(self.due(start))
        found: dict[date, Reading] = {}
        for reading in self._readings(start):
            if reading.due > due:
                found.setdefault(reading.due, reading)
        return tuple(found[day] for day in sorted(found))

    @property
    def why_contingent(self) -> str:
        """One sentence where another law would govern these receipts, if it is law."""
        return self.contingent.bill.why if self.contingent and self.contingent.bill else ""

    def why_uncertain(self, start: Start) -> str:
        """The same for one start, which a later law may reach while its period runs."""
        changed = self._other_law(start)
        if changed is not None and changed is self.coming and not self._comes_first(start):
            return changed.rule.pending
        return changed.bill.why if changed and changed.bill else ""

    def _other_law(self, start: Start) -> Clock | None:
        """What may stand in the place of this clock: by a bill, or by a later day of receipt."""
        if self.contingent:
            return self.contingent
        if self.coming and (self._comes_first(start) or self._is_pending(start, self.coming)):
            return self.coming
        return None

    def _comes_first(self, start: Start) -> bool:
        """True when the later law governs the day as which receipt may be counted."""
        deemed = date.fromordinal(self.deemed(start))
        return self.coming is not None and self.coming.rule.governs(deemed)

    def _is_pending(self, start: Start, coming: Clock) -> bool:
        """True when it is open whether the later law governs what still runs on its first day."""
        rule = coming.rule
        if rule.since is None or not rule.pending:
            return False
        return self._latest(start) >= rule.since.toordinal()

    def _readings(self, start: Start) -> Iterator[Reading]:
        """Every reading, the simplest first; the last of all of them is `latest`."""
        yield from self._extended(start, self.base) if self.base else self._received(start)
        first = self.base.latest(start) if self.base else self.deemed(start)
        for other in self._others(start):
            yield _reading(other.name, self._other(other, first), other.why)
        if changed := self._other_law(start):
            yield from self._changed(start, changed)

    def _changed(self, start: Start, changed: Clock) -> Iterator[Reading]:
        """What another version of the law would give."""
        bill, words = changed.bill, changed.count.words
        if changed is self.coming and not self._comes_first(start):
            why = f"{words}, if {bill.title if bill else 'the later law'} governs what was pending"
            yield _reading("pending", changed.latest(start), why)
        elif bill is None:
            day = _day(self.deemed(start))
            why = f"{words}, by the law in force for what is counted as received on {day}"
            yield _reading("later-law", changed.latest(start), why)
        else:
            if changed is self.contingent:
                why = f"{words} instead, if {bill.title} is law"
                yield _reading(bill.id, changed.due(start), why)
            widest = "by the widest list and the latest day of receipt"
            why = f"{words} {widest}, if {bill.title} is law"
            yield _reading(f"{bill.id}-latest", changed.latest(start), why)

    def _received(self, start: Start) -> Iterator[Reading]:
        deemed = self.deemed(start)
        later = self._why_deemed(start, deemed)
        yield _reading("receipt", self._end(deemed, self.narrow), later)
        yield _reading("holidays", self._end(start.day, self._widest), self._why_wide(start.day))
        both = f"{later}; and {self._why_wide(deemed)}"
        yield _reading("receipt-and-holidays", self._end(deemed, self._widest), both)

    def _extended(self, start: Start, base: Clock) -> Iterator[Reading]:
        words = self.count.words
        due, latest, nominal = base.due(start), base.latest(start), base.nominal(start)
        yield _reading(
            "rolled-day",
            self._end(due, self.narrow),
            f"the {words} counted from {_day(due)}, the day to which the first period rolled",
        )
        yield _reading("holidays", self._end(nominal, self._widest), self._why_wide(nominal))
        why = f"the {words} counted from {_day(latest)}, the latest day of the first period"
        if wide := self._weaker(latest):
            why += f"; and {wide}"
        yield _reading("latest-day", self._end(latest, self._widest), why)

    def _why_deemed(self, start: Start, deemed: int) -> str:
        if self.after_hours(start) and start.at is not None:
            hour = (self.office.cutoff or AFTER_HOURS).isoformat("minutes")
            whose = "the agency's" if self.office.cutoff else "the usual"
            when = f"received at {start.at.isoformat('minutes')}, after {whose} hours ({hour})"
        else:
            when = f"received on {_day(start.day)}, a closed day"
        says = "the agency counts" if self.office.receipt else "an agency may count"
        return f"{when}: {says} it as received on {_day(deemed)}"

    def _why_wide(self, first: int) -> str:
        return self._weaker(first) or "holidays of weaker standing are counted"

    def _weaker(self, first: int) -> str:
        """The days that only the wide calendar closes and that make this period longer."""
        if self._widest is None or self.narrow is None:
            return ""
        end = self._end(first, self._widest)
        nominal = first if self.count.working else self.count.end(first, self._widest)
        days = self._widest.skipped(nominal, end)
        weaker = [day for day in days if self.narrow.reason(day.on) is None]
        if not weaker:
            return ""
        names = joined([f"{day.name} ({day.authority or day.status})" for day in weaker])
        return f"{names} taken as a holiday"

    @property
    def _widest(self) -> Calendar | None:
        return self.wide if "holidays" in self.rule.latest else self.narrow

    def _others(self, start: Start) -> Iterator[Other]:
        for other in self.rule.others:
            if other.unless and other.unless == (start.kind or self.rule.starts[0]):
                continue
            if other.via and other.via != start.via:
                continue
            yield other

    def _other(self, other: Other, first: int) -> int:
        """The last day by another count, from the latest day on which the period could begin."""
        calendar = self._widest
        if other.after is not None:
            first = other.after.end(first, calendar)
        end = other.count.end(first, calendar, self.paused)
        return calendar.roll(end) if calendar and other.count.calendar else end

    def _end(self, first: int, calendar: Calendar | None) -> int:
        return self._rolled(self.count.end(first, calendar, self.paused), calendar)

    def _rolled(self, nominal: int, calendar: Calendar | None) -> int:
        if calendar is None or self.count.working or self.count.before:
            return nominal
        return calendar.roll(nominal)


def _reading(name: str, day: int, why: str) -> Reading:
    return Reading(name, date.fromordinal(day), why)


def _day(ordinal: int) -> str:
    return day_words(date.fromordinal(ordinal))
