"""Makes docs/demo.svg, the picture of a real run in the README: `python docs/picture.py`.

It runs the installed `cpra demo` in a new folder and draws what came out, to the letter; only the
end is cut, and a line says so.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

HERE = Path(__file__).resolve().parent
WIDTH = 116
SHOWN = 62
"""lines in the picture"""


def main() -> None:
    """Run the demo and draw its output."""
    program = Path(sys.executable).with_name("cpra")
    with tempfile.TemporaryDirectory() as place:
        run = subprocess.run(
            [program, "demo", "cpra-demo"],
            cwd=place,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
            env={"COLUMNS": str(WIDTH), "PATH": "", "LC_ALL": "C.UTF-8"},
        )
        output = run.stdout.replace(str(Path(place).resolve()), "~")
    lines = output.splitlines()
    cut = lines[:SHOWN]
    if len(lines) > SHOWN:
        cut.append(f"… and {len(lines) - SHOWN} more lines")
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for line in ("$ cpra demo", *cut):
        style = "bold" if line.startswith("$") else "dim" if line.startswith("#") else ""
        console.print(Text(line, style=style))
    svg = console.export_svg(title="cpra demo", theme=MONOKAI, unique_id="cpra")
    # The drawing asks a font server for its font; a page that asks nobody is what we want.
    kept = [line for line in svg.splitlines() if "url(" not in line or "clip-path" in line]
    (HERE / "demo.svg").write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
