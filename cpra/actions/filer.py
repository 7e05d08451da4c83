"""Files messages with the requests that they surely answer.

Sorting needs it only once messages have come. What it takes to file, which is much, is loaded then:
in a large fetch while another process reads the first of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from cpra import disk
from cpra.actions import limiting, placing
from cpra.actions.placing import Built, Placed, Placement
from cpra.archive.intake import MANY
from cpra.archive.limits import Limits
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.errors import CpraError
from cpra.index import rows
from cpra.index.rows import Rows
from cpra.mail import inbox
from cpra.mail.incoming import Incoming, host
from cpra.mail.known import FETCHED
from cpra.mail.matching import Requests
from cpra.mail.reading import Reading
from cpra.mail.rules import Meaning
from cpra.mail.understanding import Arrival, Understood
from cpra.workspace import Workspace, lock

Noted = tuple[Understood, Arrival]
"""A message that was looked into, and how it came."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of the messages of one request."""

    path: Path
    placed: tuple[tuple[Placed, Reading, Arrival], ...]
    left: tuple[Noted, ...] = ()
    """what could not be filed there, and waits in the inbox"""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Ready:
    """Messages of several requests that were brought to the disk together."""

    disk: int
    """the number of the disk"""
    built: Mapping[str, Built]


@dataclass(slots=True)
class Filer:
    """Writes to the requests of a workspace; close it after use."""

    workspace: Workspace
    requests: Requests
    today: date
    recorded: str
    confirm: bool
    """write down what is sure without asking"""
    _limits: Limits = field(init=False)
    _index: Rows | None = None
    """as it was when it was first asked"""
    _filed: set[str] = field(default_factory=set)
    """the folders to which something was added"""
    _logs: dict[str, tuple[Event, ...]] = field(default_factory=dict)
    """by folder, the logs that were read and written to"""

    def __post_init__(self) -> None:
        self._limits = limiting.limits(self.workspace)

    def filed(self, hashes: Iterable[str]) -> set[str]:
        """Which of these messages were filed before this was first asked."""
        self._index = self._index or rows.rows(self.workspace)
        return self._index.filed(hashes)

    def file(self, groups: Mapping[str, Sequence[Noted]]) -> Iterator[Filed]:
        """File each message with its request; they come by the request's folder."""
        every = [one.incoming for group in groups.values() for one, _ in group]
        with self._built(every) as ready:
            for name, group in groups.items():
                filed = self._file(name, group, ready)
                yield filed
                for placed, _, _ in filed.placed:
                    if placed.events and placed.events[0].kind == "refused":
                        self._take_back(filed.path, placed.incoming)
        self._filed |= groups.keys()
        if any(one.folder in groups and not one.is_open for one in self.requests.every):
            self._bring_into_step()  # nothing else would notice it, should this be interrupted

    def close(self) -> None:
        """Bring the lists into step with what was filed, once for all batches."""
        self._bring_into_step()
        if self._index is not None:
            self._index.close()
            self._index = None

    def _bring_into_step(self) -> None:
        if self._filed:
            also = {name: self._logs.get(name, ()) for name in self._filed}
            rows.rows(self.workspace, also=also).close()
            self._filed.clear()

    def _take_back(self, path: Path, incoming: Incoming) -> None:
        placing.bounced(self.workspace, path, incoming, self.recorded, self.today)

    @contextmanager
    def _built(self, every: Sequence[Incoming]) -> Iterator[_Ready | None]:
        """All messages, brought to the disk together; None if each request is to take in its own.

        So it is where one of them cannot be taken in: the others must not wait for it.
        """
        with ExitStack() as stack:
            found = None
            if len(every) >= MANY:
                try:
                    into = stack.enter_context(disk.staging(inbox.folder(self.workspace)))
                    own = placing.build(every, into, self._limits)
                    found = _Ready(into.stat().st_dev, own)
                except (CpraError, OSError):
                    stack.close()  # a full disk has room for some of them again
            yield found

    def _file(self, name: str, group: Sequence[Noted], ready: _Ready | None) -> Filed:
        """File what is sure; a request that cannot be written to leaves its mail."""
        path = self.workspace.requests / name
        try:
            with lock(path):
                loaded, request = placing.opened(path, self._logs.get(name, ()))
                placements = [
                    Placement(one.incoming, self._events(path, one, request)) for one, _ in group
                ]
                placed = placing.place(
                    loaded, request, placements, self._limits, self.today, _near(path, ready)
                )
        except CpraError as error:
            return Filed(path, (), tuple(group), f"{error} (its mail is in the inbox)")
        if not loaded.problems:
            self._logs[name] = (*loaded.log, *(event for one in placed for event in one.events))
        by_sha = {one.incoming.sha256: one for one in placed}
        return Filed(
            path,
            tuple((by_sha[one.incoming.sha256], one.reading, came) for one, came in group),
        )

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


def _near(path: Path, ready: _Ready | None) -> Mapping[str, Built] | None:
    """What is ready, if it can be moved there: a request may lie on another disk."""
    return ready.built if ready is not None and path.stat().st_dev == ready.disk else None


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
