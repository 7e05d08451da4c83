"""Finds the best pages for what a requester typed, and shows the passage of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpra.archive.store import Store
from cpra.index.building import Building, Filters
from cpra.index.engine import is_current, opened, table
from cpra.index.matching import matches
from cpra.index.passages import Passage, passage
from cpra.index.query import parsed

if TYPE_CHECKING:
    import tantivy

ANY = Filters()
COVER = "█"
"""Stands for letters that were meant to be blacked out (`cpra.archive.look`)."""
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


@dataclass(frozen=True, slots=True)
class _Place:
    """A page that was found, before its passage is made."""

    about: tuple[Any, ...]
    page: int
    label: str
    score: float

    def hit(self, shown: Passage) -> Hit:
        """The hit with its passage."""
        request, agency, path, sha256, kind, day, installment = self.about
        return Hit(
            *(request, agency, path, self.page, self.label, kind, _date(day), installment),
            *(sha256, shown, self.score),
        )


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
            for place, words in self._pages(found):
                checked = building.loose or COVER in words
                if checked and not matches(words, query.node):
                    continue
                hits.append(place.hit(passage(words, query.wanted)))
                if len(hits) == limit:
                    break
            seen += len(found)
            if len(found) < size or not building.loose:
                break
            if seen >= CANDIDATES:
                ignored.append(f"pages after the first {seen:,} that might have these exact words")
                break
        return Found(tuple(hits), tuple(ignored), more=len(hits) == limit)

    def _pages(
        self, found: Sequence[tuple[float, tantivy.DocAddress]]
    ) -> Iterator[tuple[_Place, str]]:
        """What stands behind the addresses, and the words of the page."""
        addresses = [address for _, address in found]
        numbers = self._searcher.fast_field_values("file", addresses)
        pages = self._searcher.fast_field_values("page", addresses)
        rows = self._rows(set(numbers))
        for (score, _), number, page in zip(found, numbers, pages, strict=True):
            row = rows.get(number)
            if row is None or page is None:
                continue
            *about, sensitive = row
            words, label = self._words(row[3], int(page))
            if sensitive:
                from cpra.archive.look import covered, looked

                words = covered(words, int(page), looked(self._cache, row[3]))
            yield _Place(tuple(about), int(page), label, score), words

    def _rows(self, numbers: Collection[object]) -> dict[object, tuple[Any, ...]]:
        """What the table has of these documents."""
        marks = ",".join("?" * len(numbers))
        found = self._table.execute(
            "SELECT number, request, agency, path, sha256, kind, day, installment, sensitive"  # noqa: S608 - only question marks
            f" FROM document WHERE number IN ({marks})",
            tuple(numbers),
        )
        return {number: tuple(row) for number, *row in found}

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
