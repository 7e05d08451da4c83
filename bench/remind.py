"""`cpra remind` over 10,000 requests with nothing due, beside a click program that does nothing.

`remind.py`. Both are installed from wheels into one environment and run in turns; only the ratio is
a result. `--quick` takes 2,000 requests and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from harness import in_turns, installed, machine, workplace, write_section
from startup import EMPTY

AT_MOST = 1.8
"""what `cpra due` may take"""


def main() -> int:
    """Measure, print, write the table down, and fail if it takes more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer requests, nothing written down")
    quick = parser.parse_args().quick
    requests, rounds = (2_000, 10) if quick else (10_000, 60)
    with workplace() as place:
        root = Path(place)
        empty = root / "empty"
        empty.mkdir()
        for name, text in EMPTY.items():
            (empty / name).write_text(text, encoding="utf-8")
        programs = installed(root, empty)
        workspace = root / "workspace"
        maker = [str(programs / "python"), str(Path(__file__).with_name("rows.py"))]
        many = ["--requests", str(requests), "--open", str(requests // 10)]
        subprocess.run([*maker, str(workspace), *many], check=True)
        # Two months before the newest of them were sent, none of their dates was near.
        quiet = (date.today() - timedelta(days=60)).isoformat()
        cpra = [str(programs / "cpra"), "--workspace", str(workspace), "--today", quiet, "remind"]
        said = subprocess.run([*cpra, "--json"], check=True, capture_output=True).stdout
        assert json.loads(said)["entries"] == [], "something is due"
        found = in_turns(
            {"empty": [str(programs / "empty-click-program")], "cpra": cpra}, root, rounds
        )
    ratio = found["cpra"].milliseconds / found["empty"].milliseconds
    lines = [
        "## A reminder with nothing to say",
        "",
        machine(),
        "",
        f"{requests:,} requests, {requests // 10:,} open, none of them due; {rounds} runs each.",
        "",
        "| | median | times the empty program | at most | peak memory |",
        "|---|--:|--:|--:|--:|",
        f"| a click program that does nothing | {found['empty'].milliseconds:.1f} ms | 1.00 | | "
        f"{found['empty'].megabytes:.0f} MB |",
        f"| `cpra remind` | {found['cpra'].milliseconds:.1f} ms | {ratio:.2f} | {AT_MOST} | "
        f"{found['cpra'].megabytes:.0f} MB |",
    ]
    print("\n".join(lines))
    if not quick:
        write_section("remind", lines)
    return 0 if quick or ratio <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
