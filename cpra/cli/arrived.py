"""What a person who files an answer is asked about it: the day it came, and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cpra.cli.asking import asked
from cpra.cli.here import CALIFORNIA, Here
from cpra.cli.page import long_day, say
from cpra.errors import WrongUsage

if TYPE_CHECKING:
    from cpra.core.request import Request

MAIL = frozenset({".eml", ".msg"})


def day_of(sources: Sequence[Path], request: Request, today: date) -> date:
    """The day on which papers came if nobody says: that of a lone mail, else today."""
    if len(sources) != 1 or sources[0].suffix.lower() not in MAIL or not sources[0].is_file():
        return today
    from cpra.archive.message import message
    from cpra.errors import BadFile

    try:
        sent = message(sources[0]).date
    except BadFile:
        return today
    if sent is None:
        return today
    first = request.first("sent")
    day = _in_california(sent)
    return day if day <= today and (first is None or first.on <= day) else today


def _in_california(moment: datetime) -> date:
    return (moment.astimezone(ZoneInfo(CALIFORNIA)) if moment.tzinfo else moment).date()


def asked_day(here: Here, usual: date) -> date:
    """Ask on which day the papers came: the law counts from it."""
    from cpra.cli.dates import read

    def check(text: str) -> str:
        day = read(text, here.today)
        if day > here.today:
            raise WrongUsage(f"{day} has not come yet (today is {here.today})")
        if day.isoformat() != text:
            say(f"  {long_day(day)}")
        return day.isoformat()

    return date.fromisoformat(asked("Which day did they come?", check, usual.isoformat()))


def asked_details(came: date, kind: str, request: Request, said: dict[str, Any]) -> dict[str, Any]:
    """What the options leave open, for what papers of that kind say; Enter is for what they don't.

    Nothing is asked that an option has said already. A day without a year is the next one after
    they came.
    """
    found = dict(said)
    for name, label, read in _QUESTIONS.get(kind, ()):
        if found.get(name) or (name == "items" and len(request.items) < 2):
            continue
        found[name] = _asked(label, read, came, request)
    return found


def _asked(label: str, read: Callable[[str, date], Any], came: date, request: Request) -> Any:
    kept: list[Any] = [None]

    def check(text: str) -> str:
        kept[0] = read(text, came)
        if read is _numbers and not set(kept[0]) <= {item.n for item in request.items}:
            raise WrongUsage(f"it has the items {', '.join(str(i.n) for i in request.items)}")
        return text

    asked(f"{label} (Enter: it does not say)" if "Enter" not in label else label, check)
    return kept[0]


def _words(text: str, _came: date) -> str:
    return text


def _listed(text: str, _came: date) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[,;]", text) if part.strip())


def _numbers(text: str, _came: date) -> tuple[int, ...]:
    parts = re.split(r"[\s,;]+", text)
    if not all(part.isdecimal() for part in parts if part):
        raise WrongUsage("numbers of items, with commas: 1, 3")
    return tuple(int(part) for part in parts if part)


def _date(text: str, came: date) -> date | None:
    from cpra.cli.dates import read

    if not text:
        return None
    day = read(text, came, future=True)
    if day.isoformat() != text:
        say(f"  {long_day(day)}")
    return day


def _how_much(text: str, _came: date) -> str:
    if text and text not in ("all", "some", "none"):
        raise WrongUsage("all, some or none")
    return text


_SIGNER = ("signed_by", "Who signed, with title?", _words)
_ITEMS = ("items", "Which items are they about? Numbers; Enter: the whole request", _numbers)
_QUESTIONS: dict[str, tuple[tuple[str, str, Callable[[str, date], Any]], ...]] = {
    "produced": (_ITEMS,),
    "extended": (
        ("until", "Until which day do they take the time?", _date),
        ("reasons", "What reason does the notice give?", _words),
        _SIGNER,
    ),
    "determined": (
        ("disclosable", "How much will they disclose: all, some or none?", _how_much),
        ("estimated", "When will the records be there?", _date),
    ),
    "denied": (
        _ITEMS,
        ("exemptions", "Which sections does it cite? With commas", _listed),
        ("reasons", "What reason does it give?", _words),
        _SIGNER,
    ),
    "fee-quoted": (("amount", "How many dollars?", _words),),
}
"""what is asked of papers that are an event: the event's field, the question, how it is read"""


def asked_word(words: Sequence[str]) -> str:
    """What the papers are."""

    def check(text: str) -> str:
        begun = [word for word in words if word.startswith(text.casefold())]
        if len(begun) != 1:
            raise WrongUsage(f"one of {', '.join(words)}")
        return begun[0]

    say(f"What are they? {', '.join(words)}")
    return asked("They are", check, "records")
