"""`cpra law`: the rules, holidays and authorities behind the dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cpra.cli.complete import agencies as agency_names
from cpra.cli.group import Group
from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, day, fitted, json_option, print_json, printable
from cpra.errors import BadFile, WrongUsage

if TYPE_CHECKING:
    from cpra.reports.law_rows import RuleRow


@click.group(cls=Group)
def law() -> None:
    """The rules, holidays and authorities behind every date."""


@law.command("list", epilog="Example: cpra law list foia")
@click.argument("which", metavar="[LAW]", default="")
@json_option
def list_rules(which: str, as_json: bool) -> None:
    """List the rules of LAW (cpra, foia …), or of all."""
    from cpra import statutes
    from cpra.reports.law_rows import rule_rows

    data = statutes.law()
    if which and which not in data.laws:
        raise WrongUsage(f'there is no law "{which}"; there are {", ".join(data.laws)}')
    rows = rule_rows(data, which)
    if as_json:
        print_json(rows)
        return
    wide = max(len(row.rule) for row in rows)
    for row in rows:
        line = f"{row.rule:<{wide}}  {row.period:<20}  {row.authority}{_years(row)}"
        click.echo(fitted(line, " " * (wide + 2)))
    click.echo(f"{counted(len(rows), 'version')}; `cpra law show RULE` has one in full")


@law.command(epilog="Example: cpra law show cpra.extension")
@click.argument("rule_id", metavar="RULE")
@json_option
def show(rule_id: str, as_json: bool) -> None:
    """Show every version of RULE: period, authority, source, grounds, examples."""
    from cpra import statutes
    from cpra.reports.law_manual import rule_page

    data = statutes.law()
    if as_json:
        print_json(data.versions(rule_id))
        return
    page = rule_page(data, rule_id).replace("**", "").replace("`", "")
    click.echo("\n".join(fitted(line, "  ") for line in page.split("\n")))
    for rule in data.versions(rule_id):
        for example in rule.examples:
            rolled = f", rolled by {example.rolled_by}" if example.rolled_by else ""
            click.echo(f"  example: {'; '.join(example.log)} → {day(example.due)}{rolled}")
            click.echo(f"           {example.why}")


@law.command(epilog="Example: cpra law holidays 2026 --agency lapd")
@click.argument("year", type=click.IntRange(2015, 2043))
@click.option("--list", "list_id", default="judicial", show_default=True, help="Which list.")
@click.option("--agency", shell_complete=agency_names, help="With this agency's closures.")
@json_option
@pass_here
def holidays(here: Here, year: int, list_id: str, agency: str | None, as_json: bool) -> None:
    """List the closed days of YEAR: which move a date, and which only its latest reading."""
    from cpra import statutes
    from cpra.cli.compute import office_of
    from cpra.reports.law_rows import day_rows

    rows = day_rows(statutes.law(), year, list_id, office_of(here, agency))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        weak = "" if row.moves == "due" else "   only in `latest`"
        doubt = "" if row.status == "V" else f" ({row.status})"
        line = f"{day(row.on)}  {printable(row.name)} · {row.authority}{doubt}{weak}"
        click.echo(fitted(line, " " * 18))
    if any(row.status != "V" for row in rows):
        click.echo("P: read in part, or at second hand. M: not verified. `cpra law check` has all")


@law.command(epilog="Example: cpra law check")
@json_option
@pass_here
def check(here: Here, as_json: bool) -> None:
    """Say what in the law data is unverified, contingent, or not read again for over a year."""
    from cpra import statutes
    from cpra.reports.law_rows import doubts

    data = statutes.law()
    found = doubts(data, here.today)
    if as_json:
        print_json({"doubts": found, "problems": data.problems})
    else:
        for why in dict.fromkeys(doubt.why for doubt in found):
            click.echo(why.upper() if why.islower() else why)
            for doubt in found:
                if doubt.why == why:
                    click.echo(fitted(f"  {doubt.where:<28}  {doubt.what}", " " * 32))
        rest = "the rest was read at the source named for it"
        click.echo(f"{counted(len(found), 'thing')} to read; {rest}")
    if data.problems:
        raise BadFile("\n".join(str(problem) for problem in data.problems))


@law.command(epilog="Example: cpra law page > law.md")
def page() -> None:
    """Print the manual's page on the law, made from the data."""
    from cpra import statutes
    from cpra.reports.law_manual import manual

    click.echo(manual(statutes.law()), nl=False)


def _years(row: RuleRow) -> str:
    if row.in_force == "contingent":
        return f" · contingent, from {row.since}"
    if row.until:
        return f" · until {row.until}"
    return f" · since {row.since}" if row.since else ""
