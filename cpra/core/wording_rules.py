"""The rules of the letter check as data: what each looks for, why it matters and what to write.

The rules are in `statutes/wording.toml`; this module reads them and says what a finding is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cpra.core.exemptions import Exemptions
from cpra.core.schema import Key
from cpra.core.schema import read as read_toml
from cpra.errors import BadFile, Problem


class Severity(StrEnum):
    """An error makes the letter wrong or unfit to send; a suggestion saves a round."""

    ERROR = "error"
    SUGGESTION = "suggestion"


class Look(StrEnum):
    """Where a rule looks, and for what."""

    LETTER = "letter"
    """its patterns, anywhere in the letter"""
    ITEM = "item"
    """its patterns, in each item"""
    PROSE = "prose"
    """its patterns, outside the items"""
    PERSONAL = "personal"
    """its patterns, anywhere, but for what the requester entered about themselves"""
    MISSING = "missing"
    """none of its patterns is in the letter"""
    ITEM_MISSING = "item-missing"
    """none of its patterns is in the item, or outside the items"""
    NO_DATES = "no-dates"
    OPEN_DATES = "open-dates"
    REVERSED_DATES = "reversed-dates"
    UNBOUNDED = "unbounded"
    """its patterns, in an item that has no closed period or none of what would bound it"""
    TERMS = "terms"
    """more search terms in one item than `most`"""
    ITEM_NUMBERS = "item-numbers"
    """speaks of an item that the letter does not have"""
    ITEM_COUNT = "item-count"
    """announces another number of items than it has"""
    ITEM_DIFFERS = "item-differs"
    """the letter and request.toml do not ask for the same"""
    REPEALED = "repealed"
    CROSSWALK = "crosswalk"
    """a former and a present section side by side that do not belong together"""
    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"
    UNKNOWN_IN_ACT = "unknown-in-act"
    NOT_SEE = "not-see"
    """a partly verified authority without the word "see\""""
    WRONG_LAW = "wrong-law"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in a letter that the requester should look at, and what they could write."""

    rule: str
    severity: Severity
    where: str
    """`item 2`, `letter line 14` or `letter`"""
    text: str
    """one sentence: what, and why it matters"""
    authority: str
    suggestion: str
    """words to use; empty where there are none to offer"""
    words: str
    """what was found; empty for what is missing"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the check, with words that it must catch and words that it must leave alone."""

    id: str
    severity: Severity
    look: Look
    text: str
    why: str
    authority: str
    suggestion: str
    laws: tuple[str, ...]
    """the laws under which it applies; empty for all"""
    requests: bool
    """true for what only a first request needs, no follow-up letter"""
    match: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    when: tuple[re.Pattern[str], ...]
    """an item concerns the rule only if one of these is in it; empty for every item"""
    most: int
    hits: tuple[str, ...]
    misses: tuple[str, ...]

    def finding(self, where: str, words: str = "", **more: str) -> Finding:
        """What this rule says about one place, with the words it found there."""
        return Finding(
            self.id,
            self.severity,
            where,
            _filled(self.text, words=words, **more),
            _filled(self.authority, words=words, **more),
            _filled(self.suggestion, words=words, **more),
            words,
        )


@dataclass(frozen=True, slots=True)
class Law:
    """A law that a request can be made under, and the kinds of agency that it binds."""

    id: str
    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordingRules:
    """What the letter check knows: its rules, the laws, and where the former sections went."""

    rules: tuple[Rule, ...]
    laws: tuple[Law, ...]
    exemptions: Exemptions


def _filled(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


_RULE = {
    "id": Key(str, required=True),
    "severity": Key(str, required=True, choices=tuple(Severity)),
    "look": Key(str, required=True, choices=tuple(Look)),
    "text": Key(str, required=True),
    "why": Key(str, required=True),
    "authority": Key(str),
    "suggestion": Key(str),
    "laws": Key(list, of=str),
    "requests": Key(bool),
    "case": Key(bool),
    "match": Key(list, of=str),
    "unless": Key(list, of=str),
    "when": Key(list, of=str),
    "most": Key(int),
    "hits": Key(list, of=str),
    "misses": Key(list, of=str),
}
_LAW = {
    "id": Key(str, required=True),
    "name": Key(str, required=True),
    "kinds": Key(list, of=str, required=True),
}
_TABLE = {
    "law": Key(list, table=_LAW, required=True),
    "rule": Key(list, table=_RULE, required=True),
}


def read(text: str, path: str, exemptions: Exemptions) -> WordingRules:
    """The rules in a TOML text; everything that is wrong with them is said at once."""
    data, found = read_toml(text, path, _TABLE)
    problems = list(found)
    if not problems:
        problems = [
            Problem(path, None, f'rule "{one["id"]}": {words} is not a pattern: {error}')
            for one in data["rule"]
            for words, error in _bad_patterns(one)
        ]
    if problems:
        raise BadFile("\n".join(str(problem) for problem in problems))
    laws = tuple(Law(one["id"], one["name"], tuple(one["kinds"])) for one in data["law"])
    return WordingRules(tuple(_rule(one) for one in data["rule"]), laws, exemptions)


def _bad_patterns(data: Mapping[str, Any]) -> list[tuple[str, re.error]]:
    bad = []
    for words in (word for name in ("match", "unless", "when") for word in data.get(name, ())):
        try:
            re.compile(words)
        except re.error as error:
            bad.append((words, error))
    return bad


def _rule(data: Mapping[str, Any]) -> Rule:
    flags = re.NOFLAG if data.get("case") else re.IGNORECASE
    return Rule(
        id=data["id"],
        severity=Severity(data["severity"]),
        look=Look(data["look"]),
        text=data["text"],
        why=data["why"],
        authority=data.get("authority", ""),
        suggestion=data.get("suggestion", ""),
        laws=tuple(data.get("laws", ())),
        requests=data.get("requests", False),
        match=tuple(re.compile(words, flags) for words in data.get("match", ())),
        unless=tuple(re.compile(words, flags) for words in data.get("unless", ())),
        when=tuple(re.compile(words, flags) for words in data.get("when", ())),
        most=data.get("most", 0),
        hits=tuple(data.get("hits", ())),
        misses=tuple(data.get("misses", ())),
    )
