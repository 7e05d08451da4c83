"""A command with commands of its own, such as `cpra law`: its list cuts no sentence off."""

from __future__ import annotations

import click

ENTIRE = 1_000
"""More characters than the first sentence of any help has."""


class Group(click.Group):
    """Commands whose list says the whole first sentence of each."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, on as many lines as their sentences need."""
        rows = [
            (name, command.get_short_help_str(ENTIRE))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
