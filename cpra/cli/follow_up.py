"""`cpra follow-up`: draft the right next letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from cpra.cli.complete import requests
from cpra.cli.draft import can_send, lint_text, what_next
from cpra.cli.here import Here, pass_here
from cpra.cli.page import fitted, json_option, on_terminal, print_json, say, warn, wrapped
from cpra.core.events import WAYS

if TYPE_CHECKING:
    from cpra.actions.following import FollowUp, Planned
    from cpra.core.wording import Finding


def _letters(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The letters that begin so; those that come with cpra where there is no workspace."""
    from cpra.cli.template import own_templates
    from cpra.letters.template import shelf

    root = ctx.find_root()
    here = Here(root.params.get("workspace"), root.params.get("today"))
    found, _ = shelf(own_templates(here))
    letters = [one for one in found if one.kind == "letter" and one.name.startswith(incomplete)]
    return [CompletionItem(one.name, help=one.title) for one in letters]


@click.command("follow-up", epilog="Example: cpra follow-up 12")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.argument("letter", required=False, default="", shell_complete=_letters)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Fill one of the letter's blanks.",
)
@click.option("--via", type=click.Choice(WAYS), help="How it will leave; else as the last one.")
@click.option("--anew", is_flag=True, help="Write it anew, over the draft that stands there.")
@click.option("--dry-run", is_flag=True, help="Say which letter and why; write nothing.")
@click.option("--no-input", is_flag=True, help="Ask nothing; say what is missing.")
@json_option
@pass_here
def follow_up(
    here: Here,
    request_id: str,
    letter: str,
    settings: tuple[str, ...],
    via: str | None,
    anew: bool,
    dry_run: bool,
    no_input: bool,
    as_json: bool,
) -> None:
    """Draft the right next letter of request ID, or the LETTER you name if it is right."""
    from cpra.actions import drafting, following
    from cpra.cli.asking import asked_values, dated, pair

    path = here.folder(request_id)
    plan = following.plan(here.workspace, path, letter, here.today)
    plan = following.going(plan, via or "")
    if dry_run:
        _print_plan(plan, as_json)
        return
    if not as_json:
        say(_reason(plan))
    if not anew:
        following.check_place(path, plan)
    values = dict(pair(setting) for setting in settings)
    if on_terminal() and not no_input and not as_json:
        values = asked_values(plan.template, values, here)
    else:
        values = dated(plan.template, values, here)
    done = following.write(here.workspace, path, plan, values, anew)
    _print(here, done, drafting.lint(here.workspace, path, plan.template.name), as_json)


def _reason(plan: Planned) -> str:
    title = f"{plan.template.name}: {plan.template.title}"
    return f"{title}\n  because {plan.why}" if plan.why else title


def _print_plan(plan: Planned, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "id": plan.request.id,
                "letter": plan.template.name,
                "why": plan.why,
                "others": plan.others,
            }
        )
        return
    click.echo(_reason(plan))
    for other in plan.others:
        click.echo(f"or {other.letter}, because {other.why}")


def _print(here: Here, done: FollowUp, findings: tuple[Finding, ...], as_json: bool) -> None:
    plan = done.plan
    if as_json:
        print_json(
            {
                "id": plan.request.id,
                "letter": plan.template.name,
                "why": plan.why,
                "folder": done.path,
                "files": done.forms,
                "warnings": done.warnings,
                "lint": findings,
                "others": plan.others,
            }
        )
        return
    where = done.path.relative_to(here.workspace.root).as_posix()
    forms = "   ".join(sorted(form.name for form in done.forms))
    click.echo(f"Drafted: {plan.template.name} for {plan.request.id} in {where}")
    click.echo(f"  letter.md (yours to edit)   {forms}")
    if findings:
        click.echo(lint_text(findings))
    for warning in done.warnings:
        click.echo("\n".join(wrapped(f"Know this: {warning}", "  ", "    ")))
    for other in plan.others:
        click.echo(fitted(f"  also possible: {other.letter}, because {other.why}"))
    if not plan.template.internal:
        via = plan.facts.via or "email"
        sends = via == "email" and can_send(here)
        click.echo(what_next(plan.request.number, plan.template.name, via, sends=sends))
    warn(done.problems)
