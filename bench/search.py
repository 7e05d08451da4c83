"""One million pages searched, beside bare tantivy with the same schema, and ripgrep if it is there.

`search.py`. The library is made by `library.py`. `--pages 10000` for another size, `--quick` for a
small run that writes nothing; `--growth` measures 10,000, 100,000 and 1,000,000 pages and draws
docs/growth.svg. With `--library DIR` the libraries stay there, with what their making took, and the
next run goes on from that; `--only STEP` makes or measures one step again. Ratios are of one step
on an otherwise idle machine to another.
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
from pathlib import Path
from typing import TypedDict

from growth import Size, draw
from harness import ROOT, Run, Runs, installed, machine, run, workplace, write_section
from startup import EMPTY

FLOOR = Path(__file__).parent / "floors" / "search.py"
STEPS = ("read", "index", "bare", "ask")
SIZES = (10_000, 100_000, 1_000_000)
MOST_MEMORY = 300.0

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
import resource, statistics, sys, time
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
held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"{held / (2**20 if sys.platform == 'darwin' else 2**10):.0f}\\t0\\tMB")
"""


class Measured(TypedDict, total=False):
    """What one size of library took: seconds, megabytes, and milliseconds of queries."""

    pages: int
    text: float
    """Megabytes of text."""
    read: float
    """Seconds to read all the text files, keep their words and index them."""
    indexed: float
    """Seconds to index the words that are kept."""
    bare: float
    """Seconds of bare tantivy."""
    index: float
    store: float
    memory: dict[str, float]
    """The most megabytes that a program held, those of files that are mapped counted in."""
    queries: dict[str, float]
    floor: dict[str, float]
    command: float
    empty: float
    ripgrep: float


def main() -> int:
    """Measure, print, write the table down, and fail if it is slower or larger than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=SIZES[-1])
    parser.add_argument("--quick", action="store_true", help="10,000 pages, nothing written down")
    parser.add_argument("--growth", action="store_true", help="three sizes and docs/growth.svg")
    parser.add_argument("--where", type=Path, help="a folder on a disk with 12 GB to spare")
    parser.add_argument("--library", type=Path, help="a folder in which the libraries stay")
    parser.add_argument("--only", choices=STEPS, help="this step again; needs --library")
    options = parser.parse_args()
    sizes = SIZES if options.growth else (SIZES[0] if options.quick else options.pages,)
    if options.where:
        os.environ["TMPDIR"] = str(options.where)
    with workplace() as place:
        programs = prepared(Path(place))
        kept = options.library or Path(place)
        found = [measured(kept.absolute(), programs, size, options.only) for size in sizes]
    if any("command" not in one for one in found):
        return 0  # only a step before the last
    lines = [*report(found[-1]), *(growth(found) if options.growth else ())]
    print("\n".join(lines))
    if not options.quick:
        write_section("search", lines)
    if options.growth:
        draw([drawn(one) for one in found], ROOT / "docs" / "growth.svg")
    missed = misses(found[-1])
    print("\n".join(f"Missed: {sentence}" for sentence in missed), file=sys.stderr)
    return 1 if missed and not options.quick else 0


def prepared(root: Path) -> Path:
    """The programs that are measured, from their wheels."""
    empty = root / "empty"
    empty.mkdir()
    for name, text in EMPTY.items():
        (empty / name).write_text(text, encoding="utf-8")
    return installed(root, empty)


def measured(root: Path, programs: Path, pages: int, only: str | None) -> Measured:
    """Make a library of this size, if it is not there, and measure what was not measured yet."""
    note = root / f"measured {pages}.json"
    workspace = root / f"ws {pages}"
    one: Measured = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
    if not (workspace / "names").is_file():
        maker = str(Path(__file__).with_name("library.py"))
        command = [str(programs / "python"), maker, str(workspace), str(pages)]
        subprocess.run(command, check=True)
    if not one:
        text = sum(Path(name).stat().st_size for name in names(workspace))
        one = {"pages": pages, "text": text / 1e6, "memory": {}}
    steps = {"read": read, "index": reindex, "bare": index_bare, "ask": ask}
    done = {"read": "read", "index": "indexed", "bare": "bare", "ask": ""}
    for name in [only] if only else [name for name in STEPS if done[name] not in one]:
        steps[name](root, programs, workspace, one)
        note.write_text(json.dumps(one, indent=1), encoding="utf-8")
    return one


def read(root: Path, programs: Path, workspace: Path, one: Measured) -> None:
    """Read all of it for the first time, and index it."""
    cache = workspace / "requests" / ".cache"
    shutil.rmtree(cache, ignore_errors=True)
    done = run([str(programs / "python"), "-c", UPDATE, str(workspace)], root)
    one["read"], one["store"] = done.seconds, size(cache / "text")
    one["memory"]["reading and indexing"] = done.megabytes


def reindex(root: Path, programs: Path, workspace: Path, one: Measured) -> None:
    """Index what has been read."""
    folder = workspace / "requests" / ".cache" / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    done = run([str(programs / "python"), "-c", UPDATE, str(workspace)], root)
    one["indexed"], one["index"] = done.seconds, size(folder)
    one["memory"]["indexing"] = done.megabytes


def index_bare(root: Path, programs: Path, workspace: Path, one: Measured) -> None:
    """The same text with tantivy alone."""
    bare = root / f"bare {one['pages']}"
    shutil.rmtree(bare, ignore_errors=True)
    command = [str(programs / "python"), str(FLOOR), "index", str(bare), str(workspace / "names")]
    done = run(command, root)
    one["bare"] = done.seconds
    one["memory"]["bare tantivy, indexing"] = done.megabytes


def ask(root: Path, programs: Path, workspace: Path, one: Measured) -> None:
    """The queries in the library, in bare tantivy, and as a command."""
    python, cpra, lines = str(programs / "python"), str(programs / "cpra"), queries()
    cache, bare = workspace / "requests" / ".cache", root / f"bare {one['pages']}"
    one["queries"] = answers([python, "-c", QUERY, str(cache), *lines], root)
    one["floor"] = answers([python, str(FLOOR), "query", str(bare), *lines], root)
    one["memory"]["queries"] = one["queries"].pop("MB")
    command = {
        "cpra": [cpra, "--workspace", str(workspace), "search", lines[0]],
        "empty": [str(programs / "empty-click-program")],
    }
    turns: dict[str, list[Run]] = {name: [] for name in command}
    for _ in range(22):
        for name, words in command.items():
            turns[name].append(run(words, root))
    asked, empty = (Runs(tuple(turns[name][2:])) for name in ("cpra", "empty"))
    one["command"], one["empty"] = asked.milliseconds, empty.milliseconds
    one["memory"]["`cpra search`"] = asked.megabytes
    one["ripgrep"] = ripgrep(workspace, lines[0])


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


def misses(one: Measured) -> list[str]:
    """Everything that is not as quick or as small as it must be."""
    times = list(one["queries"].values())
    every = {
        "the median query takes 5 ms": statistics.median(times) < 5,
        "the worst query takes 20 ms": max(times) < 20,
        "indexing is slower than 0.7 of bare tantivy": one["bare"] / one["indexed"] >= 0.7,
        "the index is over 0.55 of the text": one["index"] <= 0.55 * one["text"],
        "the command takes 2.5 empty programs": one["command"] < 2.5 * one["empty"],
    }
    missed = [sentence for sentence, is_met in every.items() if not is_met]
    for name, megabytes in one["memory"].items():
        if megabytes >= MOST_MEMORY and not name.startswith("bare"):
            missed.append(f"{name} holds {megabytes:.0f} MB, not under {MOST_MEMORY:.0f}")
    return missed


def report(one: Measured) -> list[str]:
    """The table, in Markdown."""
    times, floor = list(one["queries"].values()), list(one["floor"].values())
    worst = max(one["queries"], key=one["queries"].__getitem__)
    ours = max(v for name, v in one["memory"].items() if not name.startswith("bare"))
    bare = one["memory"]["bare tantivy, indexing"]
    rows = [
        ("read, keep and index all", f"{one['read']:.0f} s", a_second(one), ""),
        (
            "index what is kept",
            f"{one['indexed']:.0f} s",
            f"{one['bare'] / one['indexed']:.2f} of bare tantivy",
            "0.70",
        ),
        ("index", f"{one['index']:,.0f} MB", of_text(one, one["index"]), "0.55 at most"),
        ("words, compressed", f"{one['store']:,.0f} MB", of_text(one, one["store"]), ""),
        (
            "top 20 with passages, median query",
            f"{statistics.median(times):.2f} ms",
            f"bare, without passages: {statistics.median(floor):.2f} ms",
            "under 5 ms",
        ),
        (
            f"worst query, `{worst}`",
            f"{max(times):.2f} ms",
            f"bare: {one['floor'][worst]:.2f} ms",
            "under 20 ms",
        ),
        (
            "`cpra search`, whole command",
            f"{one['command']:.0f} ms",
            f"{one['command'] / one['empty']:.2f} empty programs",
            "under 2.5",
        ),
        (
            "most memory of any of these",
            f"{ours:.0f} MB",
            f"bare tantivy, indexing: {bare:.0f} MB",
            f"under {MOST_MEMORY:.0f} MB",
        ),
    ]
    if one["ripgrep"]:
        rows.append(("ripgrep over the same text", f"{1000 * one['ripgrep']:,.0f} ms", "", ""))
    return [
        "## Search",
        "",
        machine(),
        "",
        f"{one['pages']:,} pages, {one['text']:,.0f} MB of text, {one['pages'] // 20:,} documents "
        "in 100 requests. Memory is all that is resident, files of the index that are mapped too.",
        "",
        "| what | measured | beside | must be |",
        "|---|---:|---:|---:|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def a_second(one: Measured) -> str:
    """Pages that are read and indexed in a second."""
    return f"{one['pages'] / one['read']:,.0f} pages a second"


def of_text(one: Measured, megabytes: float) -> str:
    """How large something is beside the text."""
    return f"{megabytes / one['text']:.2f} of the text"


def growth(found: Sequence[Measured]) -> list[str]:
    """How it grows, as a table."""
    return [
        "",
        "![How the time of a query and the memory grow](growth.svg)",
        "",
        "| pages | indexing | its memory | index | median query | worst query | `cpra search` |",
        "|---:|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {one['pages']:,} | {one['indexed']:.0f} s | {one['memory']['indexing']:.0f} MB "
            f"| {one['index']:,.0f} MB | {statistics.median(one['queries'].values()):.1f} ms "
            f"| {max(one['queries'].values()):.1f} ms "
            f"| {one['command'] / one['empty']:.2f} empty programs |"
            for one in found
        ),
    ]


def drawn(one: Measured) -> Size:
    """What stands in the picture."""
    times = one["queries"].values()
    return Size(one["pages"], statistics.median(times), max(times), one["memory"]["indexing"])


if __name__ == "__main__":
    sys.exit(main())
