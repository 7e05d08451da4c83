"""`cpra list`: all requests, a line each."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

from cpra.cli.here import Here, pass_here
from cpra.cli.page import fitted, json_option, print_json, screen_width, shortened, warn
from cpra.index.row import LineRow, RequestRow
from cpra.index.rows import Rows, rows


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
        sys.stdout.write("".join(_lines(shown, today)) or _none(found, status))
        sys.stdout.write("".join(_reasons(shown)))
    problems, unreadable = found.problems(), found.unreadable()
    found.close()
    warn(problems)
    if unreadable:
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


def _none(found: Rows, status: str | None) -> str:
    """Why the list is empty."""
    stands = sorted({row.status for row in found.requests()})
    if not stands:
        return "There are no requests yet: `cpra new general`\n"
    where = f"; requests here are {', '.join(stands)}" if status else ""
    return f"No request fits{where}. `cpra list` shows all\n"


def _lines(rows: Sequence[RequestRow | LineRow], today: str) -> Iterator[str]:
    """A line for each; on a screen the subject takes the room that is left."""
    screen = screen_width()
    dates = [_date(row, today) for row in rows]
    who, stands, about = 16, 22, 44
    if screen is not None and rows:
        who = min(16, max(len(row.short) for row in rows))
        stands = max(len(row.status) for row in rows)
        about = max(16, min(44, screen - 17 - who - stands - max(map(len, dates))))
    for row, due in zip(rows, dates, strict=True):
        cells = f"{row.id}  {shortened(row.short, who)}  {shortened(row.subject, about)}"
        line = f"{cells}  {row.status:<{stands}}  {due}"
        yield f"{fitted(line, ' ' * 11) if screen is not None else line}\n"


def _reasons(rows: Sequence[RequestRow | LineRow]) -> Iterator[str]:
    """Why some of the dates depend on a law that is not confirmed: each sentence once."""
    for sentence in dict.fromkeys(row.contingent for row in rows if row.contingent):
        yield f"\n{fitted(sentence, '')}\n"


def _date(row: RequestRow | LineRow, today: str) -> str:
    due = f"{row.label} {row.due}" if row.due else ""
    mark = "".join(f" · {f}" for f in _flags(row, today)) if row.due or row.flags else ""
    return f"{due}{mark}"


def _flags(row: RequestRow | LineRow, today: str) -> list[str]:
    """`late` past every reading, `due` past the plain one; dates in ISO form compare as text."""
    flags = row.flags.split(", ") if row.flags else []
    if not row.due or today <= row.due:
        return flags
    if row.kind == "promised":
        return ["promise broken", *flags]
    return ["late" if today > row.latest and not row.estimate else "due", *flags]
