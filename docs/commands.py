"""Writes the README's table of commands anew: `python docs/commands.py`."""

from __future__ import annotations

from pathlib import Path

from cpra.cli import COMMANDS

README = Path(__file__).resolve().parents[1] / "README.md"
HEAD = "| command | what it does |\n| --- | --- |\n"


def main() -> None:
    """Put a row for each command in place of the rows that are there."""
    text = README.read_text(encoding="utf-8")
    start = text.index(HEAD) + len(HEAD)
    end = text.index("\n\n", start)
    rows = "\n".join(f"| `{name}` | {said} |" for name, (_, said) in COMMANDS.items())
    README.write_text(text[:start] + rows + text[end:], encoding="utf-8")


if __name__ == "__main__":
    main()
