"""The day and the hour that a cell of somebody else's table means."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from cpra.core.words import month_number

EMPTY = frozenset({"", "-", "--", "n/a", "na", "none", "null", "nan", "nat", "tbd"})
"""Cells that say that there is no date."""

PLACE = ZoneInfo("America/Los_Angeles")
"""A moment that names its zone is taken as the day it was there."""

_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_SLASHED = re.compile(r"(\d\d?)[/-](\d\d?)[/-](\d{4}|\d\d)")
_NAMED = re.compile(r"(?:[a-z]{3,9}, )?([a-z]{3,9})\.? (\d\d?)(?:st|nd|rd|th)?,? (\d{4})")
_DAY_FIRST = re.compile(r"(\d\d?)[ -]([a-z]{3,9})\.?[ -](\d{4}|\d\d)")
_CLOCK = re.compile(r"(?:at )?(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)? ?([ap])?\.?(?:m\.?)?")
_PORTAL = re.compile(r"\d\d?:\d\d:\d\d [AP]M")
_ZONED = re.compile(r"(?:z|[+-]\d\d:?\d\d)$")


Moment = tuple[date, time | None]
"""a day, and the hour and minute where they are known"""


class Moments:
    """Reads the cells of date columns; days and hours that were met before cost little."""

    def __init__(self) -> None:
        """With nothing read yet."""
        self._known: dict[str, Moment | str | None] = {}
        self._days: dict[str, date] = {}
        self._hours: dict[str, time] = {}

    def read(self, text: str) -> Moment | str | None:
        """A moment, None where the cell is empty, or the reason why it is no date."""
        if not text:
            return None
        day, _, tail = text.partition(" ")
        if tail and day in self._days:
            # `6:49:24 AM`: what is before the seconds, and the half of the day
            minute, _, seconds = tail[:-3].rpartition(":")
            at = self._hours.get(minute + tail[-3:])
            if at is not None and len(seconds) == 2 and seconds.isdigit():
                return self._days[day], at
        if text not in self._known:
            found = self._known[text] = moment(text)
            if isinstance(found, tuple) and (at := found[1]) is not None:
                self._remember(text, found[0], at)
        return self._known[text]

    def _remember(self, text: str, day: date, at: time) -> None:
        """Keep the two halves of a moment as portals write it, for the next one that has them."""
        head, _, tail = text.partition(" ")
        if _PORTAL.fullmatch(tail):
            self._days[head] = day
            self._hours[tail[:-3].rpartition(":")[0] + tail[-3:]] = at


def moment(text: str) -> Moment | str | None:
    """What one cell means, None where it is empty, or the reason why it is no date."""
    cell = " ".join(text.split()).lower()
    if cell in EMPTY:
        return None
    if len(cell) > 10 and _ZONED.search(cell):
        return _zoned(cell, text)
    head, tail = _split(cell)
    day = _day(head)
    if day is None:
        return f'"{text}" is no date'
    if not tail:
        return day, None
    at = _clock(tail)
    return (day, at) if at is not None else f'"{text}" is no date and time'


def _split(cell: str) -> tuple[str, str]:
    """Day and hour; the hour begins where the digits before the first colon do."""
    if cell[4:5] == "-" and cell[10:11] == "t":
        return cell[:10], cell[11:]
    colon = cell.find(":")
    if colon < 0:
        return cell, ""
    start = cell.rfind(" ", 0, colon)
    return cell[: max(start, 0)].removesuffix(" at"), cell[start + 1 :]


def _zoned(cell: str, text: str) -> Moment | str:
    try:
        found = datetime.fromisoformat(cell.upper()).astimezone(PLACE)
    except ValueError:
        return f'"{text}" is no date and time'
    return found.date(), found.time().replace(second=0, microsecond=0)


def _day(text: str) -> date | None:
    """2026-03-02, 3/2/2026 (the month first), March 2, 2026 or 2-Mar-2026."""
    try:
        if found := _SLASHED.fullmatch(text):
            return date(_year(found[3]), int(found[1]), int(found[2]))
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _NAMED.fullmatch(text):
            return date(int(found[3]), month_number(found[1]), int(found[2]))
        if found := _DAY_FIRST.fullmatch(text):
            return date(_year(found[3]), month_number(found[2]), int(found[1]))
    except ValueError:
        pass  # an impossible day
    return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _clock(text: str) -> time | None:
    found = _CLOCK.fullmatch(text)
    if not found or int(found[3] or 0) > 59:
        return None
    hour = int(found[1])
    if found[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[4] == "p" else 0)
    try:
        return time(hour, int(found[2]))
    except ValueError:
        return None
