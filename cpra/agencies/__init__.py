"""The address book: who is asked, how they are reached, and when their office is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from cpra.agencies import closures
from cpra.agencies.closures import CLOSURE_KEYS, RECEIPTS
from cpra.core import names, schema
from cpra.core.calendar import Office
from cpra.core.schema import Key
from cpra.errors import BadFile, NotFound, Problem
from cpra.workspace import Workspace

KINDS = ("city", "county", "state", "federal", "court", "legislature")

LAW_OF_KIND: Mapping[str, str] = {
    "city": "cpra",
    "county": "cpra",
    "state": "cpra",
    "federal": "foia",
    "court": "rule-10.500",
    "legislature": "lora",
}
"""Which access law an agency of that kind answers to."""

LAW_NAMES: Mapping[str, str] = {
    "cpra": "California Public Records Act",
    "foia": "Freedom of Information Act",
    "rule-10.500": "California Rules of Court, rule 10.500",
    "lora": "Legislative Open Records Act",
    "ipa": "Information Practices Act",
}

AGENCY_KEYS: Mapping[str, Key] = {
    "name": Key(str, required=True),
    "kind": Key(str, choices=KINDS),
    "aliases": Key(list, of=str),
    "email": Key(str),
    "portal": Key(str),
    "address": Key(str),
    "fax": Key(str),
    "source": Key(str),
    "checked": Key(date),
    "receipt": Key(str, choices=RECEIPTS),
    "cutoff": Key(time),
    "closure": Key(list, table=CLOSURE_KEYS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A public agency as the address book has it."""

    key: str
    name: str
    kind: str = "city"
    aliases: tuple[str, ...] = ()
    email: str = ""
    portal: str = ""
    address: str = ""
    fax: str = ""
    source: str = ""
    """where the contact data was read"""
    checked: date | None = None
    """when it was last read there"""
    office: Office = field(default_factory=Office)
    """when it is closed, and what it says of receipt after hours"""

    @property
    def law(self) -> str:
        """The access law that this kind of agency answers to."""
        return LAW_OF_KIND[self.kind]

    @property
    def short(self) -> str:
        """The short name for narrow columns: an alias in capitals if there is one."""
        capitals = [alias for alias in self.aliases if alias.isupper()]
        return capitals[0] if capitals else self.key.upper() if len(self.key) <= 6 else self.name


@dataclass(frozen=True, slots=True)
class Book:
    """Every agency of a workspace, by its key."""

    agencies: Mapping[str, Agency]

    def get(self, key: str) -> Agency:
        """The agency of a request; one that left the book still has its key as a name."""
        return self.agencies.get(key) or Agency(key=key, name=key)

    def match(self, text: str) -> Agency | None:
        """The agency that a person means by a key, a name or an alias."""
        wanted = text.casefold().strip()
        for agency in self.agencies.values():
            if wanted in {n.casefold() for n in (agency.key, agency.name, *agency.aliases)}:
                return agency
        return None

    def find(self, text: str, shipped: Book | None = None) -> Agency:
        """The agency that a person means; `NotFound` gives the nearest and how to add it."""
        if agency := self.match(text) or (shipped and shipped.match(text)):
            return agency
        books = (self, shipped) if shipped else (self,)
        names = [n for b in books for a in b.agencies.values() for n in (a.key, a.name, *a.aliases)]
        near = schema.nearest(text, tuple(names))
        hint = f"Did you mean {' or '.join(near)}? Otherwise " if near else ""
        way = f'`cpra agency add "{text}"` adds it'
        raise NotFound(f'"{text}" is not in the address book. {hint}{way}')


def read(workspace: Workspace) -> Book:
    """The address book; `BadFile` names every wrong line of it."""
    path = workspace.agencies
    if not path.exists():
        return Book({})
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadFile(f"{path} is not UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise BadFile(f"{path} cannot be read ({(error.strerror or '').lower()})") from error
    return parse(text, str(path))


def parse(text: str, path: str) -> Book:
    """An address book from its text; `BadFile` names every wrong line of it."""
    table = {"agency": Key(dict, named=True, table=AGENCY_KEYS)}
    data, problems = schema.read(text, path, table)
    if problems:
        raise BadFile("\n".join(str(problem) for problem in problems))
    book = {key: _agency(key, entry) for key, entry in data.get("agency", {}).items()}
    if wrong := tuple(_wrong_closures(book, text, path)):
        raise BadFile("\n".join(str(problem) for problem in wrong))
    return Book(book)


def _agency(key: str, entry: schema.Data) -> Agency:
    known = {n: v for n, v in entry.items() if n in Agency.__dataclass_fields__}
    known["name"] = " ".join(entry["name"].split())
    known["aliases"] = tuple(" ".join(alias.split()) for alias in entry.get("aliases", ()))
    office = Office(
        name=known["name"],
        closures=tuple(closures.closure(one) for one in entry.get("closure", ())),
        receipt=entry.get("receipt", ""),
        cutoff=entry.get("cutoff"),
    )
    return Agency(key=key, office=office, **known)


def _wrong_closures(book: Mapping[str, Agency], text: str, path: str) -> Iterator[Problem]:
    lines: Mapping[tuple[str | int, ...], int] = {}
    for key, agency in book.items():
        for number, one in enumerate(agency.office.closures):
            if fault := closures.wrong(one):
                lines = lines or schema.line_numbers(text)
                line = lines.get(("agency", key, "closure", number))
                yield Problem(path, line, f"the closure of {key}: {fault}")


def key_for(name: str, aliases: tuple[str, ...]) -> str:
    """A short key for an agency: its first alias, or its name, as a plain word."""
    return names.slug(aliases[0] if aliases else name, 30) or "agency"
