"""Real servers on this machine for the tests: each a process of its own, ended with the test."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30.0
"""Seconds for a server to be ready."""


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def listens(port: int) -> bool:
    """True once somebody takes connections there."""
    with socket.socket() as asked:
        asked.settimeout(1)
        return asked.connect_ex(("127.0.0.1", port)) == 0


def wait_for(ready: Callable[[], bool], what: str) -> None:
    """Come back when it is ready; a server that never is fails the test with its name."""
    end = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not ready():
        assert time.monotonic() < end, f"{what} was not ready within {PATIENCE:.0f} seconds"
        pause.wait(0.01)


@contextmanager
def running(
    command: Sequence[str],
    ready: Callable[[], bool],
    log: Path,
    env: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server's process while the test needs it; what it says goes into `log`."""
    with log.open("wb") as said:
        server = subprocess.Popen(command, stdout=said, stderr=said, env=env)
        try:

            def up() -> bool:
                assert server.poll() is None, f"{command[0]} ended: {log.read_text()[-2000:]}"
                return ready()

            wait_for(up, command[0])
            yield server
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
