"""Periods are read as people write them: closed, open at one end, or a day."""

from __future__ import annotations

from datetime import date

import pytest

from cpra.core.spans import SpanKind, day_of, spans


@pytest.mark.parametrize(
    "text",
    [
        "from March 1, 2026 through 2026-03-31",
        "January to March 2026",
        "January 1 to March 31, 2026",
        "between 1/1/2024 and 3/31/2024",
        "for the period {{start_date}} through {{end_date}}",
        "in the second quarter of 2025",
        "during calendar year 2024",
        "FY 2024-25",
        "Q3 2025",
        "the last 90 days",
        "in the 90-day period ending March 31, 2026",
        "1 March 2026 to 2 April 2026",
    ],
)
def test_a_period_with_two_ends_is_closed(text: str) -> None:
    assert spans(text)[0].kind is SpanKind.CLOSED


@pytest.mark.parametrize(
    "text",
    [
        "since 2020",
        "from January 1, 2024 to the present",
        "from May 2024 until today",
        "from January 2020 forward",
        "dated after 2024",
        "up to March 2026",
        "from January 1, 2020 to the date of this request",
        "to date",
    ],
)
def test_a_period_with_one_end_is_open(text: str) -> None:
    assert [span.kind for span in spans(text)] == [SpanKind.OPEN]


def test_a_day_is_a_day() -> None:
    assert [span.kind for span in spans("as of *[date]*")] == [SpanKind.DAY]


@pytest.mark.parametrize("text", ["all contracts", "I may and will", "sections 1 to 5"])
def test_words_without_dates_have_no_period(text: str) -> None:
    assert spans(text) == ()


def test_a_period_that_ends_before_it_begins_is_reversed() -> None:
    (span,) = spans("from 2026-05-01 to 2026-03-31")
    assert span.is_reversed
    assert (span.first, span.last) == (date(2026, 5, 1), date(2026, 3, 31))
    (right,) = spans("from March 1 to March 31, 2026")
    assert not right.is_reversed
    (half,) = spans("from March to 2026-03-31")
    assert (half.first, half.is_reversed) == (date(2026, 3, 1), False)


@pytest.mark.parametrize(
    ("words", "end", "day"),
    [
        ("2026-02", False, date(2026, 2, 1)),
        ("2026-02", True, date(2026, 2, 28)),
        ("3/4/26", False, date(2026, 3, 4)),
        ("3/4/2026", False, date(2026, 3, 4)),
        ("March 4th, 2026", False, date(2026, 3, 4)),
        ("4 March 2026", False, date(2026, 3, 4)),
        ("Sept. 2026", True, date(2026, 9, 30)),
        ("2026", False, date(2026, 1, 1)),
        ("2026", True, date(2026, 12, 31)),
        ("13/1/2026", False, None),
        ("February 30, 2026", False, None),
        ("someday", False, None),
    ],
)
def test_a_written_date_is_a_day(words: str, end: bool, day: date | None) -> None:
    assert day_of(words, end) == day
