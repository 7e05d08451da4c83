"""cpra at a real terminal: what a person types, and what they see on the screen."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\r")
ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
"""Seconds until a screen that should have changed counts as stuck."""


def typed_at_terminal(
    words: Sequence[str],
    answers: Sequence[tuple[str, str]],
    *,
    columns: int = 100,
    env: Mapping[str, str] | None = None,
    keys: bool = False,
) -> tuple[int, str]:
    """Run `cpra WORDS` at a terminal: each answer once its question stands on the screen.

    The exit code, and all that the screen showed, without colours. Each question stands after the
    one before it. With `keys`, an answer of one character is a key that is read without Enter.
    """
    pty = pytest.importorskip("pty", reason="this system has no terminals of that kind")
    import fcntl
    import struct
    import termios

    child, screen = pty.fork()
    if child == 0:  # pragma: no cover (another process)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        path = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb", **(env or {})}
        path.pop("COLUMNS", None)
        os.execve(sys.executable, [sys.executable, "-m", "cpra", *words], path)  # noqa: S606 (ours)
    seen, place = "", 0
    for question, answer in answers:
        seen = _until(screen, seen, question, place)
        place = seen.index(question, place) + len(question)
        if keys and len(answer) == 1:
            _until_keys_are_read(screen, seen)
        os.write(screen, answer.encode())
    seen = _until(screen, seen, None, place)
    _, status = os.waitpid(child, 0)
    os.close(screen)
    return os.waitstatus_to_exitcode(status), seen


def _until_keys_are_read(screen: int, seen: str) -> None:
    """Come back when the program reads single keys: what is typed earlier is thrown away."""
    import termios

    ends = time.monotonic() + PATIENCE
    while termios.tcgetattr(screen)[3] & termios.ICANON:
        if time.monotonic() > ends:
            pytest.fail(f"no key was asked for:\n{seen}")
        select.select([], [], [], 0.01)


def _until(screen: int, seen: str, question: str | None, place: int) -> str:
    """What was seen so far, read on until the question stands after that place, or to the end."""
    raw = b""
    ends = time.monotonic() + PATIENCE
    shown = seen
    while question is None or question not in shown[place:]:
        left = ends - time.monotonic()
        if left <= 0 or not select.select([screen], [], [], left)[0]:
            pytest.fail(f"the screen never showed {question!r}:\n{shown}")
        try:
            more = os.read(screen, 65536)
        except OSError:  # how Linux says that the other end is gone
            more = b""
        if not more:
            if question is not None:
                pytest.fail(f"it ended before it asked {question!r}:\n{shown}")
            break
        raw += more
        shown = seen + _ANSI.sub("", raw.decode(errors="replace"))
    return shown
