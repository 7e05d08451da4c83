"""Keep the address book."""

from __future__ import annotations

from functools import cache

from cpra import agencies, disk, statutes
from cpra.agencies import Agency, Book
from cpra.errors import WrongUsage
from cpra.workspace import Workspace, lock


def add(
    workspace: Workspace,
    *,
    name: str,
    kind: str,
    email: str = "",
    aliases: tuple[str, ...] = (),
    portal: str = "",
    address: str = "",
) -> Agency:
    """Add an agency; its name and aliases must be new to the book."""
    if not name.strip():
        raise WrongUsage("an agency needs a name")
    agency = Agency(
        key=agencies.key_for(name, aliases),
        name=name.strip(),
        kind=kind,
        aliases=aliases,
        email=email,
        portal=portal,
        address=address,
    )
    with lock(workspace.requests), disk.telling("adding to the address book"):
        agencies.add(workspace, agency)
    return agency


@cache
def shipped() -> Book:
    """The agencies that cpra knows by name and kind before anybody enters one."""
    return agencies.parse(statutes.text("agencies.toml"), "agencies.toml")


def adopt(workspace: Workspace, agency: Agency) -> None:
    """Write an agency that came with cpra into the book, now that it is asked; holds the lock."""
    if agency.key not in agencies.read(workspace).agencies:
        agencies.add(workspace, agency)
