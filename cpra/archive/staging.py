"""Writes what arrived into a folder that is not yet part of the archive, durably and read-only.

A file becomes read-only when all of it is on the disk, and not before. So a folder that an
interrupted filing left can be gone on with: what is there is compared with what comes, byte by
byte, and only what differs, or is not there yet, is written.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from cpra.archive.wholly import READ_ONLY, wholly
from cpra.disk import remove_tree, sync_folder

BLOCK = 1 << 20
HEAD = 65_536
LARGE = 100_000
"""Bytes of a block that is worth hashing beside its writing, and of a file that is begun alone."""
WRITING = os.O_WRONLY | getattr(os, "O_BINARY", 0)
NEW_FILE = WRITING | os.O_CREAT | os.O_EXCL

TOGETHER = 64
"""Files that are synced at once: the disk writes them down together, in a quarter of the time."""
ENOUGH = 32 * BLOCK
"""Bytes after which it is not waited for more files."""
SYNCING = 4
"""Threads that sync, each a share: handing over every single file costs more than its syncing."""
SHARE = 32
"""Files or folders that are worth a thread."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: its size in bytes, its SHA-256 and its first bytes."""

    size: int
    sha256: str
    head: bytes


class Staging:
    """The folder in which one answer is put together before it is renamed to its place.

    `many` small files, of which nothing is left to go on with, are synced `wholly` where possible.
    """

    def __init__(self, folder: Path, *, many: bool = False) -> None:
        self.folder = folder
        self.found = 0
        """Files that an interrupted run had finished, and that are the same."""
        self._goes_on = any(folder.iterdir())
        self._root = str(folder)  # names are put together thousands of times: Path is slow at it
        self._made: list[str] = []
        self._folders: set[str] = {self._root}
        self._hasher = ThreadPoolExecutor(1, thread_name_prefix="hash")
        self._syncers = ThreadPoolExecutor(SYNCING, thread_name_prefix="sync")
        self._unsynced: list[tuple[int, str]] = []
        self._waiting = 0
        self._wholly = wholly(folder) if many else None

    def write(self, place: str, blocks: Iterable[bytes]) -> Written:
        """Write a file; it is on the disk, and read-only, at the latest after `settle`.

        Whatever stops it, also an error of `blocks` itself, takes the unfinished file away again.
        Only a requester who stops it (Ctrl-C) leaves it, to go on from there.
        """
        path = f"{self._root}/{place}"
        self._make(path.rpartition("/")[0])
        copy, rest = _Copy(self._hasher), iter(blocks)
        try:
            left = self._left(path)
            if left is not None:
                with left:
                    rest, whole = _beyond(left, rest, copy)
                if whole:
                    self.found += 1
                    self._made.append(path)
                    return copy.written()
            self._write_rest(path, copy, rest, goes_on=left is not None)
        except BaseException as error:
            if not isinstance(error, KeyboardInterrupt):
                _take_away(path)
            raise
        self._made.append(path)
        if len(self._unsynced) >= TOGETHER or self._waiting >= ENOUGH:
            self._sync()
        return copy.written()

    def mark(self) -> int:
        """A point to which `undo` can return."""
        return len(self._made)

    def undo(self, mark: int) -> None:
        """Take away what was written since the mark."""
        self._sync()
        while len(self._made) > mark:
            path = self._made.pop()
            self._folders.discard(path)
            _remove(path)

    def settle(self, *, apart: bool = False) -> None:
        """Make everything durable, the names too; nothing is written after this.

        What is moved on `apart`, each folder by itself, leaves no name here that has to last.
        """
        self._sync()
        if self._goes_on:
            self._clear()
        if self._wholly is not None:
            self._wholly.sync()
            return
        lasting = self._folders - {self._root} if apart else self._folders
        self._in_shares(sync_folder, sorted(lasting))

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hasher.shutdown()
        self._syncers.shutdown()
        for handle, _ in self._unsynced:
            os.close(handle)
        if self._wholly is not None:
            self._wholly.close()

    def _write_rest(self, path: str, copy: _Copy, rest: Iterator[bytes], *, goes_on: bool) -> None:
        """Write what is not there yet, after what is; the handle stays open until it is synced."""
        if goes_on:
            os.chmod(path, 0o600)
        handle = os.open(path, WRITING if goes_on else NEW_FILE, 0o600)
        try:
            if goes_on:
                os.ftruncate(handle, copy.size)
                os.lseek(handle, 0, os.SEEK_END)
            before = copy.size
            for block in rest:
                copy.add(block, handle)
        except BaseException:
            os.close(handle)
            raise
        if self._wholly is not None:
            self._wholly.take(handle)
            return
        self._unsynced.append((handle, path))
        self._waiting += copy.size - before
        if copy.size - before > LARGE:
            _begin(handle)

    def _sync(self) -> None:
        """Bring what was written to the disk; only then is it set read-only."""
        waiting, self._unsynced, self._waiting = self._unsynced, [], 0
        try:
            for handle, _ in waiting:
                _begin(handle)
            self._in_shares(os.fsync, [handle for handle, _ in waiting])
            if hasattr(os, "fchmod"):
                for handle, _ in waiting:
                    os.fchmod(handle, READ_ONLY)
        finally:
            for handle, _ in waiting:
                os.close(handle)
        if not hasattr(os, "fchmod"):
            for _, path in waiting:
                os.chmod(path, READ_ONLY)

    def _in_shares(self, sync: Callable[[Any], None], every: Sequence[Any]) -> None:
        """Sync all of it, a few shares at once; wait for them, then raise what went wrong."""
        count = max(1, min(SYNCING, len(every) // SHARE))
        first, *more = [every[start::count] for start in range(count)]
        others = [self._syncers.submit(_each, sync, share) for share in more]
        try:
            _each(sync, first)
        finally:
            wait(others)
        for other in others:
            other.result()

    def _left(self, path: str) -> IO[bytes] | None:
        """The file that an interrupted run left here; anything but a file of its own is removed."""
        if not self._goes_on:
            return None
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            return None
        if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
            return open(path, "rb")
        _remove(path)
        return None

    def _make(self, folder: str) -> None:
        if folder in self._folders:
            return
        self._make(folder.rpartition("/")[0])
        there = self._goes_on and os.path.lexists(folder)
        if there and not _is_folder(folder):
            _remove(folder)
            there = False
        if not there:
            os.mkdir(folder, 0o777)
        self._folders.add(folder)
        self._made.append(folder)

    def _clear(self) -> None:
        """Remove what an interrupted run left and this one did not come upon."""
        made = set(self._made)
        for folder in self._folders:
            for name in os.listdir(folder):
                if (path := f"{folder}/{name}") not in made:
                    _remove(path)


class _Copy:
    """What has been copied of one file so far."""

    def __init__(self, hasher: ThreadPoolExecutor) -> None:
        self.size = 0
        self._hasher = hasher
        self._digest = hashlib.sha256()
        self._head = b""

    def add(self, block: bytes, handle: int | None = None) -> None:
        """Count a block in, and write it unless it is there; another thread hashes it meanwhile."""
        large = len(block) > LARGE
        hashing = self._hasher.submit(self._digest.update, block) if large else None
        if hashing is None:
            self._digest.update(block)
        if len(self._head) < HEAD:
            self._head += block[: HEAD - len(self._head)]
        self.size += len(block)
        if handle is not None:
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(handle, rest) :]
        if hashing is not None:
            hashing.result()

    def written(self) -> Written:
        """What it has come to."""
        return Written(self.size, self._digest.hexdigest(), self._head)


def _beyond(left: IO[bytes], blocks: Iterator[bytes], copy: _Copy) -> tuple[Iterator[bytes], bool]:
    """The blocks that this file does not have, and whether it is whole, with nothing to be done."""
    for block in blocks:
        if left.read(len(block)) != block:
            return chain((block,), blocks), False
        copy.add(block)
    writable = os.fstat(left.fileno()).st_mode & stat.S_IWUSR
    return iter(()), not writable and not left.read(1)


def _begin(handle: int) -> None:
    """Have the system begin to write a file, where it can be asked: the sync after it waits less.

    All of it is dirty, so nothing is dropped from memory.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def _each(sync: Callable[[Any], None], share: Sequence[Any]) -> None:
    for one in share:
        sync(one)


def _is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _remove(path: str) -> None:
    if _is_folder(path):
        remove_tree(Path(path))
    else:
        _take_away(path)


def _take_away(path: str) -> None:
    if os.name == "nt" and os.path.exists(path):
        os.chmod(path, 0o600)
    with suppress(FileNotFoundError):
        os.unlink(path)
