"""Filing and checking 5,000 files of 2 GB, beside loops that only copy, hash and fsync.

`intake.py`. Every program is a whole process, in turns; only the ratio is a result. `--quick` takes
500 files of 200 MB and writes nothing; without it, the table goes into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from harness import Run, Runs, installed, machine, run, workplace, write_section

FLOORS = Path(__file__).parent / "floors"
TAKE = """\
import sys
from pathlib import Path
from cpra.archive.intake import take
into = Path(sys.argv[2])
into.mkdir()
taken = take([Path(sys.argv[1])], into)
assert not taken.problems, taken.problems[:3]
"""
AT_LEAST = {"intake": 0.7, "check": 0.8}


def main() -> int:
    """Measure, print, write the table down, and fail if it is slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="500 files, nothing written down")
    quick = parser.parse_args().quick
    count, size, rounds = (500, 200, 2) if quick else (5_000, 2_000, 3)
    with workplace() as place:
        root = Path(place)
        programs = installed(root)
        source = root / "records"
        make_files(source, count, size)
        python = str(programs / "python")
        intake = {
            "bare loop": [python, str(FLOORS / "intake.py"), str(source), str(root / "out")],
            "take()": [python, "-c", TAKE, str(source), str(root / "out")],
        }
        found = {name: runs_into(command, root, rounds) for name, command in intake.items()}
        found |= check_runs(programs, root, source, rounds)
    lines = list(report(found, count, size))
    print("\n".join(lines))
    if not quick:
        write_section("intake", lines)
    ratios = {
        "intake": found["bare loop"].milliseconds / found["take()"].milliseconds,
        "check": found["two hashlib threads"].milliseconds / found["cpra check"].milliseconds,
    }
    return 0 if quick or all(ratios[name] >= least for name, least in AT_LEAST.items()) else 1


def make_files(folder: Path, count: int, megabytes: int) -> None:
    """Files of many sizes, as records have them: most small, a few large; the bytes are noise."""
    chance = random.Random(1)  # noqa: S311 (test data)
    weights = [chance.paretovariate(1.3) for _ in range(count)]
    scale = megabytes * 1_000_000 / sum(weights)
    noise = os.urandom(1 << 20)
    for number, weight in enumerate(weights):
        place = folder / f"part {number // 250 + 1}"
        place.mkdir(parents=True, exist_ok=True)
        left = max(100, int(weight * scale))
        with (place / f"record {number:05}.bin").open("wb") as file:
            file.write(f"{number:016}".encode())
            while left > 0:
                file.write(noise[: min(left, len(noise))])
                left -= len(noise)


def runs_into(command: list[str], root: Path, rounds: int) -> Runs:
    """Run a command that fills a new folder, which is emptied again after each run."""
    found: list[Run] = []
    for _ in range(rounds + 1):
        subprocess.run(["sync"], check=True)
        found.append(run(command, root))
        shutil.rmtree(root / "out")
    return Runs(tuple(found[1:]))


def check_runs(programs: Path, root: Path, source: Path, rounds: int) -> dict[str, Runs]:
    """`cpra check` of a request with these files, beside two threads that only hash them."""
    cpra, python = str(programs / "cpra"), str(programs / "python")
    workspace = root / "ws"
    for words in (
        ["init", str(workspace)],
        ["--workspace", str(workspace), "agency", "add", "Testville", "--kind", "city"],
        ["--workspace", str(workspace), "new", "general", "--agency", "testville", "--no-input",
         "--subject", "x", "--item", "y"],
        ["--workspace", str(workspace), "sent", "1", "--on", "2026-03-02", "--via", "portal"],
        ["--workspace", str(workspace), "file", "1", str(source), "--on", "2026-04-01"],
    ):  # fmt: skip
        subprocess.run([cpra, *words], check=True, stdout=subprocess.DEVNULL)
    filed = next((workspace / "requests").glob("2026-0001-*/answers"))
    listed = subprocess.run(
        [cpra, "--workspace", str(workspace), "manifest", "1"], check=True, capture_output=True
    ).stdout
    folder = filed.parent
    (root / "manifest").write_bytes(listed)
    commands = {
        "two hashlib threads": [python, str(FLOORS / "check.py"), str(filed)],
        "cpra check": [cpra, "--workspace", str(workspace), "check"],
        "sha256sum -c": ["sha256sum", "--quiet", "-c", str(root / "manifest")],
    }
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            found[name].append(run(command, folder))
    return {name: Runs(tuple(every[1:])) for name, every in found.items()}


def report(found: dict[str, Runs], count: int, size: int) -> list[str]:
    """The table, in Markdown."""
    bare, two = found["bare loop"].milliseconds, found["two hashlib threads"].milliseconds
    rows = [
        ("take(), the whole of `cpra file` but its log line", "take()", bare, "0.70"),
        ("bare loop: copy, hashlib, fsync", "bare loop", bare, ""),
        ("`cpra check`, the whole command", "cpra check", two, "0.80"),
        ("two hashlib threads", "two hashlib threads", two, ""),
        ("`sha256sum -c`", "sha256sum -c", two, ""),
    ]
    return [
        "## Filing and checking",
        "",
        machine(),
        "",
        f"{count:,} files, {size / 1000:.1f} GB. A ratio of 1 is the speed of the bare loop.",
        "",
        "| program | seconds | ratio | at least | MB |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {label} | {found[key].milliseconds / 1000:.2f} | "
            f"{floor / found[key].milliseconds:.2f} | {least} | {found[key].megabytes:.0f} |"
            for label, key, floor, least in rows
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
