"""Puts the words of documents into the index, a batch at a time, so that a crash loses one."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cpra.archive.kinds import Kind
from cpra.archive.store import Store
from cpra.errors import Problem
from cpra.index.document import Document, Updated, row_of
from cpra.index.engine import day_number, opened
from cpra.index.query import indexed

if TYPE_CHECKING:
    import tantivy

    from cpra.archive.look import Look

HEAP = 44_000_000
"""Bytes of memory for a batch. Each of two threads needs some 16 MB before the first page, so with
35 MB in all there are three times as many pieces, and merging them takes a third longer; with 48
a million pages hold 400 MB: larger pieces are merged once more, and what is merged is mapped."""
COMMIT = 250_000
"""Pages after which what is done so far is made lasting."""
MMAP_THRESHOLD = -3
"""The number of that option of GNU's `mallopt`."""
MANY = 200
"""Documents for which a second thread is worth its start."""


def write(
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
    # Else each of tantivy's threads keeps a heap of what it let go of: 50 MB of a million pages.
    _ask_allocator("mallopt", MMAP_THRESHOLD, 256 * 1024)
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
    _ask_allocator("malloc_trim", 0)
    sensitive = [
        Problem(document.path, None, _sensitive(looks[document.sha256]))
        for document in changed
        if document.sha256 in looks and looks[document.sha256].is_sensitive
    ]
    return Updated(len(changed), len(gone), tuple(problems), tuple(unread), tuple(sensitive))


def _ask_allocator(call: str, *numbers: int) -> None:
    """Ask GNU's allocator, where it is one; elsewhere nothing is asked."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # another C library than GNU's has no such call
            ctypes.CDLL(None)[call](*numbers)


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
        ((document.number, *row_of(document, store, looks)) for document in done),
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


def _sensitive(look: Look) -> str:
    """How many pages, and that nothing of it is shown."""
    pages = sorted({finding.page for finding in look.findings})
    some = ", ".join(str(page) for page in pages[:5]) + ("…" if len(pages) > 5 else "")
    which = f"page {some} has" if len(pages) == 1 else f"{len(pages)} pages ({some}) have"
    return f"{which} something under a cover that was not removed: marked sensitive, not shown"
