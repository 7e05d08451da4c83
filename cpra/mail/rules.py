"""The rules by which mail is read, from the data: what to look for, where, and how much it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from cpra import statutes
from cpra.core import schema
from cpra.core.schema import Key
from cpra.errors import BadFile

FILE = "mail.toml"
_NUMBER = re.compile("[0-9]+")
_NAMED = re.compile(r"\^([a-z-]+): (?:(?![()|]).|\((?![()])[^()]*\)|\\[()])*$")
"""A pattern that looks at one header; an alternative outside of brackets could look at others."""


class Meaning(StrEnum):
    """What a message may mean, in the order in which one is proposed before another."""

    BOUNCE = "bounce"
    DELAYED = "delayed"
    AWAY = "away"
    DENIAL = "denial"
    NONE_FOUND = "none-found"
    RECORDS = "records"
    EXTENSION = "extension"
    FEE = "fee"
    CLARIFICATION = "clarification"
    DETERMINATION = "determination"
    PROMISE = "promise"
    CLOSURE = "closure"
    ACKNOWLEDGMENT = "acknowledgment"
    RECEIPT = "receipt"
    PORTAL = "portal"
    LETTER = "letter"


class Look(StrEnum):
    """Where the words of a rule are looked for."""

    SUBJECT = "subject"
    TEXT = "text"
    SENDER = "sender"
    HEADER = "header"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to look for."""

    id: str
    meaning: Meaning
    look: Look
    points: int
    near: tuple[str, ...]
    """one of these pieces is in every text that it can find; telling that is quick"""
    match: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    names: frozenset[str] | None = None
    """the only headers, in small letters, in which it can find anything; None is every one"""

    def found_in(self, text: str) -> bool:
        """True when the words are there and nothing excuses them."""
        return any(p.search(text) for p in self.match) and not any(
            p.search(text) for p in self.unless
        )


@dataclass(frozen=True, slots=True)
class System:
    """A portal that writes for many agencies."""

    id: str
    name: str
    sender: re.Pattern[str]
    host: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Reference:
    """How an agency's own number looks; the number is the first group."""

    id: str
    begins: tuple[str, ...]
    """it begins with one of these pieces, in small letters; nothing where it may begin anyhow"""
    needs: re.Pattern[str] | None
    """what stands in every such number, and is looked for more quickly than the number itself"""
    match: re.Pattern[str]
    hits: tuple[str, ...]
    misses: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Rules:
    """All of them."""

    rules: tuple[Rule, ...]
    systems: tuple[System, ...]
    references: tuple[Reference, ...]


_WORDS = Key(list, of=str, required=True)
TABLE: schema.Table = {
    "system": Key(
        list,
        table={
            "id": Key(str, required=True),
            "name": Key(str, required=True),
            "sender": Key(str, required=True),
            "host": Key(str, required=True),
        },
    ),
    "reference": Key(
        list,
        table={
            "id": Key(str, required=True),
            "begins": Key(list, of=str),
            "needs": Key(str),
            "match": Key(str, required=True),
            "hits": _WORDS,
            "misses": _WORDS,
        },
    ),
    "rule": Key(
        list,
        table={
            "id": Key(str, required=True),
            "meaning": Key(str, required=True, choices=tuple(Meaning)),
            "look": Key(str, required=True, choices=tuple(Look)),
            "points": Key(int, required=True),
            "near": Key(list, of=str),
            "match": _WORDS,
            "unless": Key(list, of=str),
            "hits": _WORDS,
            "misses": _WORDS,
        },
    ),
}


@cache
def rules() -> Rules:
    """The rules that cpra ships, read once a process."""
    return parse(statutes.text(FILE), FILE)


@lru_cache(maxsize=2_000)
def subject_rules(by: Rules, subject: str) -> frozenset[str]:
    """The rules that find something in a subject, which many answers share."""
    own = (rule for rule in by.rules if rule.look is Look.SUBJECT)
    return frozenset(rule.id for rule in own if rule.found_in(subject))


@lru_cache(maxsize=20_000)
def text_rules(by: Rules, sentence: str) -> tuple[str, ...]:
    """The rules that find something in a sentence: agencies write the same ones again and again."""
    small = sentence.lower()
    return tuple(
        rule.id
        for rule, pieces in _near_rules(by, _NUMBER.sub("0", small))
        if any(map(small.__contains__, pieces)) and rule.found_in(sentence)
    )


@lru_cache(maxsize=20_000)
def _near_rules(by: Rules, small: str) -> tuple[tuple[Rule, tuple[str, ...]], ...]:
    """The rules and pieces near a sentence but for its numbers: often only they are new."""
    near = (
        (rule, tuple(piece for piece, plain in pieces if plain in small))
        for rule, pieces in _pieces(by)
    )
    return tuple((rule, pieces) for rule, pieces in near if pieces)


@cache
def _pieces(by: Rules) -> tuple[tuple[Rule, tuple[tuple[str, str], ...]], ...]:
    """The rules for sentences with their pieces, each beside itself with its numbers as 0."""
    own = [rule for rule in by.rules if rule.look is Look.TEXT]
    return tuple((rule, tuple((n, _NUMBER.sub("0", n)) for n in rule.near)) for rule in own)


def parse(text: str, path: str) -> Rules:
    """Rules from their text; `BadFile` names every wrong line."""
    data, problems = schema.read(text, path, TABLE)
    if problems:
        raise BadFile("\n".join(str(problem) for problem in problems))
    return Rules(
        rules=tuple(
            Rule(
                id=one["id"],
                meaning=Meaning(one["meaning"]),
                look=Look(one["look"]),
                points=one["points"],
                near=tuple(one.get("near", ())),
                match=_patterns(one["match"], one["id"], path),
                unless=_patterns(one.get("unless", ()), one["id"], path),
                hits=tuple(one["hits"]),
                misses=tuple(one["misses"]),
                names=_names(one["match"]) if one["look"] == Look.HEADER else None,
            )
            for one in data.get("rule", ())
        ),
        systems=tuple(
            System(one["id"], one["name"], _pattern(one["sender"]), _pattern(one["host"]))
            for one in data.get("system", ())
        ),
        references=tuple(
            Reference(
                one["id"],
                tuple(one.get("begins", ())),
                _pattern(one["needs"]) if "needs" in one else None,
                _pattern(one["match"]),
                tuple(one["hits"]),
                tuple(one["misses"]),
            )
            for one in data.get("reference", ())
        ),
    )


def _names(patterns: list[str]) -> frozenset[str] | None:
    """The headers that patterns begin with, if each of them begins with one: `^subject: `."""
    found = [_NAMED.match(pattern) for pattern in patterns]
    return frozenset(one[1] for one in found if one) if all(found) else None


def _patterns(words: list[str] | tuple[()], rule: str, path: str) -> tuple[re.Pattern[str], ...]:
    try:
        return tuple(_pattern(word) for word in words)
    except re.error as error:
        raise BadFile(f"{path}: the rule {rule} has a pattern that is none: {error}") from error


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE | re.MULTILINE)
