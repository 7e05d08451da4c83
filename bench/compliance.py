"""A log of 100,000 requests reckoned, beside Python's csv module that only reads it.

`compliance.py`. Both are whole processes of one fresh environment, in turns; only their ratio is a
result, and it is of processor time, which other programs on the machine disturb least. `--quick`
takes 10,000 rows and writes nothing; without it, the table goes into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

from harness import installed, machine, run, workplace, write_section

ROWS = 100_000

READ = """\
import csv, sys
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    for row in csv.reader(file):
        pass
"""
"""the least that a program can do with a log: read it"""

HEADER = (
    *("Id", "Departments", "Request Date", "Due Date", "Closed Date", "Point of Contact"),
    *("Status", "URL", "Format Received", "Requester Name", "Request Text"),
)
"""the columns of a NextRequest export"""

WORDS = (
    *("records", "of", "the", "department", "about", "contracts", "communications", "policies"),
    *("body", "camera", "footage", "that", "was", "shared", "with", "other", "agencies", "since"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one command took, in the middle of its runs."""

    processor: float
    """milliseconds of processor time, the system's part with it"""
    wall: float
    """milliseconds until it had ended"""
    megabytes: float


@dataclass(frozen=True, slots=True)
class Target:
    """What is measured, and how many times the reading it may take."""

    words: tuple[str, ...]
    times: float


TARGETS: Mapping[str, Target] = {
    "`cpra compliance LOG`": Target((), 10.0),
    "the same with `--csv -`, every row": Target(("--csv", "-"), 10.0),
}


def main() -> int:
    """Measure, print, write the table down, and fail if it took more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 rows, nothing written down")
    quick = parser.parse_args().quick
    rows = ROWS // 10 if quick else ROWS
    with workplace() as place:
        root = Path(place)
        programs = installed(root)
        log = root / "log.csv"
        size = write_log(log, rows)
        found = measured(programs, root, log, 3 if quick else 11)
    lines = list(report(found, rows, size))
    print("\n".join(lines))
    if not quick:
        write_section("compliance", lines)
    return 0 if quick or all(met(name, found) for name in TARGETS) else 1


def write_log(path: Path, rows: int) -> int:
    """A log like a portal's export: three dates a row, and a request of one to three sentences."""
    chance = random.Random(1)  # noqa: S311 (test data)
    form = "%m/%d/%Y %I:%M:%S %p"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for n in range(rows):
            received = datetime(2023, 1, 1) + timedelta(seconds=chance.randrange(3 * 365 * 86_400))
            took = timedelta(
                days=chance.choice((1, 3, 8, 10, 11, 14, 24, 40, 120)),
                seconds=chance.randrange(30_000),
            )
            due: date = received.date() + timedelta(days=chance.choice((10, 10, 10, 11, 14, 24)))
            closed = (received + took).strftime(form) if chance.random() < 0.93 else ""
            text = ", ".join(
                " ".join(chance.choices(WORDS, k=12)) for _ in range(chance.randrange(1, 4))
            )
            number = f"{received:%y}-{n}"
            writer.writerow(
                (
                    *(number, "Police", received.strftime(form), due.strftime("%m/%d/%Y"), closed),
                    *("A. Clerk", "Closed" if closed else "Open"),
                    *(f"https://records.example.org/requests/{number}", "web", "", text),
                )
            )
    return path.stat().st_size


def measured(programs: Path, root: Path, log: Path, rounds: int) -> dict[str, Measured]:
    """Whole processes in turns, after one of each to warm up."""
    python, cpra = str(programs / "python"), str(programs / "cpra")
    commands = {"read": [python, "-c", READ, str(log)]}
    for name, target in TARGETS.items():
        commands[name] = [cpra, "--today", "2026-10-05", "compliance", str(log), *target.words]
    every: dict[str, list[Measured]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            before = processor_time()
            one = run(command, root)
            if turn:
                spent = 1000 * (processor_time() - before)
                every[name].append(Measured(spent, 1000 * one.seconds, one.megabytes))
    return {
        name: Measured(
            median(run.processor for run in runs),
            median(run.wall for run in runs),
            max(run.megabytes for run in runs),
        )
        for name, runs in every.items()
    }


def processor_time() -> float:
    """Seconds of processor time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def times(name: str, found: Mapping[str, Measured]) -> float:
    """How many times the reading it took."""
    return found[name].processor / found["read"].processor


def met(name: str, found: Mapping[str, Measured]) -> bool:
    """Whether it stayed below its limit."""
    limit = TARGETS[name].times
    if times(name, found) >= limit:
        print(f"Missed: {name} took {times(name, found):.1f} times the reading", file=sys.stderr)
        return False
    return True


def report(found: Mapping[str, Measured], rows: int, size: int) -> list[str]:
    """The section of the page."""
    lines = [
        "## A request log against the statute",
        "",
        f"Measured on {machine()}.",
        "",
        f"{rows:,} requests ({size / 1e6:.0f} MB of CSV), whole processes in turns, medians.",
        "The ratio is of processor time.",
        "",
        "| | processor ms | wall ms | peak MB | times the reading | at most |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, one in found.items():
        shown = "Python's csv module reads the file" if name == "read" else name
        limit = f"{TARGETS[name].times:g}" if name in TARGETS else ""
        lines.append(
            f"| {shown} | {one.processor:,.0f} | {one.wall:,.0f} | {one.megabytes:.0f} | "
            f"{times(name, found):.1f} | {limit} |"
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
