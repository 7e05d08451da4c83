"""A second, naive counter of state and federal time, that shares nothing with the product.

Its holidays are written out again from the statutes, its closed days are sets, and it counts one
day after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, time, timedelta

ONE = timedelta(days=1)
KEPT = {
    "2024-04-01": "2024-03-31",
    "2026-07-03": "2026-07-04",
    "2027-06-18": "2027-06-19",
    "2027-07-05": "2027-07-04",
    "2027-12-24": "2027-12-25",
    "2027-12-31": "2028-01-01",
    "2028-02-11": "2028-02-12",
    "2028-11-10": "2028-11-11",
    "2030-04-01": "2030-03-31",
}
_MOVING = """
    2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03
    2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04
    2039-01-24 2040-02-12 2041-02-01 2042-01-22 2043-02-10
    2026-11-08 2027-10-29 2028-10-17 2029-11-05 2030-10-26 2031-11-14 2032-11-02 2033-10-22
    2034-11-10 2035-10-30
    2027-03-09 2028-02-26 2029-02-14 2030-02-04 2031-01-24 2032-01-14 2033-01-02 2033-12-23
    2034-12-12 2035-12-01 2036-11-19 2037-11-08 2038-10-29 2039-10-19 2040-10-07 2041-09-26
    2042-09-15 2043-09-04
    2027-05-16 2028-05-05 2029-04-24 2030-04-13 2031-04-02 2032-03-22 2033-03-11 2034-03-01
    2035-02-18 2036-02-07 2037-01-26 2038-01-16 2039-01-05 2039-12-26 2040-12-14 2041-12-04
    2042-11-23 2043-11-12
    2018-09-10 2029-09-10 2035-09-10 2040-09-10 2022-06-19 2022-06-20
"""
MOVING = set(_MOVING.split())
FEDERAL_CLOSURES = {
    "2017-01-20",
    "2021-01-20",
    "2025-01-09",
    "2029-01-20",
    "2033-01-20",
    "2037-01-20",
    "2041-01-21",
}

Closed = Callable[[date], bool]


def nth_weekday(day: date) -> int:
    """1 for the first Monday (Tuesday, …) of its month, 2 for the second."""
    return (day.day - 1) // 7 + 1


def is_judicial(day: date) -> bool:
    """A full day of section 135, on whatever weekday it falls."""
    fixed = {(1, 1), (2, 12), (3, 31), (7, 4), (11, 11), (12, 25)}
    if day.year >= 2023:
        fixed.add((6, 19))
    if (day.month, day.day) in fixed:
        return True
    monday, thursday, friday = day.weekday() == 0, day.weekday() == 3, day.weekday() == 4
    week = nth_weekday(day)
    yesterday = day - ONE
    return (
        (monday and day.month == 1 and week == 3)
        or (monday and day.month == 2 and week == 3)
        or (monday and day.month == 5 and (day + 7 * ONE).month == 6)
        or (monday and day.month == 9 and week == 1)
        or (monday and day.month == 10 and week == 2 and day.year <= 2021)
        or (friday and day.month == 9 and week == 4 and day.year >= 2022)
        or (thursday and day.month == 11 and week == 4)
        or (friday and yesterday.month == 11 and nth_weekday(yesterday) == 4)
    )


def narrow(closures: Collection[date] = ()) -> Closed:
    """What is closed for `due`: weekends, section 135, published days kept, sure closures."""

    def closed(day: date) -> bool:
        return day.weekday() >= 5 or is_judicial(day) or day.isoformat() in KEPT or day in closures

    return closed


def wide(closures: Collection[date] = ()) -> Closed:
    """What could be closed for `latest`: weaker state holidays and presumed days as well."""
    plain = narrow(closures)

    def closed(day: date) -> bool:
        weak = {(9, 9)}
        if day.year >= 2023:
            weak.add((4, 24))
        if day.year >= 2027:
            weak.add((4, 14))
        columbus = day.month == 10 and day.weekday() == 0 and nth_weekday(day) == 2
        tomorrow, yesterday = day + ONE, day - ONE
        presumed = (
            day.weekday() == 4
            and is_judicial(tomorrow)
            and tomorrow.isoformat() not in KEPT.values()
        ) or (
            day.weekday() == 0
            and is_judicial(yesterday)
            and yesterday.isoformat() not in KEPT.values()
        )
        return (
            plain(day)
            or (day.month, day.day) in weak
            or columbus
            or presumed
            or day.isoformat() in MOVING
        )

    return closed


def roll(day: date, closed: Closed) -> date:
    """That day, or the next that is not closed."""
    while closed(day):
        day += ONE
    return day


def calendar_days(day: date, n: int, closed: Closed) -> date:
    """The n-th day after it, rolled."""
    for _ in range(n):
        day += ONE
    return roll(day, closed)


def working_days(day: date, n: int, closed: Closed) -> date:
    """The n-th day after it that is not closed."""
    while n:
        day += ONE
        if not closed(day):
            n -= 1
    return day


def deemed(day: date, at: time | None, closed: Closed) -> date:
    """The day as which an agency may count a receipt."""
    return roll(day + ONE, closed) if at is not None and at >= time(17) else roll(day, closed)


def is_federal(day: date) -> bool:
    """A legal public holiday on its own date."""
    fixed = {(1, 1), (7, 4), (11, 11), (12, 25)}
    if day.year >= 2021:
        fixed.add((6, 19))
    monday, week = day.weekday() == 0, nth_weekday(day)
    return (
        (day.month, day.day) in fixed
        or (monday and (day.month, week) in {(1, 3), (2, 3), (9, 1), (10, 2)})
        or (monday and day.month == 5 and (day + 7 * ONE).month == 6)
        or (day.weekday() == 3 and day.month == 11 and week == 4)
    )


def federal(day: date) -> bool:
    """A weekend or a holiday, those on a Saturday kept on Friday and on a Sunday on Monday."""
    friday, monday = day.weekday() == 4, day.weekday() == 0
    return (
        day.weekday() >= 5
        or is_federal(day)
        or (friday and is_federal(day + ONE))
        or (monday and is_federal(day - ONE))
    )


def widely_federal(day: date) -> bool:
    """The same, and the days on which offices were closed without a holiday."""
    return federal(day) or day.isoformat() in FEDERAL_CLOSURES


def federal_determination(day: date) -> tuple[date, date]:
    """`due` and `latest` of the twenty working days, received by the proper component."""
    received = roll(day, widely_federal)
    return working_days(day, 20, federal), working_days(received, 20, widely_federal)


def federal_extension(day: date) -> tuple[date, date]:
    """The same for the ten working days more."""
    first, latest = federal_determination(day)
    return working_days(first, 10, federal), working_days(latest, 10, widely_federal)


def determination(
    day: date,
    sure: Collection[date] = (),
    unsure: Collection[date] = (),
    at: time | None = None,
) -> tuple[date, date]:
    """`due` and `latest` of the ten-day determination."""
    plain, wider = narrow(sure), wide({*sure, *unsure})
    due = calendar_days(day, 10, plain)
    received = deemed(day, at, wider)
    latest = calendar_days(received, 10, wider)
    if latest.year >= 2027:  # received then, or pending when the bill would come in
        latest = max(latest, working_days(received, 10, wider))
    return due, latest


def extension(
    day: date,
    sure: Collection[date] = (),
    unsure: Collection[date] = (),
    at: time | None = None,
) -> tuple[date, date]:
    """`due` and `latest` of the ceiling of the fourteen-day extension."""
    plain, wider = narrow(sure), wide({*sure, *unsure})
    due = calendar_days(day, 24, plain)
    first_due, first_latest = determination(day, sure, unsure, at)
    readings = [
        due,
        calendar_days(day, 24, wider),
        calendar_days(first_due, 14, plain),
        calendar_days(first_latest, 14, wider),
    ]
    received = deemed(day, at, wider)
    if max(readings).year >= 2027:
        readings.append(working_days(received, 24, wider))
    return due, max(readings)
