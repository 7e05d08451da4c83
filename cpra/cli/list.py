"""`cpra list`: all requests, a line each."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from cpra.cli.here import Here, pass_here
from cpra.cli.page import json_option, print_json, shortened, warn
from cpra.index.rows import RequestRow, rows


@click.command("list", epilog="Example: cpra list --open --agency lapd")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not settled.")
@click.option("--agency", help="Only this agency.")
@click.option("--status", help="Only those that stand there: drafted, sent, producing …")
@click.option("--tag", help="Only those with this tag.")
@json_option
@pass_here
def list_requests(
    here: Here,
    only_open: bool,
    agency: str | None,
    status: str | None,
    tag: str | None,
    as_json: bool,
) -> None:
    """List requests: number, agency, subject, status and the next date."""
    found = rows(here.workspace)
    every: Iterable[RequestRow] = found.requests()
    if only_open:
        every = (row for row in every if row.open)
    if agency:
        wanted = agency.casefold()
        every = (r for r in every if wanted in (r.agency.casefold(), r.short.casefold()))
    if status:
        every = (row for row in every if row.status == status)
    if tag:
        every = (row for row in every if tag in row.tags.split())
    today = here.today.isoformat()
    if as_json:
        print_json(
            [
                {**row._asdict(), "open": bool(row.open), "flags": _flags(row, today)}
                for row in every
            ]
        )
    else:
        lines = [_line(row, today) for row in every]
        sys.stdout.write("".join(lines) or "There are no requests yet: `cpra new general`\n")
    problems, damaged = found.problems(), found.damaged()
    found.close()
    warn(problems)
    if damaged:
        raise click.exceptions.Exit(5)


def _line(row: RequestRow, today: str) -> str:
    due = f"{row.label} {row.due}" if row.due else ""
    mark = "".join(f" · {flag}" for flag in _flags(row, today))
    who, what = shortened(row.short, 16), shortened(row.subject, 44)
    return f"{row.id}  {who}  {what}  {row.status:<22}  {due}{mark}\n"


def _flags(row: RequestRow, today: str) -> list[str]:
    """`late` past every reading, `due` past the plain one; dates in ISO form compare as text."""
    flags = row.flags.split(", ") if row.flags else []
    if not row.due or today <= row.due:
        return flags
    if row.kind == "promised":
        return ["promise broken", *flags]
    return ["late" if today > row.latest and not row.estimate else "due", *flags]
