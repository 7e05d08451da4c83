"""What came and could not be placed yet: `requests/inbox/`, one file a message, as it came."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cpra import disk
from cpra.core import names
from cpra.errors import NotFound
from cpra.folder import clear_partials
from cpra.mail.incoming import Incoming, read
from cpra.workspace import Workspace

SUFFIXES = (".eml", ".msg")
ASIDE = "aside"
"""The folder for what has to do with no request; nothing in it is ever deleted by cpra."""

WRITERS = 4


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits, and the short name by which a person means it."""

    path: Path
    incoming: Incoming

    @property
    def handle(self) -> str:
        """The first letters of its SHA-256."""
        return self.incoming.sha256[:8]


def folder(workspace: Workspace) -> Path:
    """The inbox of a workspace; git keeps no empty folders, so it may have to be made again."""
    place = workspace.requests / "inbox"
    if not place.is_dir():
        with disk.telling("making the inbox"):
            disk.make_folder(place)
    return place


def paths(workspace: Workspace) -> list[Path]:
    """Every message that waits, by the day it came."""
    place = folder(workspace)
    return sorted(p for p in place.iterdir() if p.suffix in SUFFIXES and p.is_file())


def waiting(workspace: Workspace) -> list[Waiting]:
    """Every message that waits, read."""
    return [Waiting(path, read(path.read_bytes(), "", path=path)) for path in paths(workspace)]


def find(workspace: Workspace, handle: str) -> Waiting:
    """The message that a person means, by the first letters of its name."""
    wanted = handle.casefold()
    found = [p for p in paths(workspace) if f"-{wanted}" in p.name] if wanted else []
    if len(found) != 1:
        said = "no message in the inbox is" if not found else f"{len(found)} messages are"
        raise NotFound(f'{said} called "{handle}"; `cpra inbox` shows each with its whole handle')
    return Waiting(found[0], read(found[0].read_bytes(), "", path=found[0]))


def keep(workspace: Workspace, arrived: Sequence[Incoming]) -> list[Path]:
    """Put messages into the inbox, as they came: all of them or, when the disk fails, none.

    The caller holds its lock. One that was left here, and comes again, may be filed elsewhere then.
    """
    place = folder(workspace)
    clear_partials(place)
    made: list[Path] = []

    def one(incoming: Incoming) -> Path:
        path = place / _name(incoming)
        with suppress(FileExistsError):  # the same bytes: its name holds their hash
            disk.write_new(path, incoming.data)
            made.append(path)
        return path

    with disk.telling("keeping a message in the inbox"):
        try:
            with ThreadPoolExecutor(min(WRITERS, max(1, len(arrived)))) as pool:
                return list(pool.map(one, arrived))
        except OSError:
            for path in made:
                path.unlink()
            raise


def set_aside(workspace: Workspace, message: Waiting) -> Path:
    """Move a message that has to do with no request out of sight."""
    place = folder(workspace) / ASIDE
    with disk.telling("moving a message"):
        if not place.is_dir():
            disk.make_folder(place)
        target = place / message.path.name
        message.path.rename(target)
        disk.sync_folder(place)
    return target


def _name(incoming: Incoming) -> str:
    """`2026-03-12-9f2c01ab-re-your-request.eml`."""
    day = incoming.on.isoformat() if incoming.on else "0000-00-00"
    words = names.slug(incoming.message.subject, 40)
    return "-".join(filter(None, (day, incoming.sha256[:8], words))) + incoming.suffix
