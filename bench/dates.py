"""A million dates looked up in a rule's table, beside a bare dict that has them all.

`dates.py`. Both loops run in one process, in turns; the first reckoning of every date is timed by
itself. `--quick` takes 100,000 dates and writes nothing; without it, the table goes into
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from harness import ROOT, machine, write_section

sys.path.insert(0, str(ROOT))

from cpra import statutes
from cpra.core.calendar import FIRST, LAST_START
from cpra.core.table import Row

DATES = 1_000_000
LEAST = 0.25
"""the part of a bare loop's speed that the table has to reach"""
RULES = ("cpra.determination", "cpra.extension", "foia.determination")


def main() -> int:
    """Measure, print, write the table down, and fail if a look-up costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 dates, nothing written down")
    quick = parser.parse_args().quick
    days = received(DATES // 10 if quick else DATES)
    lines = [
        "## Dates in the library",
        "",
        machine(),
        "",
        f"{len(days):,} receipts from 2015 to 2040 in no order; medians of loops in turns, in one"
        " process.",
        "",
        "| rule | bare dict, million a second | table | part of it | first reckoning of a date |",
        "|---|---:|---:|---:|---:|",
    ]
    slow = []
    for rule_id in RULES:
        bare, table, first = measured(rule_id, days, 3 if quick else 9)
        part = bare / table
        lines.append(
            f"| `{rule_id}` | {len(days) / bare / 1e6:.1f} | {len(days) / table / 1e6:.1f} |"
            f" {part:.2f} (at least {LEAST}) | {first * 1e6:.0f} µs |"
        )
        if part < LEAST:
            slow.append(rule_id)
    print("\n".join(lines))
    if not quick:
        write_section("dates", lines)
    return 1 if slow else 0


def received(number: int) -> list[date]:
    """So many days of receipt, in no order."""
    chance = random.Random(1)  # noqa: S311 (test data)
    span = (LAST_START - FIRST).days + 1
    return [FIRST + timedelta(days=chance.randrange(span)) for _ in range(number)]


def measured(rule_id: str, days: Sequence[date], rounds: int) -> tuple[float, float, float]:
    """Seconds of the bare loop and of the table's, and seconds of one first reckoning."""
    table = statutes.law().table(rule_id)
    every = list(dict.fromkeys(days))
    started = time.perf_counter()
    for day in every:
        table[day]
    first = (time.perf_counter() - started) / len(every)
    bare = {day: table[day] for day in every}
    loops: list[tuple[float, float]] = []
    for _ in range(rounds):
        loops.append((looped(bare, days), looped(table, days)))
    return (
        statistics.median(a for a, _ in loops),
        statistics.median(b for _, b in loops),
        first,
    )


def looped(table: Mapping[date, Row], days: Sequence[date]) -> float:
    """Seconds of a loop that looks up every day."""
    started = time.perf_counter()
    for day in days:
        table[day]
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
