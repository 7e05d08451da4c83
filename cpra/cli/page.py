"""What a command prints: results on stdout, the rest on stderr, JSON when it is asked for."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic
from typing import Any

import click

from cpra.errors import Problem

_COMMAND = re.compile(r"`[^`]*`")
_GLUE = "\x1f"

BETWEEN = 0.1
"""Seconds between two drawings of a bar that is drawn when it moves."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def on_terminal() -> bool:
    """True when a person sits at the keyboard and reads the screen."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def print_json(value: Any) -> None:
    """Print a value as JSON; dates in ISO form, paths as text, what drives a terminal escaped."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    click.echo(text if text.isascii() else "".join(map(_escaped, text)))


def _escaped(c: str) -> str:
    """Only within strings does JSON have such a sign, and there it may be written so."""
    if c == "\n" or c.isprintable():
        return c
    units = c.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))


def say(text: str) -> None:
    """Tell the person something that is no result (stderr)."""
    click.echo(text, err=True)


def warn(problems: Iterable[Problem]) -> None:
    """Tell what is wrong with some things while the rest went on (stderr)."""
    for problem in problems:
        text = f"  {printable(str(problem))}"
        say("\n".join(wrapped(text, "", "      ")) if sys.stderr.isatty() else text)


def printable(text: str) -> str:
    """Text from outside as a terminal may show it: controls and direction marks are written out."""
    if text.isprintable():  # nearly every line is, and the morning screen has a thousand
        return text
    return "".join(c if c == "\n" or c.isprintable() else f"U+{ord(c):04X}" for c in text)


def day(on: date, *, year: bool = True) -> str:
    """`Mon Sep 28, 2026`, or without the year where a column is narrow."""
    text = f"{on:%a %b} {on.day}"
    return f"{text}, {on.year}" if year else text


def long_day(on: date) -> str:
    """`Thursday, October 1, 2026`."""
    return f"{on:%A, %B} {on.day}, {on.year}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `214 files`, `3,400 entries`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def shortened(text: str, width: int) -> str:
    """The text in a column of that width; what does not fit ends in an ellipsis."""
    return f"{text[: width - 1]}…" if len(text) > width else text.ljust(width)


def wrapped(text: str, first: str, following: str, most: int = 100) -> list[str]:
    """The lines of a long sentence, indented, as wide as the screen but never over 100 columns.

    A command in `backticks` stays on one line if it fits, so that it can be copied.
    """
    import shutil
    import textwrap

    width = max(40, min(most, shutil.get_terminal_size().columns))
    room = width - len(following)

    def whole(found: re.Match[str]) -> str:
        return found[0].replace(" ", _GLUE) if len(found[0]) <= room else found[0]

    lines = textwrap.wrap(
        _COMMAND.sub(whole, text),
        width,
        initial_indent=first,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_GLUE, " ") for line in lines]


def screen_width() -> int | None:
    """Columns of the screen that stdout is; None where it is piped."""
    if not sys.stdout.isatty():
        return None
    import shutil

    return max(40, shutil.get_terminal_size().columns)


def fitted(text: str, following: str = "    ") -> str:
    """A row as a screen shows it: too long, it goes on below, indented; whole where it is piped."""
    if not sys.stdout.isatty():
        return text
    return "\n".join(wrapped(text, "", following, most=10_000)) or text


def styled(text: str, **style: Any) -> str:
    """Text with a colour on a terminal that wants one (NO_COLOR and TERM=dumb are honoured)."""
    import os

    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else click.style(text, **style)


def progress_bar(
    label: str, *, threads: bool = True
) -> tuple[Callable[[int, int, str], None], Callable[[], None]]:
    """A bar for work that takes over a second, on a terminal only: how to move it and to end it.

    Without `threads` it is drawn only when it moves, so that a process can be forked meanwhile.
    """
    if not sys.stderr.isatty():
        return (lambda _done, _total, _name: None), (lambda: None)
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True, auto_refresh=threads)
    task = bar.add_task(label, total=None)
    bar.start()
    drawn = 0.0

    def move(done: int, total: int, _name: str) -> None:
        nonlocal drawn
        now = monotonic()
        due = not threads and now - drawn >= BETWEEN
        drawn = now if due else drawn
        bar.update(task, completed=done, total=total or None, refresh=due)

    return move, bar.stop


def _plain(value: Any) -> Any:
    from dataclasses import asdict, is_dataclass

    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
