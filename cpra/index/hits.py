"""Where the words that were asked for stand on a page, found without taking the page apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cpra.index.query import WORD, Words
from cpra.index.words import Test, fold, stem, tests

LETTER = re.compile(r"[^\W_\x00-\x7f]")
"""A letter that is not plain, and may be one with an accent."""
IRREGULAR = frozenset({"die", "lie", "tie"})
"""Stems of dying, lying and tying, which share but one letter with their words."""


def small(text: str) -> str | None:
    """The page in small letters when all its letters are plain, otherwise None."""
    return text.lower() if text.isascii() or LETTER.search(text) is None else None


def hits(text: str, low: str | None, words: Words) -> Iterator[tuple[int, int]]:
    """Where these words stand, in characters of the page; `low` is the page as `small` gives it."""
    wanted = tests(words)
    for start, end in _words(text, low, _start(words)):
        if wanted[0](text[start:end]):
            stop = _run(text, end, wanted[1:])
            if stop is not None:
                yield start, stop


def _words(text: str, low: str | None, start: str) -> Iterator[tuple[int, int]]:
    """Words that may be meant: those with the same beginning, where all letters are plain."""
    if low is None:
        yield from (found.span() for found in WORD.finditer(text))
        return
    for found in _beginning(start).finditer(low):
        place = found.start()
        if not place or not low[place - 1].isalnum():
            yield found.span()


def _run(text: str, end: int, wanted: Sequence[Test]) -> int | None:
    """Where the rest of a phrase ends, if it follows here."""
    for test in wanted:
        following = WORD.search(text, end)
        if following is None or not test(following[0]):
            return None
        end = following.end()
    return end


@lru_cache(maxsize=256)
def _start(words: Words) -> str:
    """Letters that every form of the first word begins with."""
    word = words.words[0]
    if words.exact or (words.prefix and len(words.words) == 1):
        return fold(word)
    root = stem(word)
    return root[:1] if root in IRREGULAR else root[: max(2, len(root) - 2)]


@lru_cache(maxsize=256)
def _beginning(start: str) -> re.Pattern[str]:
    # No look behind: a pattern that begins with plain letters is searched much faster.
    return re.compile(rf"{re.escape(start)}[a-z0-9]*", re.ASCII)
