"""Words as the index has them, and whether a page has them in the form that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from cpra.index.query import And, Near, Node, Not, Or, Words, split

if TYPE_CHECKING:
    import tantivy

Test = Callable[[str], bool]
"""Whether one word of a page is one that was asked for."""


@lru_cache(maxsize=1)
def analyzer() -> tantivy.TextAnalyzer:
    """Runs of letters and digits, small, without accents, cut to their stem."""
    import tantivy

    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(100))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


@lru_cache(maxsize=1)
def _folder() -> tantivy.TextAnalyzer:
    import tantivy

    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A word as it stands in the index; nothing when the index has no such word."""
    return next(iter(analyzer().analyze(word)), "")


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """A word in small letters without accents, its form kept."""
    return next(iter(_folder().analyze(word)), "")


def tests(words: Words) -> list[Test]:
    """For each of these words, whether a word of a page is it: by form, stem or beginning."""
    found: list[Test] = []
    for word in words.words[:-1]:
        found.append(partial(_is_form if words.exact else _has_stem, _key(word, words)))
    last = words.words[-1]
    if words.prefix:
        found.append(partial(_begins, fold(last)))
    else:
        found.append(partial(_is_form if words.exact else _has_stem, _key(last, words)))
    return found


def matches(text: str, node: Node) -> bool:
    """Whether a page is what the query asks for; for exact forms the index cannot say."""
    return _match(split(text), node)


def _match(page: list[str], node: Node) -> bool:
    if isinstance(node, And):
        return all(_match(page, part) for part in node.nodes)
    if isinstance(node, Or):
        return any(_match(page, part) for part in node.nodes)
    if isinstance(node, Not):
        return not _match(page, node.node)
    if isinstance(node, Near):
        return _near(page, node)
    return bool(_places(page, node))


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


def _key(word: str, words: Words) -> str:
    return fold(word) if words.exact else stem(word)


def _is_form(wanted: str, word: str) -> bool:
    return fold(word) == wanted


def _has_stem(wanted: str, word: str) -> bool:
    return stem(word) == wanted


def _begins(wanted: str, word: str) -> bool:
    return fold(word).startswith(wanted)
