"""`cpra list`: all requests, a line each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from cpra.cli.here import Here, pass_here
from cpra.cli.page import json_option, print_json, shortened, warn
from cpra.index.rows import LineRow, RequestRow, rows


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
    found, today = rows(here.workspace), here.today.isoformat()
    if only_open or agency or status or tag or as_json:
        chosen = [r for r in found.requests() if _fits(r, only_open, agency, status, tag)]
        shown: Sequence[RequestRow | LineRow] = chosen
    else:
        shown = found.lines()
    if as_json:
        print_json([_as_json(row, today) for row in chosen])
    else:
        lines = [_line(row, today) for row in shown]
        sys.stdout.write("".join(lines) or "There are no requests yet: `cpra new general`\n")
    problems, damaged = found.problems(), found.damaged()
    found.close()
    warn(problems)
    if damaged:
        raise click.exceptions.Exit(5)


def _fits(
    row: RequestRow, only_open: bool, agency: str | None, status: str | None, tag: str | None
) -> bool:
    return (
        (not only_open or bool(row.open))
        and (not agency or agency.casefold() in (row.agency.casefold(), row.short.casefold()))
        and (not status or row.status == status)
        and (not tag or tag in row.tags.split())
    )


def _as_json(row: RequestRow, today: str) -> dict[str, Any]:
    return {**row._asdict(), "open": bool(row.open), "flags": _flags(row, today)}


def _line(row: RequestRow | LineRow, today: str) -> str:
    due = f"{row.label} {row.due}" if row.due else ""
    mark = "".join(f" · {f}" for f in _flags(row, today)) if row.due or row.flags else ""
    who, what = shortened(row.short, 16), shortened(row.subject, 44)
    return f"{row.id}  {who}  {what}  {row.status:<22}  {due}{mark}\n"


def _flags(row: RequestRow | LineRow, today: str) -> list[str]:
    """`late` past every reading, `due` past the plain one; dates in ISO form compare as text."""
    flags = row.flags.split(", ") if row.flags else []
    if not row.due or today <= row.due:
        return flags
    if row.kind == "promised":
        return ["promise broken", *flags]
    return ["late" if today > row.latest and not row.estimate else "due", *flags]
