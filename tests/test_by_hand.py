"""Dates that were reckoned by hand from the words of the law, with a paper calendar beside them."""

from __future__ import annotations

from datetime import date

import pytest

from cpra import statutes
from cpra.core.calendar import Closure, Office
from cpra.core.clock import Start

WINTER = Office(
    closures=(Closure(ranges=((date(2026, 12, 24), date(2027, 1, 1)),), source="user", status="V"),)
)


@pytest.mark.parametrize(
    ("rule", "begun", "due", "latest"),
    [
        # Day 10 is Sunday, then Washington's Birthday; Lunar New Year is no judicial holiday.
        ("cpra.determination", "2026-02-05", "2026-02-17", "2026-02-18"),
        ("cpra.determination", "2026-02-02", "2026-02-13", "2026-02-13"),  # Lincoln Day
        ("cpra.determination", "2026-03-21", "2026-04-01", "2026-04-02"),  # a Saturday; March 31
        ("cpra.determination", "2026-11-16", "2026-11-30", "2026-11-30"),  # Thanksgiving to Monday
        ("cpra.determination", "2025-12-16", "2025-12-26", "2025-12-26"),  # the day after Christmas
        ("cpra.determination", "2020-10-02", "2020-10-13", "2020-10-13"),  # Columbus Day counted
        ("cpra.determination", "2024-03-22", "2024-04-02", "2024-04-02"),  # kept for March 31
        # Received on a Saturday before Washington's Birthday: deemed Tuesday, ten business days.
        ("cpra.determination", "2028-02-19", "2028-02-29", "2028-03-07"),
        ("cpra.determination", "2027-01-11", "2027-01-21", "2027-01-26"),  # ten business days
        ("cpra.extension", "2026-10-02", "2026-10-26", "2026-10-27"),  # fourteen from October 13
        ("cpra.extension", "2026-06-09", "2026-07-06", "2026-07-06"),  # the day kept for July 4
        ("cpra.extension", "2027-01-11", "2027-02-04", "2027-02-17"),  # 14 more; two holidays
        ("cpra.writ", "2026-10-22", "2026-11-12", "2026-12-01"),  # Veterans Day; forty days
        ("cpra.officer-records", "2026-10-14", "2026-11-30", "2026-11-30"),  # day 45 a Saturday
        ("cpra.recording", "2026-10-17", "2026-12-01", "2026-12-01"),
        ("cpra.recording-year", "2026-10-17", "2027-10-18", "2027-10-18"),  # a Sunday
        ("cpra.officer-proceeding", "2027-08-30", "2029-02-28", "2029-02-28"),  # no February 30
        ("ipa.inspection", "2026-12-02", "2027-01-04", "2027-02-01"),  # New Year's Day; sixty days
        ("lora.justification", "2026-11-23", "2026-12-01", "2026-12-09"),  # 4, or 10 out of session
        ("rule-10.500.determination", "2026-08-29", "2026-09-08", "2026-09-10"),  # over Labor Day
        ("posting.custody-death", "2026-07-25", "2026-08-04", "2026-08-14"),  # next of kin: 10 more
        ("foia.appeal", "2026-09-15", "2026-12-14", "2026-12-14"),
        ("foia.determination", "2026-12-14", "2027-01-13", "2027-01-13"),  # December 25, January 1
        ("foia.determination", "2027-06-14", "2027-07-14", "2027-07-14"),  # kept Jun 18 and Jul 5
        ("foia.extension", "2027-06-14", "2027-07-28", "2027-07-28"),
    ],
)
def test_the_engine_gives_what_a_person_counted(
    rule: str, begun: str, due: str, latest: str
) -> None:
    found = statutes.law().table(rule)[date.fromisoformat(begun)]
    assert (found.due.isoformat(), found.latest.isoformat()) == (due, latest)


def test_over_a_recess_the_day_rolls_and_business_days_are_fewer() -> None:
    # Day 10 is Saturday, December 26; open again on January 4. Of business days, five before
    # the recess and five after it.
    law, day = statutes.law(), date(2026, 12, 16)
    clock, start = (
        law.clock(law.rule("cpra.determination", day), day, WINTER),
        Start(day.toordinal()),
    )
    assert date.fromordinal(clock.due(start)) == date(2027, 1, 4)
    assert date.fromordinal(clock.latest(start)) == date(2027, 1, 8)


def test_notice_of_a_judgment_by_mail_adds_five_days_to_each_reading() -> None:
    law, day = statutes.law(), date(2026, 10, 23)
    clock = law.clock(law.rule("cpra.writ", day), day, Office())
    start = Start(day.toordinal(), via="mail")
    assert [reading.due for reading in clock.readings(start)] == [
        date(2026, 11, 17),
        date(2026, 12, 2),
        date(2026, 12, 7),
    ]
