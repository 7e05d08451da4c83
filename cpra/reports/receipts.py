"""What the receipt of a request on a day leads to, for logs of a hundred thousand of them."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from typing import NamedTuple

from cpra.core.calendar import Office, checked_start
from cpra.core.clock import AFTER_HOURS, Clock, Start
from cpra.core.law import Law
from cpra.errors import Refused


class Dates(NamedTuple):
    """What a receipt on one day leads to, and what an agency may have counted instead."""

    due: date
    latest: date
    extended: date
    extended_latest: date
    nominal: date
    other: date
    """as many working days, or calendar days, as the statute has of the other"""
    words: str
    """of `other`: `10 working days`"""
    rolled_by: str
    contingent: str
    """why they may be other ones, where they depend on a law that is not confirmed"""
    cells: tuple[str, ...]
    """the day of receipt and the first four of these, as a table has them"""


class Receipts(dict[tuple[date, bool], "Dates | str"]):
    """The dates by day of receipt and whether it was after hours; each is computed once."""

    def __init__(self, law: Law, law_id: str, office: Office) -> None:
        """By the determination clock of a law; `NotFound` when the law has none."""
        super().__init__()
        self._law, self._office = law, office
        self.day_ends = office.cutoff or AFTER_HOURS
        """the hour from which a receipt may be deemed the next open day's"""
        self.rule_id = f"{law_id}.determination"
        extending = [rule for rule in law.rules_of(law_id) if rule.extends == self.rule_id]
        self._extension_id = extending[0].id if extending else ""
        self._turns = self._turning_days()
        self._clocks: dict[int, tuple[Clock, Clock]] = {}
        self.period = ""
        self.extension = ""
        self.authorities: dict[str, None] = {}
        self.contingent: dict[str, None] = {}

    def __missing__(self, key: tuple[date, bool]) -> Dates | str:
        """The dates of a day that is asked for the first time, or why there are none."""
        try:
            found: Dates | str = self._computed(*key)
        except Refused as error:
            found = str(error)
        self[key] = found
        return found

    def _computed(self, day: date, after_hours: bool) -> Dates:
        checked_start(day)
        stretch = bisect_right(self._turns, day)
        if stretch not in self._clocks:
            self._clocks[stretch] = self._clocks_on(day)
        clock, longer = self._clocks[stretch]
        start = Start(day.toordinal(), self.day_ends if after_hours else None)
        why = clock.why_uncertain(start) or longer.why_uncertain(start)
        if why:
            self.contingent.setdefault(why)
        other, words = _other(clock, day)
        ends = (clock.due(start), clock.latest(start), longer.due(start), longer.latest(start))
        due, latest, extended, extended_latest = map(date.fromordinal, ends)
        return Dates(
            due=due,
            latest=latest,
            extended=extended,
            extended_latest=extended_latest,
            nominal=date.fromordinal(clock.nominal(start)),
            other=other,
            words=words,
            rolled_by=clock.rolled_by(start),
            contingent=why,
            cells=tuple(map(str, (day, due, latest, extended, extended_latest))),
        )

    def _clocks_on(self, day: date) -> tuple[Clock, Clock]:
        """The clock of a determination and that of an extension, if the law has one."""
        rule = self._law.rule(self.rule_id, day)
        clock = longer = self._law.clock(rule, day, self._office)
        if self._extension_id:
            extension = self._law.rule(self._extension_id, day)
            longer = self._law.clock(extension, day, self._office)
            self.extension = longer.count.words
        self.period = clock.count.words
        self.authorities.setdefault(rule.cite)
        return clock, longer

    def _turning_days(self) -> list[date]:
        """The days from which another version of the law governs; between them nothing changes."""
        rules = self._law.versions(self.rule_id)
        if self._extension_id:
            rules += self._law.versions(self._extension_id)
        begins = {rule.since for rule in rules if rule.since}
        ends = {rule.until + timedelta(days=1) for rule in rules if rule.until}
        return sorted(begins | ends)


def _other(clock: Clock, day: date) -> tuple[date, str]:
    """The same number of days counted the other way: in working days, or straight on."""
    amount = clock.count.amount
    if clock.count.working or clock.narrow is None:
        return date.fromordinal(day.toordinal() + amount), f"{amount} days counted straight on"
    return date.fromordinal(clock.narrow.nth(day.toordinal(), amount)), f"{amount} working days"
