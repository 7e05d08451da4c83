"""Messages that come from somewhere, and are read, while those before them are being filed.

The conversation goes on in a thread of its own, as far ahead as a few megabytes. A connection that
breaks ends the messages: what has come is handed out first, and `lost` says why there is no more.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Container, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from cpra.errors import CpraError
from cpra.mail.journal import Line
from cpra.mail.readers import Handed, Readers
from cpra.mail.understanding import Arrival, Understood

MOST = 8 * 1024 * 1024
"""Bytes of messages that wait to be filed; one message may be larger."""
TOGETHER = 100
"""Messages that are read at once …"""
TOGETHER_BYTES = 500_000
"""… as long as they are not larger than this."""

Source = Iterator[tuple[Arrival, Line]]
"""Messages, each with the line that the journal is to have of it."""


@dataclass(frozen=True, slots=True)
class Came:
    """A message that came; one that was known by its bytes is not looked into again."""

    arrival: Arrival
    line: Line
    understood: Understood | None


@dataclass(frozen=True, slots=True)
class _Some:
    """A few messages, and those of them that are being read."""

    every: list[tuple[Arrival, Line]]
    handed: Handed
    size: int


class Ahead:
    """The messages of a source, in their order, read before they are asked for."""

    def __init__(
        self,
        source: Source,
        readers: Readers,
        known: Container[str],
        hang_up: Callable[[], None] = lambda: None,
    ) -> None:
        self.lost: CpraError | None = None
        """why it ended early"""
        self._source = source
        self._readers = readers
        self._known = known
        self._hang_up = hang_up
        self._here: deque[_Some] = deque()
        self._size = 0
        self._ended = self._left = False
        self._change = threading.Condition()
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fetch")
        self._run: Future[None] | None = None

    def __enter__(self) -> Ahead:
        """Begin to read."""
        self._run = self._threads.submit(self._read)
        return self

    def __exit__(self, *_: object) -> None:
        """End the conversation, if it still goes on, and wait for the thread."""
        with self._change:
            self._left = True
            going = not self._ended
            self._change.notify_all()
        if going:
            self._hang_up()
        self._threads.shutdown()

    @property
    def is_waiting(self) -> bool:
        """True when the next message is not here yet, or not read."""
        with self._change:
            return not self._here or not self._here[0].handed.is_done

    def __iter__(self) -> Iterator[Came]:
        """Each message once."""
        while True:
            with self._change:
                self._change.wait_for(lambda: self._here or self._ended)
                if not self._here:
                    break
                some = self._here.popleft()
                self._size -= some.size
                self._change.notify_all()
            understood = self._readers.understood(some.handed)
            found = dict(zip((one.sha256 for one in some.handed.arrivals), understood, strict=True))
            for arrival, line in some.every:
                yield Came(arrival, line, found.get(arrival.sha256))
        if self._run is not None:
            self._run.result()  # a fault of the reading is raised here

    def _read(self) -> None:
        some: list[tuple[Arrival, Line]] = []
        size = 0
        try:
            for one in self._source:
                some.append(one)
                size += len(one[0].data)
                if len(some) >= TOGETHER or size >= TOGETHER_BYTES:
                    if not self._hand(some, size):
                        return
                    some, size = [], 0
        except CpraError as error:
            self.lost = error
        finally:
            if some:
                self._hand(some, size)
            with self._change:
                self._ended = True
                self._change.notify_all()

    def _hand(self, some: list[tuple[Arrival, Line]], size: int) -> bool:
        """Have a few messages read, as soon as not too many wait; False when nobody wants them."""
        with self._change:
            self._change.wait_for(lambda: self._left or self._size < MOST)
            if self._left:
                return False
        fresh = {one.sha256: one for one, _ in some if one.sha256 not in self._known}
        handed = self._readers.hand(list(fresh.values()))
        with self._change:
            self._here.append(_Some(some, handed, size))
            self._size += size
            self._change.notify_all()
        return True
