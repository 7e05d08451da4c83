"""What there is to go through: messages that wait, and filed ones that nobody has confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cpra import folder
from cpra.actions.sorting import Sorting
from cpra.core.events import Event
from cpra.index import rows
from cpra.mail import inbox
from cpra.mail.incoming import Incoming
from cpra.mail.incoming import read as read_message
from cpra.mail.match import Match
from cpra.mail.reading import Reading, reading
from cpra.mail.rules import Meaning
from cpra.mail.understanding import letter_sentences
from cpra.workspace import Workspace, lock


@dataclass(frozen=True, slots=True)
class Item:
    """One message to go through: waiting in the inbox, or filed and not yet confirmed."""

    incoming: Incoming
    path: Path
    match: Match
    reading: Reading
    request: Path | None = None
    """the request's folder, where it is filed already"""
    event: Event | None = None
    """the line of the log with which it was filed"""
    doubts: tuple[str, ...] = ()
    """why what a filed message says is not written down without asking"""

    @property
    def handle(self) -> str:
        """The short name by which a person means it."""
        return self.incoming.sha256[:8]


def items(sorts: Sorting) -> Iterator[Item]:
    """Everything to go through: first what waits, then what is filed and not confirmed."""
    for one in _left_waiting(sorts.workspace):
        yield _waiting(sorts, one)
    for sha, place in sorts.journal.asking.items():
        if item := _asking(sorts, sha, place):
            yield item


def find(sorts: Sorting, handle: str) -> Item:
    """The message that a person means by the first letters of its name."""
    wanted = handle.casefold()
    asking = [sha for sha in sorts.journal.asking if wanted and sha.startswith(wanted)]
    if len(asking) == 1 and (item := _asking(sorts, asking[0], sorts.journal.asking[asking[0]])):
        return item
    return _waiting(sorts, inbox.find(sorts.workspace, handle))


def _left_waiting(workspace: Workspace) -> list[inbox.Waiting]:
    """What really waits: a copy that an interrupted run left of a filed message is cleared away."""
    index = rows.rows(workspace)
    left = []
    try:
        for one in inbox.waiting(workspace):
            first = index.first_of(one.incoming.sha256)
            if first is not None and _counts(workspace.requests / first.folder, one.incoming):
                with lock(inbox.folder(workspace)), suppress(FileNotFoundError):
                    one.path.unlink()
            else:
                left.append(one)
    finally:
        index.close()
    return left


def _counts(path: Path, incoming: Incoming) -> bool:
    """True when a line that counts names these bytes; one that was taken back does not."""
    request = folder.load(path).request
    sha = incoming.sha256
    return request is not None and any(sha in e.files.values() for e in request.events)


def _waiting(sorts: Sorting, one: inbox.Waiting) -> Item:
    match = sorts.requests.match(one.incoming)
    if match.best is None:
        return Item(one.incoming, one.path, match, reading(one.incoming, sorts.lore))
    path = sorts.workspace.requests / match.best.known.folder
    return Item(one.incoming, one.path, match, _reading(sorts, one.incoming, path))


def _asking(sorts: Sorting, sha: str, place: str) -> Item | None:
    """A filed message whose meaning is open; None when it was settled in another way."""
    path = sorts.workspace.requests / place.split("/", 1)[0]
    if not (path / folder.LOG).is_file():
        return None
    loaded = folder.load(path)
    if loaded.request is None:
        return None
    naming = [e for e in loaded.request.events if sha in e.files.values()]
    if len(naming) != 1 or naming[0].kind != "answered":
        return None
    event = naming[0]
    name = next(name for name, value in event.files.items() if value == sha)
    file = path / name
    if not file.is_file():
        return None
    incoming = read_message(file.read_bytes(), "", path=file)
    said = _reading(sorts, incoming, path)
    doubts = tuple(sorts.filer.doubts(path, incoming, said, loaded.request))
    return Item(incoming, file, Match(), said, path, event, doubts)


def _reading(sorts: Sorting, incoming: Incoming, path: Path) -> Reading:
    """What a message of this request may mean, without what the log knows already."""
    request = folder.load(path).request
    if request is None:
        return reading(incoming, sorts.lore)
    found = reading(incoming, sorts.lore, letter_sentences(path, request))
    if request.first("received") is None:
        return found
    kept = tuple(one for one in found.proposals if one.meaning is not Meaning.RECEIPT)
    return replace(found, proposals=kept)
