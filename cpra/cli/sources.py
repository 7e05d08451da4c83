"""Files and folders that a person names to be filed."""

from __future__ import annotations

import os
from pathlib import Path

import click


class Source(click.Path):
    """A file or a folder; the action says in its own words what is wrong with it.

    An empty path (a shell variable that was never set) would mean the whole folder one stands in.
    """

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """The path, or a usage error when there is none."""
        if not os.fspath(value):
            self.fail("the path is empty; name a file or a folder", param, ctx)
        return Path(os.fsdecode(super().convert(value, param, ctx)))
