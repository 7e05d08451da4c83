"""Put messages where they belong: the bytes as they came, what is in them beside, then the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cpra import disk, folder
from cpra.actions import keeping, limiting, provenance, recording
from cpra.archive.intake import Filed, Limits, Taken, take
from cpra.archive.sniffer import kind
from cpra.archive.staging import Staging
from cpra.core.events import RECORDED_KINDS, Event
from cpra.core.request import Request
from cpra.errors import Problem
from cpra.index import rows
from cpra.mail.incoming import Incoming
from cpra.mail.known import own_ids
from cpra.mail.reading import Proposal, Reading
from cpra.workspace import Workspace, lock

PLACED = "from"
"""How the note of a message begins that the requester has placed."""

WRITERS = 4
"""Messages that are written at once."""

OPTIONS = (
    "until",
    "estimated",
    "grounds",
    "reasons",
    "exemptions",
    "amount",
    "signed_by",
    "items",
    "disclosable",
)


@dataclass(frozen=True, slots=True)
class Placement:
    """One message and what the log is to say of it; the first event gets its documents."""

    incoming: Incoming
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A message as it now lies in a request's folder."""

    incoming: Incoming
    request: Request
    events: tuple[Event, ...]
    place: Path
    problems: tuple[Problem, ...]
    again: bool = False
    """it was there already; nothing was written"""


@dataclass(frozen=True, slots=True)
class _Built:
    """A message that has been taken in and waits for its place."""

    folder: Path
    taken: Taken


def place(
    workspace: Workspace,
    path: Path,
    placements: Sequence[Placement],
    today: date,
    pool: ThreadPoolExecutor,
) -> list[Placed]:
    """File messages into one request: all documents first, then all log lines in one go.

    A message that a line of the log already speaks of is not filed again. The lists are not
    brought into step: that is left to the caller, who may have more to place.
    """
    with lock(path):
        loaded = folder.load(path)
        request = loaded.request
        if request is None or loaded.damaged:
            request = folder.read(path)  # says what is damaged
        for placement in placements:
            _check(request, placement.events, today)
        had = _filed(request)
        fresh = [p for p in placements if p.incoming.sha256 not in had]
        limits = limiting.limits(workspace)
        done = _placed(path, request, loaded.log, fresh, pool, limits) if fresh else []
    again = [p for p in placements if p.incoming.sha256 in had]
    return done + [
        Placed(p.incoming, request, (), path / had[p.incoming.sha256], (), True) for p in again
    ]


def _placed(
    path: Path,
    request: Request,
    log: Sequence[Event],
    placements: Sequence[Placement],
    pool: ThreadPoolExecutor,
    limits: Limits,
) -> list[Placed]:
    spoken_of = {"/".join(name.split("/")[:2]) for event in log for name in event.files}
    with disk.telling(f"filing into {path.name}"):
        parent = keeping.parent_folder(path, "answers")
        with disk.staging(parent) as built:
            taken = list(
                pool.map(
                    lambda n: _taken(built / str(n), placements[n], limits), range(len(placements))
                )
            )
            places = _moved(parent, placements, taken, spoken_of)
            disk.sync_folder(parent)
        lines = [_lines(path, p, *place) for p, place in zip(placements, places, strict=True)]
        logged = iter(folder.extend(path, [event for events in lines for event in events]))
    return [
        Placed(p.incoming, request, tuple(next(logged) for _ in p.events), target, taken.problems)
        for p, (target, taken) in zip(placements, places, strict=True)
    ]


def read_as(
    workspace: Workspace, path: Path, filed: Event, events: Sequence[Event], today: date
) -> tuple[Event, ...]:
    """Write down what a filed message says, now that the requester has confirmed it.

    The new lines name the message's own documents; nothing is moved.
    """
    with lock(path), disk.telling(f"writing to the log of {path.name}"):
        request = keeping.request(workspace, path)
        _check(request, events, today)
        first, *more = events
        papers = {name: getattr(filed, name) for name in ("files", "names", "about", "source")}
        logged = folder.extend(path, (replace(first, **papers), *more))
    rows.touch(workspace, path)
    return logged


def bounced(
    workspace: Workspace, path: Path, incoming: Incoming, recorded: str, today: date
) -> Event | None:
    """Take back the `sent` of the message that a report says did not arrive; None if none is named.

    The request is a draft again (or the letter unsent), and may be sent to the right address.
    """
    with lock(path), disk.telling(f"writing to the log of {path.name}"):
        request = folder.read(path)
        gone = left(path, request, incoming)
        if gone is None:
            return None
        why = "it came back undelivered"
        event = folder.append(
            path, Event(kind="voided", on=today, recorded=recorded, line=gone.hash, why=why)
        )
    rows.touch(workspace, path)
    return event


def left(path: Path, request: Request, report: Incoming) -> Event | None:
    """The event with which the message left that a report names by its Message-ID."""
    for event in request.all("sending", "sent", "letter-sent"):
        if report.carried_ids & set(own_ids(path, event)):
            kind = "letter-sent" if event.letter else "sent"
            same = [e for e in request.all(kind) if e.letter == event.letter]
            return same[-1] if same else None
    return None


def event_of(
    kind: str,
    incoming: Incoming,
    request: Request,
    today: date,
    recorded: str,
    *,
    note: str,
    on: date | None = None,
) -> Event:
    """An event for a message, on the day it came as far as that can be."""
    sent = request.first("sent")
    day = on or incoming.on or today
    if on is None:
        # A clock that goes wrong somewhere on the way does not put an answer before the question.
        day = min(max(day, sent.on) if sent else day, today)
    moment = incoming.moment
    at = moment.time().replace(microsecond=0) if moment and moment.date() == day else None
    return Event(kind=kind, on=day, at=at, recorded=recorded, note=note)


def with_proposal(event: Event, proposal: Proposal) -> Event:
    """The event with what was read in the message, as far as such an event has it."""
    allowed = RECORDED_KINDS.get(event.kind, ())
    read = {name: getattr(proposal, name) for name in OPTIONS if name in allowed}
    return replace(event, **{name: value for name, value in read.items() if value})


def new_reference(found: Reading, incoming: Incoming, request: Request) -> str:
    """The agency's own number, where the subject names one that the log does not know yet."""
    subject = incoming.subject
    known = {one.casefold() for one in request.references}
    own = [r for r in found.references if r in subject and r.casefold() not in known]
    return own[0] if own else ""


def _check(request: Request, events: Sequence[Event], today: date) -> None:
    """Refuse what cannot be; a reminder and a mail server's refusal are none of `record`'s."""
    for event in events:
        if event.kind in RECORDED_KINDS:
            recording.check(request, event, today)


def _filed(request: Request) -> dict[str, str]:
    """What is filed: SHA-256 → the folder that has it."""
    return {
        sha: "/".join(name.split("/")[:2])
        for event in request.events
        for name, sha in event.files.items()
    }


def _taken(into: Path, placement: Placement, limits: Limits) -> _Built:
    """Take in one message: most of the time is spent waiting for the disk."""
    incoming = placement.incoming
    into.mkdir()
    name = f"message{incoming.suffix}"
    if incoming.suffix == ".eml" and not incoming.message.attachments:
        # Nothing to unpack: written as it is, which spares the disk half of the work.
        staging = Staging(into)
        written = staging.write(name, (incoming.data,))
        staging.settle()
        what = kind(into / name, written.head)
        return _Built(into, Taken((Filed(name, written.sha256, written.size, what, name),), ()))
    raw = into.with_suffix(".raw")
    raw.mkdir()
    source = raw / name
    source.write_bytes(incoming.data)
    taken = take([source], into, limits)
    source.unlink()
    raw.rmdir()
    return _Built(into, taken)


def _moved(
    parent: Path, placements: Sequence[Placement], built: Sequence[_Built], spoken_of: set[str]
) -> list[tuple[Path, Taken]]:
    """Give each message's folder its name; one that an interrupted run left is taken as it is."""
    here = {one.name for one in parent.iterdir()}
    places = []
    for placement, one in zip(placements, built, strict=True):
        event = placement.events[0]
        contents = {filed.path: filed.sha256 for filed in one.taken.files}
        stem = f"{event.on.isoformat()}-{keeping.word(event.kind)}"
        target = parent / _free(stem, here, parent, spoken_of, contents)
        if target.name in here:
            disk.remove_tree(one.folder)
        else:
            one.folder.rename(target)
            here.add(target.name)
        spoken_of.add(f"{parent.name}/{target.name}")
        places.append((target, one.taken))
    return places


def _free(
    stem: str, here: set[str], parent: Path, spoken_of: set[str], contents: Mapping[str, str]
) -> str:
    number = 1
    while True:
        name = stem if number == 1 else f"{stem}-{number}"
        if name not in here:
            return name
        left_over = f"{parent.name}/{name}" not in spoken_of
        if left_over and keeping.on_disk(parent / name) == contents:
            return name
        number += 1


def _lines(path: Path, placement: Placement, target: Path, taken: Taken) -> list[Event]:
    """The log's lines for one message; the first names its documents."""
    prefix = target.relative_to(path).as_posix()
    first, *more = placement.events
    came = provenance.arrived(first, (placement.incoming.source,), taken.files)
    return [keeping.documented(came, prefix, taken.files), *more]
