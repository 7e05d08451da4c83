"""Dates as people type them: ISO, "Mar 2", "3/2/2026", "yesterday", "in 3 weeks"."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import click

from cpra.cli.here import Here
from cpra.core.words import month_number
from cpra.errors import WrongUsage

EXPECTED = '2026-03-02, "Mar 2", 3/2/2026 (month first), yesterday or "in 3 weeks"'

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")
_NAMED = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")
_DAY_FIRST = re.compile(r"(\d{1,2}) ([A-Za-z]{3,9})\.?(?:,? (\d{4}))?")
_IN = re.compile(r"in (\d{1,4}) (day|week|month|year)s?")
_AGO = re.compile(r"(\d{1,4}) (day|week|month|year)s? ago")
_WEEKDAY = re.compile(r"(?:(last|next) )?([a-z]{3,9})")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORDS = {"today": 0, "yesterday": -1, "tomorrow": 1}


def read(text: str, today: date, *, future: bool = False) -> date:
    """The day that a person means; without a year it is the nearest one in the past, or future."""
    words = " ".join(text.split()).strip().lower()
    try:
        if _ISO.fullmatch(words):
            return date.fromisoformat(words)
        if words in _WORDS:
            return _moved(today, "day", _WORDS[words])
        if (found := _WEEKDAY.fullmatch(words)) and (named := _weekday(found[2])) is not None:
            return _on_weekday(today, named, found[1] or ("next" if future else ""))
        if found := _IN.fullmatch(words):
            return _moved(today, found[2], int(found[1]))
        if found := _AGO.fullmatch(words):
            return _moved(today, found[2], -int(found[1]))
        if found := _SLASHED.fullmatch(words):
            return _dated(found[3], int(found[1]), int(found[2]), today, future)
        if found := _NAMED.fullmatch(words):
            return _dated(found[3], month_number(found[1]), int(found[2]), today, future)
        if found := _DAY_FIRST.fullmatch(words):
            return _dated(found[3], month_number(found[2]), int(found[1]), today, future)
    except (ValueError, OverflowError):
        pass  # an impossible day: said below, like every other text that is no date
    raise WrongUsage(f'"{text}" is not a date; expected something like {EXPECTED}')


def clock(text: str) -> time:
    """A time of day like 17:30 or 5:30 pm."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))? ?([ap]m)?", text.strip().lower())
    if found:
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        if found[4]:
            hour = hour % 12 + (12 if found[4] == "pm" else 0) if 1 <= hour <= 12 else 99
        if hour < 24 and minute < 60 and second < 60:
            return time(hour, minute, second)
    raise WrongUsage(f'"{text}" is not a time of day; expected something like 17:30 or 5:30 pm')


class Day(click.ParamType[date]):
    """An option that takes a date as people type it."""

    name = "date"

    def __init__(self, *, future: bool = False) -> None:
        self.future = future

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The date, or a usage error that says what was expected."""
        if isinstance(value, date):
            return value
        ctx = ctx or click.get_current_context()
        today = ctx.ensure_object(Here).today
        # What a notice says that came in September means the October after it.
        came = ctx.params.get("on") if self.future else None
        try:
            return read(value, came if isinstance(came, date) else today, future=self.future)
        except WrongUsage as error:
            self.fail(str(error), param, ctx)


class Clock(click.ParamType[time]):
    """An option that takes a time of day."""

    name = "time"

    def convert(
        self, value: str | time, param: click.Parameter | None, ctx: click.Context | None
    ) -> time:
        """The time, or a usage error that says what was expected."""
        if isinstance(value, time):
            return value
        try:
            return clock(value)
        except WrongUsage as error:
            self.fail(str(error), param, ctx)


def _moved(day: date, unit: str, number: int) -> date:
    """Months and years keep the day and stop at a month's end."""
    import pendulum

    moved = pendulum.date(day.year, day.month, day.day).add(**{f"{unit}s": number})
    return date(moved.year, moved.month, moved.day)


def _dated(year: str | None, month: int, day: int, today: date, future: bool) -> date:
    if year:
        return date(int(year), month, day)
    this = date(today.year, month, day)
    if future and this < today:
        return date(today.year + 1, month, day)
    if not future and this > today:
        return date(today.year - 1, month, day)
    return this


def _weekday(word: str) -> int | None:
    """The number of a weekday's name or of its first letters."""
    return next((n for n, day in enumerate(_DAYS) if day == word or day[:3] == word), None)


def _on_weekday(today: date, weekday: int, which: str) -> date:
    """The nearest day of that name: the last one, today's if it is, or the next one."""
    back = (today.weekday() - weekday) % 7
    if which == "next":
        return today + timedelta(days=7 - back)
    return today - timedelta(days=back or (7 if which == "last" else 0))
