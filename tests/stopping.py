"""Stops a process at the n-th call that changes the disk, or writes all such calls down.

`watch` wraps the functions of `os` that change something. It is called in a child process of the
tests after everything is imported; cpra has no hook for it. Calls below `root` count, those in the
derived `.cache` (SQLite writes there by itself) and for standard output do not.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

PATHS = ("mkdir", "rmdir", "unlink", "remove", "chmod", "truncate", "utime")
PAIRS = ("rename", "replace", "link", "symlink")
HANDLES = ("fsync", "fdatasync", "ftruncate", "fchmod")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class _Watch:
    """Counts the calls, and stops the process at one of them or writes them all into a file."""

    def __init__(self, root: str, stop_at: int, half: bool, trace: str) -> None:
        self.root, self.stop_at, self.half = Path(root).resolve(), stop_at, half
        self.count = 0
        self.trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if trace else -1
        self.write, self.close = os.write, os.close
        self.paths: dict[int, str] = {}
        self.lock = threading.Lock()

    def below(self, path: str | bytes | Path | int, folder: int | None = None) -> str:
        """The path from the root, or nothing if it is elsewhere or derived."""
        if isinstance(path, int):
            full = Path(self.paths.get(path, "/"))
        else:
            start = Path.cwd() if folder is None else Path(self.paths.get(folder, "/"))
            full = start / os.fsdecode(path)
            full = full.parent.resolve() / full.name
        if not full.is_relative_to(self.root):
            return ""
        place = full.relative_to(self.root)
        return "" if ".cache" in place.parts else place.as_posix()

    def note(self, call: str, path: str, more: str = "") -> bool:
        """Count a call that is about to happen; True if the process stops in the middle of it."""
        with self.lock:  # several files are synced at once
            self.count += 1
            if self.trace >= 0:
                self.write(self.trace, (json.dumps([call, path, more]) + "\n").encode())
            if self.count != self.stop_at:
                return False
        if self.half:
            return True
        os.kill(os.getpid(), signal.SIGKILL)
        return False


def watch(root: str, stop_at: int = 0, half: bool = False, trace: str = "") -> None:
    """Stop this process just before (or, for a write, in the middle of) the call of that number."""
    seen = _Watch(root, stop_at, half, trace)
    for name in PATHS:
        _wrap(name, _by_path(seen, name))
    for name in PAIRS:
        _wrap(name, _by_pair(seen, name))
    for name in HANDLES:
        _wrap(name, _by_handle(seen, name))
    _wrap("open", _opening(seen))
    _wrap("write", _writing(seen))
    if trace:
        sys.addaudithook(_other_ways(seen))


def _wrap(name: str, by: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    if hasattr(os, name):
        setattr(os, name, by(getattr(os, name)))


def _by_path(seen: _Watch, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def by(real: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(real)
        def call(path: Any, *rest: Any, **named: Any) -> Any:
            if place := seen.below(path, named.get("dir_fd")):
                seen.note(name, place, "" if os.path.lexists(path) else "new")
            return real(path, *rest, **named)

        return call

    return by


def _by_pair(seen: _Watch, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def by(real: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(real)
        def call(old: Any, new: Any, *rest: Any, **named: Any) -> Any:
            if place := seen.below(new, named.get("dst_dir_fd")):
                seen.note(name, place, seen.below(old, named.get("src_dir_fd")))
            return real(old, new, *rest, **named)

        return call

    return by


def _by_handle(seen: _Watch, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def by(real: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(real)
        def call(handle: int, *rest: Any) -> Any:
            if place := seen.below(handle):
                seen.note(name, place)
            return real(handle, *rest)

        return call

    return by


def _opening(seen: _Watch) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def by(real: Callable[..., int]) -> Callable[..., int]:
        @wraps(real)
        def call(path: Any, flags: int, *rest: Any, **named: Any) -> int:
            place = seen.below(path, named.get("dir_fd"))
            if place and flags & WRITING:
                seen.note("open", place, "" if os.path.lexists(path) else "new")
            handle = real(path, flags, *rest, **named)
            seen.paths[handle] = str(seen.root / place) if place else "/"
            return handle

        return call

    return by


def _writing(seen: _Watch) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def by(real: Callable[[int, bytes], int]) -> Callable[[int, bytes], int]:
        @wraps(real)
        def call(handle: int, data: bytes) -> int:
            place = seen.below(handle)
            if place and seen.note("write", place, str(len(data))):
                real(handle, bytes(data)[: len(data) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(handle, data)

        return call

    return by


def _other_ways(seen: _Watch) -> Callable[[str, tuple[Any, ...]], None]:
    """Python itself reports every opening; what did not come through `os.open` is written down."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], (str, bytes)):
            return
        path, mode, flags = arguments
        if mode is None or not flags & WRITING:
            return  # os.open has no mode; reading changes nothing
        if place := seen.below(path):
            seen.note("open()", place)

    return hook
