"""Where documents came from, for the log: the place they were taken from, and the way they came."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cpra.actions.keeping import WORD_OF_KIND
from cpra.archive.intake import Filed
from cpra.archive.kinds import Kind
from cpra.archive.portals import portal_name
from cpra.archive.sources import printable
from cpra.core.events import Event

ANSWERS = frozenset(WORD_OF_KIND)
"""Events whose `via` says nothing but how the papers came."""

MANY = 20
"""Sources that are each named in the log."""


def arrived(event: Event, sources: Sequence[str], files: Sequence[Filed]) -> Event:
    """The event with where its documents were taken from, and the way they came."""
    return replace(event, **said_of(event, sources, files))


def said_of(event: Event, sources: Sequence[str], files: Sequence[Filed]) -> dict[str, Any]:
    """What an event says of where its documents were taken from, and the way if they show it.

    A mail came by e-mail, and a name that only a portal gives by the portal; what the requester
    says goes before.
    """
    outer = [filed for filed in files if not filed.source]
    ways = {_way(filed) for filed in outer}
    way = ways.pop() if event.kind in ANSWERS and len(ways) == 1 else ""
    return {"via": event.via or way, "source": tuple(sources)}


def origins(sources: Sequence[Path]) -> tuple[str, ...]:
    """Where documents lay when they were filed; of very many files only their folders.

    The requester's own folder is `~`: the log is handed over, and need not name who kept it.
    """
    named = sources if len(sources) <= MANY else sorted({source.parent for source in sources})
    home = Path.home()
    whole = [Path(os.path.normpath(source.absolute())) for source in named]
    shown = [
        f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else path.as_posix()
        for path in whole
    ]
    return tuple(printable(name) for name in shown)


def _way(filed: Filed) -> str:
    """How this document must have come, as far as it shows."""
    if filed.kind in (Kind.EML, Kind.MSG, Kind.MBOX):
        return "email"
    return "portal" if portal_name(filed.name) else ""
