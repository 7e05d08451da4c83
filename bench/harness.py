"""Whole processes, timed from outside: wall time until the exit, and the most memory they held.

Programs that are compared run in turns (A B C A B C …), so that whatever else the machine does
falls on all of them alike, and only their ratio is a result.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True)
class Run:
    """One process from its start to its exit."""

    seconds: float
    processor: float
    """seconds of processor time; whatever else the machine does falls on the clock, not on these"""
    megabytes: float
    """the most memory that it held at one time (resident)"""


@dataclass(frozen=True, slots=True)
class Runs:
    """Several runs of the same command."""

    every: tuple[Run, ...]

    @property
    def milliseconds(self) -> float:
        """The median wall time."""
        return 1000 * statistics.median(run.seconds for run in self.every)

    @property
    def processor(self) -> float:
        """The median processor time, in seconds."""
        return statistics.median(run.processor for run in self.every)

    @property
    def spread(self) -> tuple[float, float]:
        """The quarter and three-quarter points of the wall time, in milliseconds."""
        low, _, high = statistics.quantiles((run.seconds for run in self.every), n=4)
        return 1000 * low, 1000 * high

    @property
    def megabytes(self) -> float:
        """The largest peak of any run."""
        return max(run.megabytes for run in self.every)


def run(command: Sequence[str], where: Path) -> Run:
    """Run a command once with its output into a pipe that is read to the end; it must succeed."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        while process.stdout.read(1 << 20):
            pass
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    # Linux counts in KiB, macOS in bytes.
    megabytes = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Run(seconds, used.ru_utime + used.ru_stime, megabytes)


def in_turns(commands: Mapping[str, Sequence[str]], where: Path, rounds: int) -> dict[str, Runs]:
    """Run each command once to warm up, then all of them in turns, so many rounds."""
    for command in commands.values():
        run(command, where)
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name].append(run(command, where))
    return {name: Runs(tuple(every)) for name, every in found.items()}


def installed(into: Path, *more: Path) -> Path:
    """A fresh environment with cpra from its wheel, and what else is named; gives its programs."""
    source = into / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    venv.create(into / "venv", with_pip=True)
    programs = into / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(programs / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    subprocess.run([*pip, str(source), *map(str, more)], check=True)
    return programs


def machine() -> str:
    """This machine in general terms: what bears on the figures, and nothing that names it."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return (
        f"{os.cpu_count()} cores ({model}), {platform.system()} "
        f"{platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )


def write_section(name: str, lines: Sequence[str]) -> None:
    """Put lines between the markers of that name in docs/benchmarks.md.

    `<!-- NAME -->` begins a section and `<!-- /NAME -->` ends it; a new one goes to the end, and
    what stands outside is left alone.
    """
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else "# Benchmarks\n"
    section = "\n".join([start, *lines, end])
    before, found, after = text.partition(start)
    if found:
        after = after.partition(end)[2]
        text = before + section + after
    else:
        text = f"{text.rstrip()}\n\n{section}\n"
    PAGE.write_text(text, encoding="utf-8", newline="\n")


def workplace() -> tempfile.TemporaryDirectory[str]:
    """A folder for one benchmark that goes when it is done."""
    return tempfile.TemporaryDirectory(prefix="cpra-bench-")
