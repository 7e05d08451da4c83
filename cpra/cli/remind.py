"""`cpra remind`: today's digest, and reminders of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cpra.cli.complete import requests
from cpra.cli.here import Here, pass_here
from cpra.cli.page import day, json_option, print_json, printable, say

if TYPE_CHECKING:
    from cpra.reports.digest import Digest


@click.command(epilog='Example: cpra remind 12 "in 3 weeks" call the clerk')
@click.argument("request_id", metavar="[ID]", default="", shell_complete=requests)
@click.argument("when", default="")
@click.argument("text", nargs=-1)
@click.option("--done", is_flag=True, help="Take off the reminders of request ID that are due.")
@click.option("--line", type=int, help="With --done: the one of this line of the log.")
@click.option("--mail", is_flag=True, help="Send the digest to yourself, once a day.")
@click.option("--notify", is_flag=True, help="Show it on the desktop, once a day.")
@click.option("--again", is_flag=True, help="Also if that was done today.")
@json_option
@pass_here
def remind(
    here: Here,
    request_id: str,
    when: str,
    text: tuple[str, ...],
    done: bool,
    line: int | None,
    mail: bool,
    notify: bool,
    again: bool,
    as_json: bool,
) -> None:
    """Say what is late, due, promised and expiring today; or set a reminder: ID WHEN TEXT."""
    if request_id:
        _own(here, request_id, when, text, done, line, as_json)
        return
    if done or line is not None:
        raise click.UsageError("which request? `cpra remind ID --done`")
    from cpra.reports.digest import digest

    found = digest(here.workspace, here.today)
    if as_json:
        print_json(
            {
                "today": found.today,
                "entries": [_shown(found, entry._asdict()) for entry in found.entries],
                "waiting": found.waiting,
                "unreadable": found.unreadable,
                "subject": found.subject,
            }
        )
    elif not (mail or notify):
        click.echo(printable("\n".join(found.lines())))
    if notify:
        _notify(here, found, again)
    if mail:
        _mail(here, found, again)
    if found.gaps:
        raise click.exceptions.Exit(5)


def _own(
    here: Here,
    request_id: str,
    when: str,
    text: tuple[str, ...],
    done: bool,
    line: int | None,
    as_json: bool,
) -> None:
    from cpra.actions import reminding
    from cpra.cli.dates import read

    path = here.folder(request_id)
    if done:
        gone = reminding.done(here.workspace, path, line, here.recorded, here.today)
        if as_json:
            print_json([{"line": event.number, "text": event.text} for event in gone])
        for event in () if as_json else gone:
            click.echo(f"Done: {printable(event.text)}")
        return
    if not when:
        raise click.UsageError('when? `cpra remind ID "in 3 weeks" TEXT`, or `--done`')
    due = read(when, here.today, future=True)
    words = " ".join(text)
    event = reminding.remember(here.workspace, path, due, words, here.recorded, here.today)
    if as_json:
        print_json({"folder": path, "due": due, "text": event.text, "line": event.number})
    else:
        click.echo(f"{path.name[:9]}: on {day(due)} you are reminded: {printable(event.text)}")


def _notify(here: Here, found: Digest, again: bool) -> None:
    from cpra.actions import reminding
    from cpra.mail.notify import notify

    where = reminding.wishes(here.workspace).notify
    shown = reminding.by_notice(
        here.workspace, found, lambda title, text: notify(title, text, where), again=again
    )
    say("Shown on the desktop." if shown else _why_not(found))


def _mail(here: Here, found: Digest, again: bool) -> None:
    from cpra.actions import reminding
    from cpra.mail.smtp import delivery

    account, to = reminding.recipient(here.workspace)
    sent = reminding.by_mail(
        # The account is asked for its secret only when there is something to send.
        here.workspace,
        found,
        lambda outgoing: delivery(account)(outgoing),
        here.now,
        again=again,
    )
    say(f"Mailed to {to}." if sent else _why_not(found))


def _why_not(found: Digest) -> str:
    return "Nothing is due: no reminder." if found.is_empty else "You were reminded today already."


def _shown(found: Digest, entry: dict[str, object]) -> dict[str, object]:
    """A discreet reminder names no subject to a program either, which may show it."""
    if found.discreet:
        hidden = {"subject": "", "agency": "", "folder": "", "note": ""}
        own = {"label": "a reminder of yours"} if entry["kind"] == "reminder" else {}
        return {**entry, **hidden, **own}
    return entry
