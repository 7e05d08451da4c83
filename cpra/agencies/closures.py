"""Days on which an office does no business at all: as a person says them, as the book writes them.

A closure without a source is the user's own word and counts like a verified one. With a source it
is P until somebody vouches for having read it there: then it moves only the latest date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any

from cpra.core import schema
from cpra.core.calendar import FIRST, LAST, Closure
from cpra.core.schema import Key
from cpra.core.words import WEEKDAYS as NAMES
from cpra.core.words import date_words, joined
from cpra.errors import WrongUsage

WEEKDAYS = tuple(name.lower() for name in NAMES)

RECEIPTS = ("as-received", "next-open-day")
"""What an agency may say of a letter that reaches it on a closed day or after hours."""

CLOSURE_KEYS: Mapping[str, Key] = {
    "name": Key(str),
    "dates": Key(list, of=date),
    "first": Key(date),
    "last": Key(date),
    "weekly": Key(str, choices=WEEKDAYS),
    "alternate": Key(date),
    "since": Key(date),
    "until": Key(date),
    "source": Key(str),
    "status": Key(str, choices=("V", "P")),
}
"""Whole days without business: single dates, a range from first to last, a weekday (weekly), or
every other week counted from one such day (alternate); within since and until."""

USER = "user"
"""The source of a closure that nobody but the user vouches for."""

UNNAMED = "closed"

EXPECTED = (
    '2026-10-12, 2026-12-24..2027-01-01, every-friday or "every other friday from 2026-01-09", '
    "with from and until where they are known"
)

_EVERY = re.compile(
    r"every\s+(?P<other>other\s+|second\s+)?(?P<weekday>[a-z]+)"
    r"(?:\s+from\s+(?P<since>.+?))?(?:\s+until\s+(?P<until>.+))?"
)
_RANGE = re.compile(r"(?P<first>.+?)\s*(?:\.\.+|\s(?:to|through)\s)\s*(?P<last>.+)")


def closure(entry: schema.Data) -> Closure:
    """A closure as the address book has it."""
    ends = [entry[key] for key in ("first", "last") if key in entry]
    source = entry.get("source", USER)
    return Closure(
        name=entry.get("name", UNNAMED),
        dates=tuple(entry.get("dates", ())),
        ranges=((ends[0], ends[-1]),) if ends else (),
        weekly=(WEEKDAYS.index(entry["weekly"]),) if "weekly" in entry else (),
        alternate=entry.get("alternate"),
        since=entry.get("since"),
        until=entry.get("until"),
        source=source,
        status=entry.get("status", "V" if source == USER else "P"),
    )


def entries(one: Closure) -> list[dict[str, Any]]:
    """The tables that say a closure in the address book; one, unless it has several patterns."""
    common: dict[str, Any] = {}
    for key in ("since", "until"):
        if value := getattr(one, key):
            common[key] = value
    if one.source != USER:
        common |= {"source": one.source, "status": one.status}
    patterns: list[dict[str, Any]] = []
    if one.dates:
        patterns.append({"dates": list(one.dates)})
    patterns += [{"first": first, "last": last} for first, last in one.ranges]
    patterns += [{"weekly": WEEKDAYS[day]} for day in one.weekly]
    if one.alternate:
        patterns.append({"alternate": one.alternate})
    name = {"name": one.name} if one.name != UNNAMED else {}
    return [{**name, **pattern, **common} for pattern in patterns]


def wrong(one: Closure) -> str:
    """What makes a closure meaningless, in words; or nothing."""
    if not (one.dates or one.ranges or one.weekly or one.alternate):
        return "it names no day: give dates, first and last, weekly or alternate"
    for first, last in one.ranges:
        if last < first:
            return f"its last day, {last}, is before its first, {first}"
    if one.since and one.until and one.until < one.since:
        return f"it ends on {one.until}, before it begins on {one.since}"
    if beyond := [day for day in _days_named(one) if not FIRST <= day <= LAST]:
        return f"{beyond[0]} is outside {FIRST.year} to {LAST.year}, the years that cpra knows"
    return ""


def said(texts: Iterable[str], day: Callable[[str], date]) -> tuple[Closure, ...]:
    """The closures that a person means; single dates together are one closure.

    `day` reads a date as it is typed where the text comes from.
    """
    found = [_said(text, day) for text in texts]
    single = tuple(sorted({day for one in found for day in one.dates}))
    others = tuple(one for one in found if not one.dates)
    return (*((Closure(dates=single, source=USER, status="V"),) if single else ()), *others)


def sourced(
    found: Iterable[Closure], *, name: str = "", source: str = "", verified: bool = False
) -> tuple[Closure, ...]:
    """The same closures with what is known of where they stand."""
    status = "V" if verified or not source else "P"
    return tuple(
        replace(one, name=name or one.name, source=source or USER, status=status) for one in found
    )


def words(one: Closure) -> str:
    """A closure as a person would say it, with what it rests on and what it moves."""
    return f"{days(one)} · {_standing(one)}"


def days(one: Closure) -> str:
    """The days of a closure as a person would say them: `every Friday (city holiday)`."""
    patterns = []
    if one.dates:
        patterns.append(joined([date_words(day) for day in one.dates]))
    patterns += [f"{date_words(first)} to {date_words(last)}" for first, last in one.ranges]
    patterns += [f"every {NAMES[day]}" for day in one.weekly]
    if one.alternate:
        name = NAMES[one.alternate.weekday()]
        patterns.append(f"every other {name}, {date_words(one.alternate)} among them")
    text = joined(patterns)
    if one.since:
        text += f", from {date_words(one.since)}"
    if one.until:
        text += f", until {date_words(one.until)}"
    if one.name != UNNAMED:
        text += f" ({one.name})"
    return text


def _standing(one: Closure) -> str:
    if one.source == USER and one.status == "V":
        return "your own word"
    if one.status == "V":
        return f"verified: {one.source}"
    return f"not verified, so it moves only the latest date: {one.source}"


def _said(text: str, day: Callable[[str], date]) -> Closure:
    plain = " ".join(text.split())
    if every := _EVERY.fullmatch(re.sub("^every-(other-)?", _spaced, plain.lower())):
        return _checked(_every(every, text, day), text)
    try:
        if found := _RANGE.fullmatch(plain):
            first, last = day(found["first"]), day(found["last"])
            return _checked(_own(ranges=((first, last),)), text)
        return _checked(_own(dates=(day(plain),)), text)
    except WrongUsage as error:
        raise WrongUsage(f'"{text}" names no closed days; expected {EXPECTED} ({error})') from error


def _spaced(found: re.Match[str]) -> str:
    return found[0].replace("-", " ")


def _every(found: re.Match[str], text: str, day: Callable[[str], date]) -> Closure:
    weekday = _weekday(found["weekday"])
    if weekday is None:
        raise WrongUsage(f'"{found["weekday"]}" is no day of the week; expected {EXPECTED}')
    since = day(found["since"]) if found["since"] else None
    until = day(found["until"]) if found["until"] else None
    if not found["other"]:
        return _own(weekly=(weekday,), since=since, until=until)
    if since is None:
        raise WrongUsage(
            f'"{text}" does not say which weeks; name one closed day: '
            f'"every other {WEEKDAYS[weekday]} from 2026-01-09"'
        )
    if since.weekday() != weekday:
        raise WrongUsage(
            f"{since} is a {NAMES[since.weekday()]}, not a {NAMES[weekday]}; "
            "name a day on which the office is closed"
        )
    return _own(alternate=since, since=since, until=until)


def _weekday(word: str) -> int | None:
    """The number of a weekday's name, of its plural or of its first letters."""
    short = word.removesuffix("s") if word.endswith("days") else word
    fitting = [n for n, name in enumerate(WEEKDAYS) if len(short) >= 3 and name.startswith(short)]
    return fitting[0] if len(fitting) == 1 else None


def _own(**pattern: Any) -> Closure:
    return Closure(source=USER, status="V", **pattern)


def _checked(one: Closure, text: str) -> Closure:
    if fault := wrong(one):
        raise WrongUsage(f'"{text}": {fault}')
    return one


def _days_named(one: Closure) -> list[date]:
    ends = [day for pair in one.ranges for day in pair]
    return [d for d in (*one.dates, *ends, one.alternate, one.since, one.until) if d is not None]


def clock_words(at: time | None) -> str:
    """`17:00`, or nothing."""
    return at.isoformat("minutes") if at else ""
