"""What cpra makes of a message by itself: the request that it surely answers, and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cpra import folder
from cpra.core.request import Request
from cpra.mail.facts import Expiry, expiries, sentences
from cpra.mail.incoming import Incoming, read
from cpra.mail.matching import Requests
from cpra.mail.reading import Lore, Reading, own_sentences, reading


@dataclass(frozen=True)  # without slots, here and in what follows: pickled three times as fast
class Arrival:
    """A message as it came from a server or a file, not looked into yet."""

    data: bytes
    sha256: str
    source: str
    """where it came from, for the log: `INBOX of records@example.org`"""
    delivered: datetime | None = None
    """when the server took it in, where it says so"""
    path: Path | None = None
    """where an Outlook file lies, which cannot be read else"""
    uid: int = 0
    """its number on the server it came from"""


@dataclass(frozen=True)
class Understood:
    """A message that was looked into."""

    incoming: Incoming
    reading: Reading
    """what it says; of one that has to wait only which links in it expire"""
    folder: str = ""
    """of the request that it surely answers; nothing when it has to wait for the requester"""


@dataclass(slots=True)
class Understanding:
    """All that it takes to understand mail; read once a fetch."""

    requests: Requests
    lore: Lore
    folders: Path
    """where the requests lie"""
    _own: dict[str, frozenset[str]] = field(default_factory=dict)
    """the sentences of our own letters, by the request's folder"""

    def of(self, arrival: Arrival) -> Understood:
        """Look into a message; if it is sure, the next in its thread follows it."""
        incoming = read(arrival.data, arrival.source, arrival.delivered, path=arrival.path)
        known = self.requests.sure(incoming)
        if known is None:
            return Understood(incoming, Reading((), expiries=_expiries(incoming)))
        self.requests.add_message(known.id, incoming.message.message_id)
        said = reading(incoming, self.lore, self._own_sentences(known.folder))
        return Understood(incoming, said, known.folder)

    def _own_sentences(self, name: str) -> frozenset[str]:
        """The sentences of the letters of a request, as far as it can be read."""
        if name not in self._own:
            path = self.folders / name
            request = folder.load(path).request
            self._own[name] = letter_sentences(path, request) if request else frozenset()
        return self._own[name]


def letter_sentences(path: Path, request: Request) -> frozenset[str]:
    """The sentences of the letters that were sent: agencies repeat them, and mean nothing by it."""
    found: frozenset[str] = frozenset()
    for event in request.all("sending", "sent", "letter-sent"):
        for name in event.files:
            file = path / name
            if name.endswith((".txt", ".md")) and file.is_file():
                found |= own_sentences(file.read_text(encoding="utf-8", errors="replace"))
            elif name.endswith("message.eml") and file.is_file():
                found |= own_sentences(read(file.read_bytes(), "").text)
    return found | own_sentences("\n\n".join(item.text for item in request.items))


def _expiries(incoming: Incoming) -> tuple[Expiry, ...]:
    if incoming.on is None:
        return ()
    return expiries(incoming.links, sentences(incoming.words), incoming.on)
