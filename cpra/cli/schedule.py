"""`cpra schedule`: have the machine fetch and remind every day."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

import click

from cpra.cli.dates import Clock
from cpra.cli.group import Group
from cpra.cli.here import Here, pass_here
from cpra.cli.page import json_option, print_json, say
from cpra.errors import CpraError

if TYPE_CHECKING:
    from cpra.actions.scheduling import Done, Plan

WAYS = ("systemd", "cron", "launchd", "task")
way_option = click.option(
    "--way", type=click.Choice(WAYS), help="What starts it; what this system has unless you say."
)


@click.group(cls=Group)
def schedule() -> None:
    """Fetch and remind every day, by whatever your system starts programs with."""


@schedule.command(epilog="Example: cpra schedule install --at 8:30 --at 16:30")
@way_option
@click.option("--at", "times", multiple=True, type=Clock(), help="When; 8:30 and 16:30 if unsaid.")
@click.option("--mail", is_flag=True, help="Remind by mail to yourself.")
@click.option("--notify", is_flag=True, help="Remind by a notice on the desktop.")
@click.option("--dry-run", is_flag=True, help="Only show it; write and start nothing.")
@json_option
@pass_here
def install(
    here: Here,
    way: str | None,
    times: tuple[time, ...],
    mail: bool,
    notify: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write and start the schedule; run twice a day it reminds once."""
    from cpra.actions import scheduling

    made = _plan(here, way, times, mail, notify)
    done = scheduling.Done(made) if dry_run else scheduling.install(made, scheduling.run)
    _print(done, as_json)
    if done.by_hand:
        raise CpraError(_not_started(made.way))
    if not as_json and not dry_run:
        click.echo("Scheduled.")


@schedule.command(epilog="Example: cpra schedule status")
@way_option
@json_option
@pass_here
def status(here: Here, way: str | None, as_json: bool) -> None:
    """Say whether a schedule is installed for this workspace, and show it."""
    from cpra.actions import scheduling

    made = _standing(here, way)
    there = scheduling.installed(made, scheduling.run)
    if as_json:
        print_json({"way": str(made.way), "name": made.name, "installed": there})
        return
    if not there:
        click.echo(f"Nothing is scheduled ({made.way}): `cpra schedule install --mail`")
        return
    click.echo(f"Scheduled with {made.way}: {made.name}")
    for path, _ in made.files:
        if path.exists():
            click.echo(f"\n{path}\n{path.read_text(encoding='utf-8').rstrip()}")


@schedule.command(epilog="Example: cpra schedule remove")
@way_option
@pass_here
def remove(here: Here, way: str | None) -> None:
    """Stop the schedule of this workspace and take it away."""
    from cpra.actions import scheduling

    done = scheduling.remove(_standing(here, way), scheduling.run)
    click.echo("Removed.")
    for command in done.by_hand:
        say(f"By hand: {command}")


def _standing(here: Here, way: str | None) -> Plan:
    """The schedule that is there, by whatever was chosen for it; the usual one if none is."""
    from cpra.actions import scheduling

    every = [_plan(here, one, (), False, False) for one in ((way,) if way else scheduling.ways())]
    return next((made for made in every if scheduling.installed(made, scheduling.run)), every[0])


def _not_started(way: str) -> str:
    if way == "cron":
        return "nothing was scheduled: `crontab` did not work. Add the lines above by hand"
    other = " Or choose another way: `cpra schedule install --way cron`" if way != "task" else ""
    return f"written, but not started: {way} did not answer. Type what stands above by hand.{other}"


def _plan(here: Here, way: str | None, times: tuple[time, ...], mail: bool, notify: bool) -> Plan:
    """Fetch where an account can be read, then remind in the ways that were asked for."""
    from cpra.actions import scheduling
    from cpra.mail.account import accounts

    every = accounts(here.workspace)
    commands = [["fetch"]] if any(one.imap for one in every) else []
    ways = [word for word, wanted in (("--mail", mail), ("--notify", notify)) if wanted]
    if not ways:
        ways = ["--mail"] if any(one.smtp for one in every) else ["--notify"]
    commands.append(["remind", *ways])
    chosen = scheduling.Way(way) if way else scheduling.ways()[0]
    return scheduling.plan(
        here.workspace, chosen, commands, times or (scheduling.MORNING, scheduling.AFTERNOON)
    )


def _print(done: Done, as_json: bool) -> None:
    from cpra.actions import scheduling

    made = done.plan
    if as_json:
        print_json(
            {
                "way": str(made.way),
                "name": made.name,
                "files": [{"path": path, "text": text} for path, text in made.files],
                "commands": made.commands,
                "by_hand": done.by_hand,
            }
        )
        return
    for path, text in made.files:
        click.echo(f"{path}\n{text}")
    if made.way is scheduling.Way.CRON:
        click.echo("\n".join(scheduling.cron_lines(made)))
    for command in done.by_hand:
        say(f"By hand: {command}")
