"""Whether a page is what was asked for, in the very forms that the index does not keep."""

from __future__ import annotations

from functools import cached_property

from cpra.index.hits import hits, small
from cpra.index.query import And, Near, Node, Not, Or, Words, split
from cpra.index.words import tests


def matches(text: str, node: Node) -> bool:
    """Whether a page is what the query asks for; for exact forms the index cannot say."""
    return _match(_Page(text), node)


class _Page:
    """A page, taken apart into its words only when that is needed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.low = small(text)

    @cached_property
    def words(self) -> list[str]:
        return split(self.text)


def _match(page: _Page, node: Node) -> bool:
    if isinstance(node, And):
        return all(_match(page, part) for part in node.nodes)
    if isinstance(node, Or):
        return any(_match(page, part) for part in node.nodes)
    if isinstance(node, Not):
        return not _match(page, node.node)
    if isinstance(node, Near):
        return _near(page.words, node)
    if page.low is not None and (node.exact or (node.prefix and len(node.words) == 1)):
        return any(True for _ in hits(page.text, page.low, node))
    return bool(_places(page.words, node))


def _places(page: list[str], words: Words) -> list[tuple[int, int]]:
    """Where these words begin and end on the page, as numbers of words."""
    wanted = tests(words)
    first, size = wanted[0], len(wanted)
    return [
        (place, place + size)
        for place in range(len(page) - size + 1)
        if first(page[place])
        and all(test(page[place + offset]) for offset, test in enumerate(wanted))
    ]


def _near(page: list[str], near: Near) -> bool:
    right = _places(page, near.right)
    return any(
        0 <= start - left_end <= near.distance or 0 <= left - end <= near.distance
        for left, left_end in _places(page, near.left)
        for start, end in right
    )
