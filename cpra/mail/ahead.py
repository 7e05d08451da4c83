"""Messages that come from a server while those before them are being filed.

The conversation goes on in a thread of its own, as far ahead as a few megabytes. A connection that
breaks ends the messages: what has come is handed out first, and `lost` says why there is no more.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from cpra.errors import CpraError
from cpra.mail.incoming import Incoming

MOST = 8 * 1024 * 1024
"""Bytes of messages that wait to be filed; one message may be larger."""

Numbered = tuple[int, Incoming]
"""A message with the server's number for it."""


class Ahead:
    """The messages of a source, in their order, read before they are asked for."""

    def __init__(self, source: Iterator[Numbered], hang_up: Callable[[], None]) -> None:
        self.lost: CpraError | None = None
        """why it ended early"""
        self._source = source
        self._hang_up = hang_up
        self._here: deque[Numbered] = deque()
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

    def __iter__(self) -> Iterator[Numbered]:
        """Each message once."""
        while True:
            with self._change:
                self._change.wait_for(lambda: self._here or self._ended)
                if not self._here:
                    break
                number, incoming = self._here.popleft()
                self._size -= len(incoming.data)
                self._change.notify_all()
            yield number, incoming
        if self._run is not None:
            self._run.result()  # a fault of the reading is raised here

    def _read(self) -> None:
        try:
            for number, incoming in self._source:
                _ = incoming.sha256  # while the other thread waits for the disk
                with self._change:
                    self._change.wait_for(lambda: self._left or self._size < MOST)
                    if self._left:
                        return
                    self._here.append((number, incoming))
                    self._size += len(incoming.data)
                    self._change.notify_all()
        except CpraError as error:
            self.lost = error
        finally:
            with self._change:
                self._ended = True
                self._change.notify_all()
