"""`cpra record`: write down what happened."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import click

from cpra.cli.complete import requests
from cpra.cli.dates import Clock, Day
from cpra.cli.here import Here, pass_here
from cpra.cli.page import day, json_option, print_json, warn, wrapped
from cpra.cli.sources import Source
from cpra.core.events import RECORDED_KINDS

KINDS_HELP = "EVENT is one of: " + ", ".join(RECORDED_KINDS) + "."


@click.command(
    help="Write down what happened to request ID.\n\n" + KINDS_HELP,
    epilog="Example: cpra record 12 extended --on 2026-03-10 --until 2026-03-26 "
    '--reason "voluminous records" --signer "Records Supervisor"',
)
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.argument("event", type=click.Choice(tuple(RECORDED_KINDS)), metavar="EVENT")
@click.option("--on", type=Day(), required=True, help="The day it happened.")
@click.option("--at", type=Clock(), help="The time of day, if you know it.")
@click.option("--until", type=Day(future=True), help="extended: the date that the notice states.")
@click.option(
    "--estimated",
    type=Day(future=True),
    help="determined, promised: when the agency says the records will be there.",
)
@click.option(
    "--disclosable",
    type=click.Choice(("all", "some", "none")),
    help="determined: how much of it will be disclosed.",
)
@click.option("--ground", "grounds", multiple=True, help="extended: a ground the notice states.")
@click.option("--reason", "reasons", default="", help="What the agency gives as its reason.")
@click.option(
    "--exemption",
    "exemptions",
    multiple=True,
    metavar="CODE",
    help="denied: a section it cites, old or new number; may be given again.",
)
@click.option("--signer", "signed_by", default="", help="Who signed, with title.")
@click.option("--amount", default="", help="fee-quoted, fee-paid: dollars.")
@click.option(
    "--item",
    "items",
    multiple=True,
    type=int,
    metavar="N",
    help="It is about item N only; may be given again.",
)
@click.option("--complete", is_flag=True, help="produced: this was the last of it.")
@click.option(
    "--installment", type=click.IntRange(1), help="produced: the number of the installment."
)
@click.option("--reference", default="", help="The agency's number for the request.")
@click.option("--via", default="", help="How it came, or was served: email, mail, portal, hand.")
@click.option("--line", type=int, help="voided: the line of the log to take back (see timeline).")
@click.option(
    "--file",
    "papers",
    multiple=True,
    type=Source(),
    help="A paper that shows it; may be given again.",
)
@click.option("--note", default="", help="Anything to remember.")
@json_option
@pass_here
def record(
    here: Here,
    request_id: str,
    event: str,
    on: date,
    at: time | None,
    until: date | None,
    estimated: date | None,
    disclosable: str | None,
    grounds: tuple[str, ...],
    reasons: str,
    exemptions: tuple[str, ...],
    signed_by: str,
    amount: str,
    items: tuple[int, ...],
    complete: bool,
    installment: int | None,
    reference: str,
    via: str,
    line: int | None,
    papers: tuple[Path, ...],
    note: str,
    as_json: bool,
) -> None:
    """Write down what happened to request ID."""
    from cpra.actions import recording
    from cpra.cli.next_date import next_date
    from cpra.core.events import Event

    path = here.folder(request_id)
    happened = Event(
        kind=event,
        on=on,
        at=at,
        recorded=here.recorded,
        until=until,
        estimated=estimated,
        disclosable=disclosable or "",
        grounds=grounds,
        reasons=reasons,
        exemptions=exemptions,
        signed_by=signed_by,
        amount=amount,
        items=items,
        complete=complete,
        installment=installment,
        reference=reference,
        via=via,
        note=note,
    )
    done = recording.record(here.workspace, path, happened, papers, here.today, line)
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
