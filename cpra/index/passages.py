"""The stretch of a page that shows why it was found, the hits marked, safe on a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from cpra.index.hits import hits, small
from cpra.index.query import Words

LENGTH = 240
"""Characters of a passage."""
MOST = 100
"""Hits on one page that are looked at."""
GAP = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+")
"""Space, and what could drive a terminal or turn the direction of a line."""


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
    low = small(text)
    found = sorted(
        (start, end, number)
        for number, words in enumerate(wanted)
        for start, end in islice(hits(text, low, words), MOST)
    )
    if not found:
        return Passage(_clean(text[: _word_end(text, LENGTH)]).strip())
    first, last = _densest(found)
    inside = found[first : last + 1]
    spare = max(0, LENGTH - (inside[-1][1] - inside[0][0]))
    start = _word_start(text, max(0, inside[0][0] - spare // 2))
    end = _word_end(text, min(len(text), start + max(LENGTH, inside[-1][1] - start)))
    return _cut(text, start, end, found)


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


def _clean(text: str) -> str:
    return GAP.sub(" ", text)


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
