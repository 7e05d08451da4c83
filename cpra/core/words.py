"""Dates and lists as they are read aloud, the same in every locale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def date_words(day: date) -> str:
    """`September 28, 2026`."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def day_words(day: date) -> str:
    """`Monday, September 28, 2026`."""
    return f"{WEEKDAYS[day.weekday()]}, {date_words(day)}"


def month_number(word: str) -> int:
    """The month that a name or its first letters (`Sept` too) mean; else `ValueError`."""
    begun = [n for n, name in enumerate(MONTHS, 1) if name.lower().startswith(word.lower())]
    if len(word) < 3 or not begun:
        raise ValueError(f"{word!r} is no month")
    return begun[0]


def joined(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
