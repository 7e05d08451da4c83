"""Keeping the rows in step: what changed on disk is found by stat, and only that is read again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from cpra.workspace import Workspace

if TYPE_CHECKING:
    from cpra.index.reading import Reading

_FACTS, _LOG = "request.toml", "events.jsonl"
_ALL = "SELECT folder, stamp FROM request"
_OPEN = "SELECT folder, stamp FROM request WHERE open = 1"


def bring_into_step(
    workspace: Workspace,
    db: sqlite3.Connection,
    progress: Callable[[int, int], None] | None,
    every: bool,
    also: Iterable[str] = (),
) -> None:
    """Read again what changed since the rows were written: new folders, edits to open requests.

    When the address book changed, every open request is reckoned again, and a date that moved
    keeps the one it had.
    """
    meta = dict(db.execute("SELECT name, value FROM meta"))
    book_stamp, listing = _stamp(os.fspath(workspace.agencies)), _listing_stamp(workspace)
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
    _write(workspace, db, gone, sorted(stale), recomputed, progress)
    db.execute("INSERT OR REPLACE INTO meta VALUES ('listing', ?)", (listing,))
    db.execute("INSERT OR REPLACE INTO meta VALUES ('agencies', ?)", (book_stamp,))


def _write(
    workspace: Workspace,
    db: sqlite3.Connection,
    gone: Iterable[str],
    stale: list[str],
    recomputed: bool,
    progress: Callable[[int, int], None] | None,
) -> None:
    from cpra import agencies
    from cpra.index.reading import row_of

    book = agencies.read(workspace)
    db.execute("BEGIN IMMEDIATE")
    try:
        for name in gone:
            _forget(db, name)
        for done, name in enumerate(stale, start=1):
            before = _dues(db, name)
            _forget(db, name)
            stamp = _both(os.fspath(workspace.requests), name)
            read = row_of(workspace, name, book)
            moved = {
                rule: _was(before[rule], due, recomputed)
                for rule, due in ((str(row[1]), str(row[4])) for row in read.dates)
                if rule in before
            }
            _insert(db, name, stamp, read, moved)
            if progress and done % 100 == 0:
                progress(done, len(stale))
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk has ended it already
            db.execute("ROLLBACK")
        raise


def _dues(db: sqlite3.Connection, name: str) -> dict[str, tuple[str, str]]:
    """By rule: when it was due until now, and from where that had moved already."""
    found = db.execute("SELECT rule, due, was FROM date WHERE folder = ?", (name,))
    return {rule: (due, was) for rule, due, was in found}


def _was(before: tuple[str, str], due: str, recomputed: bool) -> str:
    """From where a date has moved; a move stays told until the date moves back or is met."""
    due_before, was = before
    if due == due_before:
        return was
    origin = was or due_before
    return origin if recomputed and origin != due else ""


def _forget(db: sqlite3.Connection, name: str) -> None:
    for table in ("request", "date", "problem", "file"):
        db.execute(f"DELETE FROM {table} WHERE folder = ?", (name,))  # noqa: S608 (our own names)


def _insert(
    db: sqlite3.Connection, name: str, stamp: int, read: Reading, moved: dict[str, str]
) -> None:
    db.execute(
        "INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (name, *read.request, *read.earliest, read.flags, stamp),
    )
    for row in read.dates:
        db.execute(
            "INSERT INTO date VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (name, *row, moved.get(str(row[1]), "")),
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


def _seen(path: str) -> tuple[int, int]:
    """When a file was changed and its size; of one that is not there, nothing."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, -1
    return found.st_mtime_ns, found.st_size


def _stamp(path: str) -> str:
    changed, size = _seen(path)
    return f"{changed}:{size}"
