"""`cpra explain`: every date of a request with its reckoning and authority."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cpra.cli.complete import requests
from cpra.cli.here import Here, pass_here
from cpra.cli.page import fitted, json_option, print_json, printable, screen_width
from cpra.errors import BadFile, WrongUsage

if TYPE_CHECKING:
    from cpra.core.deadlines import Deadline
    from cpra.core.request import Request

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
    from cpra.core.deadlines import deadlines, missing
    from cpra.reports import explanation

    if as_paragraph and as_json:
        raise WrongUsage("--paragraph and --json are two forms of the same; give one of them")
    request = folder.read(here.folder(request_id))
    agency = agencies.read(here.workspace).get(request.agency)
    found = deadlines(request, statutes.law(), agency.office)
    faults = missing(request, statutes.law())
    if as_json:
        print_json(
            {
                "id": request.id,
                "dates": explanation.explained(found, here.today),
                "missing": [str(fault) for fault in faults],
            },
        )
    elif found or not faults:
        _tell(here, request, agency.name, found, as_paragraph)
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise BadFile(f"the law data has a fault, so some dates are not here\n{listed}")


def _tell(
    here: Here, request: Request, agency: str, found: tuple[Deadline, ...], as_paragraph: bool
) -> None:
    from cpra.reports import declaration, explanation

    if as_paragraph:
        words = declaration.paragraph(
            agency,
            request.subject,
            found,
            here.today,
            len(request.items),
            request.all("extended"),
        )
        text = printable(words or "No date runs yet: nothing in the log starts one.")
        click.echo(fitted(text, ""))
        return
    heading = f"{request.id} · {agency} · {request.subject}"
    text = printable(explanation.text(heading, found, here.today, request.all("extended")))
    click.echo("\n".join(_on_screen(line) for line in text.split("\n")))
    if found:
        click.echo(f"\nAs a paragraph for a declaration: cpra explain {request.number} --paragraph")


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
