"""`cpra due`: the morning screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import click

from cpra.cli.here import Here, pass_here
from cpra.cli.page import (
    fitted,
    json_option,
    long_day,
    print_json,
    printable,
    screen_width,
    shortened,
    styled,
    warn,
)
from cpra.reports.agenda import Entry, Group, agenda, gaps, reasons, within, words
from cpra.reports.hints import Hint, hint

SHOWN = 3
"""Lines under LATER before the rest are only counted."""

COLOURS = {Group.LATE: "red", Group.DUE: "yellow", Group.TODAY: "yellow"}


@click.command(epilog="Example: cpra due --within 14")
@click.option(
    "--within",
    "days",
    type=click.IntRange(0),
    metavar="DAYS",
    help="Only what is past or comes within DAYS.",
)
@click.option("--all", "everything", is_flag=True, help="Every date, also the far ones.")
@json_option
@pass_here
def due(here: Here, days: int | None, everything: bool, as_json: bool) -> None:
    """What is late, due, promised, this week and later."""
    from cpra.index.rows import rows

    found = rows(here.workspace)
    listed, problems = agenda(found, here.today), found.problems()
    missing = gaps(found)
    hints = {entry: way for entry in listed if (way := hint(found, here.workspace, entry))}
    found.close()
    if days is not None:
        listed = within(listed, here.today, days)
    if as_json:
        print_json([entry._asdict() for entry in listed])
    else:
        lines = [*_lines(listed, hints, here.today, everything or days is not None)]
        if missing:
            lines += ["", *missing]
        elif not listed:
            lines.append("Nothing is due. `cpra list` shows every request.")
        click.echo("\n".join(lines))
    warn(problems)
    if missing:
        raise click.exceptions.Exit(5)


def _lines(
    listed: list[Entry], hints: dict[Entry, Hint], today: date, everything: bool
) -> Iterator[str]:
    yield long_day(today)
    yield ""
    width = min(20, max((len(entry.agency) for entry in listed), default=0))
    screen = screen_width()
    about = 36 if screen is None else max(16, min(36, screen - width - 56))
    shown: list[Entry] = []
    for group in Group:
        mine = [entry for entry in listed if entry.group is group]
        if not mine:
            continue
        yield styled(str(group).upper(), fg=COLOURS.get(group), bold=True)
        cut = SHOWN if group is Group.LATER and not everything else len(mine)
        for entry in mine[:cut]:
            yield fitted(printable(_line(entry, today, width, about)), " " * 8)
            if way := hints.get(entry):
                yield f"        {way.command} {way.does}"
        shown += mine[:cut]
        if len(mine) > cut:
            yield f"        and {len(mine) - cut} more (cpra due --all)"
    for sentence in reasons(shown):
        yield ""
        yield fitted(sentence, "")


def _line(entry: Entry, today: date, width: int, about: int) -> str:
    number = entry.id[5:] if entry.id.startswith(f"{today.year}-") else entry.id
    head = f"  {number}  {shortened(entry.agency, width)}  {shortened(entry.subject, about)}"
    return f"{head}  {words(entry, today)}"
