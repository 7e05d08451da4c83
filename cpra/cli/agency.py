"""`cpra agency`: the address book."""

from __future__ import annotations

import click

from cpra.agencies import KINDS
from cpra.cli.here import Here, pass_here
from cpra.cli.page import json_option, print_json


@click.group()
def agency() -> None:
    """The address book: who is asked, and how they are reached."""


@agency.command(epilog='Example: cpra agency add "Exampleville Police Department" --alias EPD')
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="city",
    show_default=True,
    help="What it is; this picks the law.",
)
@click.option("--email", default="", help="Where its records office takes requests.")
@click.option("--alias", "aliases", multiple=True, help="Another name; the first is its short one.")
@click.option("--portal", default="", help="The address of its request portal.")
@click.option("--address", default="", help="Its postal address, lines separated by a semicolon.")
@json_option
@pass_here
def add(
    here: Here,
    name: str,
    kind: str,
    email: str,
    aliases: tuple[str, ...],
    portal: str,
    address: str,
    as_json: bool,
) -> None:
    """Add NAME to the address book."""
    from cpra import agencies
    from cpra.actions.agencies import add as add_agency

    new = add_agency(
        here.workspace,
        name=name,
        kind=kind,
        email=email,
        aliases=aliases,
        portal=portal,
        address=address.replace(";", "\n"),
    )
    if as_json:
        print_json(new)
    else:
        law = agencies.LAW_NAMES[new.law]
        click.echo(f"Added {new.key}: {new.name} · {new.kind} · {law}")
        click.echo(f"Next: `cpra new general --agency {new.key}`")


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
        one = book[key]
        also = f" ({', '.join(one.aliases)})" if one.aliases else ""
        click.echo(f"{key:<20}  {one.name}{also} · {one.kind} · {agencies.LAW_NAMES[one.law]}")
    if not book:
        click.echo("The address book is empty: `cpra agency add NAME`, or `cpra agency list --all`")
