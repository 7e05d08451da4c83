"""One letter as the rules of the check look at it: its items, its prose, what it was asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cpra.core.citations import Citation, citations
from cpra.core.items import Item
from cpra.core.passages import Passage, passages, runs
from cpra.core.request import Requester
from cpra.core.vouched import Vouched
from cpra.core.wording_rules import Rule, WordingRules

_AROUND = 100
"""how far from what a rule found its `unless` is looked for"""
_LONGEST = 200
"""characters in a word; a link may be long, nothing else is"""
_ANNOUNCES = re.compile(r"\b(?:request|ask|seek)\w*\b.*:\s*$", re.IGNORECASE)
"""a paragraph after which the records stand: "I request the following records:" """
_DEMANDS = re.compile(r"\b(?:please|that you|you (?:must|should|are))\b[^.]*:\s*$", re.IGNORECASE)
"""a paragraph after which something else is asked of the agency: "I request that you:" """
_ALIKE = 0.6
"""with this part of its words in common, a numbered paragraph is the item that was edited"""


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
    cited: tuple[tuple[Passage, Citation], ...]
    """what it cites, and where"""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage, in the order of the letter."""
        return tuple(sorted((*self.items, *self.prose), key=lambda passage: passage.line))

    def where(self, passage: Passage, offset: int) -> str:
        """`item 2`, or `letter line 14`."""
        if passage.number is not None:
            return f"item {passage.number}"
        return f"letter line {passage.line_of(offset)}"


def shortened(letter: str) -> str:
    """The letter with every word of absurd length cut, so that no pattern runs away on it."""
    return re.sub(rf"(\S{{{_LONGEST}}})\S+", r"\1", letter)


def cited(own: Iterable[Passage]) -> tuple[tuple[Passage, Citation], ...]:
    """Every authority in some passages, with the passage."""
    return tuple((passage, one) for passage in own for one in citations(passage.text))


def parts(
    letter: str, items: Sequence[Item], follow_up: bool
) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    """The items as the letter has them (request.toml's, where it has none), and the rest."""
    found = passages(letter)
    own = () if follow_up else _items(found, items)
    asked = set(own)
    prose = tuple(replace(one, number=None) for one in found if one not in asked)
    return own, prose


def _items(found: tuple[Passage, ...], items: Sequence[Item]) -> tuple[Passage, ...]:
    """The numbered list that asks for records, or the paragraph that one announces."""
    lists = runs(found)
    if items:
        known = [sum(alike(one, item) for item in items) for one in lists]
        if any(known):
            return lists[known.index(max(known))]
        return tuple(Passage(item.text, 0, item.n) for item in items)
    before = {one: found[found.index(one[0]) - 1].flat for one in lists if one[0] != found[0]}
    asking = [one for one in lists if not _DEMANDS.search(before.get(one, ""))]
    announced = tuple(after for one, after in pairwise(found) if _ANNOUNCES.search(one.flat))
    return asking[0] if asking else announced


def alike(numbered: Sequence[Passage], item: Item) -> bool:
    """True if one numbered paragraph is this item, or what became of it by editing."""
    wanted = Counter(folded(item.text).split())
    for one in numbered:
        words = Counter(folded(one.text).split())
        common = (wanted & words).total()
        if common >= _ALIKE * min(wanted.total(), words.total()) and common:
            return True
    return False


def folded(text: str) -> str:
    """The words of a text without their emphasis, line breaks and capitals."""
    return " ".join(re.sub(r"[*_\\]", "", text).split()).casefold()


def matches(rule: Rule, passage: Passage) -> Iterator[re.Match[str]]:
    """What a rule finds in a passage, each place once, unless something near it excuses it."""
    text = passage.flat
    taken = 0
    for match in sorted(
        (match for pattern in rule.match for match in pattern.finditer(text)),
        key=lambda match: (match.start(), -match.end()),
    ):
        near = slice(max(0, match.start() - _AROUND), match.end() + _AROUND)
        views = (text[near], passage.text[near])
        if match.start() < taken or any(e.search(view) for e in rule.unless for view in views):
            continue
        taken = match.end()
        yield match
