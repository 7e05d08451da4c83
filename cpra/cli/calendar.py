"""`cpra calendar`: the dates in your own calendar."""

from __future__ import annotations

from pathlib import Path

import click

from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, json_option, print_json


@click.group()
def calendar() -> None:
    """Every date in your own calendar, with alarms and the authority."""


@calendar.command(epilog="Example: cpra calendar export deadlines.ics")
@click.argument("target", metavar="FILE.ics", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@pass_here
def export(here: Here, target: Path, as_json: bool) -> None:
    """Write all dates into FILE.ics; importing it again replaces what it brought before."""
    from cpra import disk
    from cpra.reports.calendar import calendar as made
    from cpra.reports.calendar import entries

    listed = list(entries(here.workspace))
    with disk.telling(f"writing {target}"):
        disk.replace(target, made(iter(listed)))
    dates = sum(not entry.cancelled for entry in listed)
    if as_json:
        print_json({"file": target, "entries": listed})
    else:
        click.echo(f"{target}: {counted(dates, 'open date')}; import it into your calendar")
