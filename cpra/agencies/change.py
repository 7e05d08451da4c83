"""What a requester changes of an agency in the address book, and the agency after that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time

from cpra.agencies import Agency
from cpra.core.calendar import Closure
from cpra.errors import NotFound, WrongUsage


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be changed of an agency; None leaves a thing as it is, and empty takes it out."""

    name: str | None = None
    kind: str | None = None
    email: str | None = None
    portal: str | None = None
    address: str | None = None
    fax: str | None = None
    source: str | None = None
    checked: date | None = None
    more_aliases: tuple[str, ...] = ()
    fewer_aliases: tuple[str, ...] = ()
    closures: tuple[Closure, ...] = ()
    """closures to add"""
    reopened: tuple[int, ...] = ()
    """closures to take out, by the number that `cpra agency show` gives them"""
    verified: tuple[int, ...] = ()
    """closures that were read at their source, by the same number"""
    receipt: str | None = None
    cutoff: time | None = None
    no_cutoff: bool = False


def changed(agency: Agency, change: Change) -> Agency:
    """The agency as it is to stand; `NotFound` for a closure or an alias that it does not have."""
    office = agency.office
    for number in (*change.reopened, *change.verified):
        if not 1 <= number <= len(office.closures):
            raise NotFound(
                f"{agency.key} has no closure {number} (`cpra agency show {agency.key}`)"
            )
    kept = [
        replace(closure, status="V") if number in change.verified else closure
        for number, closure in enumerate(office.closures, start=1)
        if number not in change.reopened
    ]
    kept += [closure for closure in change.closures if closure not in kept]
    words = ("name", "kind", "email", "portal", "address", "fax", "source", "checked")
    given = {word: value for word in words if (value := getattr(change, word)) is not None}
    out = {alias.casefold() for alias in change.fewer_aliases}
    unknown = out - {alias.casefold() for alias in agency.aliases}
    if unknown:
        raise NotFound(f"{agency.key} is not called {', '.join(sorted(unknown))}")
    aliases = [alias for alias in agency.aliases if alias.casefold() not in out]
    there = {alias.casefold() for alias in aliases}
    aliases += [alias for alias in change.more_aliases if alias.casefold() not in there]
    if given.get("name") == "":
        raise WrongUsage("an agency needs a name")
    return replace(
        agency,
        aliases=tuple(aliases),
        office=replace(
            office,
            closures=tuple(kept),
            receipt=office.receipt if change.receipt is None else change.receipt,
            cutoff=None if change.no_cutoff else change.cutoff or office.cutoff,
        ),
        **given,
    )
