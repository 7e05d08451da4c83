"""Writing in the address book: new entries at its end, changes in place, all else left as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cpra import disk
from cpra.agencies import AGENCY_KEYS, Agency, Book, closures, parse, read
from cpra.core.calendar import Closure, Office
from cpra.core.signs import harmless
from cpra.errors import BadFile, Refused
from cpra.workspace import Workspace

_OF_OFFICE = ("receipt", "cutoff", "closure")


def add(workspace: Workspace, agencies: Sequence[Agency]) -> None:
    """Write new agencies at the end of the book, all of them or, if one is there already, none.

    What a person wrote there stays byte for byte. The caller holds the lock of `requests/`.
    """
    book, agencies = read(workspace), [_harmless(agency) for agency in agencies]
    for agency in agencies:
        for name in (agency.key, agency.name, *agency.aliases):
            if other := book.match(name):
                raise Refused(
                    f'"{name}" is already in the address book as {other.key} ({other.name}); '
                    f"`cpra agency edit {other.key}` changes it"
                )
    before = _text(workspace)
    gap = "" if not before or before.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
    after = before + gap + "\n".join(_entry(agency) for agency in agencies)
    _write(workspace, after, {**book.agencies, **{agency.key: agency for agency in agencies}})


def change(workspace: Workspace, agency: Agency) -> None:
    """Write what changed of an agency into its entry; comments and the order of lines stay.

    The caller holds the lock of `requests/`.
    """
    import tomlkit
    from tomlkit.items import AoT, Table

    book, agency = read(workspace), _harmless(agency)
    old = book.agencies[agency.key]
    document: Any = tomlkit.parse(_text(workspace))
    entry = document["agency"][agency.key]
    if not isinstance(entry, Table) or not isinstance(entry.get("closure", tomlkit.aot()), AoT):
        raise _by_hand(workspace)
    before, now = _facts(old), _facts(agency)
    tail = _cut_tail(entry)
    for name in AGENCY_KEYS:
        if name == "closure" or before.get(name) == now.get(name):
            continue
        if name in now:
            entry[name] = now[name]
        else:
            del entry[name]
    if old.office.closures != agency.office.closures:
        _change_closures(entry, agency.office.closures)
        _cut_tail(entry)  # blank lines that stood between closures
    for piece in tail:
        _last_table(entry).add(piece)
    _write(workspace, tomlkit.dumps(document), {**book.agencies, agency.key: agency})


def _facts(agency: Agency) -> dict[str, Any]:
    """What the book says of an agency, key by key; what is empty is left out."""
    office = agency.office
    facts = {name: getattr(agency, name) for name in AGENCY_KEYS if name not in _OF_OFFICE}
    facts |= {"aliases": list(agency.aliases), "receipt": office.receipt, "cutoff": office.cutoff}
    facts["closure"] = [table for one in office.closures for table in closures.entries(one)]
    return {name: facts[name] for name in AGENCY_KEYS if facts[name] not in ("", None, [])}


def _entry(agency: Agency) -> str:
    import tomlkit

    lines = [f"[agency.{_bare(agency.key)}]"]
    facts = _facts(agency)
    for name, value in facts.items():
        if name != "closure":
            lines.append(f"{name} = {tomlkit.item(value).as_string()}")
    for table in facts.get("closure", ()):
        lines += ["", f"[[agency.{_bare(agency.key)}.closure]]"]
        lines += [f"{key} = {tomlkit.item(value).as_string()}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def _change_closures(entry: Any, wanted: Sequence[Closure]) -> None:
    """Change, take out and add tables so that they say these closures, in this order.

    The tables that stay keep their comments.
    """
    import tomlkit

    tables = [table for one in wanted for table in closures.entries(one)]
    kept = entry.get("closure", tomlkit.aot())
    if len(kept) != len(tables):
        for place in reversed(range(len(kept))):
            if closures.closure(kept[place].unwrap()) not in wanted:
                del kept[place]
    for old, new in zip(kept, tables, strict=False):
        _overwrite(old, new)
    for new in tables[len(kept) :]:
        if len(kept):
            kept[-1].add(tomlkit.nl())
        kept.append(tomlkit.item(new))
    if len(kept):
        entry["closure"] = kept
    else:
        entry.remove("closure")


def _overwrite(table: Any, wanted: Mapping[str, Any]) -> None:
    """Make a closure's table say another one; where it says it already, nothing is touched."""
    if closures.closure(table.unwrap()) == closures.closure(dict(wanted)):
        return
    for key in [key for key in table if key not in wanted]:
        del table[key]
    for key, value in wanted.items():
        if table.get(key) != value:
            table[key] = value


def _last_table(entry: Any) -> Any:
    """The table with which an entry ends: its last closure, or itself."""
    return entry["closure"][-1] if entry.get("closure") else entry


def _cut_tail(entry: Any) -> list[Any]:
    """Take off the blank lines and comments before the next entry: they belong to that one."""
    body = _last_table(entry).value.body
    tail: list[Any] = []
    while body and body[-1][0] is None:
        tail.insert(0, body.pop()[1])
    return tail


def _bare(key: str) -> str:
    import tomlkit

    return tomlkit.key(key).as_string()


def _text(workspace: Workspace) -> str:
    path = workspace.agencies
    return path.read_bytes().decode("utf-8") if path.exists() else ""


def _write(workspace: Workspace, text: str, wanted: Mapping[str, Agency]) -> None:
    """Put the new text in place once it has been read back and says exactly what it should."""
    path = workspace.agencies
    try:
        written = parse(text, str(path))
    except BadFile as error:
        raise _by_hand(workspace) from error
    if written != Book({key: _named(agency) for key, agency in wanted.items()}):
        raise _by_hand(workspace)
    disk.replace(path, text.encode("utf-8"))


def _by_hand(workspace: Workspace) -> Refused:
    return Refused(
        f"{workspace.agencies} has a form that a program cannot change safely; edit it by hand, or "
        "write each agency as a table of its own, [agency.NAME]"
    )


def _named(agency: Agency) -> Agency:
    """The agency as it is read back: its office has its name, each closure one pattern."""
    office = agency.office
    said = tuple(closures.closure(t) for one in office.closures for t in closures.entries(one))
    named = Office(name=agency.name, closures=said, receipt=office.receipt, cutoff=office.cutoff)
    return replace(agency, office=named)


def _harmless(agency: Agency) -> Agency:
    """The agency without signs that drive a terminal, as a list from elsewhere may have them."""
    return replace(
        agency,
        email=harmless(agency.email),
        portal=harmless(agency.portal),
        address=harmless(agency.address),
        name=" ".join(harmless(agency.name).split()),
        aliases=tuple(harmless(" ".join(alias.split())) for alias in agency.aliases),
    )
