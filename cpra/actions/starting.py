"""Make a workspace."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from cpra import workspace


def start(root: Path) -> tuple[Path, ...]:
    """Make a folder a workspace around what is in it; gives the files that were written."""
    readme = files("cpra").joinpath("format.md").read_text(encoding="utf-8")
    return workspace.init(root, readme)
