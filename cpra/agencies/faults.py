"""What is wrong in the address book, and what is missing from it or has grown old."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cpra.agencies import Agency, Book, cells
from cpra.core import schema
from cpra.core.calendar import Closure
from cpra.errors import WrongUsage

OLD = timedelta(days=365)
"""How long what was read at a source is taken for current."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing about one agency; what is `wrong` should be put right before the next letter."""

    agency: str
    line: int | None
    text: str
    wrong: bool

    def __str__(self) -> str:
        """`line 12, lapd: what is wrong`."""
        where = self.agency if self.line is None else f"line {self.line}, {self.agency}"
        return f"{where}: {self.text}"


def faults(book: Book, text: str, asked: Mapping[str, str], today: date) -> tuple[Fault, ...]:
    """Every fault, in the order of the book.

    `text` is the book's own, for the lines; `asked` maps the key of each agency that has a request
    to the id of one.
    """
    lines = schema.line_numbers(text)
    found = [
        Fault(key, lines.get(("agency", key)), words, wrong)
        for key, agency in book.agencies.items()
        for wrong, words in _of(agency, ("agency", key, "kind") in lines, today)
    ]
    found += [
        Fault(key, lines.get(("agency", key)), words, True) for key, words in _ambiguous(book)
    ]
    found += [
        Fault(key, None, f"{number} asks it, and it is not in the address book", True)
        for key, number in asked.items()
        if key not in book.agencies
    ]
    return tuple(sorted(found, key=lambda fault: (fault.line or 10**9, not fault.wrong)))


def _of(agency: Agency, says_kind: bool, today: date) -> Iterator[tuple[bool, str]]:
    for reading, value in ((cells.email, agency.email), (cells.site, agency.portal)):
        try:
            reading(value)
        except WrongUsage as error:
            yield True, str(error)
    if not says_kind:
        yield True, "it says no kind, so it is taken for a city; the kind picks the law"
    contact = agency.email or agency.portal or agency.address or agency.fax
    if not contact:
        yield False, "nothing says how to reach it: no e-mail, portal, address or fax"
    elif not agency.source:
        yield False, "nothing says where its contact data is from (source)"
    elif agency.checked is None:
        yield False, "nothing says when its contact data was last read at the source (checked)"
    elif today - agency.checked > OLD:
        yield False, f"its contact data was last read on {agency.checked}, over a year ago"
    for number, closure in enumerate(agency.office.closures, start=1):
        if closure.status != "V":
            yield (
                False,
                f"closure {number} is not verified, so it moves only the latest date; once you "
                f"have read {closure.source}: `cpra agency edit {agency.key} --verify {number}`",
            )
        for words in _closure(closure, today):
            yield False, f"closure {number}: {words}"


def _closure(closure: Closure, today: date) -> Iterator[str]:
    weekdays = {*closure.weekly, *(() if not closure.alternate else (closure.alternate.weekday(),))}
    if weekdays & {5, 6}:
        yield "it is on a weekend, when no period ends anyway"
    last = max((*closure.dates, *(end for _, end in closure.ranges)), default=None)
    if last and not weekdays and last.year < today.year:
        yield f"its last day was {last}; is there a list for {today.year}?"


def _ambiguous(book: Book) -> Iterator[tuple[str, str]]:
    """Names that mean two agencies: the first in the book would always win."""
    owners: dict[str, str] = {}
    for key, agency in book.agencies.items():
        for name in dict.fromkeys(n.casefold() for n in (key, agency.name, *agency.aliases)):
            if name in owners:
                yield key, f'"{name}" also means {owners[name]}; one of the two needs another name'
            owners.setdefault(name, key)
