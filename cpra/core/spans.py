"""The periods that a letter's words ask for: closed, open at one end, or a single day.

It reads what people write ("from March 1, 2026 through 2026-03-31", "since 2020", "in the second
quarter of 2025", "January to March 2026"). A blank that nobody filled counts as a date, so that it
is named once, as a blank.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?:19|20)\d\d"
_BLANK = (
    r"(?:\*?\[[^\]\n]{1,60}\]\*?|\{\{[^}\n]{0,60}\}\}|\{[a-z_]{3,40}\}|(?<!_)_{3,}+"
    r"|<[A-Z][^>\n]{1,40}>)"
)
_FULL = (
    rf"(?:{_MONTH}\ \d{{1,2}}(?!\d)(?:st|nd|rd|th)?(?:,?\ {_YEAR})?|\d{{1,2}}\ {_MONTH}\ {_YEAR})"
)
_NUMERIC = rf"(?:{_YEAR}-\d\d(?:-\d\d)?|\d{{1,2}}/\d{{1,2}}/(?:{_YEAR}|\d\d))"
_DATE = rf"(?:{_FULL}|{_NUMERIC}|{_MONTH},?\ {_YEAR}|{_MONTH}\b|{_YEAR}|{_BLANK})"
_DASH = r"[-\u2013\u2014]"
_TO = rf"\s?(?:,?\s(?:to|through|thru|until|till|and|up\sto)\s(?:and\sincluding\s)?|{_DASH})\s?"
_THE = r"(?:the\s(?:start|beginning|end)\sof\s)?"

_CLOSED = re.compile(
    rf"\b{_THE}(?P<first>{_DATE}){_TO}{_THE}(?P<last>{_DATE})".replace(r"\b", "", 1)
)
_NOW = (
    r"(?:the\s)?(?:present(?:\sday|\stime)?|today(?:['\u2019]s\sdate)?|now\b|current\sdate"
    r"|date\s(?:of|on\swhich)\s(?:this|the|your|you)\b[\w\s]{0,30}|date\s(?:of\s)?search"
    r"|time\s(?:of|you)\b[\w\s]{0,20})"
)
_OPEN = re.compile(
    rf"(?:\b(?:from\s)?(?P<first>{_DATE}){_TO}{_NOW}"
    rf"|\bsince\s(?:the\sbeginning\sof\s)?(?P<since>{_DATE})"
    rf"|\b(?:after|from)\s(?P<after>{_DATE})(?:\s(?:on|onwards?|forward|and\s(?:later|after))\b)"
    rf"|\b(?:dated|created|made|sent|received)\s(?:on\sor\s)?after\s(?P<made>{_DATE})"
    rf"|\b(?:before|prior\sto|until|up\sto)\s(?P<before>{_DATE})"
    r"|\bto\sdate\b|\bto\sthe\spresent\b|\bthrough\s(?:the\s)?present\b|\bever\s(?:made|sent|received)\b)",
    re.IGNORECASE,
)
_NUMBER_WORD = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|thirty|sixty|ninety)"
)
_PERIOD = re.compile(
    rf"\b(?:(?:in|during|for|of|throughout|each\smonth\sof)\s(?:all\sof\s)?(?:the\s)?"
    rf"(?:(?:calendar|fiscal|budget|school)\syears?\s)?"
    rf"|(?:calendar|fiscal|budget|school)\syears?\s|FY\s?)"
    rf"(?:(?:(?:first|second|third|fourth|last)\s(?:quarter|half)\sof\s)?(?P<period>{_FULL}|{_NUMERIC}"
    rf"|{_MONTH},?\s{_YEAR}|{_YEAR}(?:[-\u2013/]\d\d(?:\d\d)?)?))"
    rf"|\bQ[1-4]\s{_YEAR}"
    rf"|\b(?:last|past|previous|preceding|prior|most\srecent)\s{_NUMBER_WORD}\s"
    r"(?:calendar\s|full\s)?(?:days?|weeks?|months?|years?)"
    rf"|\b{_NUMBER_WORD}(?:-|\s)(?:day|week|month|year)s?(?:\s(?:period|sample|before|after|ending))"
)
_DAY = re.compile(rf"\b(?:on|as\sof|dated|of|effective)\s(?P<day>{_FULL}|{_NUMERIC}|{_BLANK})")


class SpanKind(StrEnum):
    """How a period ends: at both ends, at one, or on a single day."""

    CLOSED = "closed"
    OPEN = "open"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Span:
    """One period in a text: its words, where they stand, and its days where they can be read."""

    kind: SpanKind
    words: str
    start: int
    first: date | None = None
    last: date | None = None

    @property
    def two_ends(self) -> bool:
        """True where both ends are written, and not a single year or month named."""
        return bool(_CLOSED.search(self.words))

    @property
    def is_reversed(self) -> bool:
        """True for a period that ends before it begins."""
        return self.first is not None and self.last is not None and self.last < self.first


def spans(text: str) -> tuple[Span, ...]:
    """Every period in a text, in the order of the text; an open one hides no closed one."""
    flat = re.sub(r"\s", " ", text)
    taken = bytearray(len(flat))
    found: list[Span] = []
    for kind, pattern in (
        (SpanKind.OPEN, _OPEN),
        (SpanKind.CLOSED, _CLOSED),
        (SpanKind.CLOSED, _PERIOD),
        (SpanKind.DAY, _DAY),
    ):
        for match in pattern.finditer(flat):
            if any(taken[match.start() : match.end()]):
                continue
            taken[match.start() : match.end()] = b"\1" * len(match[0])
            first, last = _ends(match) if pattern is _CLOSED else (None, None)
            found.append(Span(kind, match[0].strip(), match.start(), first, last))
    return tuple(sorted(found, key=lambda span: span.start))


def _ends(match: re.Match[str]) -> tuple[date | None, date | None]:
    last = day_of(match["last"], end=True)
    year = str(last.year) if last else ""
    first = (
        day_of(match["first"])
        or day_of(f"{match['first']}, {year}")
        or day_of(f"{match['first']} {year}")
    )
    return first, last


def day_of(words: str, end: bool = False) -> date | None:
    """The day that a written date means: the first of a month or year, or with `end` the last."""
    for year, month, day in _readings(words.strip()):
        if not 1 <= month <= 12:
            continue
        length = monthrange(year, month)[1]
        if day == 0:
            return date(year, month, length if end else 1)
        if day <= length:
            return date(year, month, day)
    if re.fullmatch(_YEAR, words.strip()):
        return date(int(words), 12, 31) if end else date(int(words), 1, 1)
    return None


def _readings(words: str) -> Iterator[tuple[int, int, int]]:
    """Year, month and day as written; day 0 where only a month is named."""
    if found := re.fullmatch(rf"({_YEAR})-(\d\d)(?:-(\d\d))?", words):
        yield int(found[1]), int(found[2]), int(found[3] or 0)
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})", words):
        year = int(found[3])
        yield (year if year > 99 else 2000 + year), int(found[1]), int(found[2])
    if found := re.fullmatch(rf"({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?,? ({_YEAR})", words):
        yield int(found[3]), _month(found[1]), int(found[2])
    if found := re.fullmatch(rf"(\d{{1,2}}) ({_MONTH}) ({_YEAR})", words):
        yield int(found[3]), _month(found[2]), int(found[1])
    if found := re.fullmatch(rf"({_MONTH}),? ({_YEAR})", words):
        yield int(found[2]), _month(found[1]), 0


def _month(words: str) -> int:
    return MONTHS.index(words[:3]) + 1
