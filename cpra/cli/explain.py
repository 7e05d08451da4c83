"""`cpra explain`: every date of a request with its reckoning and authority."""

from __future__ import annotations

import click

from cpra.cli.complete import requests
from cpra.cli.here import Here, pass_here
from cpra.cli.page import fitted, json_option, print_json, printable, screen_width
from cpra.errors import WrongUsage

UNDER = 19
"""where the second column begins: after a day and its gap"""


@click.command(epilog="Example: cpra explain 12 --paragraph")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.option("--paragraph", "as_paragraph", is_flag=True, help="As sentences for a declaration.")
@json_option
@pass_here
def explain(here: Here, request_id: str, as_paragraph: bool, as_json: bool) -> None:
    """Show every date of request ID: each day counted, left out and rolled, and who says so."""
    from cpra import agencies, folder, statutes
    from cpra.core.deadlines import deadlines
    from cpra.reports import declaration, explanation

    if as_paragraph and as_json:
        raise WrongUsage("--paragraph and --json are two forms of the same; give one of them")
    request = folder.read(here.folder(request_id))
    agency = agencies.read(here.workspace).get(request.agency)
    found = deadlines(request, statutes.law(), agency.office)
    if as_json:
        print_json(
            {"id": request.id, "dates": explanation.explained(found, here.today)},
        )
    elif as_paragraph:
        words = declaration.paragraph(
            agency.name, request.subject, found, here.today, len(request.items)
        )
        click.echo(
            fitted(printable(words or "No date runs yet: nothing in the log starts one."), "")
        )
    else:
        heading = f"{request.id} · {agency.name} · {request.subject}"
        text = printable(explanation.text(heading, found, here.today))
        click.echo("\n".join(_on_screen(line) for line in text.split("\n")))
        if found:
            click.echo(
                f"\nAs a paragraph for a declaration: cpra explain {request.number} --paragraph"
            )


def _on_screen(line: str) -> str:
    """A row that is wider than the screen has its authority on a line of its own."""
    width = screen_width()
    if width is None or len(line) <= width:
        return line
    row, gap, authority = line.rpartition("   ")
    under = " " * UNDER
    if not gap or not line.startswith("  ") or not row.strip():
        return fitted(line)
    return "\n".join((fitted(row.rstrip(), under), fitted(f"{under}{authority.strip()}", under)))
