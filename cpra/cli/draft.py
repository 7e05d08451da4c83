"""`cpra new`, `edit` and `lint`: a request before it leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from cpra.cli.asking import (
    about,
    asked_agency,
    asked_items,
    asked_requester,
    asked_values,
    dated,
    pair,
)
from cpra.cli.complete import agencies, requests, templates
from cpra.cli.here import Here, pass_here
from cpra.cli.page import (
    counted,
    fitted,
    json_option,
    on_terminal,
    print_json,
    warn,
    wrapped,
)
from cpra.cli.typed import Words
from cpra.core.words import joined
from cpra.errors import NotFound, Refused, WrongUsage

if TYPE_CHECKING:
    from pathlib import Path

    from cpra.actions.drafting import Draft
    from cpra.core.wording import Finding


@click.command(
    epilog='Example: cpra new alpr-access-logs --agency lapd --set "from=2026-01-01" '
    '--set "to=2026-03-31"'
)
@click.argument("template", shell_complete=templates)
@click.option(
    "--agency",
    help="Who is asked: a key, name or alias in the address book.",
    shell_complete=agencies,
)
@click.option(
    "--subject", default="", type=Words(), help="The Re: line; the template has one of its own."
)
@click.option(
    "--item",
    "items",
    multiple=True,
    type=Words(),
    help="One describable record to ask for; may be given again.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Fill one of the template's blanks.",
)
@click.option("--tag", "tags", multiple=True, help="A word to find it by.")
@click.option(
    "--language",
    type=click.Choice(("en", "es")),
    default="en",
    help="es: preguntas en español y una copia para leer; la carta va en inglés.",
)
@click.option("--no-input", is_flag=True, help="Ask nothing; say what is missing.")
@json_option
@pass_here
def new(
    here: Here,
    template: str,
    agency: str | None,
    subject: str,
    items: tuple[str, ...],
    settings: tuple[str, ...],
    tags: tuple[str, ...],
    language: str,
    no_input: bool,
    as_json: bool,
) -> None:
    """Draft a request from TEMPLATE (`cpra template list` shows them)."""
    from cpra import agencies as address_book
    from cpra.actions import agencies as book
    from cpra.actions import drafting
    from cpra.letters import template as shelf

    asks = on_terminal() and not no_input and not as_json
    found = shelf.find(template, here.workspace.templates).dated(here.today).spoken(language)
    values = dict(pair(setting) for setting in settings)
    if asks:
        click.echo(f"{found.title}\n", err=True)
    if agency is not None:
        who = address_book.read(here.workspace).find(agency, book.shipped())
    elif asks:
        who = asked_agency(here, found)
    else:
        raise WrongUsage("who is asked? Give --agency NAME (`cpra agency list --all`)")
    requester = here.workspace.requester()
    if asks:
        drafting.check_agency(found, who)
        click.echo(f"  {who.name} · {who.kind} · {address_book.LAW_NAMES[who.law]}\n", err=True)
        items = asked_items(found, items)
        values = asked_values(found, values, here)
        requester = asked_requester(requester, found.named)
    else:
        values = about(found, dated(found, values, here), subject, items)
    wish = drafting.Wish(
        template=found,
        agency=who,
        values=values,
        subject=subject,
        items=items,
        tags=tags,
        requester=requester,
        language=language,
    )
    draft = drafting.new(here.workspace, wish, here.today, here.recorded)
    _print_draft(here, draft, as_json, "Drafted")


@click.command(epilog="Example: cpra edit 12")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.option("--letter", default="", help="The draft of a follow-up letter, by its name.")
@click.option("--no-editor", is_flag=True, help="You have changed letter.md: only make the forms.")
@json_option
@pass_here
def edit(here: Here, request_id: str, letter: str, no_editor: bool, as_json: bool) -> None:
    """Open the draft's letter.md in your editor (EDITOR), then make its three forms again."""
    from cpra import folder
    from cpra.actions import drafting

    path = here.folder(request_id)
    draft_md = drafting.letter_of(path, folder.read(path), letter)
    if not no_editor:
        _open_editor(draft_md, f"{request_id} --letter {letter}" if letter else request_id)
    draft = drafting.made_again(here.workspace, path, here.today, here.recorded, letter)
    _print_draft(here, draft, as_json, "Made again", letter)


def _open_editor(letter: Path, what: str) -> None:
    """Wait until the requester has closed the letter in their editor."""
    try:
        click.edit(filename=str(letter))
    except click.ClickException as error:
        name = error.format_message().partition(":")[0]
        raise NotFound(
            f'the editor "{name}" did not work. Change {letter} with any program for plain text, '
            f"and `cpra edit {what} --no-editor` makes its forms again; or set EDITOR to an editor "
            "that is here"
        ) from error


@click.command(epilog="Example: cpra lint 12")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.option("--letter", default="", help="The draft of a follow-up letter, by its name.")
@json_option
@pass_here
def lint(here: Here, request_id: str, letter: str, as_json: bool) -> None:
    """Check a letter: what is wrong, what would save a round, and what to write instead."""
    from cpra.actions import drafting

    findings = drafting.lint(here.workspace, here.folder(request_id), letter)
    if as_json:
        print_json(findings)
    else:
        click.echo(lint_text(findings))
    if any(finding.severity == "error" for finding in findings):
        raise Refused(f"this letter is not fit to send; `cpra edit {request_id}` opens it")


def lint_text(findings: Iterable[Finding]) -> str:
    """The letter check's findings as the requester reads them; the same one is said once."""
    every = list(findings)
    errors = sum(finding.severity == "error" for finding in every)
    lines = [
        f"Lint: {counted(errors, 'error')}, {counted(len(every) - errors, 'suggestion')}",
    ]
    for same in _alike(every):
        first = same[0]
        why = f" ({first.authority})" if first.authority else ""
        mark = "error: " if first.severity == "error" else ""
        where = joined([finding.where for finding in same])
        lines += wrapped(f"{mark}{where}: {first.text}{why}", "  ", "      ")
        if first.suggestion:
            lines += wrapped(f"Try: {first.suggestion}", "      ", "      ")
    return "\n".join(lines)


def _alike(findings: list[Finding]) -> list[list[Finding]]:
    """The findings that say the same of several places, together."""
    together: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        together.setdefault((finding.rule, finding.text, finding.suggestion), []).append(finding)
    return list(together.values())


def _print_draft(here: Here, draft: Draft, as_json: bool, done: str, letter: str = "") -> None:
    request = draft.request
    if as_json:
        print_json(
            {
                "id": request.id,
                "folder": draft.path,
                "agency": request.agency,
                "law": request.law,
                "subject": request.subject,
                "items": request.items,
                "files": draft.forms,
                "lint": draft.findings,
            }
        )
    else:
        where = (draft.path / "draft" / letter).relative_to(here.workspace.root)
        forms = "   ".join(sorted(form.name for form in draft.forms if form.suffix != ".md"))
        click.echo(f"{done}: {request.id} in {where.as_posix()}")
        click.echo(f"  letter.md (yours to edit)   {forms}")
        click.echo(lint_text(draft.findings))
        click.echo(what_next(request.number, letter, sends=can_send(here)))
    warn(draft.problems)


def what_next(number: int, letter: str = "", via: str = "email", *, sends: bool = False) -> str:
    """What is to be done with a draft; where there is an account, cpra can send it."""
    more = f" --letter {letter}" if letter else ""
    sent = f"`cpra sent {number}{more} --on today --via {via}`"
    if sends:
        sending = f"`cpra send {number}{more}` from your account"
        text = (
            f"Next: `cpra edit {number}{more}`, {sending}, or send it otherwise and say so: {sent}"
        )
    else:
        text = f"Next: `cpra edit {number}{more}`, or send it and say so: {sent}"
    return fitted(text, "  ")


def can_send(here: Here) -> bool:
    """True when there is an account that sends."""
    from cpra.workspace import settings

    every = settings(here.workspace).get("account", {}).values()
    return any(table.get("smtp") or table.get("provider") for table in every)
