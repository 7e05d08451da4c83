"""Commands that a page shows, with what they print: read from Markdown, run, compared.

A block fenced as ```console has lines `$ command`, each followed by what it prints. In that, `…`
stands for anything on the line, and a line with nothing else for any number of lines; a command
with no output below it only has to succeed. Between the blocks, `<!-- today: 2026-10-01 -->` says
on which day the commands after it are run, and `<!-- not run: why -->` leaves out the next block.
All commands of a page run in order, from one new home folder.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ANYTHING = "…"
_FENCE = re.compile(r"^```(\w*)\s*$")
_TODAY = re.compile(r"<!-- today: (\S+) -->")
_NOT_RUN = re.compile(r"<!-- not run: .+ -->")


@dataclass(frozen=True, slots=True)
class Shown:
    """One command of a page, and the lines that the page says it prints."""

    line: int
    command: str
    expected: tuple[str, ...]
    today: str | None


def commands(text: str) -> Iterator[Shown]:
    """Every command that a page shows and means to be run, in its order."""
    today, leave_out, kind = None, False, None
    command, line, expected = "", 0, list[str]()
    for number, row in enumerate(text.splitlines(), start=1):
        fence = _FENCE.match(row)
        if kind is None:
            if fence:
                kind = fence[1] or "text"
            elif found := _TODAY.search(row):
                today = found[1]
            elif _NOT_RUN.search(row):
                leave_out = True
            continue
        if not fence and not row.startswith("$ "):
            expected.append(row.rstrip())
            continue
        if command:
            yield Shown(line, command, tuple(expected), today)
        command, line, expected = "", number, []
        if fence:
            kind, leave_out = None, False
        elif kind == "console" and not leave_out:
            command = row[2:].strip()


def differences(text: str, home: Path, shell: str) -> list[str]:
    """Run what a page shows in a new home; says of each command that does otherwise, what it did.

    The run stops at the first, since the commands after it count on what it should have done.
    """
    where = home
    for shown in commands(text):
        if shown.command.startswith("cd "):
            where = _expanded(shown.command[3:], home, where)
            continue
        done = _run(shown, shell, where, home)
        printed = done.stdout.replace(str(home), "~").rstrip("\n")
        failed = any(row.startswith(("Error:", "Usage:")) for row in shown.expected)
        if bool(done.returncode) != failed:
            return [
                f"line {shown.line}: `{shown.command}` ended with {done.returncode}:\n{printed}"
            ]
        if shown.expected and not agrees(printed, shown.expected):
            return [f"line {shown.line}: `{shown.command}` printed\n{printed}"]
    return []


def agrees(printed: str, expected: tuple[str, ...]) -> bool:
    """True when the output is what a page shows, with `…` for anything."""
    rows = list(expected)
    while rows and not rows[-1]:
        rows.pop()
    pattern = "".join(
        r"(?:[^\n]*\n)*?"
        if row.strip() == ANYTHING
        else ".*".join(map(re.escape, row.split(ANYTHING))) + r"[ \t]*\n"
        for row in rows
    )
    return re.fullmatch(pattern, printed + "\n") is not None


def _run(shown: Shown, shell: str, where: Path, home: Path) -> subprocess.CompletedProcess[str]:
    programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = {**os.environ, "HOME": str(home), "PATH": programs, "COLUMNS": "100"}
    if shown.today:
        env["CPRA_TODAY"] = shown.today
    return subprocess.run(
        [shell, "-c", shown.command],
        cwd=where,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def _expanded(folder: str, home: Path, where: Path) -> Path:
    return home / folder[2:] if folder.startswith("~/") else where / folder.strip()
