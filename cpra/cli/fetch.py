"""`cpra fetch`: collect the answers."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cpra.cli.dates import Day
from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, json_option, print_json, printable, progress_bar, say, warn

if TYPE_CHECKING:
    from cpra.actions.placing import Placed
    from cpra.actions.sorting import Fetched
    from cpra.mail.account import Account
    from cpra.mail.reading import Reading


@click.command(epilog="Example: cpra fetch --since 2026-03-02")
@click.option("--account", "account_name", default="", help="Only this account; all unless named.")
@click.option("--since", type=Day(), help="Look again at everything that came since then.")
@click.option(
    "--mailbox", "mailboxes", multiple=True, help="Read this mailbox; may be given again."
)
@click.option(
    "--path",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Take messages from here: .eml, .msg, mbox, Maildir or a folder; may be given again.",
)
@click.option("--yes", is_flag=True, help="Write down what is sure without asking.")
@json_option
@pass_here
def fetch(
    here: Here,
    account_name: str,
    since: date | None,
    mailboxes: tuple[str, ...],
    paths: tuple[Path, ...],
    yes: bool,
    as_json: bool,
) -> None:
    """Collect answers: what is sure is filed with its request, the rest waits in the inbox."""
    from cpra.actions.fetching import fetch, fetch_files
    from cpra.actions.sorting import sorting
    from cpra.errors import CpraError

    wanted = [] if paths else _accounts(here, account_name)
    move, end = progress_bar("Reading the requests")
    try:
        sorts = sorting(here.workspace, here.today, here.recorded, confirm=yes, progress=move)
    finally:
        end()
    move, end = progress_bar("Fetching", threads=False)
    tries = [partial(fetch_files, here.workspace, paths, sorts, move)] if paths else []
    tries += [
        partial(
            fetch, here.workspace, account, sorts, since=since, mailboxes=mailboxes, progress=move
        )
        for account in wanted
    ]
    lost: list[CpraError] = []
    try:
        for collect in tries:
            try:
                collect()
            except CpraError as error:
                lost.append(error)  # the others are read; what came is filed, and is shown first
    finally:
        end()
    if not lost or sorts.done.placed or sorts.done.waiting:
        _print(here, sorts.done, as_json)
    for one in lost[:-1]:
        say(f"Error: {printable(str(one))}")
    if lost:
        raise lost[-1]
    if sorts.done.problems:
        raise click.exceptions.Exit(1)


def _accounts(here: Here, name: str) -> list[Account]:
    """The one that is named, or all that can be read."""
    from cpra.errors import NotFound
    from cpra.mail.account import accounts, find

    every = accounts(here.workspace)
    if not every:
        raise NotFound(
            "there is no e-mail account yet; `cpra account add NAME --address you@example.org` "
            "adds one, and `cpra fetch --path FILE` takes messages that you saved"
        )
    readable = [one for one in every if one.imap]
    return [find(here.workspace, name)] if name or not readable else readable


def _print(here: Here, done: Fetched, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "filed": [_row(placed, read) for placed, read in done.placed],
                "waiting": done.waiting,
                "already": done.again,
                "unrelated": done.unrelated,
                "problems": [str(problem) for problem in done.problems],
            }
        )
        return
    filed = [line for placed, read in done.placed for line in _lines(here, placed, read)]
    if filed:
        click.echo("\n".join(filed))
    asking = sum(1 for placed, read in done.placed if _asks(placed, read))
    if done.waiting:
        click.echo(f"{counted(len(done.waiting), 'message')} could not be placed for sure")
    if done.again:
        verb = "was" if done.again == 1 else "were"
        click.echo(f"{counted(done.again, 'message')} {verb} here already")
    if done.unrelated:
        click.echo(f"{counted(done.unrelated, 'message')} have to do with no request: left there")
    if not (done.placed or done.waiting):
        click.echo("Nothing new.")
    if done.waiting or asking:
        click.echo("Next: `cpra inbox` shows what waits for you")
    if done.problems:
        say(f"{counted(len(done.problems), 'thing')} to know about:")
        warn(done.problems)


def _lines(here: Here, placed: Placed, read: Reading) -> list[str]:
    message = placed.incoming.message
    sender = printable(message.sender.email or message.sender.name or "nobody named")
    place = placed.place  # pathlib's own way is slow for thousands of them
    where = "/".join((here.workspace.requests.name, *place.parts[-3:]))
    lines = [f"{placed.request.id}  {printable(message.subject)[:60]}  (from {sender})"]
    lines.append(f"  filed: {where}")
    if read.proposals and placed.events:
        said = ", ".join(str(one.meaning) for one in read.proposals)
        sure = placed.events[0].kind != "answered"
        lines.append(f"  written down: {said}" if sure else f"  it seems to be: {said}")
    lines += [
        f"  a link in it expires on {one.on.isoformat()}: it is on the agenda"
        for one in read.expiries
    ]
    return lines


def _asks(placed: Placed, read: Reading) -> bool:
    return read.decides and bool(placed.events) and placed.events[0].kind == "answered"


def _row(placed: Placed, read: Reading) -> dict[str, object]:
    return {
        "id": placed.request.id,
        "folder": placed.place,
        "subject": placed.incoming.message.subject,
        "from": placed.incoming.message.sender.email,
        "event": placed.events[0].kind if placed.events else None,
        "handle": placed.incoming.sha256[:8],
        "meaning": str(read.meaning),
        "asks": _asks(placed, read),
        "proposals": read.proposals,
        "expiries": read.expiries,
    }
