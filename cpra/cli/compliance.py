"""`cpra compliance`: an agency's own request log against the statute."""

from __future__ import annotations

import csv
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from cpra.cli.complete import agencies as agency_names
from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, day, json_option, print_json, printable, say, wrapped
from cpra.errors import NotFound, Refused

if TYPE_CHECKING:
    from cpra.agencies import Agency
    from cpra.reports.compliance import Compliance, Verdict

SHOWN = 20
"""Rows that are printed of each kind; --csv and --json have all."""

CLOSED = (
    "What was closed by the date was determined by then. What was closed later may have been "
    "determined earlier, and an extension may have been noticed: the log does not say."
)
DETERMINED = (
    "Where the log has no day of a determination, the day it was closed is taken. An extension may "
    "have been noticed: the log does not say."
)


@click.command(epilog="Example: cpra compliance requests.csv --agency lapd --csv reckoned.csv")
@click.argument("log_file", metavar="LOG", type=click.Path(path_type=Path))
@click.option(
    "--agency", help="Whose log it is: its law and closures.", shell_complete=agency_names
)
@click.option(
    "--law", "law_id", default="", help="The law, if no agency is named.  [default: cpra]"
)
@click.option("--received", default="", metavar="COLUMN", help="Holds the day of receipt.")
@click.option("--closed", default="", metavar="COLUMN", help="Holds the day it was closed.")
@click.option("--due", default="", metavar="COLUMN", help="Holds the agency's own due date.")
@click.option("--determined", default="", metavar="COLUMN", help="Holds a determination's day.")
@click.option("--number", default="", metavar="COLUMN", help="Holds the request's number.")
@click.option("--status", default="", metavar="COLUMN", help="Says whether it is closed.")
@click.option("--sheet", default="", help="The sheet of a workbook.  [default: the first]")
@click.option(
    "--csv",
    "out",
    type=click.Path(path_type=Path),
    help="Write every row to this new file; - prints the rows instead of the report.",
)
@json_option
@pass_here
def compliance(
    here: Here,
    /,
    log_file: Path,
    agency: str | None,
    law_id: str,
    sheet: str,
    out: Path | None,
    as_json: bool,
    **columns: str,
) -> None:
    """How long an agency took by its own LOG (.csv, .xlsx), against the statute.

    The columns of NextRequest, GovQA and FOIA logs are known by their headers.
    """
    from cpra import statutes
    from cpra.archive.tables import table
    from cpra.core.calendar import Office
    from cpra.reports.compliance import compliance as reckoned
    from cpra.reports.logs import log

    who = _agency(here, agency) if agency else None
    office = who.office if who else Office()
    law = law_id or (who.law if who else "cpra")
    with _without_pauses():
        sheet_of = table(log_file, sheet)
        entries = log(sheet_of.rows, log_file.name, columns)
        found = reckoned(entries, statutes.law(), law, office, here.today)
    if out == Path("-"):
        _write_rows(found, sys.stdout)
        return
    if out is not None:
        _write_csv(found, out)
    if as_json:
        print_json(_as_json(found))
        return
    click.echo("\n".join(_lines(found, who, log_file.name)))
    if sheet_of.others:
        say(f'Read the sheet "{sheet_of.name}"; there are also {", ".join(sheet_of.others)}')


@contextmanager
def _without_pauses() -> Iterator[None]:
    """A million cells and no cycle among them: looking for one takes a sixth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _agency(here: Here, name: str) -> Agency:
    """The agency of the address book, or of those that come with cpra where there is no book."""
    from cpra import agencies
    from cpra.actions.agencies import shipped

    try:
        book = agencies.read(here.workspace)
    except NotFound:
        book = agencies.Book({})
    return book.find(name, shipped())


def _lines(found: Compliance, who: Agency | None, name: str) -> Iterator[str]:
    whose = f"{who.name} · " if who else ""
    yield f"{whose}{printable(name)} · {counted(found.rows, 'request')}"
    yield f"  {'; '.join(f'{role}: {printable(header)}' for role, header in found.columns.items())}"
    if found.span:
        first, last = found.span
        yield f"  received from {day(first)} to {day(last)}"
        yield ""
        yield from _duration(found)
        yield from _statute(found)
        yield from _own_dates(found)
    if found.problems:
        yield f"NOT USABLE, WHOLLY OR IN PART: {counted(len(found.problems), 'thing')}"
        for problem in found.problems[:SHOWN]:
            text = f"line {problem.line}: {printable(problem.text)}"
            yield from wrapped(text, "  ", "      ")
        yield from _rest(len(found.problems))


def _duration(found: Compliance) -> Iterator[str]:
    closed = len(found.days)
    if not closed:
        return
    yield f"FROM RECEIPT UNTIL CLOSED: {counted(closed, 'request')}"
    for percent, days in found.percentiles.items():
        label = "the longest" if percent == 100 else f"{percent} % within"
        yield f"  {label:<12} {counted(days, 'day'):>12}"
    yield ""


def _statute(found: Compliance) -> Iterator[str]:
    from cpra.reports.compliance import Outcome

    if not found.verdicts:
        return
    longer = f", {found.extension} more when extended" if found.extension else ""
    yield f"AGAINST {'; '.join(found.authorities)}: {found.period} for a determination{longer}"
    answered = "determined" if "determined" in found.columns else "closed"
    numbers = found.outcomes
    for outcome in Outcome:
        if number := numbers[outcome]:
            words = outcome if outcome.startswith(("open", "not")) else f"{answered} {outcome}"
            yield f"  {words:<48} {number:>9,} {_share(number, len(found.verdicts))}"
    yield from wrapped(CLOSED if answered == "closed" else DETERMINED, "  ", "  ")
    for sentence in found.contingent:
        yield from wrapped(sentence, "  ", "  ")
    yield ""


def _own_dates(found: Compliance) -> Iterator[str]:
    from cpra.reports.compliance import Own

    number = sum(verdict.entry.due is not None for verdict in found.verdicts)
    if not number:
        return
    yield f"THE AGENCY'S OWN DUE DATE: {counted(number, 'request has one', 'requests have one')}"
    counts = found.own
    for own in Own:
        if (count := counts[own]) and own:
            yield f"  {own:<48} {count:>9,} {_share(count, number)}"
    note = (
        "A portal's due date need not be the date of the determination, and portals move it when "
        "they extend it."
    )
    yield from wrapped(note, "  ", "  ")
    yield ""
    differ = found.disagreeing
    if differ:
        yield f"WHERE IT DIFFERS FROM THE COMPUTED ONE: {counted(len(differ), 'row')}"
        for verdict in differ[:SHOWN]:
            yield from _differs(verdict)
        yield from _rest(len(differ))
        yield ""


def _differs(verdict: Verdict) -> list[str]:
    entry = verdict.entry
    number = f" {printable(entry.number)}" if entry.number else ""
    own = f" (by the log {day(entry.due)})" if entry.due else ""
    text = (
        f"line {entry.line}{number}: received {day(entry.received[0])}, "
        f"due {day(verdict.dates.due)}{own}: {verdict.reason}"
    )
    return wrapped(text, "  ", "      ")


def _rest(number: int) -> Iterator[str]:
    if number > SHOWN:
        yield f"  and {number - SHOWN:,} more (--json and --csv FILE have all)"


def _share(number: int, of: int) -> str:
    return f"{100 * number / of:5.1f} %"


def _as_json(found: Compliance) -> dict[str, Any]:
    from cpra.reports.compliance import COLUMNS

    return {
        "rule": found.rule,
        "authorities": found.authorities,
        "period": found.period,
        "extension": found.extension,
        "columns": found.columns,
        "requests": found.rows,
        "percentiles": found.percentiles,
        "outcomes": found.outcomes,
        "own": {own: number for own, number in found.own.items() if own},
        "contingent": found.contingent,
        "problems": found.problems,
        "unreckoned": [entry.line for entry in found.unreckoned],
        "rows": [dict(zip(COLUMNS, verdict.row, strict=True)) for verdict in found.verdicts],
    }


def _write_csv(found: Compliance, out: Path) -> None:
    """Every row, in a new file: one that is there already is not written over."""
    try:
        with out.open("x", encoding="utf-8", newline="") as file:
            _write_rows(found, file)
    except FileExistsError:
        raise Refused(f"{out} is there already; name another file") from None
    say(f"Wrote {counted(len(found.verdicts), 'row')} to {out}")


def _write_rows(found: Compliance, file: IO[str]) -> None:
    from cpra.reports.compliance import COLUMNS

    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_inert(verdict.row) for verdict in found.verdicts)


def _inert(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row as no spreadsheet program calculates it: its number alone is the agency's word."""
    if not row[1] or row[1][0].isalnum():  # nearly every one is, and there are a hundred thousand
        return row
    from cpra.core.signs import inert

    return (row[0], *inert(row[1:2]), *row[2:])
