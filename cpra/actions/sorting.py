"""Decide for each message where it goes: what is sure is filed, the rest waits in the inbox.

A batch is safe on the disk before it is remembered as fetched, and what is there already is known
by its bytes: an interruption at any moment loses nothing and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cpra import statutes
from cpra.errors import Problem
from cpra.mail import inbox
from cpra.mail.account import accounts
from cpra.mail.coming import Came
from cpra.mail.incoming import Incoming
from cpra.mail.journal import Journal, Line, journal
from cpra.mail.known import Progress, known
from cpra.mail.matching import Requests
from cpra.mail.reading import Lore, Reading
from cpra.mail.understanding import Arrival, Understanding
from cpra.workspace import Workspace

if TYPE_CHECKING:
    from cpra.actions.filer import Filed, Filer, Noted
    from cpra.actions.placing import Placed


@dataclass(slots=True)
class Fetched:
    """What a fetch has done."""

    placed: list[tuple[Placed, Reading]] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)
    again: int = 0
    """messages that were here already"""
    unrelated: int = 0
    """messages that were left on the server, since nothing ties them to a request"""
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Sorting:
    """What it takes to put messages in their places, read once a fetch."""

    workspace: Workspace
    requests: Requests
    journal: Journal
    lore: Lore
    today: date
    recorded: str
    confirm: bool = False
    """write down what is sure without asking"""
    start: date | None = None
    """where the first fetch of a mailbox begins"""
    done: Fetched = field(default_factory=Fetched)
    understanding: Understanding = field(init=False)
    _filer: Filer | None = None

    def __post_init__(self) -> None:
        folders = self.workspace.requests
        self.understanding = Understanding(self.requests, self.lore, folders)

    def prepare(self) -> None:
        """Load what it takes to file, while the first messages are on their way."""
        self.filer.filed(())

    @property
    def filer(self) -> Filer:
        """What files messages, made when it is needed."""
        if self._filer is None:
            from cpra.actions.filer import Filer

            self._filer = Filer(
                self.workspace, self.requests, self.today, self.recorded, self.confirm
            )
        return self._filer

    def take(self, batch: Sequence[Came], origin: Line) -> None:
        """Put a batch of messages in their places, then remember that they were fetched.

        `origin` is what the journal's lines have in common: when, and from which mailbox.
        """
        here = self._here(batch)
        lines: list[Line] = []
        groups: dict[str, list[Noted]] = {}
        unsure: list[Noted] = []
        fresh: set[str] = set()
        for came in batch:
            sha, one = came.arrival.sha256, came.understood
            if one is None or sha in fresh or sha in here:
                self.done.again += 1
                # A file needs no second line; a message on a server must not be asked for again.
                lines += [_line(origin, came.arrival)] if came.arrival.uid else []
                continue
            fresh.add(sha)
            noted = (one, came.arrival)
            (groups.setdefault(one.folder, []) if one.folder else unsure).append(noted)
        for filed in self.filer.file(groups):
            lines += self._noted(filed, origin)
            unsure += filed.left
        kept = inbox.keep(self.workspace, [one.incoming for one, _ in unsure])
        self.done.waiting += kept
        for (one, arrival), path in zip(unsure, kept, strict=True):
            expires = _first_expiry(one.reading, self.today)
            lines.append(_line(origin, arrival, place=f"inbox/{path.name}", expires=expires))
        self.journal.note(lines)

    def close(self) -> None:
        """Bring the lists into step with what was filed."""
        if self._filer is not None:
            self._filer.close()
            self._filer = None

    def _here(self, batch: Sequence[Came]) -> set[str]:
        """The messages that were fetched before, wait, were filed, or were sent by ourselves."""
        here = self.filer.filed(came.arrival.sha256 for came in batch)
        for came in batch:
            sha, one = came.arrival.sha256, came.understood
            if one is None or sha in self.journal.hashes or self._is_own(one.incoming):
                here.add(sha)
        return here

    def _is_own(self, incoming: Incoming) -> bool:
        message = incoming.message
        if message.sender.email.lower() not in self.requests.own_addresses:
            return False
        return bool(message.header("x-cpra")) or self.requests.has_message(message.message_id)

    def _noted(self, filed: Filed, origin: Line) -> list[Line]:
        """What was filed, told to the requester and to the journal."""
        if filed.problem:
            self.done.problems.append(Problem(filed.path.name, None, filed.problem))
        lines = []
        for placed, said, arrival in filed.placed:
            self.done.placed.append((placed, said))
            self.requests.add_message(placed.request.id, placed.incoming.message.message_id)
            place = f"{filed.path.name}/{placed.place.parent.name}/{placed.place.name}"
            for one in placed.problems:
                self.done.problems.append(Problem(f"{place}/{one.path}", one.line, one.text))
            asks = said.decides and (not placed.events or placed.events[0].kind == "answered")
            lines.append(_line(origin, arrival, place=place, asks=asks))
        return lines


def _line(
    origin: Line, arrival: Arrival, place: str = "", asks: bool = False, expires: str = ""
) -> Line:
    """The journal's line of one message."""
    return replace(
        origin,
        sha256=arrival.sha256,
        uid=arrival.uid,
        source="" if arrival.uid else arrival.source,
        place=place,
        asks=asks,
        expires=expires,
    )


def _first_expiry(said: Reading, today: date) -> str:
    """The day on which the first link in a message that waits stops working."""
    return next((one.on.isoformat() for one in said.expiries if one.on >= today), "")


def sorting(
    workspace: Workspace,
    today: date,
    recorded: str,
    *,
    confirm: bool = False,
    progress: Progress | None = None,
) -> Sorting:
    """Everything that is needed to sort mail, read now."""
    own = frozenset(one.address.lower() for one in accounts(workspace))
    return Sorting(
        workspace,
        Requests(known(workspace, progress), own),
        journal(workspace),
        lore(),
        today,
        recorded,
        confirm,
    )


def lore() -> Lore:
    """What helps to read an agency's letter."""
    return Lore(
        statutes.law().grounds("cpra.extension"),
        statutes.exemptions(),
    )
