"""`cpra init` and `cpra completion`: the first minutes."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from cpra.cli.page import json_option, print_json


@click.command(epilog="Example: cpra init ~/records")
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@json_option
def init(directory: Path, as_json: bool) -> None:
    """Make DIR (or this folder) a workspace; what is in it stays as it is."""
    from cpra.actions.starting import start

    root = directory.expanduser()
    made = start(root)
    if as_json:
        print_json({"workspace": root.resolve(), "made": made})
        return
    if not made:
        click.echo(f"{root} is a workspace already; nothing was changed.")
        return
    click.echo(f"Your workspace is ready in {root}")
    click.echo("  requests/    one folder for each request: yours, private, plain files")
    click.echo("  templates/   your own letters, if you want any")
    step = "" if root.resolve() == Path.cwd() else f"cd {_typed(root)}, then "
    click.echo(f"Next: {step}`cpra new alpr-access-logs` or `cpra template list`")


def _typed(path: Path) -> str:
    """A path as it is typed at a prompt: in quotes where it has a space."""
    text = str(path)
    if os.name == "nt":
        return f'"{text}"' if " " in text else text
    return shlex.quote(text)


SHELLS = ("bash", "zsh", "fish")


@click.command(epilog="Example: cpra completion bash >> ~/.bashrc (zsh: ~/.zshrc)")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what makes SHELL complete cpra's commands and options."""
    from click.shell_completion import get_completion_class

    from cpra.cli import cli

    maker = get_completion_class(shell)
    assert maker is not None  # noqa: S101 (the choice above)
    click.echo(maker(cli, {}, "cpra", "_CPRA_COMPLETE").source())
