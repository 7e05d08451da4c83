"""`cpra agency`: the address book."""

from __future__ import annotations

from pathlib import Path

import click

from cpra.agencies import KINDS
from cpra.cli.agency_details import Details, facts, with_details
from cpra.cli.agency_text import line, moved, print_import, stop_if_nothing, title
from cpra.cli.complete import agencies as agency_names
from cpra.cli.group import Group
from cpra.cli.here import Here, pass_here
from cpra.cli.page import (
    counted,
    fitted,
    json_option,
    on_terminal,
    print_json,
    printable,
    say,
)


@click.group(cls=Group)
def agency() -> None:
    """The address book: who is asked, how they are reached, when they are closed."""


@agency.command(epilog='Example: cpra agency add "Exampleville Police Department" --alias EPD')
@click.argument("name")
@with_details
@json_option
@pass_here
def add(here: Here, name: str, as_json: bool, details: Details) -> None:
    """Add NAME to the address book."""
    from cpra.actions import drafting
    from cpra.actions.agencies import add as add_agency
    from cpra.actions.agencies import shipped
    from cpra.cli.asking import asked_kind
    from cpra.core.calendar import Office

    kind = details.kind
    if kind is None and on_terminal() and not as_json and not shipped().match(name):
        kind = asked_kind()
    new = add_agency(
        here.workspace,
        name=name,
        kind=kind,
        email=details.email or "",
        aliases=details.aliases,
        portal=details.portal or "",
        address=details.lines() or "",
        fax=details.fax or "",
        source=details.source or "",
        checked=details.read_on(here),
        office=Office(
            closures=details.closures(here), receipt=details.receipt or "", cutoff=details.cutoff
        ),
    )
    if as_json:
        print_json(new)
        return
    click.echo(fitted(f"Added {title(new)}"))
    if kind is None and not shipped().match(name):
        say(f"  Taken for a {new.kind}; `cpra agency edit {new.key} --kind KIND` says otherwise")
    click.echo(f"Next: `cpra new {drafting.general_for(new)} --agency {new.key}`")


@agency.command(epilog='Example: cpra agency edit lapd --closed "2026-12-24..2027-01-01"')
@click.argument("name", shell_complete=agency_names)
@click.option("--name", "new_name", help="Its full name, as a letter addresses it.")
@click.option("--no-alias", "fewer", multiple=True, help="A name that it no longer goes by.")
@click.option("--reopen", multiple=True, type=int, help="Take out closure N (`agency show`).")
@click.option("--verify", multiple=True, type=int, help="Closure N stands at its source.")
@click.option("--no-cutoff", is_flag=True, help="Nothing is known of when its day ends.")
@with_details
@json_option
@pass_here
def edit(
    here: Here,
    name: str,
    new_name: str | None,
    fewer: tuple[str, ...],
    reopen: tuple[int, ...],
    verify: tuple[int, ...],
    no_cutoff: bool,
    as_json: bool,
    details: Details,
) -> None:
    """Change what the book says of NAME.

    An empty text ("") takes a thing out; dates that move because of it are told.
    """
    from cpra.actions.agencies import edit as edit_agency
    from cpra.agencies.change import Change

    change = Change(
        name=new_name,
        kind=details.kind,
        email=details.email,
        portal=details.portal,
        address=details.lines(),
        fax=details.fax,
        source=details.source,
        checked=details.read_on(here),
        more_aliases=details.aliases,
        fewer_aliases=fewer,
        closures=details.closures(here),
        reopened=reopen,
        verified=verify,
        receipt=details.receipt,
        cutoff=details.cutoff,
        no_cutoff=no_cutoff,
    )
    done = edit_agency(here.workspace, name, change, here.recorded)
    if as_json:
        print_json(done)
        return
    click.echo(f"Changed {title(done.agency)}")
    for one in done.moved:
        click.echo(f"  {moved(one)}")


@agency.command("list", epilog="Example: cpra agency list --all")
@click.option("--all", "everything", is_flag=True, help="Also those that come with cpra.")
@json_option
@pass_here
def list_agencies(here: Here, everything: bool, as_json: bool) -> None:
    """List the address book."""
    from dataclasses import asdict

    from cpra import agencies
    from cpra.actions.agencies import shipped

    book = dict(shipped().agencies) if everything else {}
    book |= agencies.read(here.workspace).agencies
    if as_json:
        print_json([{**asdict(a), "law": a.law} for a in book.values()])
        return
    for key in sorted(book):
        click.echo(fitted(f"{key:<22}  {line(book[key])}", " " * 24))
    if not book:
        click.echo("The address book is empty: `cpra agency add NAME`, or `cpra agency list --all`")


@agency.command(epilog="Example: cpra agency show lapd")
@click.argument("name", shell_complete=agency_names)
@json_option
@pass_here
def show(here: Here, name: str, as_json: bool) -> None:
    """Everything the book says of NAME.

    With its closed days to come and your requests to it.
    """
    from dataclasses import asdict

    from cpra.actions.agencies import card

    found = card(here.workspace, name, here.today)
    if as_json:
        requests = [row._asdict() for row in found.requests]
        print_json({**asdict(found), "law": found.agency.law, "requests": requests})
        return
    one = found.agency
    click.echo(title(one))
    for label, text in facts(one):
        click.echo(f"  {label:<9} {printable(text)}")
    from cpra.agencies import closures

    for number, closure in enumerate(one.office.closures, start=1):
        click.echo(f"  {'Closed' if number == 1 else '':<9} {number}  {closures.words(closure)}")
    if found.ahead:
        days = ", ".join(f"{day:%a %b} {day.day}" for day in found.ahead)
        click.echo(f"  {'Next':<9} {days}")
    for request in found.requests:
        click.echo(f"  {request.id}  {request.subject[:50]:<50}  {request.status}")
    if not found.in_book:
        click.echo(
            "  It comes with cpra and is not in your address book yet: `agency edit` adds it"
        )


@agency.command("import", epilog="Example: cpra agency import agencies.csv --preview")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), help="For the rows that say none.")
@click.option("--source", default="", help="Where the list is from, for rows that do not say.")
@click.option("--sheet", default="", help="The sheet of a workbook.  [default: the first]")
@click.option("--skip-bad", is_flag=True, help="Take the rows that are right.")
@click.option("--preview", is_flag=True, help="Only show what would be imported.")
@json_option
@pass_here
def import_list(
    here: Here,
    file: Path,
    kind: str | None,
    source: str,
    sheet: str,
    skip_bad: bool,
    preview: bool,
    as_json: bool,
) -> None:
    """Import a list of agencies from FILE.

    MuckRock's agency CSV, or a table (.csv, .xlsx) with a column "name" or "agency".
    """
    from cpra.actions.agencies import bring_in
    from cpra.agencies.lists import Defaults

    defaults = Defaults(kind=kind or "", source=source, checked=here.today if source else None)
    done = bring_in(
        here.workspace, file, defaults, sheet=sheet, skip_bad=skip_bad, write=not preview
    )
    if as_json:
        print_json(done)
    else:
        print_import(done, preview)
    stop_if_nothing(done, preview)


@agency.command(epilog="Example: cpra agency check")
@json_option
@pass_here
def check(here: Here, as_json: bool) -> None:
    """What is wrong in the book, missing or old."""
    from cpra.actions.agencies import check as check_book
    from cpra.errors import CpraError

    found = check_book(here.workspace, here.today)
    if as_json:
        print_json(found)
    else:
        for heading, wrong in (("WRONG", True), ("WORTH A LOOK", False)):
            mine = [fault for fault in found if fault.wrong is wrong]
            lines = [fitted(f"  {printable(str(fault))}", "      ") for fault in mine]
            if lines:
                click.echo("\n".join([heading, *lines]))
        if not found:
            click.echo("Nothing is wrong in the address book, and nothing in it is old.")
    if bad := sum(fault.wrong for fault in found):
        raise CpraError(
            f"{counted(bad, 'thing')} to put right: `cpra agency edit`, or edit agencies.toml"
        )
