"""A password is asked for without an echo, or read from standard input: never an argument."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cpra.cli.page import on_terminal

if TYPE_CHECKING:
    from cpra.mail.secret import Secret

stdin_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, its first line."
)


def asked_password(prompt: str, from_stdin: bool) -> Secret | None:
    """From the keyboard without an echo, or the first line of standard input; never an argument."""
    from cpra.mail.secret import Secret

    if from_stdin:
        text = sys.stdin.readline().rstrip("\r\n")
    elif on_terminal():
        text = click.prompt(prompt, hide_input=True, default="", show_default=False, err=True)
    else:
        return None
    return Secret(text) if text else None
