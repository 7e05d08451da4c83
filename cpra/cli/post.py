"""`cpra sent`: say that a letter has left."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import click

from cpra.cli.complete import requests
from cpra.cli.dates import Clock, Day
from cpra.cli.here import Here, pass_here
from cpra.cli.page import day, json_option, print_json, warn
from cpra.cli.sources import Source
from cpra.cli.typed import Words
from cpra.core.events import WAYS, Event


@click.command(epilog="Example: cpra sent 12 --on today --via portal --reference 26-14221")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.option("--on", type=Day(), required=True, help="The day it left: today, Mar 2, 2026-03-02.")
@click.option("--at", type=Clock(), help="The time of day, if you know it: 10:40.")
@click.option("--via", type=click.Choice(WAYS), required=True, help="How it left.")
@click.option("--reference", default="", type=Words(), help="The agency's number for it.")
@click.option("--to", default="", type=Words(), help="The address it went to.")
@click.option("--letter", default="", help="A follow-up letter that you sent, by its name.")
@click.option(
    "--file",
    "papers",
    multiple=True,
    type=Source(),
    help="What you really sent, if it is not the draft; may be given again.",
)
@click.option("--note", default="", type=Words(lines=True), help="Anything to remember.")
@json_option
@pass_here
def sent(
    here: Here,
    request_id: str,
    on: date,
    at: time | None,
    via: str,
    reference: str,
    to: str,
    letter: str,
    papers: tuple[Path, ...],
    note: str,
    as_json: bool,
) -> None:
    """Say that you sent request ID: the letter is filed as it went, and the clock starts."""
    from cpra.actions import posting
    from cpra.cli.draft import lint_text
    from cpra.cli.next_date import next_date

    path = here.folder(request_id)
    event = Event(
        kind="sent",
        on=on,
        at=at,
        recorded=here.recorded,
        via=via,
        reference=reference,
        to=to,
        letter=letter,
        note=note,
    )
    done = posting.sent(here.workspace, path, event, papers, here.today)
    if as_json:
        print_json(
            {
                "id": done.request.id,
                "event": "sent",
                "on": on,
                "folder": done.place,
                "files": list(done.event.files),
                "lint": done.findings,
                "problems": [str(problem) for problem in done.problems],
            }
        )
    else:
        click.echo(f"{done.request.id} was sent on {day(on)} ({via})")
        click.echo(f"  filed as it went: {done.place.relative_to(here.workspace.root).as_posix()}")
        if any(finding.severity == "error" for finding in done.findings):
            click.echo(lint_text(done.findings))
        click.echo(next_date(here, path))
    warn(done.problems)
    if done.problems:
        raise click.exceptions.Exit(1)
