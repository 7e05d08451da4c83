"""Decide for each message where it goes: what is sure is filed, the rest waits in the inbox.

A batch is safe on the disk before it is remembered as fetched, and what is there already is known
by its bytes: an interruption at any moment loses nothing and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from cpra import statutes
from cpra.actions import limiting, placing
from cpra.actions.placing import Placed, Placement
from cpra.archive.limits import Limits
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.errors import CpraError, Problem
from cpra.index import rows
from cpra.index.rows import Rows
from cpra.mail import inbox
from cpra.mail.account import accounts
from cpra.mail.ahead import Came
from cpra.mail.incoming import Incoming, host
from cpra.mail.journal import Journal, Line, journal
from cpra.mail.known import FETCHED, Progress, known
from cpra.mail.matching import Requests
from cpra.mail.readers import Readers
from cpra.mail.reading import Lore, Reading
from cpra.mail.rules import Meaning
from cpra.mail.understanding import Understanding, Understood
from cpra.workspace import Workspace, lock

AT_ONCE = 4
"""Requests that are written to at once: while one waits for the disk, the next is filed."""


Noted = tuple[Understood, Line]
"""A message, and the line that the journal is to have of it."""


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


@dataclass(frozen=True, slots=True)
class _Filed:
    """What became of the messages of one request."""

    path: Path
    placed: tuple[tuple[Placed, Reading, Line], ...]
    left: tuple[Noted, ...] = ()
    """what could not be filed there, and waits in the inbox"""
    problem: str = ""


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
    _index: Rows | None = None
    """as it was when this began: what has been filed since then stands in the journal"""
    _filed: set[str] = field(default_factory=set)
    """the folders to which something was added"""
    _logs: dict[str, tuple[Event, ...]] = field(default_factory=dict)
    """by folder, the logs that were read and written to"""
    readers: Readers = field(init=False)
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        self.readers = Readers(Understanding(self.requests, self.lore, self.workspace.requests))
        self.limits = limiting.limits(self.workspace)

    def take(self, batch: Sequence[Came]) -> None:
        """Put a batch of messages in their places, then remember that they were fetched."""
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
                lines += [came.line] if came.line.uid else []
                continue
            fresh.add(sha)
            (groups.setdefault(one.folder, []) if one.folder else unsure).append((one, came.line))
        with ThreadPoolExecutor(AT_ONCE) as filers:
            for filed in [filers.submit(self._file, name, some) for name, some in groups.items()]:
                lines += self._noted(filed.result())
                unsure += filed.result().left
        self._filed |= groups.keys()
        if any(one.folder in groups and not one.is_open for one in self.requests.every):
            self._bring_into_step()  # nothing else would notice it, should this be interrupted
        kept = inbox.keep(self.workspace, [one.incoming for one, _ in unsure])
        self.done.waiting += kept
        for (one, line), path in zip(unsure, kept, strict=True):
            expires = _first_expiry(one.reading, self.today)
            lines.append(replace(line, place=f"inbox/{path.name}", expires=expires))
        self.journal.note(lines)

    def close(self) -> None:
        """Bring the lists into step with what was filed, once for all batches."""
        self.readers.close()
        self._bring_into_step()
        if self._index is not None:
            self._index.close()
            self._index = None

    def _bring_into_step(self) -> None:
        if self._filed:
            also = {name: self._logs.get(name, ()) for name in self._filed}
            rows.rows(self.workspace, also=also).close()
            self._filed.clear()

    def _here(self, batch: Sequence[Came]) -> set[str]:
        """The messages that were fetched before, wait, were filed, or were sent by ourselves."""
        index = self._index = self._index or rows.rows(self.workspace)
        here = index.filed(came.arrival.sha256 for came in batch)
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

    def _file(self, name: str, group: Sequence[Noted]) -> _Filed:
        """File what is sure; a request that cannot be written to leaves its mail."""
        path = self.workspace.requests / name
        try:
            with lock(path):
                loaded, request = placing.opened(path, self._logs.get(name, ()))
                placements = [
                    Placement(one.incoming, self._events(path, one, request)) for one, _ in group
                ]
                placed = placing.place(loaded, request, placements, self.limits, self.today)
        except CpraError as error:
            return _Filed(path, (), tuple(group), f"{error} (its mail is in the inbox)")
        if not loaded.problems:
            self._logs[name] = (*loaded.log, *(event for one in placed for event in one.events))
        by_sha = {one.incoming.sha256: one for one in placed}
        return _Filed(
            path,
            tuple((by_sha[one.incoming.sha256], one.reading, line) for one, line in group),
        )

    def _noted(self, filed: _Filed) -> list[Line]:
        """What was filed, told to the requester and to the journal."""
        if filed.problem:
            self.done.problems.append(Problem(filed.path.name, None, filed.problem))
        lines = []
        name = filed.path.name
        for placed, said, line in filed.placed:
            incoming = placed.incoming
            self.done.placed.append((placed, said))
            self.requests.add_message(placed.request.id, incoming.message.message_id)
            place = f"{name}/{placed.place.parent.name}/{placed.place.name}"
            for one in placed.problems:
                self.done.problems.append(Problem(f"{place}/{one.path}", one.line, one.text))
            asks = said.decides and (not placed.events or placed.events[0].kind == "answered")
            lines.append(replace(line, place=place, asks=asks))
            if placed.events and placed.events[0].kind == "refused":
                placing.bounced(self.workspace, filed.path, incoming, self.recorded, self.today)
        return lines

    def _events(self, path: Path, found: Understood, request: Request) -> tuple[Event, ...]:
        """What the log says of a message that is filed without asking."""
        incoming, said = found.incoming, found.reading
        kind = "answered"
        first = said.proposals[0] if said.proposals else None
        if self.confirm and first is not None and not self.doubts(path, incoming, said, request):
            kind = first.event
        note = f"{FETCHED} {incoming.source}"
        event = placing.event_of(kind, incoming, request, self.today, self.recorded, note=note)
        if first is not None and kind != "answered":
            event = placing.with_proposal(event, first)
        if reference := placing.new_reference(said, incoming, request):
            event = replace(event, reference=reference)
        return (event, *reminders(said, event, self.today))

    def doubts(self, path: Path, incoming: Incoming, said: Reading, request: Request) -> list[str]:
        """Why what a filed message says is not written down before the requester confirms it."""
        first = said.proposals[0] if said.proposals else None
        if first is None or not first.is_sure:
            return ["few words say it"]
        if first.meaning is Meaning.BOUNCE:
            named = placing.left(path, request, incoming) is not None
            return [] if named else ["it names no message that you sent"]
        return self.requests.doubts_of_sender(incoming, self.requests.by_id(request.id))


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


def reminders(said: Reading, event: Event, today: date) -> Iterable[Event]:
    """A reminder for each link in a message that will stop working."""
    for one in said.expiries:
        if one.on >= today:
            where = host(one.link) or "the portal"
            yield Event(
                kind="reminder",
                on=event.on,
                recorded=event.recorded,
                text=f"download what is at {where}: the link expires",
                due=one.on,
                note=f"link; {one.words[:200]}",
            )
