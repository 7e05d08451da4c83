"""Reading many messages in a process beside this one, while this one waits for the disk.

What is read is the same as without it; a few messages are not worth the start of a process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from cpra.mail.incoming import Incoming
from cpra.mail.reading import Lore, Reading, reading

WORTH = 300
"""Messages from which on a process of its own is started."""

Group = Sequence[Incoming]
"""Messages of one request."""

_LORE: list[Lore] = []


class Readers:
    """Reads groups of messages, each with the sentences of our own letter."""

    def __init__(self, lore: Lore) -> None:
        self._lore = lore
        self._pool: ProcessPoolExecutor | None = None

    def readings(self, groups: Sequence[tuple[Group, frozenset[str]]]) -> Iterator[list[Reading]]:
        """What each group's messages say, in the order of the groups."""
        count = sum(len(group) for group, _ in groups)
        if count < WORTH or (os.cpu_count() or 1) < 2:
            yield from (_read(group, own, self._lore) for group, own in groups)
            return
        waiting = [(self._started(group, own), group, own) for group, own in groups]
        for future, group, own in waiting:
            try:
                yield future.result()
            except BrokenProcessPool:
                # It was ended from outside (too little memory, say): read here what is left.
                self._pool = None
                yield _read(group, own, self._lore)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _started(self, group: Group, own: frozenset[str]) -> Future[list[Reading]]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self._lore,),
            )
        # What is read stands in the message; its bytes and its files need not go over.
        light = [replace(one, data=b"") for one in group]
        return self._pool.submit(_read, light, own)


def _begin(lore: Lore) -> None:
    """In the other process: Ctrl-C is for the one that the requester sees."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _LORE[:] = [lore]


def _read(group: Group, own: frozenset[str], lore: Lore | None = None) -> list[Reading]:
    return [reading(one, lore or _LORE[0], own) for one in group]
