"""One million pages searched, beside bare tantivy with the same schema, and ripgrep if it is there.

`search.py`. The library is made by `library.py`. `--pages 10000` for another size, `--quick` for a
small run that writes nothing; `--growth` measures 10,000, 100,000 and 1,000,000 pages and draws
docs/growth.svg. Ratios are taken in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from growth import Size, draw
from harness import ROOT, Run, Runs, installed, machine, run, workplace, write_section
from startup import EMPTY

FLOOR = Path(__file__).parent / "floors" / "search.py"

UPDATE = """\
import sys, time
from pathlib import Path
from cpra.actions.indexing import index
from cpra.workspace import find
start = time.perf_counter()
done = index(find(Path(sys.argv[1])))
print(time.perf_counter() - start, done.indexed)
"""
QUERY = """\
import statistics, sys, time
from pathlib import Path
from cpra.index.pages import Searcher
with Searcher(Path(sys.argv[1])) as searcher:
    for line in sys.argv[2:]:
        times = []
        for _ in range(11):
            start = time.perf_counter()
            found = searcher.search(line)
            times.append(1000 * (time.perf_counter() - start))
        print(f"{statistics.median(times):.3f}\\t{len(found.hits)}\\t{line}")
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one size of library took."""

    pages: int
    text: float
    """Megabytes of text."""
    read: float
    """Seconds to read all the text files, keep their words and index them."""
    indexed: float
    """Seconds to index the words that are kept."""
    bare: float
    """Seconds of bare tantivy."""
    megabytes: float
    index: float
    store: float
    queries: dict[str, float]
    floor: dict[str, float]
    command: Runs
    empty: Runs
    ripgrep: float


def main() -> int:
    """Measure, print, write the table down, and fail if it is slower or larger than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="10,000 pages, nothing written down")
    parser.add_argument("--growth", action="store_true", help="three sizes and docs/growth.svg")
    parser.add_argument("--where", type=Path, help="a folder on a disk with 12 GB to spare")
    options = parser.parse_args()
    sizes = [10_000, 100_000, 1_000_000] if options.growth else [options.pages]
    if options.quick:
        sizes = [10_000]
    if options.where:
        os.environ["TMPDIR"] = str(options.where)
    found = []
    with workplace() as place:
        root = Path(place)
        empty = root / "empty"
        empty.mkdir()
        for name, text in EMPTY.items():
            (empty / name).write_text(text, encoding="utf-8")
        programs = installed(root, empty)
        for size in sizes:
            found.append(measured(root, programs, size))
            print("\n".join(report(found[-1])), flush=True)
    if not options.quick:
        write_section("search", [line for one in found[-1:] for line in report(one)])
    if options.growth:
        sizes_found = [
            Size(one.pages, statistics.median(one.queries.values()), max(one.queries.values()))
            for one in found
        ]
        draw(sizes_found, ROOT / "docs" / "growth.svg")
    return 0 if options.quick or met(found[-1]) else 1


def measured(root: Path, programs: Path, pages: int) -> Measured:
    """Make a library of this size and measure everything on it."""
    python, cpra = str(programs / "python"), str(programs / "cpra")
    workspace = root / f"ws {pages}"
    maker = str(Path(__file__).with_name("library.py"))
    subprocess.run([python, maker, str(workspace), str(pages)], check=True)
    cache = workspace / "requests" / ".cache"
    update = [python, "-c", UPDATE, str(workspace)]
    first = run(update, root)
    shutil.rmtree(cache / "pages")
    again = run(update, root)
    bare = root / f"bare {pages}"
    floor = run([python, str(FLOOR), "index", str(bare), str(workspace / "names")], root)
    lines = queries()
    ours = answers([python, "-c", QUERY, str(cache), *lines], root)
    theirs = answers([python, str(FLOOR), "query", str(bare), *lines], root)
    text = sum(Path(name).stat().st_size for name in names(workspace))
    command = {
        "cpra": [cpra, "--workspace", str(workspace), "search", lines[0]],
        "empty": [str(programs / "empty-click-program")],
    }
    turns: dict[str, list[Run]] = {name: [] for name in command}
    for _ in range(12):
        for name, words in command.items():
            if Path(words[0]).exists():
                turns[name].append(run(words, root))
    result = Measured(
        *(pages, text / 1e6, first.seconds, again.seconds, floor.seconds),
        *(max(first.megabytes, again.megabytes), size(cache / "pages"), size(cache / "text")),
        *(ours, theirs, Runs(tuple(turns["cpra"][1:])), Runs(tuple(turns["empty"][1:]))),
        ripgrep(workspace, lines[0]),
    )
    shutil.rmtree(bare)
    shutil.rmtree(workspace)
    return result


def queries() -> list[str]:
    """Queries of every sort: rare and common words, two and three of them, phrases."""
    words = json.loads(
        subprocess.run(
            [sys.executable, "-c", "import json, prose; print(json.dumps(prose.Prose().words))"],
            cwd=Path(__file__).parent,
            check=True,
            capture_output=True,
        ).stdout
    )
    half, other = words[44], words[47]
    lines = [words[rank] for rank in (900, 2_000, 5_000, 12_000, 30_000, 59_000)]
    lines += [f"{words[a]} {words[b]}" for a, b in ((200, 900), (400, 401), (1_000, 3_000))]
    lines += [f'"{words[a]} {words[b]}"' for a, b in ((60, 90), (105, 110), (300, 500))]
    lines += [f"{words[100]} {words[150]} {words[250]}", "police records", '"police officer"']
    return [*lines, half, f"{half} {other}"]


def answers(command: Sequence[str], where: Path) -> dict[str, float]:
    """The median milliseconds of each query."""
    done = subprocess.run(command, cwd=where, check=True, capture_output=True, text=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {row[-1]: float(row[0]) for row in rows}


def names(workspace: Path) -> list[str]:
    """The text files of the library."""
    return (workspace / "names").read_text(encoding="utf-8").splitlines()


def size(folder: Path) -> float:
    """Megabytes of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def ripgrep(workspace: Path, line: str) -> float:
    """Seconds that ripgrep takes over the same text; 0 when it is not there."""
    if shutil.which("rg") is None:
        return 0.0
    start = time.perf_counter()
    subprocess.run(
        ["rg", "-c", "-w", line, str(workspace / "requests")],
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - start


def met(one: Measured) -> bool:
    """Whether everything is as quick and as small as it must be."""
    times = list(one.queries.values())
    return (
        statistics.median(times) < 5
        and max(times) < 20
        and one.bare / one.indexed >= 0.7
        and one.index <= 0.55 * one.text
        and (not one.empty.every or one.command.milliseconds < 2.5 * one.empty.milliseconds)
    )


def report(one: Measured) -> list[str]:
    """The table, in Markdown."""
    times, floor = list(one.queries.values()), list(one.floor.values())
    worst = max(one.queries, key=one.queries.__getitem__)
    bare = one.bare / one.indexed
    middle = f"bare, without passages: {statistics.median(floor):.2f} ms"
    rows = [
        (
            "read, keep and index all",
            f"{one.read:.0f} s",
            f"{one.pages / one.read:,.0f} a second",
            "",
        ),
        ("index what is kept", f"{one.indexed:.0f} s", f"{bare:.2f} of bare tantivy", "0.70"),
        (
            "index",
            f"{one.index:,.0f} MB",
            f"{one.index / one.text:.2f} of the text",
            "0.55 at most",
        ),
        (
            "words, compressed",
            f"{one.store:,.0f} MB",
            f"{one.store / one.text:.2f} of the text",
            "",
        ),
        ("top 20, median query", f"{statistics.median(times):.2f} ms", middle, "under 5 ms"),
        ("worst query", f"{max(times):.2f} ms", f"bare: {one.floor[worst]:.2f} ms", "under 20 ms"),
    ]
    if one.empty.every:
        ratio = one.command.milliseconds / one.empty.milliseconds
        took = f"{one.command.milliseconds:.0f} ms"
        rows.append(
            ("`cpra search`, whole command", took, f"{ratio:.2f} empty programs", "under 2.5")
        )
    if one.ripgrep:
        rows.append(("ripgrep over the same text", f"{1000 * one.ripgrep:.0f} ms", "", ""))
    return [
        "## Search",
        "",
        machine(),
        "",
        f"{one.pages:,} pages, {one.text:,.0f} MB of text, {one.pages // 20:,} documents in "
        f"100 requests; peak memory {one.megabytes:.0f} MB.",
        "",
        "| what | measured | beside | must be |",
        "|---|---:|---:|---:|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


if __name__ == "__main__":
    sys.exit(main())
