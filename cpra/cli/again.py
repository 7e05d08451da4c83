"""`cpra again`: the same request for the next period."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from cpra.cli.complete import requests
from cpra.cli.dates import Day
from cpra.cli.here import Here, pass_here
from cpra.cli.page import json_option, print_json, printable, say, warn

if TYPE_CHECKING:
    from cpra.actions.drafting import Draft
    from cpra.actions.repeating import Period, Repeat


@click.command(epilog="Example: cpra again 12")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.option("--from", "first", type=Day(), help="The first day.  [default: the day after]")
@click.option("--to", "last", type=Day(), help="The last day.  [default: as long as before]")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a blank.")
@click.option("--preview", is_flag=True, help="Show what would be asked; write nothing.")
@json_option
@pass_here
def again(
    here: Here,
    request_id: str,
    first: date | None,
    last: date | None,
    settings: tuple[str, ...],
    preview: bool,
    as_json: bool,
) -> None:
    """Ask the same as request ID for the next period."""
    from cpra.actions import drafting, repeating
    from cpra.cli.asking import dated, pair

    path = here.folder(request_id)
    plain = dict(pair(setting) for setting in settings)
    old = repeating.template_of(here.workspace, path)
    changes = dated(old, plain, here)
    repeat = repeating.repeat(
        here.workspace, path, here.today, first=first, last=last, changes=changes
    )
    for note in repeat.notes:
        say(f"  Note: {printable(note)}")
    if preview:
        _print_period(repeat.period, as_json)
        return
    draft = drafting.new(here.workspace, repeat.wish, here.today, here.recorded)
    _print_again(here, draft, repeat, as_json)


def _print_period(period: Period, as_json: bool) -> None:
    if as_json:
        print_json(period)
    else:
        click.echo(f"Would ask for {period.first} to {period.last}")


def _print_again(here: Here, draft: Draft, repeat: Repeat, as_json: bool) -> None:
    from cpra.cli.draft import can_send, lint_text, what_next

    request = draft.request
    if as_json:
        print_json(
            {
                "id": request.id,
                "folder": draft.path,
                "agency": request.agency,
                "subject": request.subject,
                "from": repeat.period.first,
                "to": repeat.period.last,
                "notes": repeat.notes,
                "lint": draft.findings,
            }
        )
        return
    where = (draft.path / "draft").relative_to(here.workspace.root).as_posix()
    click.echo(f"Drafted: {request.id} in {where}")
    click.echo(f"  {repeat.period.first} to {repeat.period.last}")
    click.echo(lint_text(draft.findings))
    click.echo(what_next(request.number, sends=can_send(here)))
    warn(draft.problems)
