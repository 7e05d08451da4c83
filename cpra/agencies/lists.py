"""Lists of agencies made elsewhere: MuckRock's agency CSV, or a table that somebody keeps.

A column is known by its header. What cannot be understood is named row by row, and a row is taken
whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cpra.agencies import Agency, Book, cells, key_for
from cpra.core.calendar import Office
from cpra.errors import BadFile, Problem, WrongUsage


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list has: the agencies to add, and every row that cannot be taken, with the reason."""

    agencies: tuple[Agency, ...]
    problems: tuple[Problem, ...]
    guessed: tuple[str, ...]
    """names of agencies whose kind was read from their name or place"""
    unused: tuple[str, ...]
    """headers of the columns that the address book has no place for"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds for every row that says nothing of its own."""

    kind: str = ""
    source: str = ""
    checked: date | None = None


Row = tuple[int, Sequence[str]]
"""the line it stands on, and its cells"""


def listed(
    rows: Iterable[Row], path: str, book: Book, shipped: Book, defaults: Defaults | None = None
) -> Listed:
    """The agencies of a table whose first row is its header.

    Those that come with cpra keep the key and the names by which people know them. `BadFile` when
    no column holds names.
    """
    filled = [(number, row) for number, row in rows if any(text.strip() for text in row)]
    if not filled:
        raise BadFile(f"{path} has no rows")
    number, header = filled[0]
    places, unused = _columns(header)
    if "name" not in places:
        named = ", ".join(text.strip() or "(empty)" for text in header[:12])
        raise BadFile(
            f"{path}, line {number}: no column is called agency or name, so this is no list of "
            f"agencies; its columns are {named}"
        )
    reading = _Reading(path, book, shipped, defaults or Defaults())
    reading.shared = _shared(filled[1:], places)
    for number, row in filled[1:]:
        reading.take(number, row, places, len(header))
    return Listed(
        agencies=tuple(reading.found),
        problems=tuple(reading.problems),
        guessed=tuple(reading.guessed),
        unused=unused,
    )


def _shared(rows: Iterable[Row], places: Mapping[str, int]) -> frozenset[str]:
    """Names that agencies of several places have: "Police Department"."""
    if "place" not in places:
        return frozenset()
    where: dict[str, set[str]] = {}
    last = max(places["name"], places["place"])
    for _, row in rows:
        if len(row) > last:
            name = " ".join(row[places["name"]].split()).casefold()
            where.setdefault(name, set()).add(row[places["place"]].strip().casefold())
    return frozenset(name for name, found in where.items() if len(found) > 1)


def _columns(header: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    known = {name: column for column, names in cells.COLUMNS.items() for name in names}
    places: dict[str, int] = {}
    unused = []
    for place, text in enumerate(header):
        column = known.get(cells.plain(text))
        if column and column not in places:
            places[column] = place
        elif text.strip():
            unused.append(text.strip())
    return places, tuple(unused)


class _Reading:
    """Rows as they become agencies; remembers which names are taken, and by what."""

    def __init__(self, path: str, book: Book, shipped: Book, defaults: Defaults) -> None:
        self._path = path
        self._shipped = {a.name.casefold(): a for a in shipped.agencies.values()}
        self._defaults = defaults
        self._taken = {
            name: f"already in the address book as {agency.key}"
            for agency in book.agencies.values()
            for name in _names(agency)
        }
        self.shared: frozenset[str] = frozenset()
        self.found: list[Agency] = []
        self.problems: list[Problem] = []
        self.guessed: list[str] = []

    def take(self, number: int, row: Sequence[str], places: Mapping[str, int], width: int) -> None:
        """One row: an agency more, or a problem more."""
        try:
            if len(row) != width:
                raise WrongUsage(f"it has {len(row)} cells, and the header has {width}")
            said = {column: cells.cell(row[place], column) for column, place in places.items()}
            agency, guessed = _agency(self._told_apart(said), self._defaults)
            known = self._shipped.get(agency.name.casefold())
            agency = self._free(as_known(agency, known) if known else agency)
        except WrongUsage as error:
            self.problems.append(Problem(self._path, number, str(error)))
            return
        for name in _names(agency):
            self._taken[name] = f"on line {number} already"
        self.found.append(agency)
        if guessed:
            self.guessed.append(agency.name)

    def _told_apart(self, said: Mapping[str, str]) -> Mapping[str, str]:
        """Two cities may each have a "Police Department"; the place is part of the name then."""
        name, place = said["name"], said.get("place", "").partition(",")[0].strip()
        if name.casefold() in self.shared and place:
            return {**said, "name": f"{name} ({place})"}
        return said

    def _free(self, agency: Agency) -> Agency:
        """The agency under a key of its own; its names must be free."""
        for name in (agency.name, *agency.aliases):
            if where := self._taken.get(name.casefold()):
                raise WrongUsage(f'"{name}" is {where}')
        key, number = agency.key, 1
        while key.casefold() in self._taken:
            number += 1
            key = f"{agency.key}-{number}"
        return replace(agency, key=key)


def as_known(agency: Agency, known: Agency) -> Agency:
    """An agency under the key by which cpra knows it, with the names of both."""
    names = dict.fromkeys((*known.aliases, *agency.aliases, known.name))
    aliases = tuple(n for n in names if n.casefold() != agency.name.casefold())
    return replace(agency, key=known.key, aliases=aliases)


def _names(agency: Agency) -> set[str]:
    return {name.casefold() for name in (agency.key, agency.name, *agency.aliases)}


def _agency(row: cells.Cells, defaults: Defaults) -> tuple[Agency, bool]:
    name = row.get("name", "")
    if not name:
        raise WrongUsage("it has no name")
    kind, guessed = cells.kind_of(row, name, defaults.kind)
    aliases = tuple(
        dict.fromkeys(
            alias
            for part in re.split(r"[,;|]", row.get("aliases", ""))
            if (alias := part.strip()) and alias.casefold() != name.casefold()
        )
    )
    office = Office(
        name=name, closures=cells.closed(row), receipt=cells.receipt(row), cutoff=cells.cutoff(row)
    )
    agency = Agency(
        key=key_for(name, aliases),
        name=name,
        kind=kind,
        aliases=aliases,
        email=cells.email(row.get("email", "")),
        portal=cells.site(row.get("portal", "")),
        address=cells.address(row),
        fax=row.get("fax", ""),
        source=row.get("source", "") or defaults.source,
        checked=cells.day(row["checked"]) if row.get("checked") else defaults.checked,
        office=office,
    )
    return agency, guessed
