"""Words as the index has them, and what tells whether a word is one that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from cpra.index.query import Words

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


@lru_cache(maxsize=256)
def tests(words: Words) -> tuple[Test, ...]:
    """For each of these words, whether a word of a page is it: by form, stem or beginning."""
    same = _is_form if words.exact else _has_stem
    found: list[Test] = [partial(same, _key(word, words)) for word in words.words]
    if words.prefix:
        found[-1] = partial(_begins, fold(words.words[-1]))
    return tuple(found)


def _key(word: str, words: Words) -> str:
    return fold(word) if words.exact else stem(word)


def _is_form(wanted: str, word: str) -> bool:
    return fold(word) == wanted


def _has_stem(wanted: str, word: str) -> bool:
    return stem(word) == wanted


def _begins(wanted: str, word: str) -> bool:
    return fold(word).startswith(wanted)
