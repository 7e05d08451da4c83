"""`cpra compute`: a statutory date, or a column of them."""

from __future__ import annotations

import io
import sys
from datetime import date, time
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from cpra.cli.complete import agencies as agency_names
from cpra.cli.dates import Clock, Day
from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, day, json_option, print_json, printable, say
from cpra.errors import BadFile, CpraError, NotFound, WrongUsage

if TYPE_CHECKING:
    from cpra.core.calendar import Office

SHOWN = 10
"""how many bad rows are listed"""


@click.command(
    epilog="Example: cpra compute cpra.determination --from 2026-09-15\n\n"
    "`cpra law list` has the rules. A column: cpra compute cpra.determination --csv log.csv "
    '--column "Request Date" > dates.csv'
)
@click.argument("rule_id", metavar="RULE")
@click.option("--from", "start", type=Day(), help="The day of receipt, or of what starts the rule.")
@click.option("--at", type=Clock(), help="The time of day, if you know it.")
@click.option("--csv", "table", metavar="FILE", help="A CSV file, or - for standard input.")
@click.option("--column", metavar="NAME", help="The column of the file to count from.")
@click.option(
    "--agency", metavar="NAME", shell_complete=agency_names, help="With this agency's closures."
)
@json_option
@pass_here
def compute(
    here: Here,
    rule_id: str,
    start: date | None,
    at: time | None,
    table: str | None,
    column: str | None,
    agency: str | None,
    as_json: bool,
) -> None:
    """Compute when RULE is due, from one day (--from) or for the rows of a CSV (--csv)."""
    if (start is None) is (table is None):
        raise WrongUsage("give either --from DATE, or --csv FILE with --column NAME")
    office = office_of(here, agency)
    if start is not None:
        _one(rule_id, start, at, office, as_json)
    elif table is not None and column is not None:
        if as_json or at is not None:
            raise WrongUsage("--csv writes CSV and reads the hour from the column")
        _many(rule_id, table, column, office)
    else:
        raise WrongUsage("--csv needs --column NAME: the column of dates to count from")


def office_of(here: Here, agency: str | None) -> Office:
    """The closures and the receipt policy of an agency; none without one."""
    from cpra.core.calendar import Office

    if agency is None:
        return Office()
    from cpra import agencies
    from cpra.actions.agencies import shipped

    return agencies.read(here.workspace).find(agency, shipped()).office


def _one(rule_id: str, start: date, at: time | None, office: Office, as_json: bool) -> None:
    from cpra import statutes
    from cpra.core.clock import Start
    from cpra.reports.computed import at_hour

    law = statutes.law()
    found = at_hour(law, rule_id, start, at, office)
    rule = law.rule(rule_id, start)
    readings = law.clock(rule, start, office).readings(Start(start.toordinal(), at))
    if as_json:
        print_json(
            {
                "rule": rule.id,
                "title": rule.title,
                "authority": rule.cite,
                "status": rule.status,
                "from": start,
                **found._asdict(),
                "readings": readings,
            }
        )
        return
    click.echo(f"{rule.title[:1].upper()}{rule.title[1:]} · {rule.cite}")
    rolled = f", rolled by {found.rolled_by}" if found.rolled_by else ""
    click.echo(f"  due {day(found.due)}{rolled}")
    if found.latest == found.due:
        click.echo("  no other reading gives a later date")
    for reading in readings:
        click.echo(f"  {day(reading.due)}: {reading.why}")
    if found.contingent:
        click.echo(f"  {found.contingent}")


def _many(rule_id: str, table: str, column: str, office: Office) -> None:
    from cpra import statutes
    from cpra.reports.computed import computed

    source = _opened(table)
    target = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="", write_through=False)
    try:
        done = computed(source, target, column, rule_id, statutes.law(), office)
        target.flush()
    except UnicodeDecodeError:
        raise BadFile(f"{table} is not UTF-8 text; save it as CSV UTF-8 and try again") from None
    finally:
        target.detach()
        if source is not sys.stdin:
            source.close()
    if done.doubled:
        say(
            f"The file had a column {' and '.join(done.doubled)} already; the computed ones are the"
            " last four columns."
        )
    if done.bad:
        for number, what in done.bad[:SHOWN]:
            say(f"  line {number}: {printable(what)}")
        if len(done.bad) > SHOWN:
            say(f"  and {len(done.bad) - SHOWN:,} more")
        raise CpraError(
            f"{len(done.bad):,} of {counted(done.rows, 'row')} got no date; the others are computed"
        )


def _opened(table: str) -> IO[str]:
    if table == "-":
        return io.TextIOWrapper(sys.stdin.buffer, "utf-8-sig", newline="")
    try:
        return Path(table).open(encoding="utf-8-sig", newline="")
    except FileNotFoundError:
        raise NotFound(f"there is no file {table}") from None
    except OSError as error:
        raise BadFile(f"{table} cannot be read: {error.strerror}") from None
