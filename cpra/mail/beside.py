"""Work that a process beside this one does, with all that is open and known here.

It is a fork: nothing has to be read, signed in to or handed over again. That is safe as long as no
other thread runs here, and where the system's own libraries bear it, which is why macOS is left
out; elsewhere the same work is done in this process.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from cpra.errors import CpraError


@dataclass(frozen=True, slots=True)
class Beside:
    """A process that works for this one."""

    results: Iterator[bytes]
    """what it makes, pickled; what it raises is raised where this is read"""
    stop: Callable[[], None]
    """end it at once"""


def is_possible() -> bool:
    """True where a process can be forked, and has a processor of its own."""
    alone = threading.active_count() == 1
    return sys.platform == "linux" and alone and (os.cpu_count() or 1) > 1


@contextmanager
def beside(work: Callable[[], Iterable[object]]) -> Iterator[Beside]:
    """Have this work done by another process, which ends with this block, or with this process."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(work, here, there), daemon=True)
    process.start()
    there.close()
    try:
        yield Beside(_results(here), process.kill)
    finally:
        process.kill()
        process.join()
        here.close()


def _results(pipe: Connection) -> Iterator[bytes]:
    try:
        while data := pipe.recv_bytes():
            yield data
        error, trace = pickle.loads(pipe.recv_bytes())  # noqa: S301 (from our own process)
    except EOFError:
        raise CpraError(
            "the process that reads the messages was ended from outside (too little memory?); "
            "what has come is kept, and the next fetch goes on from there"
        ) from None
    if isinstance(error, CpraError):
        raise error
    if error is not None:
        raise error from RuntimeError(f"in the process beside:\n{trace}")


def _work(work: Callable[[], Iterable[object]], here: Connection, there: Connection) -> None:
    """In the other process: Ctrl-C is for the one that the requester sees."""
    here.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    with suppress(BrokenPipeError):
        try:
            for result in work():
                there.send_bytes(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))
        except CpraError as error:
            _end(there, error)
        except BrokenPipeError:
            raise
        except Exception as error:
            _end(there, error, traceback.format_exc())
            raise SystemExit(1) from error  # the process that reads it tells of it
        else:
            _end(there)


def _end(there: Connection, error: Exception | None = None, trace: str = "") -> None:
    there.send_bytes(b"")
    there.send_bytes(pickle.dumps((error, trace)))


def _end_with_the_other() -> None:
    """A process that was killed takes this one with it, so that nothing stays open or locked."""
    other = multiprocessing.parent_process()
    if other is not None:
        other.join()
        os._exit(1)
