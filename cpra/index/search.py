"""Finds the best pages for what a requester typed, and shows the passage of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cpra.archive.look import COVER, covered, looked
from cpra.archive.store import Store
from cpra.index.building import Building, Filters
from cpra.index.engine import is_current, opened, table
from cpra.index.passages import Passage, passage
from cpra.index.query import parsed
from cpra.index.words import matches

if TYPE_CHECKING:
    import tantivy

ANY = Filters()
CANDIDATES = 2_000
"""Pages that are compared with the exact words before the search says that it stopped."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One page that was found."""

    request: str
    agency: str
    path: str
    page: int
    label: str
    kind: str
    on: date | None
    installment: int | None
    sha256: str
    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The best pages, what of the query was ignored, and whether there may be more."""

    hits: tuple[Hit, ...]
    ignored: tuple[str, ...]
    more: bool = False


def search(
    cache: Path,
    text: str,
    filters: Filters = ANY,
    limit: int = 20,
) -> Found:
    """The best pages for what was typed, best first, each with its passage."""
    with Searcher(cache) as searcher:
        return searcher.search(text, filters, limit)


class Searcher:
    """An open index, to search more than once; close it after use."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._store = Store(cache / "text")
        self._index: tantivy.Index | None = None
        folder = cache / "pages"
        if is_current(cache):
            self._index = opened(folder)
            self._searcher = self._index.searcher()
            self._table = table(folder)

    def close(self) -> None:
        """Let go of the files."""
        if self._index is not None:
            self._table.close()

    def __enter__(self) -> Searcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def search(self, text: str, filters: Filters = ANY, limit: int = 20) -> Found:
        """The best pages for what was typed, best first, each with its passage."""
        query = parsed(text)
        if query.node is None or self._index is None:
            return Found((), query.ignored)
        building = Building(self._index.schema)
        built = building.query(query.node)
        ignored = list(query.ignored)
        hits: list[Hit] = []
        seen, size = 0, limit if not building.loose else limit * 3
        filtered = building.filtered(built, filters)
        while len(hits) < limit:
            found = self._searcher.search(filtered, size, count=False, offset=seen).hits
            for hit, words in self._hits(found):
                checked = building.loose or COVER in words
                if checked and not matches(words, query.node):
                    continue
                hits.append(replace(hit, passage=passage(words, query.wanted)))
                if len(hits) == limit:
                    break
            seen += len(found)
            if len(found) < size or not building.loose:
                break
            if seen >= CANDIDATES:
                ignored.append(f"pages after the first {seen:,} that might have these exact words")
                break
        return Found(tuple(hits), tuple(ignored), more=len(hits) == limit)

    def _hits(self, found: Sequence[tuple[float, tantivy.DocAddress]]) -> Iterator[tuple[Hit, str]]:
        """What stands behind the addresses, and the words of the page."""
        places = [address for _, address in found]
        numbers = self._searcher.fast_field_values("file", places)
        pages = self._searcher.fast_field_values("page", places)
        for (score, _), number, page in zip(found, numbers, pages, strict=True):
            row = self._table.execute(
                "SELECT request, agency, path, sha256, kind, day, installment, sensitive"
                " FROM document WHERE number = ?",
                (number,),
            ).fetchone()
            if row is None or page is None:
                continue
            request, agency, path, sha256, kind, day, installment, sensitive = row
            words, label = self._words(sha256, int(page))
            if sensitive:
                words = covered(words, int(page), looked(self._cache, sha256))
            yield (
                Hit(
                    *(request, agency, path, int(page), label, kind, _date(day), installment),
                    *(sha256, Passage(""), score),
                ),
                words,
            )

    def _words(self, sha256: str, page: int) -> tuple[str, str]:
        stored = self._store.open(sha256)
        if stored is None:
            return "", ""
        with stored:
            try:
                found = stored.page(page)
            except IndexError:
                return "", ""
            return found.text, found.label


def _date(number: int | None) -> date | None:
    return None if number is None else date(number // 10_000, number // 100 % 100, number % 100)
