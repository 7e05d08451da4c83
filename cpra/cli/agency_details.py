"""What describes an agency: as options of `cpra agency add` and `edit`, and as `show` says it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, time
from typing import TYPE_CHECKING, Any

import click

from cpra.agencies import KINDS
from cpra.agencies.closures import RECEIPTS
from cpra.cli.dates import Clock, Day
from cpra.cli.here import Here

if TYPE_CHECKING:
    from cpra.agencies import Agency
    from cpra.core.calendar import Closure


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What the options say of an agency; None where an option was not given."""

    kind: str | None
    email: str | None
    aliases: tuple[str, ...]
    portal: str | None
    address: str | None
    fax: str | None
    source: str | None
    checked: date | None
    closed: tuple[str, ...]
    closed_name: str
    closed_source: str
    verified: bool
    receipt: str | None
    cutoff: time | None

    def closures(self, here: Here) -> tuple[Closure, ...]:
        """The days on which the office is closed, as they were typed."""
        from cpra.agencies import closures
        from cpra.cli.dates import read

        said = closures.said(self.closed, lambda text: read(text, here.today, future=True))
        name, source = self.closed_name, self.closed_source
        return closures.sourced(said, name=name, source=source, verified=self.verified)

    def lines(self) -> str | None:
        """The address, line by line."""
        if self.address is None:
            return None
        return "\n".join(line.strip() for line in self.address.split(";"))

    def read_on(self, here: Here) -> date | None:
        """When the source was read: today, unless another day was given."""
        return self.checked or (here.today if self.source else None)


_OPTIONS = (
    click.option("--kind", type=click.Choice(KINDS), help="What it is; this picks the law."),
    click.option("--email", help="Where its records office takes requests."),
    click.option("--alias", "aliases", multiple=True, help="Another name; the first is short."),
    click.option("--portal", help="The address of its request portal."),
    click.option("--address", help="Its postal address, lines separated by a semicolon."),
    click.option("--fax", help="Its fax number."),
    click.option("--source", help="Where you read this."),
    click.option("--checked", type=Day(), help="When you read it there.  [default: today]"),
    click.option(
        "--closed",
        multiple=True,
        metavar="DAYS",
        help="Whole days without business: 2026-10-12, 2026-12-24..2027-01-01, every-friday, "
        '"every other friday from 2026-01-09". May be given again.',
    ),
    click.option("--closed-name", default="", help="What those days are: winter recess, furlough."),
    click.option("--closed-source", default="", help="Where the closure stands."),
    click.option("--verified", is_flag=True, help="You have read it there yourself."),
    click.option(
        "--receipt",
        type=click.Choice(RECEIPTS),
        help="What it says of a letter that arrives on a closed day or after hours.",
    ),
    click.option("--cutoff", type=Clock(), help="When its day ends, such as 17:00."),
)


def with_details(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that describe an agency, as one `details`."""

    @functools.wraps(command)
    def run(*given: Any, **options: Any) -> None:
        said = {field.name: options.pop(field.name) for field in fields(Details)}
        command(*given, details=Details(**said), **options)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def facts(one: Agency) -> Iterable[tuple[str, str]]:
    """What is known of an agency, with a label for each line; what is empty is left out."""
    from cpra.agencies.closures import clock_words

    checked = f" (read on {one.checked})" if one.checked else ""
    lines = (
        ("Also", ", ".join(one.aliases)),
        ("E-mail", one.email),
        ("Portal", one.portal),
        ("Post", one.address.replace("\n", "; ")),
        ("Fax", one.fax),
        ("Source", f"{one.source}{checked}" if one.source else ""),
        ("Receipt", one.office.receipt.replace("-", " ")),
        ("Day ends", clock_words(one.office.cutoff)),
    )
    return ((label, text) for label, text in lines if text)
