"""`cpra inbox`: go through what came and could not be placed or confirmed without you."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cpra.cli.complete import requests
from cpra.cli.dates import Day
from cpra.cli.group import Group
from cpra.cli.here import Here, pass_here
from cpra.cli.inbox_text import MEANINGS, doubts, keys, listed, proposed, row, shown
from cpra.cli.page import (
    counted,
    json_option,
    on_terminal,
    print_json,
    printable,
    progress_bar,
    say,
)
from cpra.cli.typed import Amount, Words

if TYPE_CHECKING:
    from cpra.actions.reviewing import Done
    from cpra.actions.sorting import Sorting
    from cpra.actions.waiting import Item


@click.group(
    cls=Group, invoke_without_command=True, epilog="Example: cpra inbox file 9f2c01ab 12 --as fee"
)
@click.option("--yes", is_flag=True, help="Write down every sure reading of what is filed.")
@json_option
@pass_here
@click.pass_context
def inbox(ctx: click.Context, here: Here, yes: bool, as_json: bool) -> None:
    """What waits for you: on a terminal one message after the other, elsewhere a list."""
    if ctx.invoked_subcommand is not None:
        return
    from cpra.actions.waiting import items

    sorts = _sorts(here)
    if yes:
        _confirm_sure(here, sorts, as_json)
        return
    every = list(items(sorts))
    if as_json:
        print_json([row(one) for one in every])
    elif not every:
        click.echo("The inbox is empty.")
    elif on_terminal():
        _walk(here, sorts, every)
    else:
        click.echo("\n".join(listed(every)))


@inbox.command(epilog="Example: cpra inbox show 9f2c01ab")
@click.argument("handle")
@click.option("--all", "everything", is_flag=True, help="The whole text and every header.")
@pass_here
def show(here: Here, handle: str, everything: bool) -> None:
    """Show message HANDLE: who wrote it, what it may mean and why, and its words."""
    from cpra.actions.waiting import find

    click.echo("\n".join(shown(find(_sorts(here), handle), everything)))


@inbox.command(epilog="Example: cpra inbox file 9f2c01ab 12 --as extension --until 2026-03-26")
@click.argument("handle")
@click.argument("request_id", metavar="[ID]", default="", shell_complete=requests)
@click.option(
    "--as",
    "words",
    multiple=True,
    type=click.Choice(MEANINGS),
    help="What it is; may be given again. As proposed unless you say.",
)
@click.option("--on", type=Day(), help="The day it came; as the message says unless given.")
@click.option("--until", type=Day(future=True), help="extension: the date that it states.")
@click.option("--estimated", type=Day(future=True), help="When the records are to be there.")
@click.option("--ground", "grounds", multiple=True, help="extension: a ground that it states.")
@click.option(
    "--reason",
    "reasons",
    default="",
    type=Words(lines=True),
    help="What the agency gives as its reason.",
)
@click.option("--exemption", "exemptions", multiple=True, metavar="CODE", help="denial: a section.")
@click.option("--amount", default="", type=Amount(), help="fee: dollars.")
@click.option("--signer", "signed_by", default="", type=Words(), help="Who signed, with title.")
@click.option("--item", "items", multiple=True, type=int, metavar="N", help="About item N only.")
@click.option(
    "--disclosable", type=click.Choice(("all", "some", "none")), help="determination: how much."
)
@click.option("--complete", is_flag=True, help="records: this was the last of it.")
@click.option("--installment", type=int, help="records: the number of the installment.")
@click.option("--reference", default="", help="The agency's number for the request.")
@json_option
@pass_here
def file(
    here: Here,
    handle: str,
    request_id: str,
    words: tuple[str, ...],
    on: date | None,
    until: date | None,
    estimated: date | None,
    grounds: tuple[str, ...],
    reasons: str,
    exemptions: tuple[str, ...],
    amount: str,
    signed_by: str,
    items: tuple[int, ...],
    disclosable: str | None,
    complete: bool,
    installment: int | None,
    reference: str,
    as_json: bool,
) -> None:
    """File message HANDLE with request ID, or confirm what it says if it is filed already."""
    from cpra.actions import reviewing, waiting
    from cpra.actions.reviewing import Said
    from cpra.mail.rules import Meaning

    sorts = _sorts(here)
    item = waiting.find(sorts, handle)
    meanings = tuple(Meaning(word) for word in words) or proposed(item)
    said = Said(
        meanings=meanings,
        on=on,
        until=until,
        estimated=estimated,
        grounds=grounds,
        reasons=reasons,
        exemptions=exemptions,
        amount=amount,
        signed_by=signed_by,
        items=items,
        disclosable=disclosable or "",
        complete=complete,
        installment=installment,
        reference=reference,
    )
    reviewing.check_given(said)
    path = here.folder(request_id) if request_id else None
    _print(here, reviewing.file(sorts, item, path, said), as_json)


@inbox.command(epilog="Example: cpra inbox aside 9f2c01ab")
@click.argument("handle")
@pass_here
def aside(here: Here, handle: str) -> None:
    """Put message HANDLE aside: it has to do with no request, or decides nothing. It is kept."""
    from cpra.actions import reviewing, waiting

    sorts = _sorts(here)
    moved = reviewing.set_aside(sorts, waiting.find(sorts, handle))
    click.echo(f"Kept in {moved.relative_to(here.workspace.root).as_posix()}")


@inbox.command(epilog="Example: cpra inbox back 12 7")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.argument("line", type=int)
@pass_here
def back(here: Here, request_id: str, line: int) -> None:
    """Take back the wrong filing of LINE in the log of request ID; the message waits again."""
    from cpra.actions.reviewing import back as take_back

    path = here.folder(request_id)
    kept = take_back(here.workspace, path, line, here.recorded, here.today)
    click.echo(f"Line {line} no longer counts; the message waits in the inbox ({kept.name})")


def _sorts(here: Here) -> Sorting:
    from cpra.actions.sorting import sorting

    move, end = progress_bar("Reading the requests")
    try:
        return sorting(here.workspace, here.today, here.recorded, progress=move)
    finally:
        end()


def _confirm_sure(here: Here, sorts: Sorting, as_json: bool) -> None:
    from cpra.actions import reviewing, waiting
    from cpra.actions.reviewing import Said

    filed = [item for item in waiting.items(sorts) if item.request is not None]
    sure = [item for item in filed if not item.doubts]
    done = [reviewing.file(sorts, item, None, Said(meanings=proposed(item))) for item in sure]
    if as_json:
        print_json([_done_row(one) for one in done])
        return
    for one in done:
        _print(here, one, False)
    click.echo(f"{counted(len(done), 'message')} confirmed")
    if left := len(filed) - len(done):
        click.echo(f"{counted(left, 'message')} left for you to look at: `cpra inbox`")


def _walk(here: Here, sorts: Sorting, every: list[Item]) -> None:
    """One message after the other; one key decides."""
    from cpra.actions import reviewing
    from cpra.actions.reviewing import Said
    from cpra.errors import CpraError

    for number, item in enumerate(every, start=1):
        say(f"\n{'-' * 72}\n{number} of {len(every)}")
        say("\n".join(shown(item, False)))
        while True:
            say(keys(item))
            key = click.getchar()
            try:
                if key in ("q", "\x03", "\x04"):
                    return
                if key == "s":
                    break
                if key == "v":
                    say("\n".join(shown(item, True)))
                elif key == "a":
                    moved = reviewing.set_aside(sorts, item)
                    say(f"Kept in {moved.relative_to(here.workspace.root).as_posix()}")
                    break
                elif key in ("\r", "\n", "y") and doubts(item):
                    say("There is a doubt, named above: 1 files it all the same.")
                elif key in ("\r", "\n", "y", *"123456789"):
                    said = Said(meanings=proposed(item))
                    _print(here, reviewing.file(sorts, item, _target(here, item, key), said), False)
                    break
                elif key == "o":
                    _ask_and_file(here, sorts, item)
                    break
            except CpraError as error:
                say(f"{error}")


def _ask_and_file(here: Here, sorts: Sorting, item: Item) -> None:
    from cpra.actions import reviewing
    from cpra.actions.reviewing import Said
    from cpra.mail.rules import Meaning

    path = None
    if item.request is None:
        path = here.folder(click.prompt("Which request", err=True))
    words = click.prompt(
        f"What is it ({', '.join(MEANINGS)}; several with spaces)",
        default=str(proposed(item)[0]),
        err=True,
    ).split()
    wrong = [word for word in words if word not in MEANINGS]
    if wrong:
        raise click.UsageError(f'"{wrong[0]}" is none of: {", ".join(MEANINGS)}')
    said = Said(meanings=tuple(Meaning(word) for word in words))
    _print(here, reviewing.file(sorts, item, path, said), False)


def _target(here: Here, item: Item, key: str) -> Path | None:
    """The request that a key means: Enter the likeliest, a digit the one with that number."""
    if item.request is not None:
        return None
    candidates = item.match.candidates
    place = int(key) - 1 if key.isdigit() else 0
    if place >= len(candidates):
        raise click.UsageError("no request stands there; press o to name one")
    return here.workspace.requests / candidates[place].known.folder


def _print(here: Here, done: Done, as_json: bool) -> None:
    if as_json:
        print_json(_done_row(done))
        return
    from cpra.cli.next_date import next_date

    kinds = ", ".join(event.kind for event in done.events) or "nothing to write down"
    click.echo(f"{done.request.id}: {kinds} · now {done.request.status}")
    if done.voided is not None:
        click.echo("  what was sent came back: it is a draft again, to be sent elsewhere")
    for problem in done.problems:
        say(f"  {printable(problem)}")
    click.echo(next_date(here, done.path))
    if done.events and done.events[0].number:
        say(f"Wrong? `cpra inbox back {done.request.number} {done.events[0].number}`")


def _done_row(done: Done) -> dict[str, object]:
    return {
        "id": done.request.id,
        "status": done.request.status,
        "events": [event.kind for event in done.events],
        "files": [name for event in done.events for name in event.files],
        "came_back": done.voided is not None,
        "problems": done.problems,
    }
