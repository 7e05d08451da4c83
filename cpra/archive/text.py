"""The words of every document, page by page, read once and kept by the document's SHA-256.

Each document is read in another process, which is killed when it takes too long or too much memory;
what it had read by then is kept. Nothing in a document is executed or fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpra import disk
from cpra.archive import convert
from cpra.archive.kinds import Kind
from cpra.archive.limits import SANE, Limits
from cpra.archive.readers import Readers
from cpra.archive.store import Page, Store, Stored, Unread

__all__ = ["Page", "Pages", "Unread", "pages", "read_all", "read_scans", "stored_text"]


@dataclass(frozen=True, slots=True)
class Pages:
    """The words of one document, and what is known about them."""

    pages: tuple[Page, ...]
    problems: tuple[str, ...] = ()
    """What is wrong with it, each a sentence without a subject."""
    unread: tuple[int, ...] = ()
    """Pages that show something but have no words: only OCR could read them."""


def pages(path: Path, kind: Kind, cache: Path, *, sha256: str = "", limits: Limits = SANE) -> Pages:
    """The words of a document, from the store in `cache` or, the first time, from the document.

    `cache` is the folder of derived files, `requests/.cache`. Raises OSError when the file is gone.
    """
    sha256 = sha256 or disk.sha256(path)
    read_all([Unread(path, sha256, kind)], cache, limits=limits, processes=1)
    stored = Store(cache / "text").open(sha256)
    if stored is None:
        return Pages((), ("changed while it was read",))
    with stored:
        summary = stored.summary
        return Pages(tuple(stored), summary.problems, summary.unread)


def stored_text(cache: Path, sha256: str) -> Stored | None:
    """The words of a document that has been read already, page by page; close it after use."""
    return Store(cache / "text").open(sha256)


def read_all(
    documents: Sequence[Unread],
    cache: Path,
    *,
    limits: Limits = SANE,
    processes: int = 2,
    progress: Callable[[int, int, str], None] | None = None,
) -> int:
    """Read every document that has not been read before; how many those were.

    `progress` is called with the number done, the number in all, and the name of the one just done.
    """
    store = Store(cache / "text")
    wanted: dict[str, Unread] = {}
    for document in documents:
        if document.sha256 not in wanted and not store.has(document.sha256):
            wanted[document.sha256] = document
    return _each(list(wanted.values()), store, limits, processes, progress, scans=False)


def read_scans(
    documents: Sequence[Unread],
    cache: Path,
    *,
    limits: Limits = SANE,
    processes: int = 2,
    progress: Callable[[int, int, str], None] | None = None,
) -> int:
    """Read the pages that have no words by OCR; how many have words now.

    Also reads what only LibreOffice can open, if it was not there before. What was tried once is
    not tried again. `progress` counts documents.
    """
    store = Store(cache / "text")
    read_all(documents, cache, limits=limits, processes=processes)
    scans: dict[str, Unread] = {}
    for document in documents:
        stored = store.open(document.sha256)
        if stored is None:
            continue
        with stored:
            summary = stored.summary
        if document.kind in convert.CONVERTED and summary.unread and convert.program():
            store.path(document.sha256).unlink()
            read_all([document], cache, limits=limits, processes=1)
        elif summary.waiting and document.kind.has_scans:
            scans[document.sha256] = document
    return _each(list(scans.values()), store, limits, processes, progress, scans=True)


def _each(
    documents: Sequence[Unread],
    store: Store,
    limits: Limits,
    processes: int,
    progress: Callable[[int, int, str], None] | None,
    *,
    scans: bool,
) -> int:
    """Read these; the number of documents, or of pages that OCR found words on."""
    if not documents:
        return 0
    done = found = 0
    with Readers(limits, min(processes, len(documents))) as readers:
        work = readers.read_scans if scans else readers.read
        for document, count in readers.each(documents, lambda one: work(one, store)):
            done += 1
            found += count
            if progress is not None:
                progress(done, len(documents), document.path.name)
    return found if scans else done
