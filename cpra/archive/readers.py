"""The processes that read documents: started when needed, killed when they hang, started again."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import cpra
from cpra.archive import convert
from cpra.archive.kinds import Kind
from cpra.archive.limits import SANE, Limits
from cpra.archive.look import Carried, Finding, Hidden, Hiding
from cpra.archive.reader import BUFFER, READABLE, Frame
from cpra.archive.store import Page, Store, Summaries, Summary, Unread

SILENT = frozenset(
    {
        *(Kind.ZIP, Kind.TAR, Kind.GZ, Kind.BZ2, Kind.XZ, Kind.SEVENZIP, Kind.RAR),
        *(Kind.MBOX, Kind.TNEF, Kind.EMPTY, Kind.SQLITE, Kind.PROGRAM),
    }
)
"""Kinds with no words of their own: what is in them is filed beside them, or they have nothing."""

AHEAD = 16
"""Documents that each process has waiting."""


class Readers:
    """A few reading processes; close them after use."""

    def __init__(self, limits: Limits = SANE, processes: int = 2) -> None:
        self._limits = limits
        self._processes = processes
        self._local = threading.local()
        self._running: list[_Process] = []
        self._lock = threading.Lock()
        self._closing = False

    def each(
        self, documents: Sequence[Unread], work: Callable[[Unread], int]
    ) -> Iterator[tuple[Unread, int]]:
        """Do this work for every document, a few at once; each comes back when it is done."""
        with ThreadPoolExecutor(self._processes) as pool:
            try:
                # A few at a time: what waits takes memory, and there may be many thousands.
                ahead = deque[Future[int]]()
                waiting = iter(documents)
                for document in documents:
                    for following in islice(waiting, AHEAD * self._processes - len(ahead)):
                        ahead.append(pool.submit(work, following))
                    yield document, ahead.popleft().result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.close()
                raise

    def read(self, document: Unread, store: Store) -> int:
        """Read one document into the store; the number of its pages that are still unread."""
        summary = Summaries()
        if document.kind in READABLE:
            pages = self._process().pages(document, summary)
            store.write(document.sha256, pages, summary)
        elif document.kind in convert.CONVERTED and convert.program() is not None:
            self._read_converted(document, store, summary)
        elif document.kind in SILENT:
            store.write(document.sha256, (), Summary())
        else:
            summary.unread.append(1)
            store.write(document.sha256, (Page(1, ""),), summary)
        return len(summary.unread)

    def read_scans(self, document: Unread, store: Store) -> int:
        """Read the pages that have no words by OCR; how many have words now.

        What was done when something stops it is kept, and the next time goes on from there.
        """
        stored = store.open(document.sha256)
        if stored is None:
            return 0
        with stored:
            old, pages = stored.summary, {page.number: page for page in stored}
        summary = Summaries()
        summary.problems += old.problems
        summary.tried += old.tried
        waiting, found = list(old.waiting), 0
        while waiting and not self._closing:
            trouble = Summaries()
            for page in self._process().pages(document, trouble, ocr=waiting):
                pages[page.number] = _with_scan(pages.get(page.number), page)
                summary.tried.append(page.number)
                found += bool(page.text.strip())
            waiting = [number for number in waiting if number not in set(summary.tried)]
            if waiting and not self._closing:
                # The page that brought it down is not tried again; those after it are.
                summary.tried.append(waiting.pop(0))
        read = set(summary.tried)
        summary.unread += [n for n in old.unread if n not in read or not pages[n].text.strip()]
        store.write(document.sha256, [pages[number] for number in sorted(pages)], summary)
        return found

    def look(
        self, document: Unread
    ) -> tuple[tuple[Finding, ...], tuple[Hidden, ...], tuple[str, ...]]:
        """What one document hides on its pages, what it carries along, and what was wrong."""
        summary = Summaries()
        findings: list[Finding] = []
        carried: list[Hidden] = []
        for sort, number, text, label, _ in self._process().frames(document, summary, "look"):
            if sort == "finding":
                box, hiding, characters = json.loads(label)
                findings.append(Finding(number, tuple(box), Hiding(hiding), characters, text))
            else:
                carried.append(Hidden(Carried(label), text))
        return tuple(findings), tuple(carried), tuple(summary.problems)

    def probe(self, document: Unread) -> tuple[str, ...]:
        """Why a PDF cannot be opened; nothing when it can."""
        summary = Summaries()
        for _ in self._process().frames(document, summary, "probe"):
            pass
        return tuple(summary.problems)

    def _read_converted(self, document: Unread, store: Store, summary: Summaries) -> None:
        with convert.as_pdf(document.path, document.kind, self._limits.seconds) as made:
            if made is None:
                summary.problems.append("is damaged: LibreOffice cannot open it")
                store.write(document.sha256, (), summary)
                return
            pdf = Unread(made, document.sha256, Kind.PDF)
            store.write(document.sha256, self._process().pages(pdf, summary), summary)

    def _process(self) -> _Process:
        """This thread's process, a new one when the last was killed."""
        process: _Process | None = getattr(self._local, "process", None)
        if process is None or not process.is_alive:
            process = self._local.process = _Process(self._limits)
            with self._lock:
                self._running.append(process)
        return process

    def close(self) -> None:
        """End the reading processes."""
        self._closing = True
        with self._lock:
            for process in self._running:
                process.kill()
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


class _Process:
    """One process that reads; see `cpra.archive.reader`."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._late = False
        self._deadline = math.inf
        self._ended = threading.Event()
        home = str(Path(cpra.__file__).parents[1])
        known = os.environ.get("PYTHONPATH")
        # -P: a json.py in the folder where the requester stands is never imported.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cpra.archive.reader"],
            bufsize=BUFFER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": f"{home}{os.pathsep}{known}" if known else home},
        )
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101, PT018 - PIPE
        self._in: IO[bytes] = self._process.stdin
        self._out: IO[bytes] = self._process.stdout
        # One thread for all of its documents: to start one for each takes longer than to read it.
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def is_alive(self) -> bool:
        """Whether it can be given another document."""
        return self._process.poll() is None

    def pages(
        self, document: Unread, summary: Summaries, ocr: Sequence[int] = ()
    ) -> Iterator[Page]:
        """The pages as they come, or only these by OCR; problems and unread pages are noted."""
        work = "ocr" if ocr else "read"
        for _, number, text, label, unread in self.frames(document, summary, work, ocr):
            if unread:
                summary.unread.append(number)
            yield Page(number, text, label)

    def frames(
        self, document: Unread, summary: Summaries, work: str, pages: Sequence[int] = ()
    ) -> Iterator[Frame]:
        """What the process sends about a document; problems are noted."""
        order = {
            "path": str(document.path.absolute()),
            "kind": document.kind,
            "memory": self._limits.memory,
            "seconds": self._limits.seconds,
            "work": work,
            "pages": list(pages),
        }
        self._late = False
        number = 0
        self._deadline = time.monotonic() + self._limits.seconds
        try:
            self._in.write(json.dumps(order).encode() + b"\n")
            self._in.flush()
            while (frame := self._frame()) is not None:
                if frame[0] == "end":
                    return
                if frame[0] == "problem":
                    summary.problems.append(str(frame[1]))
                    continue
                sort, number, text, label, unread = frame
                yield sort, number, text, label, unread
        except OSError:
            pass
        finally:
            self._deadline = math.inf
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
        self._ended.set()
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
        frame: list[Any] = json.loads(data.decode())
        return frame

    def _watch(self) -> None:
        """Kill the process when no page has come for too long."""
        while not self._ended.wait(min(1.0, self._limits.seconds / 4)):
            if time.monotonic() > self._deadline:
                self._late = True
                self._process.kill()
                return


def _with_scan(before: Page | None, scan: Page) -> Page:
    """A page with what OCR found on it after what it had, such as a stamp."""
    if before is None or not before.text.strip():
        return Page(scan.number, scan.text, before.label if before else "")
    return Page(scan.number, f"{before.text}\n{scan.text}".rstrip(), before.label)
