"""What was fetched from where: `requests/inbox/fetched.jsonl`, one line a message, added to only.

It is the memory that makes a fetch go on where the last one stopped. Should it be lost, a message
is still known again by its bytes, in the inbox and in the requests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cpra import disk
from cpra.workspace import Workspace

NAME = "fetched.jsonl"

_JSON = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message that was fetched, or (without a hash) how far a mailbox has been read."""

    recorded: str
    sha256: str = ""
    account: str = ""
    mailbox: str = ""
    validity: int = 0
    uid: int = 0
    """of the message; or the first number that has not been looked at"""
    source: str = ""
    """the file it came from, where it was one"""
    place: str = ""
    """where it was put, below `requests/`"""
    asks: bool = False
    """it was filed without asking, and says something that waits to be confirmed"""
    expires: str = ""
    """the day on which a link in it stops working, while it waits"""
    read: bool = False
    """the requester has said what it is"""


@dataclass(slots=True)
class Journal:
    """The journal, read."""

    path: Path
    hashes: dict[str, str] = field(default_factory=dict)
    """every message's SHA-256 → where it was put last"""
    origins: dict[str, str] = field(default_factory=dict)
    """every message's SHA-256 → where it came from"""
    asking: dict[str, str] = field(default_factory=dict)
    """what waits to be confirmed: SHA-256 → the folder with the message"""
    expiring: dict[str, str] = field(default_factory=dict)
    """what waits and has a link that expires: SHA-256 → the day"""
    _uids: dict[tuple[str, str, int], set[int]] = field(default_factory=dict)
    _next: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def uids(self, account: str, mailbox: str, validity: int) -> frozenset[int]:
        """The numbers that have been fetched from a mailbox, as it was numbered then."""
        return frozenset(self._uids.get((account, mailbox, validity), ()))

    def next_uid(self, account: str, mailbox: str, validity: int) -> int:
        """Everything before this number has been looked at."""
        return self._next.get((account, mailbox, validity), 1)

    def note(self, lines: Iterable[Line]) -> None:
        """Write lines down, durable, all in one go; the caller holds the lock of the inbox."""
        every = list(lines)
        if not every:
            return
        text = "".join(_encoded(line) + "\n" for line in every)
        start = b"\n" if self._is_torn() else b""  # such a line is ended, and not read
        disk.append_line(self.path, start + text.encode("utf-8"))
        for line in every:
            self.take(line)

    def _is_torn(self) -> bool:
        if not self.path.exists() or not self.path.stat().st_size:
            return False
        with self.path.open("rb") as file:
            file.seek(-1, 2)
            return file.read(1) != b"\n"

    def take(self, line: Line) -> None:
        """Remember what a line says."""
        key = (line.account, line.mailbox, line.validity)
        if line.sha256:
            if line.place or line.sha256 not in self.hashes:
                self.hashes[line.sha256] = line.place
            if line.mailbox or line.source:
                self.origins[line.sha256] = line.source or f"{line.mailbox} ({line.account})"
            if line.asks:
                self.asking[line.sha256] = line.place
            if line.expires:
                self.expiring[line.sha256] = line.expires
            if line.read:
                self.asking.pop(line.sha256, None)
                self.expiring.pop(line.sha256, None)
            if line.uid:
                self._uids.setdefault(key, set()).add(line.uid)
        else:
            self._next[key] = max(line.uid, self._next.get(key, 1))


def journal(workspace: Workspace) -> Journal:
    """The journal of a workspace; a line that cannot be read is passed over."""
    path = workspace.requests / "inbox" / NAME
    found = Journal(path)
    if path.exists():
        for text in path.read_bytes().split(b"\n"):
            if line := _decoded(text):
                found.take(line)
    return found


def _encoded(line: Line) -> str:
    every = ((name, getattr(line, name)) for name in Line.__slots__)
    return _JSON.encode({name: value for name, value in every if value})


def _decoded(text: bytes) -> Line | None:
    try:
        return Line(**json.loads(text))
    except (ValueError, TypeError):
        return None
