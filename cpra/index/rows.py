"""The rows: every request, its open dates and its files, for lists that must be quick.

All of it is derived from the folders and may be deleted at any moment. A different version of cpra,
of the law data or of this table drops it and builds it anew. Edits by hand are noticed by a stat of
the two files of each open request; those of closed requests by `cpra check`.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from pathlib import Path

from cpra import __version__
from cpra.errors import CpraError, Problem
from cpra.index.row import DateRow, FileRow, LineRow, RequestRow
from cpra.index.steps import Also, bring_into_step
from cpra.workspace import Workspace

SCHEMA = "8"
UNREADABLE = "cannot be read"
"""The status of a request whose facts or log are damaged."""

PATIENCE = 30.0
"""Seconds to wait for another cpra that is bringing the rows into step."""

_MEMORY = Path(":memory:")
_HAS = "SELECT 1 FROM file WHERE sha256 = ? LIMIT 1"
_NO_PLACE = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EEXIST, errno.ENOTDIR}
)
_UNWRITABLE = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
)

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE request (
    folder TEXT PRIMARY KEY, id TEXT, number INTEGER, agency TEXT, short TEXT, law TEXT,
    subject TEXT, status TEXT, open INTEGER, sent TEXT, last TEXT, tags TEXT,
    due TEXT, latest TEXT, label TEXT, kind TEXT, estimate INTEGER, contingent TEXT,
    flags TEXT, letters TEXT, stamp INTEGER, searched INTEGER DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE date (
    folder TEXT, label TEXT, rule TEXT, start TEXT, authority TEXT, kind TEXT, due TEXT,
    latest TEXT, estimate INTEGER, note TEXT, contingent TEXT, was TEXT, was_latest TEXT, moved TEXT
);
CREATE INDEX date_of ON date (folder);
CREATE TABLE told (
    folder TEXT, rule TEXT, start TEXT, due TEXT, latest TEXT, was TEXT, was_latest TEXT
);
CREATE TABLE problem (folder TEXT, path TEXT, line INTEGER, text TEXT);
CREATE TABLE file (
    sha256 TEXT, folder TEXT, path TEXT, kind TEXT, happened TEXT, installment INTEGER
);
CREATE INDEX file_by_sha ON file (sha256);
CREATE INDEX file_of ON file (folder);
CREATE INDEX open_ones ON request (stamp) WHERE open = 1;
CREATE INDEX unreadable ON request (status) WHERE status = 'cannot be read';
"""


class Rows:
    """The rows of a workspace, in step with its folders as far as a stat can tell."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def dates(self) -> list[DateRow]:
        """Every date that is open, the earliest first."""
        query = (
            "SELECT r.folder, r.id, r.number, r.short, r.subject, r.status, d.label, d.rule, "
            "d.start, d.authority, d.kind, d.due, d.latest, d.estimate, d.note, d.contingent, "
            "d.was, d.was_latest, d.moved, r.flags, r.letters "
            "FROM date d JOIN request r USING (folder) ORDER BY d.due, r.id"
        )
        return [DateRow._make(row) for row in self._db.execute(query)]

    def requests(self) -> list[RequestRow]:
        """Every request by id, with its earliest open date."""
        found = self._db.execute(f"SELECT {', '.join(RequestRow._fields)} FROM request")  # noqa: S608 (ours)
        # They come by folder, so they are in order already, but for folders that were renamed.
        return sorted(map(RequestRow._make, found), key=attrgetter("id"))

    def lines(self) -> list[LineRow]:
        """The same with less of each, for a list of thousands."""
        found = self._db.execute(f"SELECT {', '.join(LineRow._fields)} FROM request")  # noqa: S608 (ours)
        return sorted(map(LineRow._make, found), key=attrgetter("id"))

    def files(self, folder: str | None = None) -> list[FileRow]:
        """Every filed document, of one request or of all."""
        where = "" if folder is None else " WHERE folder = ?"
        values = () if folder is None else (folder,)
        query = f"SELECT * FROM file{where} ORDER BY folder, path"  # noqa: S608 (no input in it)
        return [FileRow._make(row) for row in self._db.execute(query, values)]

    def letters(self, folder: str) -> str:
        """From which day on which letter is the right next one of a request."""
        found = self._db.execute("SELECT letters FROM request WHERE folder = ?", (folder,))
        return str((found.fetchone() or ("",))[0])

    def first_of(self, sha256: str) -> FileRow | None:
        """The document with these bytes that was filed first."""
        query = "SELECT * FROM file WHERE sha256 = ? ORDER BY happened, folder, path LIMIT 1"
        row = self._db.execute(query, (sha256,)).fetchone()
        return row and FileRow._make(row)

    def filed(self, hashes: Iterable[str]) -> set[str]:
        """Those of many SHA-256s that some filed document has."""
        self._db.execute("BEGIN")  # the file is locked once for all
        found = {sha for sha in hashes if self._db.execute(_HAS, (sha,)).fetchone()}
        self._db.execute("COMMIT")
        return found

    def unsearched(self, index: str, noted: Callable[[str], int]) -> list[str]:
        """The requests whose documents, as they are now, the search index of that name lacks.

        `noted` says what the requester's notes on one look like now; no log tells of them.
        """
        known = index and index == self._searched_in()
        query = "SELECT folder, searched FROM request ORDER BY folder"
        return [
            name
            for name, searched in self._db.execute(query)
            if not (known and searched and searched == noted(name))
        ]

    def stamps(self) -> dict[str, int]:
        """What each request's facts and log looked like when they were read."""
        return dict(self._db.execute("SELECT folder, stamp FROM request"))

    def counts(self) -> dict[str, int]:
        """How many files each request has."""
        return dict(self._db.execute("SELECT folder, count(*) FROM file GROUP BY folder"))

    def mark_searched(
        self, stamps: Mapping[str, int], noted: Mapping[str, int], index: str
    ) -> None:
        """Say that this search index has the documents of these requests as they then were.

        `noted` is what their notes looked like, never 0. One that another process has changed in
        the meantime is to be searched again. Of an index of another name nothing is known any more.
        """
        if index != self._searched_in():
            self._db.execute("UPDATE request SET searched = 0")
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('searched in', ?)", (index,))
        self._db.executemany(
            "UPDATE request SET searched = (stamp = ?) * ? WHERE folder = ?",
            [(stamp, noted[name], name) for name, stamp in stamps.items()],
        )

    def _searched_in(self) -> str:
        found = self._db.execute("SELECT value FROM meta WHERE name = 'searched in'").fetchone()
        return str(found[0]) if found else ""

    def problems(self) -> list[Problem]:
        """What could not be read, so that the lists lack it."""
        query = "SELECT path, line, text FROM problem ORDER BY path, line"
        return [Problem(*row) for row in self._db.execute(query)]

    def unreadable(self) -> int:
        """How many requests cannot be read, so that no list has their dates."""
        # The status stands in the query itself, or SQLite would not use the index of these rows.
        query = f"SELECT count(*) FROM request WHERE status = '{UNREADABLE}'"  # noqa: S608 (ours)
        return int(self._db.execute(query).fetchone()[0])

    def unreckoned(self) -> bool:
        """True when a fault in the law data keeps some date out of every list."""
        return bool(self._db.execute("SELECT 1 FROM problem WHERE folder = '' LIMIT 1").fetchone())

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def renewed(workspace: Workspace) -> Rows:
    """The rows with edits by hand to closed requests noticed too."""
    return rows(workspace, every=True)


def rows(
    workspace: Workspace,
    progress: Callable[[int, int], None] | None = None,
    *,
    every: bool = False,
    also: Also | None = None,
) -> Rows:
    """The rows, brought into step first: what changed is read again, and only that.

    Of settled requests only a new or missing folder is noticed, but for those in `also`, or with
    `every`. Where nothing can be written (a read-only copy, a full disk) they are made in memory.
    """
    path = workspace.cache / "rows.sqlite3"
    try:
        workspace.cache.mkdir(exist_ok=True)
    except OSError as error:
        if error.errno not in _NO_PLACE:
            raise
        path = _MEMORY
    for place in (path, path, _MEMORY):  # as it is, made anew, or without a place
        try:
            return Rows(_in_step(workspace, place, progress, every, also or {}))
        except sqlite3.DatabaseError as error:
            _check_busy(error)
            if _code(error) not in _UNWRITABLE and place.is_file():
                place.unlink()  # a torn or foreign file
    raise CpraError("the lists cannot be made; there is no memory left")


def touch(workspace: Workspace, path: Path) -> None:
    """Bring the rows into step after an action has written to a request, settled or not."""
    rows(workspace, also={path.name: ()}).close()


def _in_step(
    workspace: Workspace,
    place: Path,
    progress: Callable[[int, int], None] | None,
    every: bool,
    also: Also,
) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=PATIENCE, isolation_level=None)
    try:
        _prepare(connection)
        bring_into_step(workspace, connection, progress, every, also)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_busy(error: sqlite3.DatabaseError) -> None:
    if _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise CpraError(
            f"another cpra has been reading the folders for {PATIENCE:.0f} seconds; what was "
            "written down is written down. Wait for it to finish"
        ) from error


def _code(error: sqlite3.DatabaseError) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables, unless this version has made them."""
    connection.execute("PRAGMA synchronous = OFF")  # derived: a torn file is made anew
    wanted = f"{SCHEMA} {__version__} {_law_stamp()}"
    if _made_by(connection) == wanted:
        return
    connection.execute("BEGIN EXCLUSIVE")
    if _made_by(connection) != wanted:  # another process may have been quicker
        told = _told(connection)
        _drop_all(connection)
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.executemany("INSERT INTO told VALUES (?, ?, ?, ?, ?, ?, ?)", told)
        connection.execute("INSERT INTO meta VALUES ('made by', ?)", (wanted,))
    connection.execute("COMMIT")


def _made_by(connection: sqlite3.Connection) -> str:
    try:
        row = connection.execute("SELECT value FROM meta WHERE name = 'made by'").fetchone()
    except sqlite3.OperationalError as error:
        if _code(error) != sqlite3.SQLITE_ERROR:
            raise
        return ""  # there is no such table
    return str(row[0]) if row else ""


def _told(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    """From where dates moved when the address book was edited by hand: no file has that."""
    query = " UNION ".join(
        f"SELECT folder, rule, start, due, latest, was, was_latest FROM {table} "  # noqa: S608 (ours)
        "WHERE was != '' OR was_latest != ''"
        for table in ("date", "told")
    )
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError as error:
        if _code(error) != sqlite3.SQLITE_ERROR:
            raise
        return []  # there is no such table


def _drop_all(connection: sqlite3.Connection) -> None:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        connection.execute(f'DROP TABLE "{name}"')


def _law_stamp() -> str:
    """Changes when a file of the law data changes."""
    folder = Path(__file__).parents[1] / "statutes"
    with os.scandir(folder) as entries:
        stats = [(e.name, e.stat()) for e in entries if e.name.endswith(".toml")]
    return "-".join(f"{name}:{s.st_mtime_ns}:{s.st_size}" for name, s in sorted(stats))
