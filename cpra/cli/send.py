"""`cpra send`: send a letter by e-mail."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from cpra.cli.complete import requests
from cpra.cli.here import CALIFORNIA, Here, pass_here
from cpra.cli.page import counted, json_option, on_terminal, print_json, printable, say

if TYPE_CHECKING:
    from cpra.actions.sending import Parcel, Sent
    from cpra.mail.account import Account


@click.command(epilog="Example: cpra send 12 --preview")
@click.argument("request_ids", metavar="ID...", nargs=-1, shell_complete=requests)
@click.option("--preview", is_flag=True, help="Show exactly what would go; send nothing.")
@click.option("--letter", default="", help="Send this follow-up letter, by its name.")
@click.option("--to", multiple=True, help="Send it there, not to the address in the book.")
@click.option("--account", "account_name", default="", help="Send from this account.")
@click.option("--tag", default="", help="Send every draft with this tag, as of a campaign.")
@click.option(
    "--pace",
    type=click.FloatRange(0, 3600),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="Pause between two messages.",
)
@click.option(
    "--was",
    type=click.Choice(("sent", "not-sent")),
    help="Say what became of a message whose outcome is unknown.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@pass_here
def send(
    here: Here,
    request_ids: tuple[str, ...],
    preview: bool,
    letter: str,
    to: tuple[str, ...],
    account_name: str,
    tag: str,
    pace: float,
    was: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Send the letter of request ID from your own account: shown, asked once, filed, delivered."""
    from cpra.actions import sending
    from cpra.errors import WrongUsage
    from cpra.mail.account import find

    paths = [here.folder(one) for one in request_ids]
    if was:
        _settle(here, paths, was == "sent", letter, as_json)
        return
    paths += sending.drafts(here.workspace, tag) if tag else []
    if not paths:
        raise WrongUsage("which request? Give its number, or --tag for a campaign")
    if len(paths) > 1 and to:
        raise WrongUsage("--to is for one request; each agency has its own address")
    account = find(here.workspace, account_name)
    ready = [
        sending.parcel(here.workspace, path, account, here.now, here.today, letter=letter, to=to)
        for path in paths
    ]
    if preview:
        _show(ready, as_json)
        return
    _ask(ready, yes, as_json)
    _send(here, account, ready, pace, as_json)


def _settle(here: Here, paths: list[Path], was_sent: bool, letter: str, as_json: bool) -> None:
    from cpra.actions import sending

    for path in paths:
        event = sending.settle(
            here.workspace, path, here.recorded, was_sent=was_sent, letter=letter
        )
        if as_json:
            print_json({"folder": path, "event": event.kind, "on": event.on})
        else:
            left = "it was sent" if was_sent else "it was not sent, and may be sent again"
            click.echo(f"{path.name[:9]}: written down that {left}")


def _send(here: Here, account: Account, ready: list[Parcel], pace: float, as_json: bool) -> None:
    from cpra.actions import sending
    from cpra.mail.smtp import delivery

    every = []
    try:
        for done in sending.send_all(
            here.workspace, ready, delivery(account), _now, here.today, time.sleep, pace
        ):
            every.append(done)
            if not as_json:
                _print(here, done)
            if done.reply.is_accepted and (
                problem := sending.put_into_sent(account, done.parcel, here.now)
            ):
                say(f"  {problem}")
    finally:
        if as_json:
            print_json([_row(done) for done in every])
    if not all(done.reply.is_accepted for done in every):
        raise click.exceptions.Exit(6)


def _ask(ready: list[Parcel], yes: bool, as_json: bool) -> None:
    """Show what will go, and ask once; outside a terminal `--yes` has to be given."""
    from cpra.errors import WrongUsage

    if yes:
        return
    if as_json or not on_terminal():
        raise WrongUsage("nothing was sent: look at it with --preview, then send it with --yes")
    for line in _lines(ready):
        say(line)
    click.confirm(_question(ready), abort=True, err=True)


def _question(ready: list[Parcel]) -> str:
    """What is asked once; the letter's head has gone out of sight by then."""
    if len(ready) > 1:
        return f"Send them to {counted(len(ready), 'agency', 'agencies')}?"
    written = ready[0].written
    papers = f", {counted(len(written.papers), 'file')} attached" if written.papers else ""
    return f"Send it from {written.sender} to {', '.join(written.to)}{papers}?"


def _show(ready: list[Parcel], as_json: bool) -> None:
    if as_json:
        print_json([_preview(one) for one in ready])
        return
    click.echo("\n".join(_lines(ready)))


def _lines(ready: list[Parcel]) -> Iterator[str]:
    from cpra.cli.draft import lint_text

    for one in ready:
        written = one.written
        name = (
            f"{written.sender_name} <{written.sender}>" if written.sender_name else written.sender
        )
        yield f"From:     {printable(name)}"
        yield f"To:       {', '.join(written.to)}"
        if written.reply_to:
            yield f"Reply-To: {written.reply_to}"
        yield f"Subject:  {printable(written.subject)}"
        for paper in written.papers:
            yield f"Attached: {paper.name} ({len(paper.data):,} bytes)"
        yield ""
        yield printable(written.body)
        if one.findings:
            yield lint_text(one.findings)
        yield "-" * 72


def _print(here: Here, done: Sent) -> None:
    from cpra.cli.next_date import next_date
    from cpra.mail.delivery import Outcome

    request, to = done.parcel.request, ", ".join(done.parcel.written.to)
    said = printable(done.reply.text)
    match done.reply.outcome:
        case Outcome.ACCEPTED:
            click.echo(f"{request.id} was sent to {to} · the server said: {said}")
            where = done.place.relative_to(here.workspace.root).as_posix()
            click.echo(f"  filed as it went: {where}/message.eml")
            click.echo(next_date(here, done.parcel.path))
        case Outcome.REFUSED:
            say(f"{request.id} was NOT sent: the server refused it ({said})")
        case Outcome.LATER:
            say(f"{request.id} was NOT sent ({said}). Nothing left; send it again later")
        case Outcome.UNKNOWN:
            which = f" --letter {done.parcel.letter}" if done.parcel.letter else ""
            say(
                f"{request.id}: NOBODY KNOWS whether it was sent ({said}). Look into the Sent "
                "folder or ask the agency, then say "
                f"`cpra send {request.number}{which} --was sent` or `--was not-sent`"
            )


def _now() -> datetime:
    return datetime.now(ZoneInfo(CALIFORNIA))


def _preview(one: Parcel) -> dict[str, object]:
    return {
        "id": one.request.id,
        "letter": one.letter,
        "from": one.written.sender,
        "to": one.written.to,
        "reply_to": one.written.reply_to,
        "subject": one.written.subject,
        "body": one.written.body,
        "attached": [{"name": p.name, "size": len(p.data)} for p in one.written.papers],
        "size": len(one.data),
        "lint": one.findings,
    }


def _row(done: Sent) -> dict[str, object]:
    return {
        "id": done.parcel.request.id,
        "outcome": done.reply.outcome,
        "server": done.reply.text,
        "event": done.event.kind,
        "on": done.event.on,
        "to": done.parcel.written.to,
        "folder": done.place,
    }
