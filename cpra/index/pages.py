"""Finds a word on any page of any document; derived, so it may be deleted and is made anew.

The words themselves are in the text store (`cpra.archive.store`); tantivy keeps where they stand,
and a small table says which document a number means. A change of form is a new index, never a
migration.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cpra import disk, workspace
from cpra.archive.limits import SANE, Limits
from cpra.archive.store import Store, Unread
from cpra.errors import CpraError
from cpra.index.building import Filters
from cpra.index.document import Document, Row, Updated, row_of
from cpra.index.engine import form, identity, is_current, table
from cpra.index.search import Found, Hit, Searcher, search

if TYPE_CHECKING:
    from cpra.archive.look import Look

__all__ = [
    "Document",
    "Filters",
    "Found",
    "Hit",
    "Searcher",
    "Updated",
    "forget",
    "identity",
    "is_current",
    "search",
    "update",
]


MARKS = 500
"""Question marks in one SQL statement; some SQLite take 999."""


def forget(cache: Path) -> None:
    """Delete the index; the words that were read stay in the store."""
    with workspace.lock(_folder(cache)):
        _clear(cache / "pages")


def update(
    cache: Path,
    documents: Iterable[Document],
    *,
    whole: Collection[str] = (),
    limits: Limits = SANE,
    processes: int = 2,
    progress: Callable[[int, int, str], None] | None = None,
) -> Updated:
    """Bring the index in step with these documents; those that have not changed cost nothing.

    `whole` names the requests of which these are all the documents: what else the index has of them
    is taken out of it. When `is_current` is false the index begins anew with what is given, under
    another `identity`.
    """
    # A search with nothing new to read loads none of what reads.
    from cpra.archive.looking import look_all
    from cpra.archive.text import read_all
    from cpra.index.writing import write

    folder = _folder(cache)
    wanted = {document.number: document for document in documents}
    with _telling():
        # Reading may take long, so it is done before the lock is taken.
        unread = [Unread(d.file, d.sha256, d.kind) for d in wanted.values()]
        read_all(unread, cache, limits=limits, processes=processes, progress=progress)
        look_all(unread, cache, limits=limits, processes=processes, progress=progress)
    with workspace.lock(folder), _telling():
        if not is_current(cache):
            _begin(folder)
        with closing(table(folder)) as rows:
            old = _known(rows, {document.request for document in wanted.values()} | set(whole))
            store, looks = Store(cache / "text"), _looks(cache, wanted.values())
            changed = [
                document
                for number, document in wanted.items()
                if old.get(number) != row_of(document, store, looks)
            ]
            gone = [
                number
                for number, row in old.items()
                if number not in wanted and row[0] in set(whole)
            ]
            return write(cache, rows, changed, gone, looks, old)


def _known(rows: sqlite3.Connection, requests: Collection[str]) -> dict[int, Row]:
    """What the table has of these requests, by number."""
    names, known = sorted(requests), dict[int, Row]()
    for start in range(0, len(names), MARKS):
        some = names[start : start + MARKS]
        found = rows.execute(
            "SELECT number, request, agency, path, sha256, kind, day, installment, read,"  # noqa: S608 - only question marks
            f" sensitive FROM document WHERE request IN ({','.join('?' * len(some))})",
            some,
        )
        known |= {number: tuple(row) for number, *row in found}
    return known


def _looks(cache: Path, documents: Iterable[Document]) -> dict[str, Look]:
    """What was found in these documents that should not be there."""
    from cpra.archive.look import looked

    found = {document.sha256: looked(cache, document.sha256) for document in documents}
    return {sha256: look for sha256, look in found.items() if look is not None}


def _folder(cache: Path) -> Path:
    folder = cache / "pages"
    with disk.telling("making the search index"):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def _begin(folder: Path) -> None:
    """A new index without a page in it, with a name of its own."""
    _clear(folder)
    (folder / "index").mkdir()
    disk.replace(folder / "form", f"{form()}\n{os.urandom(8).hex()}".encode())


def _clear(folder: Path) -> None:
    """Everything but the lock that is being held."""
    for path in folder.iterdir():
        if path.name == ".lock":
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _telling() -> Iterator[None]:
    """Say in words what tantivy and SQLite say in theirs when the disk is full."""
    try:
        with disk.telling("indexing"):
            yield
    except (ValueError, sqlite3.OperationalError) as error:
        full = getattr(error, "sqlite_errorcode", 0) & 0xFF in (
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_IOERR,
        )
        if full or "killed" in str(error) or "No space" in str(error):
            raise CpraError(
                "the disk is full, so the search index was not finished; the documents are safe. "
                "Make room and do this again"
            ) from error
        raise
