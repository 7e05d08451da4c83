"""Which days are closed, rolling and counting over them, and an office's own closures."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpra import statutes
from cpra.core.calendar import FIRST, LAST, Closure, Office, checked_start
from cpra.core.holidays import Holiday, when
from cpra.core.rules import Count, months_after
from cpra.core.words import MONTHS
from cpra.errors import NotFound, Refused
from tests import naive


def office(closure: Closure) -> Office:
    return Office(name="Exampleville Police Department", closures=(closure,))


def name_of(day: date, list_id: str = "judicial", *, wide: bool = False) -> str:
    closed = statutes.law().calendar(list_id, wide=wide).reason(day)
    return closed.name if closed else ""


def rolled(day: date, closure: Closure, *, wide: bool = False) -> date:
    found = statutes.law().calendar("judicial", office(closure), wide=wide)
    return date.fromordinal(found.roll(day.toordinal()))


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("July 4", date(2026, 7, 4)),
        ("third Monday of January", date(2026, 1, 19)),
        ("last Monday of May", date(2026, 5, 25)),
        ("last Friday of December", date(2026, 12, 25)),
        ("fourth Thursday of November", date(2026, 11, 26)),
        ("day after fourth Thursday of November", date(2026, 11, 27)),
        ("day after July 4", date(2026, 7, 5)),
        ("first Sunday of March", date(2026, 3, 1)),
    ],
)
def test_a_day_of_the_year_is_named_in_words(words: str, day: date) -> None:
    found = when(words)
    assert found is not None
    assert found.of(2026) == day


@pytest.mark.parametrize(
    "words", ["fifth Monday of May", "Lent", "February 29", "June 31", "July 0", "Monday of May"]
)
def test_words_that_name_no_day_of_every_year_are_not_taken(words: str) -> None:
    assert when(words) is None


def test_a_list_has_a_day_only_while_it_is_in_force() -> None:
    assert name_of(date(2021, 10, 11)) == "Columbus Day"
    assert name_of(date(2022, 10, 10)) == ""
    assert name_of(date(2021, 9, 24)) == ""
    assert name_of(date(2022, 9, 23)) == "Native American Day"
    assert name_of(date(2022, 6, 20)) == ""
    assert name_of(date(2023, 6, 19)) == "Juneteenth"


def test_the_day_of_march_31_changed_its_name_in_2026() -> None:
    assert name_of(date(2025, 3, 31)) == "Cesar Chavez Day"
    assert name_of(date(2026, 3, 31)) == "Farmworkers Day"


def test_a_list_is_sure_to_the_last_day_for_which_it_was_read() -> None:
    judicial = statutes.law().lists["judicial"]
    christmas = next(day for day in judicial.days if day.name == "Christmas Day")
    for known_until, status in ((date(2026, 12, 25), "V"), (date(2026, 12, 24), "P")):
        listed = replace(judicial, known_until=known_until)
        assert listed.status_of(christmas, date(2026, 12, 25)) == status


def test_a_published_day_kept_instead_is_closed_and_a_presumed_one_only_widely() -> None:
    assert name_of(date(2026, 7, 3)) == "Independence Day (alternative day for Sat 2026-07-04)"
    presumed = date(2021, 7, 5)
    assert name_of(presumed) == ""
    assert name_of(presumed, wide=True).startswith("Independence Day (presumed alternative day")


def test_no_day_is_presumed_where_a_published_one_is_known() -> None:
    wide = statutes.law().calendar("judicial", wide=True)
    assert [c.name for c in wide.named(2027) if "presumed" in c.name] == []


def test_a_new_years_day_on_a_saturday_is_kept_in_the_year_before() -> None:
    assert name_of(date(2027, 12, 31)) == "New Year's Day (alternative day for Sat 2028-01-01)"
    assert name_of(date(2032, 12, 31), wide=True).startswith("New Year's Day (presumed")
    assert name_of(date(2033, 12, 30), wide=True) == ""
    assert name_of(date(2021, 12, 31), wide=True).startswith("New Year's Day (presumed")


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 10, 12), "Columbus Day"),
        (date(2026, 2, 17), "Lunar New Year"),
        (date(2026, 4, 24), "Genocide Remembrance Day"),
        (date(2026, 9, 9), "Admission Day"),
        (date(2029, 9, 10), "Admission Day kept on Monday"),
        (date(2029, 11, 5), "Diwali"),
        (date(2027, 4, 14), "Sylvia Mendez Day"),
        (date(2027, 3, 9), "Eid al-Fitr"),
    ],
)
def test_a_state_holiday_that_is_not_judicial_closes_only_the_wide_calendar(
    day: date, name: str
) -> None:
    assert name_of(day) == ""
    assert name_of(day, wide=True) == name


def test_a_weak_holiday_on_a_weekend_is_a_weekend() -> None:
    assert name_of(date(2026, 11, 8), wide=True) == "Sun"


def test_federal_holidays_are_kept_on_friday_or_monday_by_law() -> None:
    assert name_of(date(2026, 7, 3), "federal") == "Independence Day (observed for Sat 2026-07-04)"
    assert name_of(date(2027, 7, 5), "federal") == "Independence Day (observed for Sun 2027-07-04)"
    assert name_of(date(2026, 11, 27), "federal") == ""
    assert name_of(date(2025, 1, 9), "federal") == ""
    assert name_of(date(2025, 1, 9), "federal", wide=True) == "National Day of Mourning"


def test_a_sure_closure_moves_the_date_and_an_unsure_one_only_the_latest() -> None:
    columbus = date(2026, 10, 12)
    sure = Closure(name="Indigenous Peoples Day", dates=(columbus,), status="V", source="user")
    unsure = Closure(dates=(date(2026, 10, 15),), source="a signature block")
    assert rolled(columbus, sure) == date(2026, 10, 13)
    assert rolled(date(2026, 10, 15), unsure) == date(2026, 10, 15)
    assert rolled(date(2026, 10, 15), unsure, wide=True) == date(2026, 10, 16)


def test_a_closure_is_named_with_the_section_that_makes_it_count() -> None:
    closure = Closure(name="winter recess", dates=(date(2026, 12, 28),), status="V", source="user")
    closed = statutes.law().calendar("judicial", office(closure)).reason(date(2026, 12, 28))
    assert closed is not None
    assert (closed.name, closed.authority) == ("winter recess", "Code Civ. Proc. § 12b")


def test_a_holiday_is_called_a_holiday_even_where_the_office_is_closed_too() -> None:
    closure = Closure(name="closed", dates=(date(2026, 12, 25),), status="V", source="user")
    closed = statutes.law().calendar("judicial", office(closure)).reason(date(2026, 12, 25))
    assert closed is not None
    assert closed.name == "Christmas Day"


def test_a_closure_of_a_federal_office_moves_only_the_latest() -> None:
    closure = Closure(name="shutdown", dates=(date(2026, 10, 1),), status="V", source="user")
    law = statutes.law()
    day = date(2026, 10, 1).toordinal()
    assert law.calendar("federal", office(closure)).roll(day) == day
    assert law.calendar("federal", office(closure), wide=True).roll(day) == day + 1


def test_every_other_friday_is_closed_both_ways_from_the_one_that_is_known() -> None:
    closure = Closure(
        alternate=date(2026, 10, 9), since=date(2026, 9, 1), until=date(2026, 11, 6), status="V"
    )
    days = sorted(closure.days(FIRST, LAST))
    assert days == [
        date(2026, 9, 11),
        date(2026, 9, 25),
        date(2026, 10, 9),
        date(2026, 10, 23),
        date(2026, 11, 6),
    ]


def test_ranges_and_weekdays_are_whole_days_within_the_window() -> None:
    closure = Closure(
        ranges=((date(2026, 12, 24), date(2027, 1, 2)),),
        weekly=(4,),
        since=date(2026, 12, 20),
        until=date(2027, 1, 1),
    )
    days = set(closure.days(FIRST, LAST))
    assert days == {date(2026, 12, 24) + timedelta(n) for n in range(9)}


def test_a_count_that_leaves_the_tables_is_refused() -> None:
    calendar = statutes.law().calendar("judicial")
    with pytest.raises(Refused, match="outside the holiday tables"):
        calendar.nth(date(2043, 12, 30).toordinal(), 5)
    with pytest.raises(Refused, match="2014-12-31 is outside"):
        calendar.roll(date(2014, 12, 31).toordinal())


@pytest.mark.parametrize("day", [date(2014, 12, 31), date(2041, 1, 1)])
def test_a_start_outside_2015_to_2040_is_refused_with_the_reason(day: date) -> None:
    with pytest.raises(Refused, match=f"{day} is outside 2015 to 2040: the holiday lists"):
        checked_start(day)


def test_the_first_and_the_last_day_are_counted_from() -> None:
    assert checked_start(date(2015, 1, 1)) == date(2015, 1, 1)
    assert checked_start(date(2040, 12, 31)) == date(2040, 12, 31)


def test_a_list_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(NotFound, match='no list of holidays "lunar"; there are judicial'):
        statutes.law().calendar("lunar")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 5, 20), 18, date(2027, 11, 20)),
        (date(2026, 8, 31), 18, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_end_on_the_same_day_or_on_the_months_last(
    day: date, months: int, later: date
) -> None:
    assert months_after(day, months) == later


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2027, 2, 27), date(2028, 2, 27)),
        (date(2027, 2, 28), date(2028, 2, 29)),
        (date(2027, 3, 1), date(2028, 3, 1)),
        (date(2028, 2, 28), date(2029, 2, 28)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2026, 2, 28), date(2027, 2, 28)),
    ],
)
def test_a_year_is_365_days_of_which_february_28_and_29_are_one(start: date, end: date) -> None:
    year = Count(1, "years", joined=True)
    assert date.fromordinal(year.end(start.toordinal(), None)) == end
    day, counted = start, 0
    while counted < 365:
        day += timedelta(days=1)
        counted += (day.month, day.day) != (2, 29)
    tomorrow = day + timedelta(days=1)
    assert end == (tomorrow if (tomorrow.month, tomorrow.day) == (2, 29) else day)
    if start.day == 28:
        unjoined = Count(1, "years").end(start.toordinal(), None)
        assert date.fromordinal(unjoined) == start.replace(year=start.year + 1)


@given(
    st.dates(date(2015, 1, 1), date(2040, 12, 31)),
    st.integers(0, 60),
    st.sampled_from(["judicial", "federal"]),
    st.booleans(),
)
def test_working_days_are_counted_one_by_one(
    day: date, amount: int, list_id: str, wide: bool
) -> None:
    calendar = statutes.law().calendar(list_id, wide=wide)
    expected = naive.working_days(day, amount, lambda d: calendar.reason(d) is not None)
    count = Count(amount, working=True, calendar=list_id)
    assert date.fromordinal(count.end(day.toordinal(), calendar)) == expected


@given(st.dates(date(2015, 1, 1), date(2043, 12, 1)))
def test_the_naive_counter_closes_the_same_days(day: date) -> None:
    law = statutes.law()
    assert (law.calendar("judicial").reason(day) is not None) == naive.narrow()(day)
    assert (law.calendar("judicial", wide=True).reason(day) is not None) == naive.wide()(day)


closures = st.builds(
    Closure,
    dates=st.lists(days := st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=3).map(tuple),
    ranges=st.lists(st.tuples(days, days), max_size=2).map(tuple),
    weekly=st.lists(st.integers(0, 6), max_size=2).map(tuple),
    alternate=st.none() | days,
    since=st.none() | days,
    until=st.none() | days,
)


@given(closures, st.lists(days, min_size=2, max_size=2).map(sorted))
def test_the_days_of_a_closure_are_told_one_by_one(closure: Closure, window: list[date]) -> None:
    def closed(day: date) -> bool:
        since, until = closure.since or day, closure.until or day
        return since <= day <= until and (
            day in closure.dates
            or any(first <= day <= last for first, last in closure.ranges)
            or day.weekday() in closure.weekly
            or (closure.alternate is not None and (day - closure.alternate).days % 14 == 0)
        )

    first, last = window
    every = [first + timedelta(n) for n in range((last - first).days + 1)]
    assert sorted(set(closure.days(first, last))) == [day for day in every if closed(day)]


def test_the_tables_end_with_the_last_day() -> None:
    calendar = statutes.law().calendar("judicial")
    last = date(2043, 12, 31).toordinal()
    assert calendar.roll(last) == last
    with pytest.raises(Refused):
        calendar.roll(last + 1)


def test_days_and_months_are_counted_with_the_days_on_which_the_clock_stood() -> None:
    start = date(2026, 10, 5).toordinal()
    assert Count(10).end(start, None) == start + 10
    assert Count(10).end(start, None, 3) == start + 13
    assert Count(1, "months").end(start, None, 3) == date(2026, 11, 8).toordinal()


def test_words_for_a_period() -> None:
    assert Count(10).words == "10 days"
    assert Count(1, working=True, calendar="judicial").words == "1 working day"
    assert Count(18, "months").words == "18 months"
    assert Count(1, "years").words == "1 year"


def test_a_holiday_may_be_listed_date_by_date() -> None:
    holiday = Holiday(
        name="Lunar New Year",
        authority="Gov. Code § 6700",
        status="V",
        source="a list",
        checked=date(2026, 11, 24),
        dates=(date(2026, 2, 17),),
    )
    only = date(2026, 2, 17)
    assert list(holiday.falls(date(2026, 1, 1), date(2026, 12, 31))) == [only]
    assert list(holiday.falls(only, only)) == [only]
    assert list(holiday.falls(date(2027, 1, 1), date(2027, 12, 31))) == []


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("last Thursday of December", date(2026, 12, 31)),
        ("last Thursday of November", date(2026, 11, 26)),
        ("last Monday of November", date(2026, 11, 30)),
        ("last Saturday of February", date(2026, 2, 28)),
    ],
)
def test_the_last_weekday_of_a_month_is_its_fourth_or_fifth(words: str, day: date) -> None:
    found = when(words)
    assert found is not None
    assert found.of(2026) == day


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_has_its_own_last_day_and_none_after_it(month: int) -> None:
    length = (date(2023 + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    assert when(f"{MONTHS[month - 1]} {length}") is not None
    assert when(f"{MONTHS[month - 1]} {length + 1}") is None


AGREED = {
    "New Year's Day",
    "Martin Luther King Jr. Day",
    "Presidents' Day",
    "Memorial Day",
    "Juneteenth",
    "Independence Day",
    "Labor Day",
    "Veterans Day",
    "Thanksgiving Day",
    "Day after Thanksgiving",
    "Christmas Day",
    "Cesar Chavez Day",
    "Farmworkers Day",
}
"""what the `holidays` package computes as well"""
ONLY_OURS = {"Lincoln Day", "Native American Day"}
"""judicial holidays that it lacks (Code Civ. Proc. § 135, Gov. Code § 6700)"""
ONLY_THEIRS = (
    "Susan B. Anthony Day",  # no day of Gov. Code § 6700
    "Columbus Day",  # not judicial since 2022
    "Diwali",  # excluded from § 135
    "(observed)",  # the federal rule, applied to every holiday
    "Election Day",
    "National Day of Mourning",  # appointed by the President: excluded from § 135
    "Day After Christmas",  # federal executive order
    "Inauguration Day",
    "Good Friday",  # noon to 3 p.m. only
    "Groundhog Day",
    "Valentine's Day",
    "Saint Patrick's Day",
    "Easter Sunday",
    "Mother's Day",
    "Father's Day",
    "Halloween",
    "Christmas Eve",
    "New Year's Eve",
    "Juneteenth",  # 2021 and 2022, before it was judicial
)


@pytest.mark.data
def test_every_disagreement_with_the_holidays_package_is_decided(data: Path) -> None:
    file = data / "holidays" / "US_CA.json"
    theirs = {
        date.fromisoformat(day): name
        for day, name in json.loads(file.read_text(encoding="utf-8")).items()
        if "2015" <= day[:4] <= "2043"
    }
    calendar = statutes.law().calendar("judicial")
    ours = {c.on: c for year in range(2015, 2044) for c in calendar.named(year)}
    for day, closed in ours.items():
        if closed.status == "P":
            continue  # a published day kept instead
        name = closed.name.partition(" (")[0]
        assert (day in theirs) or name in ONLY_OURS, (day, name)
        assert name in AGREED | ONLY_OURS | {"Columbus Day"}, (day, name)
    for day, names in theirs.items():
        if day not in ours:
            for name in names.split("; "):
                assert any(word in name for word in ONLY_THEIRS), (day, name)
