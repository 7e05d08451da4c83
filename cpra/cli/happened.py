"""The options that say what an answer said: the same for `cpra record` and `cpra file`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cpra.cli.dates import Clock, Day
from cpra.cli.typed import Amount, Words

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--at", type=Clock(), help="The time of day, if you know it."),
    click.option(
        "--item",
        "items",
        multiple=True,
        type=int,
        metavar="N",
        help="It is about item N only; may be given again.",
    ),
    click.option(
        "--until", type=Day(future=True), help="An extension: the date that the notice states."
    ),
    click.option(
        "--ground",
        "grounds",
        multiple=True,
        type=Words(),
        help="An extension: a ground the notice states.",
    ),
    click.option(
        "--estimated",
        type=Day(future=True),
        help="A determination or promise: when the agency says the records will be there.",
    ),
    click.option(
        "--disclosable",
        type=click.Choice(("all", "some", "none")),
        callback=lambda _ctx, _param, value: value or "",
        help="A determination: how much of it will be disclosed.",
    ),
    click.option(
        "--exemption",
        "exemptions",
        multiple=True,
        type=Words(),
        metavar="CODE",
        help="A denial: a section it cites, old or new number; may be given again.",
    ),
    click.option(
        "--reason",
        "reasons",
        default="",
        type=Words(lines=True),
        help="What the agency gives as its reason.",
    ),
    click.option("--signer", "signed_by", default="", type=Words(), help="Who signed, with title."),
    click.option("--amount", default="", type=Amount(), help="A fee: dollars."),
    click.option("--complete", is_flag=True, help="Records: this was the last of it."),
    click.option(
        "--installment", type=click.IntRange(1), help="Records: the number of the installment."
    ),
    click.option(
        "--reference", default="", type=Words(), help="The agency's number for the request."
    ),
    click.option(
        "--via",
        default="",
        type=Words(),
        help="How it came, or was served: email, mail, portal, hand.",
    ),
    click.option("--note", default="", type=Words(lines=True), help="Anything to remember."),
)


def happened(command: Command) -> Command:
    """Give a command these options; their names are those of `Event`'s fields."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
