"""Put messages where they belong: the bytes as they came, what is in them beside, then the log."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cpra import disk, folder
from cpra.actions import keeping, provenance, recording
from cpra.archive.intake import Limits, Taken, take_messages
from cpra.core.events import RECORDED_KINDS, Event
from cpra.core.request import Request
from cpra.errors import Problem
from cpra.folder import Loaded
from cpra.index import rows
from cpra.mail.incoming import Incoming
from cpra.mail.known import own_ids
from cpra.mail.reading import Proposal, Reading
from cpra.workspace import Workspace, lock

PLACED = "from"
"""How the note of a message begins that the requester has placed."""

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


def opened(path: Path, known: Sequence[Event] = ()) -> tuple[Loaded, Request]:
    """A request that can be added to, and its log; the caller holds its lock from here on.

    `known` are events of that log that were read or written already.
    """
    loaded = folder.load(path, known)
    if loaded.request is None or loaded.damaged:
        return loaded, folder.read(path)  # says what is damaged
    return loaded, loaded.request


@dataclass(frozen=True, slots=True)
class Built:
    """A message's folder, finished and durable, that has its place and name still before it."""

    path: Path
    taken: Taken


def build(every: Sequence[Incoming], into: Path, limits: Limits) -> dict[str, Built]:
    """Take in messages below the empty folder `into`; by their SHA-256, what has come of each."""
    papers = [(f"message{one.suffix}", one.data, bool(one.message.attachments)) for one in every]
    taken = take_messages(papers, into, limits)
    return {
        one.sha256: Built(into / str(number), own)
        for number, (one, own) in enumerate(zip(every, taken, strict=True))
    }


def place(
    loaded: Loaded,
    request: Request,
    placements: Sequence[Placement],
    limits: Limits,
    today: date,
    built: Mapping[str, Built] | None = None,
) -> list[Placed]:
    """File messages into one request: all documents first, then all log lines in one go.

    A message that a line of the log already speaks of is not filed again. Those that were `built`
    together with other requests' are only moved. The lists are not brought into step: that is left
    to the caller, who may have more to place.
    """
    for placement in placements:
        _check(request, placement.events, today)
    had = _filed(request)
    fresh = [p for p in placements if p.incoming.sha256 not in had]
    done = _placed(loaded, request, fresh, limits, built) if fresh else []
    return done + [
        Placed(p.incoming, request, (), loaded.path / had[p.incoming.sha256], (), True)
        for p in placements
        if p.incoming.sha256 in had
    ]


def _placed(
    loaded: Loaded,
    request: Request,
    placements: Sequence[Placement],
    limits: Limits,
    built: Mapping[str, Built] | None,
) -> list[Placed]:
    path = loaded.path
    with disk.telling(f"filing into {path.name}"):
        parent = keeping.parent_folder(path, "answers")
        with ExitStack() as stack:
            if built is None:
                into = stack.enter_context(disk.staging(parent))
                built = build([one.incoming for one in placements], into, limits)
            own = [built[one.incoming.sha256] for one in placements]
            targets = _moved(loaded, parent, placements, own)
            disk.sync_folder(parent)
        every = list(zip(placements, targets, (one.taken for one in own), strict=True))
        lines = [_lines(*one) for one in every]
        logged = iter(folder.extend(path, [event for events in lines for event in events]))
    return [
        Placed(p.incoming, request, tuple(next(logged) for _ in p.events), target, taken.problems)
        for p, target, taken in every
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
    named = [one for one in found.references if one in incoming.subject]
    known = {one.casefold() for one in request.references} if named else ()
    return next((one for one in named if one.casefold() not in known), "")


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


def _moved(
    loaded: Loaded, parent: Path, placements: Sequence[Placement], ready: Sequence[Built]
) -> list[Path]:
    """Give each message's folder its name; one that an interrupted run left is taken as it is."""
    spoken_of = {"/".join(name.split("/")[:2]) for event in loaded.log for name in event.files}
    with os.scandir(parent) as entries:  # many times quicker than pathlib's own
        here = {entry.name for entry in entries}
    settled: dict[str, int] = {}
    targets = []
    for placement, built in zip(placements, ready, strict=True):
        event = placement.events[0]
        contents = {filed.path: filed.sha256 for filed in built.taken.files}
        stem = f"{event.on.isoformat()}-{keeping.word(event.kind)}"
        target = parent / _free(stem, here, parent, spoken_of, contents, settled)
        if target.name in here:
            disk.remove_tree(built.path)
        else:
            built.path.rename(target)
            here.add(target.name)
        spoken_of.add(f"{parent.name}/{target.name}")
        targets.append(target)
    return targets


def _free(
    stem: str,
    here: set[str],
    parent: Path,
    spoken_of: set[str],
    contents: Mapping[str, str],
    settled: dict[str, int],
) -> str:
    """The first name that is free, or whose folder an interrupted run left with these documents.

    `settled` counts the names in a row that the log speaks of: they are not tried again.
    """
    number = settled.get(stem, 0) + 1
    while True:
        name = stem if number == 1 else f"{stem}-{number}"
        if name not in here:
            return name
        if f"{parent.name}/{name}" in spoken_of:
            if settled.get(stem, 0) == number - 1:
                settled[stem] = number
        elif keeping.on_disk(parent / name) == contents:
            return name
        number += 1


def _lines(placement: Placement, target: Path, taken: Taken) -> list[Event]:
    """The log's lines for one message; the first names its documents."""
    prefix = f"{target.parent.name}/{target.name}"
    first, *more = placement.events
    came = provenance.said_of(first, (placement.incoming.source,), taken.files)
    return [replace(first, **came, **keeping.said_of(prefix, taken.files)), *more]
