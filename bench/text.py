"""Reading 3,000 pages of born-digital PDF, beside bare pypdfium2 in one process and pdftotext.

`text.py`. Every program is a whole process, in turns; only the ratio is a result. `--quick` takes
200 pages and writes nothing; without it, the table goes into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from harness import Run, Runs, installed, machine, run, workplace, write_section

FLOOR = Path(__file__).parent / "floors" / "text.py"
READ = """\
import sys
from pathlib import Path
from cpra.archive.kinds import Kind
from cpra.archive.text import Unread, read_all
documents = [Unread(Path(p), f"{n:064}", Kind.PDF) for n, p in enumerate(sys.argv[3:])]
assert read_all(documents, Path(sys.argv[1]), processes=int(sys.argv[2])) == len(documents)
"""
PDFTOTEXT = 'for f in "$@"; do pdftotext "$f" - > /dev/null; done'
AT_LEAST = {"one": 0.8, "two": 1.5}


def main() -> int:
    """Measure, print, write the table down, and fail if it is slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 pages, nothing written down")
    quick = parser.parse_args().quick
    documents, rounds = (20, 2) if quick else (300, 5)
    with workplace() as place:
        root = Path(place)
        python = str(installed(root) / "python")
        maker = Path(__file__).with_name("prose.py")
        subprocess.run([python, str(maker), str(root / "pdf"), str(documents), "10"], check=True)
        names = [str(path) for path in sorted((root / "pdf").glob("*.pdf"))]
        cache = str(root / "cache")
        commands = {
            "bare": [python, str(FLOOR), *names],
            "one": [python, "-c", READ, cache, "1", *names],
            "two": [python, "-c", READ, cache, "2", *names],
        }
        if shutil.which("pdftotext"):
            commands["pdftotext"] = ["sh", "-c", PDFTOTEXT, "sh", *names]
        found: dict[str, list[Run]] = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, command in commands.items():
                shutil.rmtree(root / "cache", ignore_errors=True)
                found[name].append(run(command, root))
        runs = {name: Runs(tuple(every[1:])) for name, every in found.items()}
    lines = report(runs, documents * 10)
    print("\n".join(lines))
    if not quick:
        write_section("text", lines)
    bare = runs["bare"].milliseconds
    return 0 if quick or all(bare / runs[n].milliseconds >= m for n, m in AT_LEAST.items()) else 1


def report(runs: dict[str, Runs], pages: int) -> list[str]:
    """The table, in Markdown."""
    bare = runs["bare"].milliseconds
    labels = {
        "bare": ("bare pypdfium2, one process", ""),
        "one": ("cpra with one reading process, words kept compressed", "0.80"),
        "two": ("cpra with two", "1.50"),
        "pdftotext": ("`pdftotext`, file by file", ""),
    }
    return [
        "## Reading PDF",
        "",
        machine(),
        "",
        f"{pages:,} pages in {pages // 10} documents. A ratio of 1 is the speed of bare pypdfium2.",
        "",
        "| program | seconds | pages a second | ratio | at least | MB |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {labels[name][0]} | {one.milliseconds / 1000:.2f} | "
            f"{1000 * pages / one.milliseconds:,.0f} | {bare / one.milliseconds:.2f} | "
            f"{labels[name][1]} | {one.megabytes:.0f} |"
            for name, one in runs.items()
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
