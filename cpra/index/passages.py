"""The stretch of a page that shows why it was found, the hits marked, safe on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cpra.index.query import WORD, Words
from cpra.index.words import Test, fold, stem, tests

LENGTH = 240
"""Characters of a passage."""
MOST = 100
"""Hits on one page that are looked at."""
UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+"
)
"""What could drive a terminal or turn the direction of a line."""
LETTER = re.compile(r"[^\W_\x00-\x7f]")
"""A letter that is not plain, and may be one with an accent."""
SPACE = re.compile(r"\s+")
IRREGULAR = frozenset({"die", "lie", "tie"})
"""Stems of dying, lying and tying, which share but one letter with their words."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a page around what was looked for, and where in it the hits stand."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    def marked(self, before: str, after: str) -> str:
        """The text with something put before and after every hit."""
        pieces: list[str] = []
        end = 0
        for start, stop in self.marks:
            pieces += (self.text[end:start], before, self.text[start:stop], after)
            end = stop
        return "".join((*pieces, self.text[end:]))


Hit = tuple[int, int, int]
"""Where a hit begins and ends, and which of the wanted words it is."""


def passage(text: str, wanted: Sequence[Words]) -> Passage:
    """The stretch of this page with most of the wanted words; its beginning when none is found."""
    plain = text.isascii() or LETTER.search(text) is None
    low = text.lower() if plain else None
    hits = sorted(
        (start, end, number)
        for number, words in enumerate(wanted)
        for start, end in _hits(text, low, words)
    )
    if not hits:
        return Passage(_clean(text[: _word_end(text, LENGTH)]).strip())
    first, last = _densest(hits)
    inside = hits[first : last + 1]
    spare = max(0, LENGTH - (inside[-1][1] - inside[0][0]))
    start = _word_start(text, max(0, inside[0][0] - spare // 2))
    end = _word_end(text, min(len(text), start + max(LENGTH, inside[-1][1] - start)))
    return _cut(text, start, end, hits)


def _densest(hits: Sequence[Hit]) -> tuple[int, int]:
    """The run of hits within one passage that has most different words, then most hits."""
    best, found, first = (0, 0), (0, 0), 0
    for last, hit in enumerate(hits):
        while hit[1] - hits[first][0] > LENGTH and first < last:
            first += 1
        run = hits[first : last + 1]
        worth = (len({which for _, _, which in run}), len(run))
        if worth > best:
            best, found = worth, (first, last)
    return found


def _cut(text: str, start: int, end: int, hits: Sequence[Hit]) -> Passage:
    """The stretch with single spaces, and the marks moved to where the hits are then."""
    out = "… " if start else ""
    marks: list[tuple[int, int]] = []
    place = start
    for hit_start, hit_end, _ in hits:
        if hit_start < place or hit_end > end:
            continue
        before = _clean(text[place:hit_start])
        out += before.lstrip() if out in ("", "… ") else before
        shown = _clean(text[hit_start:hit_end])
        marks.append((len(out), len(out) + len(shown)))
        out += shown
        place = hit_end
    out += _clean(text[place:end]).rstrip()
    return Passage(out + (" …" if end < len(text) else ""), tuple(marks))


def _hits(text: str, low: str | None, words: Words) -> Iterator[tuple[int, int]]:
    """Where these words stand, in characters of the page; `low` is the page in small letters."""
    wanted = tests(words)
    count = 0
    for start, end in _words(text, low, _start(words)):
        if wanted[0](text[start:end]):
            stop = _run(text, end, wanted[1:])
            if stop is not None:
                yield start, stop
                count += 1
                if count == MOST:
                    return


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


def _clean(text: str) -> str:
    return SPACE.sub(" ", UNSAFE.sub(" ", text))


def _word_start(text: str, place: int) -> int:
    """The beginning of a word at or a little before this place."""
    if place == 0:
        return 0
    space = max(text.rfind(" ", place - 30, place), text.rfind("\n", place - 30, place))
    return space + 1 if space >= 0 else place


def _word_end(text: str, place: int) -> int:
    """The end of a word at or a little before this place."""
    if place >= len(text):
        return len(text)
    space = max(text.rfind(" ", place - 30, place), text.rfind("\n", place - 30, place))
    return space if space >= 0 else place
