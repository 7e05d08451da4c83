"""Finds a word on any page of any document; derived, so it may be deleted and is made anew.

The words themselves are in the text store (`cpra.archive.store`); tantivy keeps where they stand,
and a small table says which document a number means. A change of form is a new index, never a
migration.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cpra import disk, workspace
from cpra.archive.kinds import Kind
from cpra.archive.limits import SANE, Limits
from cpra.archive.store import Store, Unread
from cpra.errors import CpraError, Problem
from cpra.index.building import Filters
from cpra.index.engine import day_number, form, is_current, opened, table
from cpra.index.query import indexed
from cpra.index.search import Found, Hit, Searcher, search

if TYPE_CHECKING:
    import tantivy

    from cpra.archive.look import Look

__all__ = [
    "Document",
    "Filters",
    "Found",
    "Hit",
    "Searcher",
    "Updated",
    "forget",
    "is_current",
    "search",
    "update",
]

HEAP = 50_000_000
"""Bytes of memory for a batch; tantivy needs no more for a few thousand pages."""
COMMIT = 100_000
"""Pages after which what is done so far is made lasting."""
MANY = 200
"""Documents for which a second thread is worth its start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file whose words should be found, and what it may be filtered by."""

    request: str
    """The id, such as `2026-0007`."""
    agency: str
    path: str
    """Below the request's folder, with forward slashes."""
    file: Path
    """Where it is now."""
    sha256: str
    kind: Kind
    on: date | None = None
    installment: int | None = None

    @property
    def number(self) -> int:
        """The same for the same place, whatever is in it."""
        digest = hashlib.sha256(f"{self.request}\0{self.path}".encode()).digest()
        return int.from_bytes(digest[:8], "big") >> 1


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did."""

    indexed: int
    removed: int
    problems: tuple[Problem, ...]
    """Documents that could not be read, or not wholly."""
    unread: tuple[Problem, ...]
    """Documents with pages that only OCR could read, or of a kind that has no words."""
    sensitive: tuple[Problem, ...] = ()
    """Documents in which a redaction failed; what is under it is not shown and not exported."""


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
    is taken out of it. When `is_current` is false the index begins anew with what is given.
    """
    # A search with nothing new to read loads none of what reads.
    from cpra.archive.looking import look_all
    from cpra.archive.text import read_all

    folder = _folder(cache)
    wanted = {document.number: document for document in documents}
    with _telling():
        # Reading may take long, so it is done before the lock is taken.
        unread = [Unread(d.file, d.sha256, d.kind) for d in wanted.values()]
        read_all(unread, cache, limits=limits, processes=processes, progress=progress)
        look_all(unread, cache, limits=limits, processes=processes, progress=progress)
    with workspace.lock(folder), _telling():
        if not is_current(cache):
            _clear(folder)
            (folder / "index").mkdir()
        with closing(table(folder)) as rows:
            old = _known(rows, {document.request for document in wanted.values()} | set(whole))
            store, looks = Store(cache / "text"), _looks(cache, wanted.values())
            changed = [
                document
                for number, document in wanted.items()
                if old.get(number) != _row(document, store, looks)
            ]
            gone = [
                number
                for number, row in old.items()
                if number not in wanted and row[0] in set(whole)
            ]
            result = _write(cache, rows, changed, gone, looks, old)
        disk.replace(folder / "form", form().encode())
    return result


def _write(
    cache: Path,
    rows: sqlite3.Connection,
    changed: Sequence[Document],
    gone: Sequence[int],
    looks: Mapping[str, Look],
    old: Collection[int],
) -> Updated:
    """Put the words of these documents into the index, and take out what is gone."""
    if not changed and not gone:
        return Updated(0, 0, (), ())
    problems: list[Problem] = []
    unread: list[Problem] = []
    store = Store(cache / "text")
    _announce(rows, changed)
    index = opened(cache / "pages")
    writer = index.writer(HEAP, 1 if len(changed) < MANY else 2)
    pending: list[Document] = []
    pages = 0
    for number in gone:
        _delete(writer, index.schema, number)
        rows.execute("DELETE FROM document WHERE number = ?", (number,))
    for document in changed:
        if document.number in old:
            _delete(writer, index.schema, document.number)
        pages += _add(writer, store, document, problems, unread)
        pending.append(document)
        if pages > COMMIT:
            _commit(writer, rows, pending, store, looks)
            pending, pages = [], 0
    _commit(writer, rows, pending, store, looks)
    writer.wait_merging_threads()
    sensitive = [
        Problem(document.path, None, _sensitive(looks[document.sha256]))
        for document in changed
        if document.sha256 in looks and looks[document.sha256].is_sensitive
    ]
    return Updated(len(changed), len(gone), tuple(problems), tuple(unread), tuple(sensitive))


def _announce(rows: sqlite3.Connection, changed: Sequence[Document]) -> None:
    """Write down what will be indexed: after a crash its pages are taken out before they go in."""
    rows.executemany(
        "INSERT OR REPLACE INTO document VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            (d.number, d.request, d.agency, d.path, d.sha256, str(d.kind), None, None, -1, 0)
            for d in changed
        ),
    )
    rows.commit()


def _commit(
    writer: tantivy.IndexWriter,
    rows: sqlite3.Connection,
    done: Sequence[Document],
    store: Store,
    looks: Mapping[str, Look],
) -> None:
    """Make lasting what has been added: the pages first, then that they are there."""
    writer.commit()
    rows.executemany(
        "INSERT OR REPLACE INTO document VALUES (?,?,?,?,?,?,?,?,?,?)",
        ((document.number, *_row(document, store, looks)) for document in done),
    )
    rows.commit()


def _add(
    writer: tantivy.IndexWriter,
    store: Store,
    document: Document,
    problems: list[Problem],
    unread: list[Problem],
) -> int:
    """Add the pages of one document; how many those are."""
    from tantivy import Document as Entry

    stored = store.open(document.sha256)
    if stored is None:
        return 0
    number, day = document.number, day_number(document.on)
    with stored:
        for page in stored:
            if not page.text:
                continue
            entry = Entry()
            entry.add_text("text", indexed(page.text))
            entry.add_unsigned("file", number)
            entry.add_unsigned("page", page.number)
            entry.add_text("request", document.request)
            entry.add_text("agency", document.agency)
            entry.add_text("kind", document.kind)
            if day is not None:
                entry.add_unsigned("on", day)
            if document.installment is not None:
                entry.add_unsigned("installment", document.installment)
            writer.add_document(entry)
        summary = stored.summary
        problems += [Problem(document.path, None, text) for text in summary.problems]
        if summary.unread:
            unread.append(Problem(document.path, None, _unread(document, summary.unread)))
        count: int = stored.count
        return count


def _unread(document: Document, pages: Sequence[int]) -> str:
    if document.kind is Kind.PDF:
        some = ", ".join(str(page) for page in pages[:5]) + ("…" if len(pages) > 5 else "")
        which = f"page {some} has" if len(pages) == 1 else f"{len(pages)} pages ({some}) have"
        return f"{which} no words that can be searched; reading them needs OCR"
    if document.kind.is_picture:
        return "is a picture; reading the words in it needs OCR"
    return f"is a file of the kind {document.kind}, whose words cpra cannot read"


def _delete(writer: tantivy.IndexWriter, schema: tantivy.Schema, number: int) -> None:
    from tantivy import Query

    # By query: the deletion by term takes a number for a signed one and finds nothing.
    writer.delete_documents_by_query(Query.term_query(schema, "file", number))


def _known(
    rows: sqlite3.Connection, requests: Collection[str]
) -> dict[int, tuple[str | int | None, ...]]:
    """What the table has of these requests, by number."""
    known: dict[int, tuple[str | int | None, ...]] = {}
    found = rows.execute(
        "SELECT number, request, agency, path, sha256, kind, day, installment, read,"
        " sensitive FROM document"
    )
    for number, *row in found:
        if row[0] in requests:
            known[number] = tuple(row)
    return known


def _looks(cache: Path, documents: Iterable[Document]) -> dict[str, Look]:
    """What was found in these documents that should not be there."""
    from cpra.archive.look import looked

    found = {document.sha256: looked(cache, document.sha256) for document in documents}
    return {sha256: look for sha256, look in found.items() if look is not None}


def _sensitive(look: Look) -> str:
    """How many pages, and that nothing of it is shown."""
    pages = sorted({finding.page for finding in look.findings})
    some = ", ".join(str(page) for page in pages[:5]) + ("…" if len(pages) > 5 else "")
    which = f"page {some} has" if len(pages) == 1 else f"{len(pages)} pages ({some}) have"
    return f"{which} something under a cover that was not removed: marked sensitive, not shown"


def _row(
    document: Document, store: Store, looks: Mapping[str, Look]
) -> tuple[str | int | None, ...]:
    """What the table has of a document; `read` changes when OCR has found more words."""
    return (
        *(document.request, document.agency, document.path, document.sha256),
        *(str(document.kind), day_number(document.on), document.installment),
        store.read_at(document.sha256),
        int(document.sha256 in looks and looks[document.sha256].is_sensitive),
    )


def _folder(cache: Path) -> Path:
    folder = cache / "pages"
    with disk.telling("making the search index"):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


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
