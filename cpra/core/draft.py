"""One letter as the rules of the check look at it: its items, its prose, what it was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from cpra.core.items import Item
from cpra.core.passages import Passage, passages
from cpra.core.request import Requester
from cpra.core.vouched import Vouched
from cpra.core.wording_rules import Rule, WordingRules

_AROUND = 100
"""how far from what a rule found its `unless` is looked for"""
_ALIKE = 0.6
"""from this likeness on, a numbered paragraph is the item of request.toml that was edited"""


@dataclass(frozen=True, slots=True)
class Draft:
    """One letter as the rules look at it."""

    letter: str
    items: tuple[Passage, ...]
    prose: tuple[Passage, ...]
    asked: tuple[Item, ...]
    law: str
    kind: str
    rules: WordingRules
    vouched: Vouched
    requester: Requester

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage, in the order of the letter."""
        return tuple(sorted((*self.items, *self.prose), key=lambda passage: passage.line))

    def where(self, passage: Passage, offset: int) -> str:
        """`item 2`, or `letter line 14`."""
        if passage in self.items:
            return f"item {passage.number}"
        return f"letter line {passage.line_of(offset)}"


def parts(
    letter: str, items: Sequence[Item], follow_up: bool
) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    """The items as the letter has them (request.toml's, where it has none), and the rest."""
    found = passages(letter)
    if follow_up:
        return (), found
    numbered = tuple(one for one in found if one.number is not None)
    if items and not any(alike(numbered, item) for item in items):
        own = tuple(Passage(item.text, 0, item.n) for item in items)
        return own, found
    return numbered, tuple(one for one in found if one.number is None)


def alike(numbered: Sequence[Passage], item: Item) -> bool:
    """True if one numbered paragraph is this item, or what became of it by editing."""
    wanted = folded(item.text)
    for one in numbered:
        words = folded(one.text)
        if wanted in words or SequenceMatcher(None, wanted, words, False).ratio() >= _ALIKE:
            return True
    return False


def folded(text: str) -> str:
    """The words of a text without their emphasis, line breaks and capitals."""
    return " ".join(re.sub(r"[*_\\]", "", text).split()).casefold()


def matches(rule: Rule, passage: Passage) -> Iterator[re.Match[str]]:
    """What a rule's patterns find in a passage, unless something near it excuses it."""
    text = passage.flat
    for pattern in rule.match:
        for match in pattern.finditer(text):
            near = slice(max(0, match.start() - _AROUND), match.end() + _AROUND)
            views = (text[near], passage.text[near])
            if not any(excuse.search(view) for excuse in rule.unless for view in views):
                yield match
