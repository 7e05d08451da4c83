"""How a letter says dates, lists, search terms and amounts. Each is a filter in a template."""

from __future__ import annotations

import re
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


def day(value: date | str) -> str:
    """`March 2, 2026`"""
    on = value if isinstance(value, date) else date.fromisoformat(value)
    return f"{MONTHS[on.month - 1]} {on.day}, {on.year}"


def weekday(value: date | str) -> str:
    """`Monday, March 2, 2026`"""
    on = value if isinstance(value, date) else date.fromisoformat(value)
    return f"{WEEKDAYS[on.weekday()]}, {day(on)}"


def months(first: date | str, last: date | str) -> str:
    """`January to March 2026` for whole months, otherwise `January 5 to March 2, 2026`."""
    start = first if isinstance(first, date) else date.fromisoformat(first)
    end = last if isinstance(last, date) else date.fromisoformat(last)
    whole = start.day == 1 and date.fromordinal(end.toordinal() + 1).day == 1
    begin, finish = (f"{MONTHS[on.month - 1]}" for on in (start, end))
    if not whole:
        if start.year == end.year:
            return f"{begin} {start.day} to {finish} {end.day}, {end.year}"
        return f"{day(start)} to {day(end)}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{finish} {end.year}"
    if start.year == end.year:
        return f"{begin} to {finish} {end.year}"
    return f"{begin} {start.year} to {finish} {end.year}"


def parts(value: str) -> tuple[str, ...]:
    """The members of a list that a person typed with commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def listed(values: Sequence[str] | str, word: str = "and") -> str:
    """`one`, `one and two`, `one, two and three`"""
    members = parts(values) if isinstance(values, str) else tuple(str(value) for value in values)
    if len(members) < 2:
        return "".join(members)
    return f"{', '.join(members[:-1])} {word} {members[-1]}"


def quoted(values: Sequence[str] | str, word: str = "or") -> str:
    """Search terms as a letter gives them: `"ICE", "HSI" or "detainer"`."""
    members = parts(values) if isinstance(values, str) else tuple(values)
    return listed([f'"{member}"' for member in members], word)


def money(value: str) -> str:
    """`25` and `$25` are both `$25`."""
    return "$" + value.strip().removeprefix("$").strip()


_NOUNS = re.compile(
    r"\b(agency|authority|board|bureau|center|city|commission|committee|council|county|court"
    r"|department|district|division|office|police|sheriff)\b",
    re.IGNORECASE,
)


def the(name: str) -> str:
    """An agency's name inside a sentence: `the Los Angeles Police Department`."""
    if name.startswith("The "):
        return "the " + name[4:]
    return f"the {name}" if _NOUNS.search(name) and not name.startswith("the ") else name
