"""Messages that come from somewhere, and what cpra makes of them by itself.

Many of them are fetched and understood by a process beside this one, while this one files those
before them; what comes of it is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pickle import loads
from typing import Any

from cpra.errors import CpraError, Problem
from cpra.mail.ahead import Ahead
from cpra.mail.beside import beside, is_possible
from cpra.mail.understanding import Arrival, Understanding, Understood

WORTH = 300
"""Messages from which on another process is worth its start."""
TOGETHER = 100
"""Messages that are handed on together …"""
TOGETHER_BYTES = 500_000
"""… as long as they are not larger than this."""


Source = Iterator[Arrival | Problem]
"""Messages, and what is wrong with those that cannot be had."""


@dataclass(frozen=True)  # without slots: pickled much faster
class Came:
    """A message that came; one that was known by its bytes is not looked into again."""

    arrival: Arrival
    understood: Understood | None


Opened = Callable[[Any], Sequence[Came | Problem]]
"""What comes of a few things that were fetched together."""


class Coming:
    """The messages, in the order of their source."""

    def __init__(
        self,
        ahead: Ahead[Any],
        opened: Opened,
        *,
        is_beside: bool,
    ) -> None:
        self.problems: list[Problem] = []
        """what has been wrong with single ones so far"""
        self._ahead = ahead
        self._opened = opened
        self.is_beside = is_beside
        """another process fetches them"""

    @property
    def lost(self) -> CpraError | None:
        """Why they ended early."""
        return self._ahead.lost

    def __iter__(self) -> Iterator[Came]:
        """Each message once."""
        for some in self._ahead:
            for one in self._opened(some):
                if isinstance(one, Problem):
                    self.problems.append(one)
                else:
                    yield one


@contextmanager
def coming(
    source: Source,
    count: int,
    understanding: Understanding,
    known: Container[str],
    hang_up: Callable[[], None] = lambda: None,
) -> Iterator[Coming]:
    """The messages of a source, about so many; those that are `known` are not looked into.

    `hang_up` ends a source that is waiting for something; one that another process has read from
    is ended in any case.
    """
    opened = partial(understood, understanding, known)
    way = beside_this if count >= WORTH and is_possible() else within_this
    with way(source, opened, hang_up) as mails:
        yield mails


@contextmanager
def within_this(source: Source, opened: Opened, hang_up: Callable[[], None]) -> Iterator[Coming]:
    """The messages of a source, all of the work done in this process."""
    with Ahead(_together(source), _size, hang_up) as ahead:
        yield Coming(ahead, opened, is_beside=False)


@contextmanager
def beside_this(source: Source, opened: Opened, hang_up: Callable[[], None]) -> Iterator[Coming]:
    """The messages of a source, all of the work done in a process beside this one."""

    def work() -> Iterator[Sequence[Came | Problem]]:
        with Ahead(_together(source), _size, hang_up) as ahead:
            yield from map(opened, ahead)
        if ahead.lost:
            raise ahead.lost

    try:
        with beside(work) as other, Ahead(other.results, len, other.stop) as ahead_of_it:
            yield Coming(ahead_of_it, loads, is_beside=True)
    finally:
        hang_up()  # the other process has gone on with the source: it is out of step here


def _together(source: Source) -> Iterator[list[Arrival | Problem]]:
    """A few messages at a time; what came before the source broke is handed on too."""
    some: list[Arrival | Problem] = []
    size = 0
    try:
        for one in source:
            some.append(one)
            size += _size([one])
            if len(some) >= TOGETHER or size >= TOGETHER_BYTES:
                yield some
                some, size = [], 0
    except CpraError:
        if some:
            yield some
        raise
    if some:
        yield some


def _size(some: Sequence[Arrival | Problem]) -> int:
    return sum(len(one.data) for one in some if isinstance(one, Arrival))


def understood(
    understanding: Understanding, known: Container[str], some: Sequence[Arrival | Problem]
) -> list[Came | Problem]:
    """Each of them, looked into unless it is known or was just before."""
    found: list[Came | Problem] = []
    seen: set[str] = set()
    for one in some:
        if isinstance(one, Problem):
            found.append(one)
            continue
        is_new = one.sha256 not in known and one.sha256 not in seen
        seen.add(one.sha256)
        found.append(Came(one, understanding.of(one) if is_new else None))
    return found
