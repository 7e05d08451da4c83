"""`cpra check`: is everything what it was when it was filed?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from cpra.cli.complete import requests
from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, fitted, json_option, print_json, printable, progress_bar
from cpra.errors import BadFile, CpraError

if TYPE_CHECKING:
    from cpra.checks import Report
    from cpra.errors import Problem

SHOWN = 10
"""Things of one kind in one answer, before the rest are only counted."""


@click.command(epilog="Example: cpra check")
@click.argument("request_id", metavar="[ID]", required=False, shell_complete=requests)
@json_option
@pass_here
def check(here: Here, request_id: str | None, as_json: bool) -> None:
    """Verify every filed byte and every log line, of request ID or of all."""
    from cpra import checks
    from cpra.index.rows import renewed

    only = here.folder(request_id) if request_id else None
    move, end = progress_bar("Checking")
    try:
        report = checks.check(here.workspace, only, move)
    finally:
        end()
    if as_json:
        print_json(report)
    else:
        click.echo("\n".join(_lines(report)))
    renewed(here.workspace).close()
    if report.damage:
        raise BadFile(
            f"{counted(len(report.damage), 'thing is', 'things are')} damaged. Take what was "
            "changed or lost from a backup, correct what you wrote yourself, and check again"
        )
    if report.unfinished:
        raise CpraError(
            f"{counted(len(report.unfinished), 'thing was', 'things were')} left unfinished; "
            "what is filed is whole"
        )


def _lines(report: Report) -> list[str]:
    from cpra.archive.limits import size_in_words

    lines = [
        f"{counted(report.requests, 'request')}, {counted(report.files, 'file')}, "
        f"{size_in_words(report.size)}"
    ]
    if not report.damage:
        whole = (
            "Every file is what its log line says; no line of a log was changed by itself, or "
            "taken from the middle."
        )
        lines.append(fitted(whole, ""))
    signed = [stamp for stamp in report.stamps if stamp.signed]
    if signed:
        signer = f", {signed[-1].signer}" if signed[-1].signer else ""
        lines.append(
            f"{counted(len(signed), 'time-stamp')} verified "
            f"(last: {signed[-1].at:%Y-%m-%d}{printable(signer)})"
        )
    elif not report.damage:
        way = "A whole log written anew would agree too; against that: `cpra stamp`, or a manifest"
        lines.append(fitted(f"{way} kept elsewhere.", ""))
    if unsigned := len(report.stamps) - len(signed):
        plain = f"{counted(unsigned, 'time-stamp')} that anybody can have made: the server's root"
        lines.append(fitted(f"{plain} certificate was not given (`cpra stamp --trust`).", "  "))
    for heading, problems in (
        ("DAMAGED", report.damage),
        ("UNFINISHED", report.unfinished),
        ("TO KNOW", report.notices),
    ):
        if problems:
            told = (fitted(f"  {printable(line)}", "      ") for line in _told(problems))
            lines += [heading, *told]
    return lines


def _told(problems: Sequence[Problem]) -> Iterator[str]:
    """A line for each; of the many in one answer of which the same is to be said, only some."""
    for (answer, text), some in groupby(problems, lambda p: (p.path.split("/")[:4], p.text)):
        alike = list(some)
        yield from map(str, alike[:SHOWN])
        if more := len(alike[SHOWN:]):
            yield f"{'/'.join(answer)}: {text} (and {more:,} more there; `--json` names all)"
