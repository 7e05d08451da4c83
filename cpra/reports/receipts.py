"""What the receipt of a request on a day leads to, for logs of a hundred thousand of them."""

from __future__ import annotations

from datetime import date
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


class Receipts(dict[tuple[date, bool], "Dates | str"]):
    """The dates by day of receipt and whether it was after hours; each is computed once."""

    def __init__(self, law: Law, law_id: str, office: Office) -> None:
        """By the determination clock of a law; `NotFound` when the law has none."""
        super().__init__()
        self._law, self._office = law, office
        self.day_ends = office.cutoff or AFTER_HOURS
        """the hour from which a receipt may be deemed the next open day's"""
        self.rule_id = f"{law_id}.determination"
        law.versions(self.rule_id)  # says so when there is no such rule
        extending = [rule for rule in law.rules_of(law_id) if rule.extends == self.rule_id]
        self._extension_id = extending[0].id if extending else ""
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
        rule = self._law.rule(self.rule_id, checked_start(day))
        clock = self._law.clock(rule, day, self._office)
        at = self.day_ends if after_hours else None
        start = Start(day.toordinal(), at)
        self.authorities.setdefault(rule.cite)
        self.period = clock.count.words
        if clock.why_contingent:
            self.contingent.setdefault(clock.why_contingent)
        longer = self._longer(day) or clock
        other, words = _other(clock, day)
        return Dates(
            due=date.fromordinal(clock.due(start)),
            latest=date.fromordinal(clock.latest(start)),
            extended=date.fromordinal(longer.due(start)),
            extended_latest=date.fromordinal(longer.latest(start)),
            nominal=date.fromordinal(clock.nominal(start)),
            other=other,
            words=words,
            rolled_by=clock.rolled_by(start),
        )

    def _longer(self, day: date) -> Clock | None:
        """The clock of an extension, if the law has one."""
        if not self._extension_id:
            return None
        clock = self._law.clock(self._law.rule(self._extension_id, day), day, self._office)
        self.extension = clock.count.words
        return clock


def _other(clock: Clock, day: date) -> tuple[date, str]:
    """The same number of days counted the other way: in working days, or straight on."""
    amount = clock.count.amount
    if clock.count.working or clock.narrow is None:
        return date.fromordinal(day.toordinal() + amount), f"{amount} days counted straight on"
    return date.fromordinal(clock.narrow.nth(day.toordinal(), amount)), f"{amount} working days"
