"""How long cpra takes to answer, as a ratio to a click program that does nothing: `startup.py`.

Both are installed from wheels into one fresh environment. Over 10,000 requests, 1,000 of them open.
`--quick` runs less and writes nothing; without it, the table goes into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness import Run, Runs, in_turns, installed, machine, run, workplace, write_section

EMPTY = {
    "pyproject.toml": """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "empty-click-program"
version = "1"
dependencies = ["click"]

[project.scripts]
empty-click-program = "empty_click_program:main"

[tool.setuptools]
py-modules = ["empty_click_program"]
""",
    "empty_click_program.py": "import click\n\n\n@click.command()\ndef main():\n    pass\n",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a command may cost at most, beside the empty program."""

    command: tuple[str, ...]
    times: float
    megabytes: float = 60.0


TARGETS = {
    "`cpra due`": Target(("due",), 1.8),
    "`cpra list`, piped": Target(("list",), 2.5),
    "`cpra --help`": Target(("--help",), 1.3),
}


def main() -> int:
    """Measure, print, write the table down, and fail if something took more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs, nothing written down")
    quick = parser.parse_args().quick
    with workplace() as place:
        root = Path(place)
        empty = root / "empty"
        empty.mkdir()
        for name, text in EMPTY.items():
            (empty / name).write_text(text, encoding="utf-8")
        programs = installed(root, empty)
        sizes = (200, 2_000) if quick else (1_000, 10_000)
        cold = cold_index(programs, root, sizes, 2 if quick else 3)
        warm = warm_index(programs, root / str(sizes[-1]), 10 if quick else 40)
        dates = dates_a_second(programs, root, 50_000 if quick else 300_000)
    lines = [*report(warm, sizes[-1]), "", *cold_report(sizes, cold), "", dates_report(dates)]
    print("\n".join(lines))
    if not quick:
        write_section("startup", [f"Measured on {machine()}.", "", *lines])
    missed = list(misses(warm, dates))
    for sentence in missed:
        print(f"Missed: {sentence}", file=sys.stderr)
    return 0 if quick or not missed else 1


def cold_index(programs: Path, root: Path, sizes: tuple[int, ...], rounds: int) -> list[float]:
    """Requests that go into a new index in a second of processor time, by size."""
    maker = [str(programs / "python"), str(Path(__file__).with_name("rows.py"))]
    for size in sizes:
        many = ["--requests", str(size), "--open", str(size // 10)]
        subprocess.run([*maker, str(root / str(size)), *many], check=True)
    every: dict[int, list[Run]] = {size: [] for size in sizes}
    for _ in range(rounds):
        for size in sizes:
            place = root / str(size)
            shutil.rmtree(place / "requests" / ".cache", ignore_errors=True)
            every[size].append(run([str(programs / "cpra"), "due"], place))
    return [size / Runs(tuple(runs)).processor for size, runs in every.items()]


def warm_index(programs: Path, place: Path, rounds: int) -> dict[str, Runs]:
    """The commands of a morning, in turns with the empty program."""
    commands: dict[str, list[str]] = {"empty": [str(programs / "empty-click-program")]}
    for name, target in TARGETS.items():
        commands[name] = [str(programs / "cpra"), *target.command]
    return in_turns(commands, place, rounds)


def dates_a_second(programs: Path, root: Path, rows: int) -> float:
    """Dates that `compute --csv` adds to a table in a second of processor time, all of it."""
    table = root / "received.csv"
    with table.open("w", encoding="utf-8") as out:
        out.write("reference,received\n")
        for n in range(rows):
            out.write(f"26-{n:06d},{2015 + n % 26}-{1 + n % 12:02d}-{1 + n % 28:02d}\n")
    command = [str(programs / "cpra"), "compute", "cpra.determination"]
    every = [run([*command, "--csv", str(table), "--column", "received"], root) for _ in range(3)]
    return rows / Runs(tuple(every)).processor


def report(warm: dict[str, Runs], size: int) -> Iterator[str]:
    """The table of the warm index."""
    base = warm["empty"]
    yield f"{size:,} requests, {size // 10:,} open, warm index; {len(base.every)} runs each."
    yield ""
    yield "| | median | middle half | times the empty program | at most | peak memory |"
    yield "|---|--:|--:|--:|--:|--:|"
    for name, runs in warm.items():
        low, high = runs.spread
        times = runs.milliseconds / base.milliseconds
        most = f"{TARGETS[name].times:.1f}" if name in TARGETS else ""
        title = "a click program that does nothing" if name == "empty" else name
        yield (
            f"| {title} | {runs.milliseconds:.1f} ms | {low:.1f}-{high:.1f} ms | {times:.2f} "
            f"| {most} | {runs.megabytes:.0f} MB |"
        )


def cold_report(sizes: tuple[int, ...], cold: list[float]) -> Iterator[str]:
    """What a new index costs."""
    yield "| cold index (`cpra due`, cache deleted) | requests in a second of processor time |"
    yield "|---|--:|"
    for size, rate in zip(sizes, cold, strict=True):
        yield f"| {size:,} requests | {rate:,.0f} |"


def dates_report(rate: float) -> str:
    """What a column of dates costs."""
    return f"`cpra compute cpra.determination --csv`: {rate:,.0f} dates a second of processor time."


def misses(warm: dict[str, Runs], dates: float) -> Iterator[str]:
    """Every target that was not met."""
    base = warm["empty"].milliseconds
    for name, target in TARGETS.items():
        times, megabytes = warm[name].milliseconds / base, warm[name].megabytes
        if times > target.times:
            yield f"{name} takes {times:.2f} times the empty program, not {target.times}"
        if megabytes >= target.megabytes:
            yield f"{name} holds {megabytes:.0f} MB, not under {target.megabytes:.0f}"
    if dates < 100_000:
        yield f"compute --csv adds {dates:,.0f} dates a second, not 100,000"


if __name__ == "__main__":
    sys.exit(main())
