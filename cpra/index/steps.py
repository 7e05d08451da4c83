"""Keeping the rows in step: what changed on disk is found by stat, and only that is read again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cpra.index.row import OpenDate
from cpra.workspace import Workspace

if TYPE_CHECKING:
    from cpra.core.events import Event
    from cpra.index.reading import Reading

Also = Mapping[str, Sequence["Event"]]
"""Folders that are read in any case, each with the events of its log that are known already."""

NOTES = "notes.md"
_FACTS, _LOG = "request.toml", "events.jsonl"
_ALL = "SELECT folder, stamp FROM request"
_OPEN = "SELECT folder, stamp FROM request WHERE open = 1"


def bring_into_step(
    workspace: Workspace,
    db: sqlite3.Connection,
    progress: Callable[[int, int], None] | None,
    every: bool,
    also: Also,
) -> None:
    """Read again what changed since the rows were written: new folders, edits to open requests.

    When the address book changed, every open request is reckoned again, and a date that moved
    keeps the one it had.
    """
    meta = dict(db.execute("SELECT name, value FROM meta"))
    book_stamp, listing = _book_stamp(workspace), _listing_stamp(workspace)
    gone: set[str] = set()
    stale: set[str] = set()
    if meta.get("listing") != listing:
        here = set(_folders(workspace))
        known = {name for (name,) in db.execute("SELECT folder FROM request")}
        gone, stale = known - here, here - known
    recomputed = meta.get("agencies") not in (None, book_stamp)
    requests = os.fspath(workspace.requests)
    for name, stamp in db.execute(_ALL if every else _OPEN):
        if name not in gone and (recomputed or _both(requests, name) != stamp):
            stale.add(name)
    stale.update(also)
    if not (gone or stale or meta.get("listing") != listing or meta.get("agencies") != book_stamp):
        return
    _write(
        workspace,
        db,
        gone,
        {name: also.get(name, ()) for name in sorted(stale)},
        recomputed,
        progress,
    )
    db.execute("INSERT OR REPLACE INTO meta VALUES ('listing', ?)", (listing,))
    db.execute("INSERT OR REPLACE INTO meta VALUES ('agencies', ?)", (book_stamp,))


def _write(
    workspace: Workspace,
    db: sqlite3.Connection,
    gone: Iterable[str],
    stale: Also,
    recomputed: bool,
    progress: Callable[[int, int], None] | None,
) -> None:
    from cpra import agencies
    from cpra.agencies import history
    from cpra.index.reading import row_of

    book, former = agencies.read(workspace), history.read(workspace)
    db.execute("BEGIN IMMEDIATE")
    try:
        for name in gone:
            _forget(db, name)
        for done, (name, events) in enumerate(stale.items(), start=1):
            before = _before(db, name)
            _forget(db, name)
            stamp = _both(os.fspath(workspace.requests), name)
            read = row_of(workspace, name, book, former, events)
            dates = [_moved(date, before, recomputed) for date in read.dates]
            _insert(db, name, stamp, read, dates)
            if progress and done % 100 == 0:
                progress(done, len(stale))
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk has ended it already
            db.execute("ROLLBACK")
        raise


class _Before(NamedTuple):
    """What was said of a date until now, and from where it had moved already."""

    due: str
    latest: str
    was: str
    was_latest: str


def _before(db: sqlite3.Connection, name: str) -> dict[tuple[str, str], _Before]:
    """By rule and start; of a request that these rows do not have, what those before them said."""
    for table in ("date", "told"):
        found = db.execute(
            f"SELECT rule, start, due, latest, was, was_latest FROM {table} WHERE folder = ?",  # noqa: S608 (our own names)
            (name,),
        ).fetchall()
        if found:
            return {(rule, start): _Before(*said) for rule, start, *said in found}
    return {}


def _moved(date: OpenDate, known: Mapping[tuple[str, str], _Before], recomputed: bool) -> OpenDate:
    """A date with what it was before the book was edited by hand, where no file has that.

    A move stays told until the date moves back or is met.
    """
    before = known.get((date.rule, date.start))
    if date.was or date.was_latest or before is None:
        return date
    stayed = (date.due, date.latest) == (before.due, before.latest)
    if not (recomputed or stayed):
        return date
    return date.moved_from(before.was or before.due, before.was_latest or before.latest)


def _forget(db: sqlite3.Connection, name: str) -> None:
    for table in ("request", "date", "told", "problem", "file"):
        db.execute(f"DELETE FROM {table} WHERE folder = ?", (name,))  # noqa: S608 (our own names)


def _insert(
    db: sqlite3.Connection, name: str, stamp: int, read: Reading, dates: Iterable[OpenDate]
) -> None:
    request = (name, *read.request, *read.earliest, read.flags, read.letters, stamp)
    db.execute(f"INSERT INTO request VALUES ({', '.join('?' * len(request))}, 0)", request)  # noqa: S608 (no input in it)
    db.executemany(
        "INSERT INTO date VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(name, *date) for date in dates],
    )
    db.executemany("INSERT INTO file VALUES (?, ?, ?, ?, ?, ?)", read.files)
    db.executemany("INSERT INTO problem VALUES (?, ?, ?, ?)", [(name, *p) for p in read.problems])
    for wrong in read.unreckoned:  # of no folder, and told once
        db.execute(
            "INSERT INTO problem SELECT '', ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM problem"
            " WHERE folder = '' AND path = ?1 AND line IS ?2 AND text = ?3)",
            (wrong.path, wrong.line, wrong.text),
        )


def _folders(workspace: Workspace) -> list[str]:
    """The names of the folders that are requests: the same as `folder.paths`, without a sort."""
    from cpra.core.names import is_text  # needed only when there is a folder more or less

    with os.scandir(workspace.requests) as entries:
        return [
            entry.name
            for entry in entries
            if not entry.name.startswith(".")
            and entry.name != "inbox"
            and is_text(entry.name)
            and entry.is_dir()
            and os.path.exists(os.path.join(entry.path, _FACTS))
        ]


def _listing_stamp(workspace: Workspace) -> str:
    """Changes when a folder is added, renamed or taken away."""
    return str(workspace.requests.stat().st_mtime_ns)


def _both(requests: str, name: str) -> int:
    """Changes when the facts or the log of a request change."""
    folder = f"{requests}/{name}"
    try:
        facts, log = os.stat(f"{folder}/{_FACTS}"), os.stat(f"{folder}/{_LOG}")
    except OSError:
        return hash((*_seen(f"{folder}/{_FACTS}"), *_seen(f"{folder}/{_LOG}")))
    # Python hashes whole numbers alike in every run: one number to store and to compare.
    return hash((facts.st_mtime_ns, facts.st_size, log.st_mtime_ns, log.st_size))


def stamp_of_notes(requests: str, name: str) -> int:
    """Changes when the requester's notes on a request change, of which no log tells; never 0."""
    return hash(_seen(f"{requests}/{name}/{NOTES}")) or 1


def _seen(path: str) -> tuple[int, int]:
    """When a file was changed and its size; of one that is not there, nothing."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, -1
    return found.st_mtime_ns, found.st_size


def _book_stamp(workspace: Workspace) -> str:
    """Changes when the address book changes, or what is kept of how it was."""
    book = os.fspath(workspace.agencies)
    seen = (*_seen(book), *_seen(f"{book[: -len('.toml')]}.jsonl"))
    return ":".join(map(str, seen))
