"""A blank in a letter: how the requester is asked for it, and which values fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from cpra.core.schema import Key
from cpra.letters.facts import Story
from cpra.letters.words import parts

CHECKS = ("text", "date", "terms", "choice", "amount", "number")
KEYS = {
    "name": Key(str, required=True),
    "ask": Key(str),
    "ask_es": Key(str),
    "explanation": Key(str),
    "explanation_es": Key(str),
    "example": Key(str),
    "check": Key(str, choices=CHECKS),
    "default": Key(str),
    "days": Key(int),
    "optional": Key(bool),
    "after": Key(str),
    "at_most": Key(int),
    "choices": Key(list, of=str),
}
"""what a [[variable]] in a template's front matter may have"""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
GIVEN = frozenset(field.name for field in fields(Story)) | {
    "agency",
    "extension_limit",
    "items",
    "law",
    "months",
    "reference",
    "refuse",
    "request",
    "requester",
    "time_limit",
    "today",
    "via",
}
"""the names that every template is given"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A blank in a letter, and how the requester is asked for it."""

    name: str
    ask: str
    """the short label at the prompt"""
    explanation: str
    example: str
    ask_es: str = ""
    explanation_es: str = ""
    check: str = "text"
    default: str = ""
    days: int = 0
    """for a date: so many days after the letter's own is the default, never a weekend"""
    required: bool = True
    after: str = ""
    """a date variable that this date may not come before"""
    at_most: int = 0
    """terms at most, characters at most, or days from `after` at most; 0 is no limit"""
    choices: tuple[str, ...] = ()

    def wrong(self, value: str, others: Mapping[str, str]) -> str:
        """What is wrong with a value, in words that follow the variable's name; or nothing."""
        if not value.strip():
            return f"is still needed: {self.explanation}" if self.required else ""
        match self.check:
            case "date":
                return self._wrong_date(value, others)
            case "terms" if self.at_most and len(parts(value)) > self.at_most:
                return f"has {len(parts(value))} terms; {self.at_most} is the most"
            case "choice" if value not in self.choices:
                return f'is "{value}"; it may be {", ".join(self.choices)}'
            case "amount" if not re.fullmatch(r"\$?\d{1,6}(\.\d\d)?", value.strip()):
                return f'is "{value}"; an amount looks like 25 or $25.00'
            case "number" if not re.fullmatch(r"\d{1,6}", value.strip()):
                return f'is "{value}", which is no number'
            case "text" if self.at_most and len(value) > self.at_most:
                return f"has {len(value):,} characters; {self.at_most:,} is the most"
        return ""

    def _wrong_date(self, value: str, others: Mapping[str, str]) -> str:
        this = _day(value)
        if this is None:
            return f'is "{value}"; a date looks like {self.example}'
        before = _day(others.get(self.after, ""))
        if before and this < before:
            return f"is {value}, which is before {self.after} ({before})"
        if before and self.at_most and (this - before).days >= self.at_most:
            return f"is more than {self.at_most} days after {self.after}; ask in two requests"
        return ""

    def dated(self, today: date) -> Variable:
        """The blank with the default that a letter of that day has."""
        if not self.days or self.default:
            return self
        return replace(self, default=_working_day(today, self.days))

    def spoken(self, language: str) -> Variable:
        """The blank with its question in a language, as far as it has one."""
        if language != "es":
            return self
        return replace(
            self,
            ask=self.ask_es or self.ask,
            explanation=self.explanation_es or self.explanation,
        )


def variable(table: Mapping[str, Any]) -> Variable:
    """A blank from its table, when the table has all that it must have."""
    return Variable(
        name=table["name"],
        ask=table["ask"],
        explanation=table["explanation"],
        example=table["example"],
        ask_es=table.get("ask_es", ""),
        explanation_es=table.get("explanation_es", ""),
        check=table.get("check", "text"),
        default=table.get("default", ""),
        days=table.get("days", 0),
        required=not table.get("optional", False),
        after=table.get("after", ""),
        at_most=table.get("at_most", 0),
        choices=tuple(table.get("choices", ())),
    )


def wrong_tables(tables: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    """What is wrong with a template's blanks, each with its place in the list.

    A blank says what it asks for, its example passes its own check, and its name is free.
    """
    needed = ("ask", "explanation", "example")
    whole = {n: variable(t) for n, t in enumerate(tables) if all(key in t for key in needed)}
    examples = {one.name: one.example for one in whole.values()}
    seen: set[str] = set()
    for number, table in enumerate(tables):
        name = table["name"]
        yield from ((number, f'the blank "{name}" has no "{k}"') for k in needed if k not in table)
        if not _NAME.fullmatch(name) or name in GIVEN:
            yield number, f'a blank cannot be called "{name}"'
        if name in seen:
            yield number, f'there are two blanks called "{name}"'
        seen.add(name)
        one = whole.get(number)
        if one and (wrong := one.wrong(one.example, examples)):
            yield number, f"the example of {name} {wrong}"
        if one and one.after and one.after not in examples:
            yield number, f'there is no blank "{one.after}" to come after'


def _working_day(today: date, days: int) -> str:
    """The day so many days later, or the Monday after it if that is a weekend."""
    day = today + timedelta(days=days)
    return (day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))).isoformat()


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None
