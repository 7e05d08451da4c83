"""The law data as rows: its rules, its closed days, and what in it should be read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cpra.core.calendar import Closed, Office
from cpra.core.law import Law
from cpra.core.rules import Rule

OLD = 365
"""days after which a source should be read again"""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One version of a rule in a list."""

    rule: str
    title: str
    period: str
    authority: str
    status: str
    since: date | None
    until: date | None
    in_force: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """One closed day of a year."""

    on: date
    name: str
    authority: str
    status: str
    moves: str
    """`due`, or only `latest`"""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing in the law data that somebody should read: where it is, and why."""

    where: str
    what: str
    why: str


def rule_rows(law: Law, only: str = "") -> list[RuleRow]:
    """Every version of every rule, of one law or of all."""
    return [
        RuleRow(
            rule=rule.id,
            title=rule.title,
            period=period(rule),
            authority=rule.cite,
            status=rule.status,
            since=rule.since,
            until=rule.until,
            in_force="contingent" if rule.bill else "yes",
        )
        for rule in law.rules
        if not only or rule.law == only
    ]


def period(rule: Rule) -> str:
    """`10 days`, `14 days more`, `the date stated`."""
    if rule.count is None:
        return "the date stated"
    words = rule.count.words
    if rule.count.before:
        return f"{words} before"
    return f"{words} more" if rule.extends else words


def day_rows(law: Law, year: int, list_id: str, office: Office) -> list[DayRow]:
    """The closed days of a year that are more than a weekend, weaker ones too."""
    narrow = law.calendar(list_id, office)
    wide = law.calendar(list_id, office, wide=True)
    return [_day_row(closed, narrow.reason(closed.on)) for closed in wide.named(year)]


def _day_row(closed: Closed, sure: Closed | None) -> DayRow:
    return DayRow(
        on=closed.on,
        name=closed.name,
        authority=closed.authority,
        status=closed.status,
        moves="due" if sure is not None else "latest",
    )


def doubts(law: Law, today: date) -> list[Doubt]:
    """What is contingent, unverified, read only in part, or not read again for over a year."""
    found = [
        Doubt(bill.title, bill.why, "contingent")
        for bill in law.bills.values()
        if bill.state == "contingent"
    ]
    for rule in law.rules:
        found += _doubts(rule.id, rule.authority, rule.status, rule.checked, today)
    for listed in law.lists.values():
        if listed.known_until is not None:
            what = f"its days after {listed.known_until}"
            found += _doubts(listed.id, what, "P", listed.checked, today)
        for day in listed.days:
            found += _doubts(listed.id, day.name, day.status, day.checked, today)
        for kept in listed.kept:
            what = f"{kept.on} kept instead of {kept.holiday}"
            found += _doubts(listed.id, what, kept.status, kept.checked, today)
    for authority in law.authorities.values():
        found += _doubts(authority.id, authority.cite, authority.status, authority.checked, today)
    return list(dict.fromkeys(found))


def _doubts(
    where: str, what: str, status: str, checked: date | None, today: date
) -> Iterator[Doubt]:
    if status == "M":
        yield Doubt(where, what, "not verified")
    elif status == "P":
        yield Doubt(where, what, "read in part or at second hand")
    if checked is not None and (today - checked).days > OLD:
        yield Doubt(where, what, f"last read on {checked}, over a year ago")
