"""`cpra calendar`: the dates in your own calendar."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from cpra.cli.group import Group
from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, json_option, print_json, progress_bar, say
from cpra.cli.passwords import asked_password, stdin_option


@click.group(cls=Group)
def calendar() -> None:
    """Every date in your own calendar, with alarms and the authority."""


@calendar.command(epilog="Example: cpra calendar export deadlines.ics")
@click.argument("target", metavar="FILE.ics", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@pass_here
def export(here: Here, target: Path, as_json: bool) -> None:
    """Write all dates into FILE.ics; importing it again replaces what it brought before."""
    from cpra import disk
    from cpra.reports.calendar import calendar as made
    from cpra.reports.calendar import entries

    listed = list(entries(here.workspace))
    with disk.telling(f"writing {target}"):
        disk.replace(target, made(iter(listed)))
    dates = sum(not entry.cancelled for entry in listed)
    if as_json:
        print_json({"file": target, "entries": listed})
    else:
        click.echo(f"{target}: {counted(dates, 'open date')}; import it into your calendar")


@calendar.command(
    epilog="Example: cpra calendar connect https://dav.example.org/me/cpra --login me"
)
@click.argument("url")
@click.option("--login", default="", help="What the server calls you.")
@click.option(
    "--password-command",
    default="",
    metavar="COMMAND",
    help="A program that prints the password; else it goes into the keyring.",
)
@stdin_option
@pass_here
def connect(here: Here, url: str, login: str, password_command: str, password_stdin: bool) -> None:
    """Name the calendar on a CalDAV server that is to be kept in step: best one of its own."""
    from cpra.actions import calendars

    command = tuple(shlex.split(password_command))
    password = None
    if login and not command:
        password = asked_password(f"Password of {login}", password_stdin)
    one = calendars.connect(here.workspace, url, login, command, password)
    click.echo(f"Connected to {one.host}. Next: `cpra calendar push`")


@calendar.command(epilog="Example: cpra calendar push")
@json_option
@pass_here
def push(here: Here, as_json: bool) -> None:
    """Make, replace and take away entries until the calendar on the server agrees."""
    from cpra.actions import calendars
    from cpra.mail.caldav import Session
    from cpra.mail.caldav import calendar as connected
    from cpra.reports.calendar import entries

    one = connected(here.workspace)
    move, end = progress_bar("Pushing")
    try:
        done = calendars.push(here.workspace, Session(one), entries(here.workspace), one.url, move)
    finally:
        end()
    if as_json:
        print_json(done)
    else:
        click.echo(
            f"{one.host}: {counted(done.put, 'entry', 'entries')} put, {done.removed:,} taken "
            f"away, {done.unchanged:,} as they were"
        )
    for problem in done.problems:
        say(f"  {problem}")
    if done.problems:
        raise click.exceptions.Exit(1)


@calendar.command(epilog="Example: cpra calendar disconnect")
@pass_here
def disconnect(here: Here) -> None:
    """Forget the calendar and its password; the entries there stay."""
    from cpra.actions import calendars

    calendars.disconnect(here.workspace)
    click.echo("Disconnected. The entries in the calendar stay as they are.")
