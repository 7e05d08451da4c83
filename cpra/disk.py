"""Writing so that a crash or a full disk loses nothing, and nothing goes through a link.

A file appears whole or not at all: it is written under a temporary name in the same folder,
synced, and then linked or renamed to its own. Nothing here replaces a file unless its name says so.
A folder of documents is built aside as `.partial-…` and renamed when it is complete; what a crash
leaves of it is named by `cpra check`, and the next filing into the same place goes on with it or
clears it away.

The calls go through `os`, not `pathlib`: the crash test stops the program at each of them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cpra.core.names import PARTIAL
from cpra.errors import CpraError, Refused

_BINARY = getattr(os, "O_BINARY", 0)
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def telling(doing: str) -> Iterator[None]:
    """Say a failure of the disk in one sentence: what was being done, why it failed, what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise CpraError(
                f"the disk is full, so {doing} was not finished and nothing was recorded; "
                "make room and do it again"
            ) from error
        if why := refusal(error):
            raise CpraError(f"{doing} was not possible: {why}") from error
        raise


def refusal(error: OSError) -> str:
    """Why a disk took nothing, and what to do; empty for a failure of another kind."""
    if error.errno in _NO_ROOM:
        return "the disk is full; make room and do it again"
    if error.errno == errno.ENOENT and PARTIAL in Path(error.filename or "").name:
        return f"there is no folder {Path(error.filename).parent}; make it first"
    if error.errno == errno.ENAMETOOLONG:
        return "the name is too long for this disk; choose a shorter one"
    if error.errno in _NOT_ALLOWED:
        return (
            f"there is no permission to write {_meant(error.filename)}; choose another place, or "
            "work in a copy of the workspace"
        )
    return ""


def _meant(name: str | None) -> str:
    """The place that a message names; what is unfinished, and a lock, have names of ours."""
    if not name:
        return "there"
    path = Path(name)
    ours = path.name.startswith(PARTIAL) or path.name == ".lock"
    return f"in {path.parent.resolve()}" if ours else name


def write_new(path: Path, content: bytes, mode: int = 0o666) -> None:
    """A new file with that content, durable; `FileExistsError` if the name is taken."""
    temporary = _temporary(path, content, mode)
    try:
        _link_new(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
    sync_folder(path.parent)


def replace(path: Path, content: bytes) -> None:
    """Put that content in place of what the file held, at once and durable."""
    temporary = _temporary(path, content, 0o666)
    try:
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    sync_folder(path.parent)


def append_line(path: Path, line: bytes) -> None:
    """Add one line (with its end) to a file, durable; one that does not fit leaves no trace."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _BINARY, 0o666)
    try:
        before = os.fstat(handle).st_size
        try:
            _write_all(handle, line)
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)
    if before == 0:
        sync_folder(path.parent)  # it may be new: its name has to last too


def cut_tail(path: Path, size: int) -> None:
    """Take everything after the first `size` bytes off a file, durable."""
    handle = os.open(path, os.O_RDWR | _BINARY)
    try:
        os.ftruncate(handle, size)
        os.fsync(handle)
    finally:
        os.close(handle)


def links(folder: Path) -> Iterator[Path]:
    """The links in a folder of ours and in its `draft/`; a copied workspace's may lead anywhere."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                yield Path(entry.path)
            elif entry.name == "draft" and entry.is_dir():
                yield from (path for path in Path(entry.path).rglob("*") if path.is_symlink())


def check_links(folder: Path) -> None:
    """Refuse to write into a folder, or to hand it on, from which a link leads elsewhere."""
    if link := next(links(folder), None):
        raise Refused(
            f"{link} is a link to another place, and cpra writes and sends nothing through links; "
            "put the thing itself there"
        )


def make_folder(path: Path) -> None:
    """A new folder, durable; `FileExistsError` if the name is taken."""
    os.mkdir(path)
    sync_folder(path.parent)


@contextmanager
def staging(parent: Path, *, goes_on: bool = False) -> Iterator[Path]:
    """A folder under `parent` to build something in; gone afterwards unless it was moved away.

    One that `goes_on` is the folder that an interrupted run was building, if there is one, and
    stays where it is when a person stops the work (Ctrl-C).
    """
    folder = left_over(parent) if goes_on else None
    if folder is None:
        folder = parent / f"{PARTIAL}{os.urandom(4).hex()}"
        os.mkdir(folder)  # its name need not last: what lasts gets another
    stopped = False
    try:
        yield folder
    except KeyboardInterrupt:
        stopped = goes_on
        raise
    finally:
        if folder.exists() and not stopped:
            remove_tree(folder)


def left_over(parent: Path) -> Path | None:
    """The folder under `parent` that an interrupted run was building; None when there is none."""
    with os.scandir(parent) as entries:
        found = [
            entry.path
            for entry in entries
            if entry.name.startswith(PARTIAL) and entry.is_dir(follow_symlinks=False)
        ]
    return Path(min(found)) if found else None


def move_new(folder: Path, target: Path) -> None:
    """Give a finished folder its own name, at once and durable; an existing one is never replaced.

    The caller holds the lock of the place, so nothing can take the name in between.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, "already there", str(target))
    os.rename(folder, target)
    sync_folder(target.parent)


def remove_tree(folder: Path) -> None:
    """Delete a folder of ours with everything in it, read-only files included."""
    if os.name == "nt":  # there a read-only file cannot be deleted
        for path in folder.rglob("*"):
            path.chmod(stat.S_IWRITE | stat.S_IREAD)
    shutil.rmtree(folder)


def sync_folder(folder: Path | str) -> None:
    """Make the names in a folder durable. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _temporary(path: Path, content: bytes, mode: int) -> Path:
    temporary = path.parent / f"{PARTIAL}{os.urandom(4).hex()}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    try:
        try:
            _write_all(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError:
        os.unlink(temporary)
        raise
    return temporary


def _write_all(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def _link_new(temporary: Path, path: Path) -> None:
    """Hard links cannot replace; where a disk has none (FAT, some shares), look and rename."""
    if os.name == "nt":
        os.rename(temporary, path)
        return
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        if path.exists():
            raise FileExistsError(errno.EEXIST, "already there", str(path)) from error
        os.rename(temporary, path)
