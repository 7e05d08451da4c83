"""The words of every document, page by page, read once and kept by the document's SHA-256.

Each document is read in another process, which is killed when it takes too long or too much memory;
what it had read by then is kept. Nothing in a document is executed or fetched.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import cpra
from cpra import disk
from cpra.archive.kinds import Kind
from cpra.archive.limits import SANE, Limits
from cpra.archive.store import Page, Store, Stored, Summaries, Summary

__all__ = ["Page", "Pages", "Readers", "Unread", "pages", "read_all"]

SILENT = frozenset(
    {Kind.ZIP, Kind.TAR, Kind.GZ, Kind.BZ2, Kind.XZ, Kind.MBOX, Kind.TNEF, Kind.EMPTY, Kind.SQLITE}
)
"""Kinds with no words of their own: what is in them is filed beside them, or they have nothing."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The words of one document, and what is known about them."""

    pages: tuple[Page, ...]
    problems: tuple[str, ...] = ()
    """What is wrong with it, each a sentence without a subject."""
    unread: tuple[int, ...] = ()
    """Pages that show something but have no words: only OCR could read them."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A document whose words are wanted."""

    path: Path
    sha256: str
    kind: Kind


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
        if document.sha256 not in wanted and not store.path(document.sha256).is_file():
            wanted[document.sha256] = document
    if not wanted:
        return 0
    done = 0
    with Readers(limits, min(processes, len(wanted))) as readers:
        for document in readers.read(list(wanted.values()), store):
            done += 1
            if progress is not None:
                progress(done, len(wanted), document.path.name)
    return done


class Readers:
    """A few reading processes, started when first needed and again after one was killed."""

    def __init__(self, limits: Limits = SANE, processes: int = 2) -> None:
        self._limits = limits
        self._processes = processes
        self._local = threading.local()
        self._running: list[_Reader] = []
        self._lock = threading.Lock()

    def read(self, documents: Sequence[Unread], store: Store) -> Iterator[Unread]:
        """Read these into the store, giving each back when it is done, in their order."""
        with ThreadPoolExecutor(self._processes) as pool:
            try:
                for document, _ in zip(
                    documents,
                    pool.map(lambda one: self.read_one(one, store), documents),
                    strict=True,
                ):
                    yield document
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.close()
                raise

    def read_one(self, document: Unread, store: Store) -> None:
        """Read one document into the store."""
        summary = Summaries()
        if _is_readable(document.kind):
            store.write(document.sha256, self._pages(document, summary), summary)
        else:
            store.write(document.sha256, *_unreadable(document.kind))

    def close(self) -> None:
        """End the reading processes."""
        with self._lock:
            for reader in self._running:
                reader.kill()
            self._running.clear()

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _pages(self, document: Unread, summary: Summaries) -> Iterator[Page]:
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None or not reader.is_alive:
            reader = self._local.reader = _Reader(self._limits)
            with self._lock:
                self._running.append(reader)
        yield from reader.pages(document, summary)


class _Reader:
    """One process that reads; see `cpra.archive.reader`."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._late = False
        home = str(Path(cpra.__file__).parents[1])
        known = os.environ.get("PYTHONPATH")
        # -P: a json.py in the folder where the requester stands is never imported.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cpra.archive.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": f"{home}{os.pathsep}{known}" if known else home},
        )
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101, PT018 - PIPE
        self._in: IO[bytes] = self._process.stdin
        self._out: IO[bytes] = self._process.stdout

    @property
    def is_alive(self) -> bool:
        """Whether it can be given another document."""
        return self._process.poll() is None

    def pages(self, document: Unread, summary: Summaries) -> Iterator[Page]:
        """The pages as they come; problems and unread pages go to the summary."""
        order = {
            "path": str(document.path.absolute()),
            "kind": document.kind,
            "memory": self._limits.memory,
        }
        self._late = False
        number = 0
        done = threading.Event()
        self._deadline = time.monotonic() + self._limits.seconds
        threading.Thread(target=self._watch, args=(done,), daemon=True).start()
        try:
            self._in.write(json.dumps(order).encode() + b"\n")
            self._in.flush()
            while (frame := self._frame()) is not None:
                if frame[0] == "end":
                    return
                if frame[0] == "problem":
                    summary.problems.append(str(frame[1]))
                    continue
                _, number, text, label, unread = frame
                if unread:
                    summary.unread.append(number)
                yield Page(number, text, label)
        except OSError:
            pass
        finally:
            done.set()
        self.kill()
        where = f"after page {number:,}" if number else "before its first page"
        why = (
            f"nothing came for {self._limits.seconds} seconds"
            if self._late
            else "it brought the reader down, or needs too much memory"
        )
        summary.problems.append(f"could not be read further {where}: {why}")

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._in, self._out):
            try:
                pipe.close()
            except OSError:
                continue

    def _frame(self) -> list[Any] | None:
        """The next frame, or None when the process is gone or was too slow."""
        head = self._out.read(4)
        if len(head) < 4:
            return None
        size = int.from_bytes(head, "little")
        data = self._out.read(size)
        if len(data) < size:
            return None
        self._deadline = time.monotonic() + self._limits.seconds
        frame: list[Any] = json.loads(data)
        return frame

    def _watch(self, done: threading.Event) -> None:
        """Kill the process when no page has come for too long."""
        while not done.wait(min(1.0, self._limits.seconds / 4)):
            if time.monotonic() > self._deadline:
                self._late = True
                self._process.kill()
                return


def _is_readable(kind: Kind) -> bool:
    from cpra.archive.reader import READABLE

    return kind in READABLE


def _unreadable(kind: Kind) -> tuple[Sequence[Page], Summary]:
    """What is kept of a document that has no words that cpra could read."""
    if kind in SILENT:
        return (), Summary()
    return (Page(1, ""),), Summary(unread=(1,))
