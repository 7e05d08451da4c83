"""Brings all that was written to a file system to its disk, with one call for a thousand files.

Linux calls it `syncfs`. It does what a sync of each file and folder does, many times quicker; it is
asked for only where that is known to hold: on a file system of the machine's own disks, with a
system that also tells what could not be written. And only where little else waits to be written,
for it waits for what other programs write too.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

READ_ONLY = 0o444
OWN_DISKS = frozenset({0xEF53, 0x58465342, 0x9123683E})
"""ext2 to ext4, XFS, Btrfs, as `statfs` tells them. A network's or another program's file system
may call written what only left this machine's memory."""
TELLS_FAILURES = (5, 8)
"""The Linux from which on the call fails where a file could not be written."""
MOST_WAITING = 64 * 1024
"""KiB that wait to be written by all programs together."""


class Wholly:
    """Files of one file system, all of them brought to the disk by one `sync`."""

    def __init__(self, handle: int, library: Any) -> None:
        self._handle = handle
        self._library = library

    def take(self, handle: int) -> None:
        """A file that is written to its end: nobody writes to it again, and it is closed here."""
        try:
            os.fchmod(handle, READ_ONLY)
        finally:
            os.close(handle)

    def sync(self) -> None:
        """Wait until everything is on the disk, the names too; `OSError` where it is not."""
        if self._library.syncfs(self._handle):
            import ctypes

            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))

    def close(self) -> None:
        """Nothing more will be synced."""
        os.close(self._handle)


def wholly(folder: Path) -> Wholly | None:
    """The file system of a folder, from now on; None where each file must be synced by itself."""
    library = _library()
    if library is None or _waiting() > MOST_WAITING:
        return None
    # Opened before anything is written: what fails from now on is told to this handle.
    handle = os.open(folder, os.O_RDONLY)
    if _kind(library, handle) in OWN_DISKS:
        return Wholly(handle, library)
    os.close(handle)
    return None


@cache
def _library() -> Any:
    """The system's own library, where it has the call; it is left alone elsewhere."""
    if sys.platform != "linux" or sys.byteorder != "little" or sys.maxsize < 2**32:
        return None
    release = os.uname().release.split(".")[:2]
    if not all(part.isdigit() for part in release) or (*map(int, release),) < TELLS_FAILURES:
        return None
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    return library if hasattr(library, "syncfs") and hasattr(library, "fstatfs") else None


def _kind(library: Any, handle: int) -> int:
    """The number of a file system's kind: the first word of what `fstatfs` tells; 0 for none."""
    import ctypes

    told = (ctypes.c_long * 64)()
    return 0 if library.fstatfs(handle, told) else int(told[0])


def _waiting() -> int:
    """KiB that wait to be written, or are being written now; endless where that is not told."""
    try:
        lines = Path("/proc/meminfo").read_bytes().splitlines()
        told = dict(line.split(b":", 1) for line in lines)
        return sum(int(told[name].split()[0]) for name in (b"Dirty", b"Writeback"))
    except (OSError, ValueError, KeyError, IndexError):
        return sys.maxsize
