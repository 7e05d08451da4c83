"""Agencies as the terminal shows them: one, a list that came, a date that moved because of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cpra.cli.page import counted, printable, say, warn

if TYPE_CHECKING:
    from cpra.actions.agencies import Imported, Moved
    from cpra.agencies import Agency

SHOWN = 20
"""Bad rows that are printed; --json has all of them."""


def print_import(done: Imported, preview: bool) -> None:
    """What a list of agencies brought, or would bring."""
    if preview:
        for one in done.agencies:
            click.echo(f"{one.key:<20}  {line(one)}")
    elif done.written:
        how = f" (read as {done.encoding})" if done.encoding else ""
        click.echo(f"Imported {counted(len(done.agencies), 'agency', 'agencies')}{how}")
    if done.guessed and (done.written or preview):
        names = ", ".join(done.guessed[:5])
        more = f" and {len(done.guessed) - 5} more" if len(done.guessed) > 5 else ""
        say(f"The kind was taken from place and name, and picks the law: {names}{more}")
    if done.unused:
        say(f"Not kept, the book has no place for it: {', '.join(done.unused)}")
    warn(done.problems[:SHOWN])
    if len(done.problems) > SHOWN:
        say(f"  and {len(done.problems) - SHOWN:,} more (--json has all)")


def stop_if_nothing(done: Imported, preview: bool) -> None:
    """End with the reason when nothing was imported."""
    from cpra.errors import BadFile

    if done.written or (preview and not done.problems):
        return
    bad, good = len(done.problems), len(done.agencies)
    if not bad:
        raise BadFile("there is no agency in it: nothing was imported")
    way = f"; put them right, or --skip-bad imports the other {good:,}" if good else ""
    raise BadFile(f"{counted(bad, 'row')} of {bad + good:,} cannot be taken: nothing imported{way}")


def title(one: Agency) -> str:
    """`epd: Exampleville Police Department · city · California Public Records Act`."""
    from cpra.agencies import LAW_NAMES

    return f"{one.key}: {printable(one.name)} · {one.kind} · {LAW_NAMES[one.law]}"


def line(one: Agency) -> str:
    """The same for a list, where the key stands in a column of its own, with the short names."""
    from cpra.agencies import LAW_NAMES

    also = f" ({', '.join(one.aliases)})" if one.aliases else ""
    return printable(f"{one.name}{also} · {one.kind} · {LAW_NAMES[one.law]}")


def moved(one: Moved) -> str:
    """A date that moved because the book changed: from where, to where."""
    from cpra.cli.page import day

    text = f"{one.id}  {one.label}"
    if one.due != one.was_due:
        return f"{text} moved from {day(one.was_due)} to {day(one.due)}"
    return f"{text} is late after {day(one.latest)}, no longer after {day(one.was_latest)}"
