"""Where and when a command runs: the workspace it means and the day it takes for today."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from cpra.workspace import Workspace

CALIFORNIA = "America/Los_Angeles"
"""The zone in which a day begins and ends: the agency's, not the laptop's."""


class Here:
    """What the options in front of a command say."""

    def __init__(
        self, workspace_option: str | None = None, today_option: str | None = None
    ) -> None:
        """Remember the options; the workspace and the clock are looked at when they are needed."""
        self.workspace_option = workspace_option
        self.today_option = today_option

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace that was named, or the nearest one upwards."""
        from cpra.workspace import find

        return find(Path.cwd(), self.workspace_option)

    @cached_property
    def now(self) -> datetime:
        """The moment, by the clock on the agency's wall."""
        return datetime.now(ZoneInfo(CALIFORNIA))

    @cached_property
    def today(self) -> date:
        """Today in California, or the day that `--today` names."""
        if self.today_option is None:
            return self.now.date()
        from cpra.cli.dates import read

        return read(self.today_option, self.now.date())

    @property
    def recorded(self) -> str:
        """This moment as the log writes it down."""
        return self.now.isoformat(timespec="seconds")

    def folder(self, text: str) -> Path:
        """The request's folder that a person means."""
        from cpra.folder import find

        return find(self.workspace, text)


pass_here = click.make_pass_decorator(Here)
