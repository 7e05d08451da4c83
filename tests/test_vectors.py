"""The worked cases agree row by row, and the engine agrees with a naive second counter."""

from __future__ import annotations

import csv
import os
import random
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from cpra import statutes
from cpra.core.calendar import Closure, Office
from cpra.core.clock import Clock, Start
from cpra.core.law import read
from tests import naive

VECTORS = Path(__file__).with_name("vectors")
LAW = ("calendars.toml", "cpra.toml")
LONG = os.environ.get("CPRA_TEST_LONG") == "1"
FIRST, LAST = date(2015, 1, 1), date(2040, 12, 31)


def rows(name: str) -> list[dict[str, str]]:
    with (VECTORS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def clock(rule_id: str, received: date, office: Office | None = None) -> Clock:
    law = statutes.law()
    return law.clock(law.rule(rule_id, received), received, office or Office())


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize("row", rows("cpra_determination.csv"), ids=lambda row: row["n"])
def test_every_worked_determination_agrees(row: dict[str, str]) -> None:
    received = day(row["received"])
    found = statutes.law().table("cpra.determination")[received]
    assert (found.due, found.rolled_by) == (day(row["due"]), row["due_rolled_by"])


@pytest.mark.parametrize("row", rows("cpra_determination.csv"), ids=lambda row: row["n"])
def test_every_worked_extension_agrees(row: dict[str, str]) -> None:
    received = day(row["received"])
    own = clock("cpra.extension", received)
    start = Start(received.toordinal())
    assert date.fromordinal(own.due(start)) == day(row["extension_limit"])
    readings = {reading.name: reading.due for reading in own.readings(start)}
    one = day(row["extension_limit_latest"])
    assert one == day(row["extension_limit"]) or one in readings.values()
    assert date.fromordinal(own.latest(start)) >= one


def test_the_reading_from_the_rolled_day_is_the_vectors_latest_limit() -> None:
    for row in rows("cpra_determination.csv"):
        received = day(row["received"])
        rolled, _ = naive.determination(received)
        assert naive.calendar_days(rolled, 14, naive.narrow()) == day(row["extension_limit_latest"])


@pytest.mark.parametrize("row", rows("cpra_2027_business_days.csv"), ids=lambda r: r["received"])
def test_the_contingent_business_days_agree(row: dict[str, str]) -> None:
    received = day(row["received"])
    start = Start(received.toordinal())
    ten = clock("cpra.determination", received).contingent
    more = clock("cpra.extension", received).contingent
    assert ten is not None
    assert more is not None
    assert date.fromordinal(ten.due(start)) == day(row["due_10bd"])
    assert date.fromordinal(more.due(start)) == day(row["extension_limit_14bd"])


@pytest.mark.parametrize("row", rows("foia_determination.csv"), ids=lambda row: row["received"])
def test_every_worked_federal_date_agrees(row: dict[str, str]) -> None:
    received = day(row["received"])
    own, start = clock("foia.determination", received), Start(received.toordinal())
    assert date.fromordinal(own.due(start)) == day(row["due_20wd"])
    more = clock("foia.extension", received)
    assert date.fromordinal(more.due(start)) == day(row["extended_10wd"])
    skipped = [closed.on.isoformat() for closed in own.rolled(start)]
    skipped += [closed.on.isoformat() for closed in more.rolled(start)]
    assert skipped == [one for one in row["holidays_skipped"].split(";") if one]


def test_the_judicial_holidays_on_weekdays_are_the_listed_ones() -> None:
    law = statutes.law()
    formerly = {
        holiday.name: f" (formerly {holiday.formerly})"
        for holiday in law.lists["judicial"].days
        if holiday.formerly
    }
    listed = {row["date"]: row["name"] for row in rows("judicial_holidays.csv")}
    found = {
        closed.on.isoformat(): closed.name + formerly.get(closed.name, "")
        for year in (2024, 2025, 2026, 2027)
        for closed in law.calendar("judicial").named(year)
        if closed.on.weekday() < 5
    }
    assert found == listed


def test_a_holiday_kept_on_another_day_rests_on_the_alternative_day_clause() -> None:
    for row in rows("judicial_holidays.csv"):
        closed = statutes.law().calendar("judicial").reason(day(row["date"]))
        assert closed is not None
        kept = row["basis"].startswith("alternative")
        assert (closed.authority == "Code Civ. Proc. § 135") is kept
        assert (closed.status == "P") is (kept or closed.on.year >= 2027)


def test_no_date_from_2015_to_2040_falls_on_a_closed_day() -> None:
    law = statutes.law()
    closed, wider = naive.narrow(), naive.wide()
    for rule_id in ("cpra.determination", "cpra.extension"):
        table = law.table(rule_id)
        for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
            row = table[date.fromordinal(ordinal)]
            assert not closed(row.due)
            assert row.due <= row.latest
            assert not wider(row.latest)


def test_the_naive_counter_gives_the_same_two_dates_for_every_worked_case() -> None:
    law = statutes.law()
    for row in rows("cpra_determination.csv"):
        received = day(row["received"])
        first = law.table("cpra.determination")[received]
        more = law.table("cpra.extension")[received]
        assert (first.due, first.latest) == naive.determination(received)
        assert (more.due, more.latest) == naive.extension(received)


def test_the_naive_counter_gives_the_latest_dates_of_2027_and_of_the_federal_cases() -> None:
    law = statutes.law()
    for row in rows("cpra_2027_business_days.csv"):
        received = day(row["received"])
        first = law.table("cpra.determination")[received]
        more = law.table("cpra.extension")[received]
        assert (first.due, first.latest) == naive.determination(received)
        assert (more.due, more.latest) == naive.extension(received)
        assert first.latest >= day(row["due_10bd"])
        assert more.latest >= day(row["extension_limit_14bd"])
    for row in rows("foia_determination.csv"):
        received = day(row["received"])
        first = law.table("foia.determination")[received]
        more = law.table("foia.extension")[received]
        assert (first.due, first.latest) == naive.federal_determination(received)
        assert (more.due, more.latest) == naive.federal_extension(received)


def test_the_naive_counter_gives_every_federal_date() -> None:
    law = statutes.law()
    first, more = law.table("foia.determination"), law.table("foia.extension")
    for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1, 1 if LONG else 7):
        received = date.fromordinal(ordinal)
        row = first[received]
        assert (row.due, row.latest) == naive.federal_determination(received)
        row = more[received]
        assert (row.due, row.latest) == naive.federal_extension(received)


def closures(chance: random.Random, received: date) -> set[date]:
    """Up to a dozen closed days around the time that matters, some of them in a row."""
    days: set[date] = set()
    for _ in range(chance.randint(0, 4)):
        first = received + timedelta(days=chance.randint(-2, 45))
        days |= {first + timedelta(days=n) for n in range(chance.randint(1, 4))}
    return days


def test_the_engine_equals_the_naive_counter_on_random_dates_and_closures() -> None:
    chance = random.Random(20261124)  # noqa: S311 (a repeatable test)
    for turn in range(50_000 if LONG else 300):
        if turn % 500 == 0:
            law = read({name: statutes.text(name) for name in LAW})  # drops 500 offices' calendars
        received = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days + 1))
        sure, unsure = closures(chance, received), closures(chance, received)
        at = chance.choice([None, None, time(9, 30), time(16, 59), time(17), time(23, 5)])
        office = Office(
            closures=(
                Closure(dates=tuple(sorted(sure)), status="V", source="user"),
                Closure(dates=tuple(sorted(unsure)), status="P", source="a notice"),
            )
        )
        start = Start(received.toordinal(), at)
        for rule_id, expected in (
            ("cpra.determination", naive.determination(received, sure, unsure, at)),
            ("cpra.extension", naive.extension(received, sure, unsure, at)),
        ):
            own = law.clock(law.rule(rule_id, received), received, office)
            found = (date.fromordinal(own.due(start)), date.fromordinal(own.latest(start)))
            assert found == expected, (rule_id, received, at, sorted(sure), sorted(unsure))
