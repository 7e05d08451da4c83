"""Things that come from somewhere, fetched in a thread while those before them are being used.

It goes as far ahead as a few megabytes. Where the source says that there is no more (`CpraError`),
what has come is handed out first, and `lost` says why.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from cpra.errors import CpraError

T = TypeVar("T")

MOST = 8 * 1024 * 1024
"""Bytes that wait to be used; one thing may be larger."""


class Ahead(Generic[T]):
    """The things of a source, in their order."""

    def __init__(
        self, source: Iterator[T], size: Callable[[T], int], hang_up: Callable[[], None]
    ) -> None:
        """`size` tells the bytes of one of them, `hang_up` ends the source from outside."""
        self.lost: CpraError | None = None
        """why it ended early"""
        self._source = source
        self._size_of = size
        self._hang_up = hang_up
        self._here: deque[T] = deque()
        self._size = 0
        self._ended = self._left = False
        self._change = threading.Condition()
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead")
        self._run: Future[None] | None = None

    def __enter__(self) -> Ahead[T]:
        """Begin to fetch."""
        self._run = self._threads.submit(self._fetch)
        return self

    def __exit__(self, *_: object) -> None:
        """End the source, if it still goes on, and wait for the thread."""
        with self._change:
            self._left = True
            going = not self._ended
            self._change.notify_all()
        if going:
            self._hang_up()
        self._threads.shutdown()

    def __iter__(self) -> Iterator[T]:
        """Each of them once."""
        while True:
            with self._change:
                self._change.wait_for(lambda: self._here or self._ended)
                if not self._here:
                    break
                one = self._here.popleft()
                self._size -= self._size_of(one)
                self._change.notify_all()
            yield one
        if self._run is not None:
            self._run.result()  # a fault of the source is raised here

    def _fetch(self) -> None:
        try:
            for one in self._source:
                with self._change:
                    self._change.wait_for(lambda: self._left or self._size < MOST)
                    if self._left:
                        return
                    self._here.append(one)
                    self._size += self._size_of(one)
                    self._change.notify_all()
        except CpraError as error:
            self.lost = error
        finally:
            with self._change:
                self._ended = True
                self._change.notify_all()
