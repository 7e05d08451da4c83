"""Understanding many messages in a process beside this one, while this one files those before them.

What comes of it is the same as without it; a few messages are not worth the start of a process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

from cpra.mail.understanding import Arrival, Understanding, Understood

WORTH = 300
"""Messages from which on a process of its own is started."""
LARGE = 1_000_000
"""Bytes of messages that are not worth being handed over."""

_HERE: list[Understanding] = []


@dataclass(frozen=True, slots=True)
class Handed:
    """Messages that were handed to be read, and the promise of what comes of it, if any."""

    arrivals: Sequence[Arrival]
    promise: Future[list[Understood]] | None = None

    @property
    def is_done(self) -> bool:
        """True when nobody has to wait for what comes of it."""
        return self.promise is None or self.promise.done()


class Readers:
    """Looks into messages, here or in a process beside this one."""

    def __init__(self, understanding: Understanding) -> None:
        self._understanding = understanding
        self._pool: ProcessPoolExecutor | None = None

    def expect(self, count: int) -> None:
        """So many messages will come: a process is started for many."""
        if self._pool is not None or count < WORTH or (os.cpu_count() or 1) < 2:
            return
        self._pool = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._understanding,),
        )
        self._pool.submit(_read, ())  # it starts while the first messages come

    def hand(self, arrivals: Sequence[Arrival]) -> Handed:
        """Hand over messages, from any thread."""
        pool = self._pool
        if pool is None or sum(len(one.data) for one in arrivals) > LARGE:
            return Handed(arrivals)
        try:
            return Handed(arrivals, pool.submit(_read, arrivals))
        except (BrokenProcessPool, RuntimeError):
            return Handed(arrivals)

    def understood(self, handed: Handed) -> list[Understood]:
        """What the messages that were handed over say, each with its own bytes again."""
        if handed.promise is not None:
            try:
                return [
                    replace(one, incoming=replace(one.incoming, data=arrival.data))
                    for one, arrival in zip(handed.promise.result(), handed.arrivals, strict=True)
                ]
            except BrokenProcessPool:
                self._pool = None  # it was ended from outside (too little memory, say)
        return [self._understanding.of(one) for one in handed.arrivals]

    def close(self) -> None:
        """End the process, if there is one."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _begin(understanding: Understanding) -> None:
    """In the other process: Ctrl-C is for the one that the requester sees."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _HERE[:] = [understanding]


def _read(arrivals: Sequence[Arrival]) -> list[Understood]:
    """In the other process; the bytes of the messages need not come back."""
    found = (_HERE[0].of(one) for one in arrivals)
    return [replace(one, incoming=replace(one.incoming, data=b"")) for one in found]
