"""Writes what arrived into a folder that is not yet part of the archive, durably and read-only."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cpra.disk import sync_folder

BLOCK = 1 << 20
HEAD = 65_536
LARGE = 100_000
"""Bytes of a block that is worth hashing beside its writing."""
READ_ONLY = 0o444
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: its size in bytes, its SHA-256 and its first bytes."""

    size: int
    sha256: str
    head: bytes


class Staging:
    """The folder in which one answer is put together before it is renamed to its place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: list[Path] = []
        self._hasher = ThreadPoolExecutor(1, thread_name_prefix="hash")
        self._folders: set[Path] = {folder}

    def write(self, place: str, blocks: Iterable[bytes]) -> Written:
        """Write a new file, read-only and on the disk before this returns.

        Whatever stops it, also an error of `blocks` itself, takes the unfinished file away again.
        """
        path = self.folder / place
        self._make(path.parent)
        handle = os.open(path, NEW_FILE, 0o600)
        try:
            try:
                written = self._copied(handle, blocks)
                if hasattr(os, "fchmod"):
                    os.fchmod(handle, READ_ONLY)
                os.fsync(handle)
            finally:
                os.close(handle)
            if not hasattr(os, "fchmod"):
                path.chmod(READ_ONLY)
        except BaseException:
            _take_away(path)
            raise
        self._made.append(path)
        return written

    def mark(self) -> int:
        """A point to which `undo` can return."""
        return len(self._made)

    def undo(self, mark: int) -> None:
        """Take away what was written since the mark."""
        while len(self._made) > mark:
            path = self._made.pop()
            if path in self._folders:
                self._folders.discard(path)
                path.rmdir()
            else:
                _take_away(path)

    def settle(self) -> None:
        """Make the names durable too, the deepest folder first; nothing is written after this."""
        self._hasher.shutdown()
        for folder in sorted(self._folders, key=lambda path: len(path.parts), reverse=True):
            sync_folder(folder)

    def _copied(self, handle: int, blocks: Iterable[bytes]) -> Written:
        """Write every block while another thread hashes it; return what it came to."""
        digest, size, head = hashlib.sha256(), 0, b""
        for block in blocks:
            hashing = self._hasher.submit(digest.update, block) if len(block) > LARGE else None
            if hashing is None:
                digest.update(block)
            if len(head) < HEAD:
                head += block[: HEAD - len(head)]
            size += len(block)
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(handle, rest) :]
            if hashing is not None:
                hashing.result()
        return Written(size, digest.hexdigest(), head)

    def _make(self, folder: Path) -> None:
        if folder in self._folders:
            return
        self._make(folder.parent)
        os.mkdir(folder, 0o777)  # noqa: PTH102 - the crash test wraps os.mkdir
        self._folders.add(folder)
        self._made.append(folder)


def _take_away(path: Path) -> None:
    if os.name == "nt":
        path.chmod(0o600)
    path.unlink(missing_ok=True)
