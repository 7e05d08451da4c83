"""`cpra campaign`: one letter to many agencies, and who answered what when."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cpra.cli.campaign_preview import plan_json, show_plan
from cpra.cli.complete import templates
from cpra.cli.group import Group
from cpra.cli.here import Here, pass_here
from cpra.cli.page import (
    counted,
    fitted,
    json_option,
    on_terminal,
    print_json,
    printable,
    progress_bar,
    say,
    warn,
)
from cpra.errors import BadFile, WrongUsage

if TYPE_CHECKING:
    from cpra.actions.campaigns import Plan
    from cpra.reports.campaign import Table


@click.group(cls=Group)
def campaign() -> None:
    """One letter to many agencies, and who answered what when."""


@campaign.command(
    epilog="Example: cpra campaign new alpr-access-logs --agencies list.csv "
    "--set from=2026-01-01 --set to=2026-03-31 --preview"
)
@click.argument("template", shell_complete=templates)
@click.option(
    "--agencies",
    "listed",
    type=click.Path(path_type=Path),
    required=True,
    help='One agency a line, or a table with a column "agency" and columns named as the blanks.',
)
@click.option("--sheet", default="", help="The sheet of a workbook.  [default: the first]")
@click.option("--name", default="", help="What the campaign is called.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="For all letters.")
@click.option("--subject", default="", help="The Re: line; the template has one of its own.")
@click.option("--item", "items", multiple=True, metavar="TEXT", help="A record to ask all for.")
@click.option("--tag", "tags", multiple=True, help="A word to find the requests by.")
@click.option(
    "--language",
    type=click.Choice(("en", "es")),
    default="en",
    help="es: con una copia para leer de cada carta; las cartas van en inglés.",
)
@click.option("--preview", is_flag=True, help="Show every letter; write nothing.")
@click.option("--skip-bad", is_flag=True, help="Leave out the rows that are wrong.")
@click.option("--yes", is_flag=True, help="Draft them without asking.")
@json_option
@pass_here
def new(
    here: Here,
    template: str,
    listed: Path,
    sheet: str,
    name: str,
    settings: tuple[str, ...],
    subject: str,
    items: tuple[str, ...],
    tags: tuple[str, ...],
    language: str,
    preview: bool,
    skip_bad: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Draft TEMPLATE for every agency of a list; nothing is written before you have seen it."""
    from cpra.actions import campaigns
    from cpra.cli.asking import about, dated, pair
    from cpra.letters.template import find

    found = find(template, here.workspace.templates).dated(here.today)
    values = dated(found, dict(pair(setting) for setting in settings), here)
    shared = campaigns.Shared(
        name=name or f"{template}-{here.today:%Y-%m}",
        template=found,
        values=about(found, values, subject, items),
        subject=subject,
        items=items,
        tags=tags,
        requester=here.workspace.requester(),
        language=language,
    )
    move, end = progress_bar("Writing")
    try:
        planned = campaigns.plan(
            here.workspace, listed, shared, here.today, sheet=sheet, progress=move
        )
    finally:
        end()
    if not as_json:
        show_plan(planned, whole=preview)
    elif preview:
        print_json(plan_json(planned))
    _stop_if_bad(planned, skip_bad)
    if not preview and _agreed(planned, yes, as_json):
        _draft(here, planned, as_json)


@campaign.command(epilog="Example: cpra campaign show alpr-access-logs-2026-10")
@click.argument("name", required=False, default="")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV for a spreadsheet.")
@json_option
@pass_here
def show(here: Here, name: str, as_csv: bool, as_json: bool) -> None:
    """Who answered what when, in campaign NAME; without a NAME, the campaigns there are."""
    from cpra import agencies
    from cpra.actions import campaigns
    from cpra.reports.campaign import table

    if not name:
        _show_campaigns(campaigns.campaigns(here.workspace), as_json)
        return
    paths = campaigns.folders(here.workspace, name)
    book = agencies.read(here.workspace)
    found = table(paths, book, here.workspace.cache, here.today)
    if as_json:
        print_json([{**asdict(row), "answered": row.answered} for row in found.rows])
    elif as_csv:
        _print_csv(found)
    else:
        click.echo("\n".join(_table_lines(found, here.today)))
    warn(found.problems)
    if found.problems:
        raise click.exceptions.Exit(5)


@campaign.command(epilog="Example: cpra campaign preview alpr-access-logs-2026-10")
@click.argument("name")
@json_option
@pass_here
def preview(here: Here, name: str, as_json: bool) -> None:
    """The letters of campaign NAME that have not been sent, as they now stand."""
    from cpra.actions import campaigns
    from cpra.cli.draft import lint_text

    waiting = campaigns.drafts(here.workspace, name)
    if as_json:
        print_json(waiting)
        return
    for one in waiting:
        click.echo(f"{'=' * 72}\n{one.request.id}  {one.agency.name}\n{'=' * 72}\n")
        click.echo(printable(one.letter))
        click.echo(lint_text(one.findings) + "\n")
    click.echo(f"{counted(len(waiting), 'letter')} not sent yet")


def _stop_if_bad(planned: Plan, skip_bad: bool) -> None:
    if planned.problems and not (skip_bad and planned.previews):
        bad, good = len(planned.problems), len(planned.previews)
        way = f"; put them right, or --skip-bad leaves them out and drafts {good}" if good else ""
        raise BadFile(f"nothing was drafted: {counted(bad, 'row')} of the list cannot be used{way}")


def _agreed(planned: Plan, yes: bool, as_json: bool) -> bool:
    number = counted(len(planned.previews), "request")
    if not planned.previews:
        say("Nothing is left to draft.")
        return False
    if yes:
        return True
    if not on_terminal() or as_json:
        raise WrongUsage(f"say --yes to draft {number}, or --preview to read every letter first")
    return click.confirm(f"\nDraft {number}?", err=True)


def _draft(here: Here, planned: Plan, as_json: bool) -> None:
    from cpra.actions.campaigns import draft, tag

    move, end = progress_bar("Drafting")
    try:
        drafts = draft(here.workspace, planned, here.today, here.recorded, move)
    finally:
        end()
    name = tag(planned.name).partition(":")[2]
    if as_json:
        made = [{"id": d.request.id, "agency": d.request.agency, "folder": d.path} for d in drafts]
        print_json({"campaign": name, "drafted": made})
        return
    ids = [drafted.request.id for drafted in drafts]
    span = ids[0] if len(ids) == 1 else f"{ids[0]} to {ids[-1]}"
    click.echo(f"Drafted {counted(len(ids), 'request')}: {span}")
    click.echo(
        fitted(
            f"Next: read them over (`cpra campaign preview {name}`), then "
            f"`cpra send --tag {tag(name)}`, or send each yourself and say so (`cpra sent`)",
            "  ",
        )
    )
    for drafted in drafts:
        warn(drafted.problems)


def _show_campaigns(counts: Mapping[str, int], as_json: bool) -> None:
    if as_json:
        print_json(dict(counts))
        return
    for name, number in counts.items():
        click.echo(f"{name:<40}  {counted(number, 'request')}")
    if not counts:
        click.echo("There is no campaign yet: `cpra campaign new TEMPLATE --agencies FILE`")


def _table_lines(found: Table, today: date) -> Iterator[str]:
    from cpra.reports.campaign import columns

    lines = columns(found.rows, today)
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    for line in lines:
        cells = (printable(c).ljust(w) for c, w in zip(line, widths, strict=True) if w)
        yield "  ".join(cells).rstrip()
    said = [f"{found.sent} of {counted(len(found.rows), 'letter')} sent"]
    said.append(f"{found.answered} answered")
    if found.median_days is not None:
        said.append(f"half of them within {found.median_days:g} days of receipt")
    if found.late:
        said.append(f"{found.late} late")
    yield f"\n{', '.join(said)}"
    for sentence in found.contingent:
        yield fitted(sentence, "")


def _print_csv(found: Table) -> None:
    from cpra.core.signs import inert
    from cpra.reports.campaign import Row

    names = [field.name for field in fields(Row)]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for row in found.rows:
        writer.writerow(inert(_csv_cell(getattr(row, name)) for name in names))


def _csv_cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else value
