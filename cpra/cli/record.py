"""`cpra record`: write down what happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from cpra.cli.complete import requests
from cpra.cli.dates import Day
from cpra.cli.happened import happened
from cpra.cli.here import Here, pass_here
from cpra.cli.page import day, json_option, print_json, warn, wrapped
from cpra.cli.sources import Source
from cpra.core.events import RECORDED_KINDS

WORDS: Mapping[str, str] = {
    "received": "it reached the agency; the law counts from here",
    "acknowledged": '"we got it", which stops no clock',
    "clarification-asked": "they ask what you mean",
    "clarification-answered": "you told them",
    "extended": "they take more time, by a notice",
    "determined": "they say whether there are records that you get, and when",
    "promised": "they name a (new) day for the records",
    "produced": "records came (`cpra file` writes it too)",
    "denied": "they keep records back",
    "none-found": "they say that there are none",
    "fee-quoted": "they want money",
    "fee-paid": "you paid it",
    "answered": "something came that is none of these",
    "closed": "nothing more is to come",
    "reopened": "but more is to come after all",
    "withdrawn": "you took the request back",
    "voided": "a line of the log was wrong (--line)",
    "incident-known": "officers' records and recordings: they knew of the incident",
    "incident-occurred": "the same: it happened",
    "misconduct-discovered": "the same: they found the misconduct out",
    "judgment-noticed": "court: notice of the judgment came",
    "access-restored": "their systems work again after an outage",
    "appeal-filed": "FOIA: you appealed",
    "appeal-decided": "FOIA: they decided on it",
    "inspected": "records about yourself: you saw them",
    "amendment-requested": "the same: you asked for a correction",
}
"""what each event is called → what it means to the requester"""


class Record(click.Command):
    """The command, with a list of the events and what each of them means in its help."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The events, then the options."""
        with formatter.section("EVENT is one of"):
            formatter.write_dl([(kind, WORDS[kind]) for kind in WORDS])
        super().format_options(ctx, formatter)


@click.command(
    cls=Record,
    help="Write down what happened to request ID.",
    epilog="Example: cpra record 12 extended --on 2026-03-10 --until 2026-03-26 "
    '--reason "voluminous records" --signer "Records Supervisor"',
)
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.argument("event", type=click.Choice(tuple(RECORDED_KINDS)), metavar="EVENT")
@click.option("--on", type=Day(), is_eager=True, help="The day it happened.  [required]")
@happened
@click.option("--line", type=int, help="voided: the line of the log to take back (see timeline).")
@click.option(
    "--file",
    "papers",
    multiple=True,
    type=Source(),
    help="A paper that shows it; may be given again.",
)
@json_option
@pass_here
def record(
    here: Here,
    /,
    request_id: str,
    event: str,
    on: date | None,
    line: int | None,
    papers: tuple[Path, ...],
    as_json: bool,
    **said: Any,
) -> None:
    """Write down what happened to request ID."""
    from cpra.actions import recording
    from cpra.cli.next_date import next_date
    from cpra.core.events import Event

    if on is None:  # read before --until, which counts from it, but missed after EVENT
        ctx = click.get_current_context()
        missing = next(param for param in ctx.command.params if param.name == "on")
        raise click.MissingParameter(ctx=ctx, param=missing)
    path = here.folder(request_id)
    it = Event(kind=event, on=on, recorded=here.recorded, **said)
    done = recording.record(here.workspace, path, it, papers, here.today, line)
    if as_json:
        print_json(
            {
                "id": done.request.id,
                "event": event,
                "on": on,
                "files": list(done.event.files),
                "status": done.request.status,
                "remarks": done.remarks,
                "problems": [str(problem) for problem in done.problems],
            }
        )
    else:
        click.echo(f"{done.request.id}: {event} on {day(on)} · now {done.request.status}")
        if done.place:
            click.echo(f"  filed: {done.place.relative_to(here.workspace.root).as_posix()}")
        for remark in done.remarks:
            click.echo("\n".join(wrapped(remark, "  ", "      ")))
        click.echo(next_date(here, path))
    warn(done.problems)
    if done.problems:
        raise click.exceptions.Exit(1)
