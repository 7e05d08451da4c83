"""What went wrong on the command line, in one sentence with the way out."""

from __future__ import annotations

import re
import sys

import click

_RANGE = re.compile(r"is not in the range (\d+)<=x<=(\d+)")
"""How click says it, who speaks to mathematicians."""


def sentence(error: click.ClickException) -> str:
    """What was wrong with what was typed, and what to type instead."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx is None:
        return error.format_message()
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"{ctx.command_path} needs {_needed(error.param, ctx)}.{_example(ctx)}"
    said = _RANGE.sub(r"is not between \1 and \2", error.format_message())
    said = said.replace("is not in the range x>=0", "is not 0 or more")
    said = said.replace("is not a valid integer range", "is not a whole number")
    if isinstance(error, click.exceptions.NoSuchCommand):
        said = _no_command(error.command_name, ctx)
    way = f" (`{ctx.command_path} --help`)" if ctx.parent is not None else ""
    return f"{said}{way}"


def tell(text: str) -> None:
    """Say on stderr what went wrong; on a screen no word is cut at its edge."""
    from cpra.cli.page import printable, wrapped

    lines = printable(f"Error: {text}").split("\n")
    if sys.stderr.isatty():
        lines = [part for line in lines for part in wrapped(line, "", "  ")]
    click.echo("\n".join(lines), err=True)


def _needed(param: click.Parameter, ctx: click.Context) -> str:
    """The missing argument or option, and what it may be."""
    name = param.make_metavar(ctx)
    if isinstance(param.type, click.Choice):
        shown = param.metavar or ("" if isinstance(param, click.Argument) else "WAY")
        choices = f"one of {', '.join(str(choice) for choice in param.type.choices)}"
        name = f"{shown}, {choices}" if shown else choices
    return f"{param.opts[0]} {name}" if isinstance(param, click.Option) else name


def _example(ctx: click.Context) -> str:
    """The example that the command's own help ends with, as a command to copy."""
    first = (ctx.command.epilog or "").partition("\n\n")[0]
    command = first.removeprefix("Example: ")
    return f" Example: `{command}`" if command != first else f" (`{ctx.command_path} --help`)"


def _no_command(typed: str, ctx: click.Context) -> str:
    """A command that there is not, and the nearest ones or all of them."""
    from cpra.core.schema import nearest

    there = ctx.command.list_commands(ctx) if isinstance(ctx.command, click.Group) else []
    near = nearest(typed, tuple(there))
    hint = (
        "Did you mean " + " or ".join(f'"{name}"' for name in near) + "?"
        if near
        else f"There are: {', '.join(there)}."
    )
    whole = f"{ctx.command_path} {typed}".removeprefix("cpra ")
    return f'there is no command "{whole}". {hint}'
