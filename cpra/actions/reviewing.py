"""Go through what came: place what waits, confirm what a message says, take a wrong filing back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from cpra import disk, folder
from cpra.actions import limiting, placing
from cpra.actions.filer import reminders
from cpra.actions.placing import PLACED, Placement
from cpra.actions.sorting import Sorting
from cpra.actions.waiting import Item
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.errors import NotFound, Refused, WrongUsage
from cpra.index import rows
from cpra.mail import inbox
from cpra.mail.incoming import read as read_message
from cpra.mail.journal import Line
from cpra.mail.reading import EVENT_OF
from cpra.mail.rules import Meaning
from cpra.workspace import Workspace, lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the requester says a message is; what is empty is taken from the proposal."""

    meanings: tuple[Meaning, ...] = ()
    on: date | None = None
    until: date | None = None
    estimated: date | None = None
    grounds: tuple[str, ...] = ()
    reasons: str = ""
    exemptions: tuple[str, ...] = ()
    amount: str = ""
    signed_by: str = ""
    items: tuple[int, ...] = ()
    disclosable: str = ""
    complete: bool = False
    installment: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What was written down."""

    request: Request
    path: Path
    events: tuple[Event, ...]
    voided: Event | None = None
    """the `sent` that a report of a failed delivery took back"""
    problems: tuple[str, ...] = field(default=())


def file(sorts: Sorting, item: Item, request_path: Path | None, said: Said) -> Done:
    """Place a message that waits, or write down what one says that is filed already."""
    if item.request is not None and item.event is not None:
        if request_path is not None and request_path != item.request:
            raise Refused(
                f"this message is filed with {item.request.name}; `cpra inbox back "
                f"{item.request.name[5:9].lstrip('0')} {item.event.number}` takes that back first"
            )
        return _confirm(sorts, item, item.request, item.event, said)
    return _place(sorts, item, request_path or _best(item), said)


def set_aside(sorts: Sorting, item: Item) -> Path:
    """Put a message out of sight that has to do with no request, or decides nothing."""
    with lock(inbox.folder(sorts.workspace)):
        if item.request is not None:
            sorts.journal.note([_read(sorts, item)])
            return item.path
        moved = inbox.set_aside(sorts.workspace, inbox.Waiting(item.path, item.incoming))
        place = moved.relative_to(sorts.workspace.requests).as_posix()
        sorts.journal.note([_read(sorts, item, place)])
    return moved


def back(workspace: Workspace, path: Path, line: int, recorded: str, today: date) -> Path:
    """Take back a wrong filing: an event says so, and a copy of the message waits again.

    What was filed stays where it is; it no longer counts.
    """
    with lock(path), disk.telling(f"writing to the log of {path.name}"):
        request = folder.read(path)
        wrong = next((e for e in request.events if e.number == line), None)
        if wrong is None:
            raise NotFound(f"the log has no line {line} that counts; `cpra timeline` shows them")
        message = next((n for n in wrong.files if n.lower().endswith((".eml", ".msg"))), None)
        if message is None:
            raise WrongUsage(
                f"line {line} files no message; `cpra record` … `voided` takes it back"
            )
        taken_back = [wrong] + [
            e for e in request.events if e.number != line and message in e.files
        ]
        folder.extend(
            path,
            [
                Event(
                    kind="voided",
                    on=today,
                    recorded=recorded,
                    line=event.hash,
                    why="filed with the wrong request",
                )
                for event in taken_back
            ],
        )
        source = path / message
        incoming = read_message(source.read_bytes(), "", path=source)
    with lock(inbox.folder(workspace)):
        (kept,) = inbox.keep(workspace, [incoming])
    rows.touch(workspace, path)
    return kept


def _best(item: Item) -> Path:
    """The request it most likely answers, if there is no doubt."""
    best = item.match.best
    if best is None or (len(item.match.candidates) > 1 and not item.match.is_sure):
        names = ", ".join(c.known.id for c in item.match.candidates[:4])
        hint = f"; it may be {names}" if names else ""
        raise WrongUsage(f"which request does it belong to? Give its number{hint}")
    return Path(best.known.folder)


def _place(sorts: Sorting, item: Item, request_path: Path, said: Said) -> Done:
    path = sorts.workspace.requests / request_path.name
    limits = limiting.limits(sorts.workspace)
    with lock(inbox.folder(sorts.workspace)):
        with lock(path):
            loaded, request = placing.opened(path)
            events = _events(sorts, item, request, said, f"{PLACED} {_origin(sorts, item)}")
            lines = (*events, *reminders(item.reading, events[0], sorts.today))
            placements = [Placement(item.incoming, lines)]
            (placed,) = placing.place(loaded, request, placements, limits, sorts.today)
        place = placed.place.relative_to(sorts.workspace.requests).as_posix()
        sorts.journal.note([_read(sorts, item, place)])
        with suppress(FileNotFoundError):
            item.path.unlink()
    rows.touch(sorts.workspace, path)
    voided = _after(sorts, path, item, events)
    return Done(
        folder.read(path),
        path,
        placed.events,
        voided,
        tuple(str(problem) for problem in placed.problems),
    )


def _confirm(sorts: Sorting, item: Item, path: Path, filed: Event, said: Said) -> Done:
    request = folder.read(path)
    meanings = said.meanings or tuple(p.meaning for p in item.reading.proposals[:1])
    if all(EVENT_OF[meaning] == "answered" for meaning in meanings):
        set_aside(sorts, item)
        return Done(request, path, ())
    said = replace(said, meanings=meanings, on=said.on or filed.on)
    note = f"read in the message of line {filed.number}"
    events = _events(sorts, item, request, said, note)
    events = tuple(replace(e, at=filed.at) if e.on == filed.on else e for e in events)
    logged = placing.read_as(sorts.workspace, path, filed, events, sorts.today)
    with lock(inbox.folder(sorts.workspace)):
        sorts.journal.note([_read(sorts, item)])
    voided = _after(sorts, path, item, events)
    return Done(folder.read(path), path, logged, voided)


def _after(sorts: Sorting, path: Path, item: Item, events: Sequence[Event]) -> Event | None:
    """A letter that came back has not been sent."""
    if not any(event.kind == "refused" for event in events):
        return None
    return placing.bounced(sorts.workspace, path, item.incoming, sorts.recorded, sorts.today)


def _events(
    sorts: Sorting, item: Item, request: Request, said: Said, note: str
) -> tuple[Event, ...]:
    """One event for each thing that the requester says the message is."""
    events = []
    for kind in dict.fromkeys(EVENT_OF[m] for m in said.meanings or (Meaning.LETTER,)):
        proposal = next((p for p in item.reading.proposals if p.event == kind), None)
        # An agency says on which day it received the request: not on that of its letter.
        on = proposal.on if proposal is not None and proposal.on is not None else said.on
        event = placing.event_of(
            kind, item.incoming, request, sorts.today, sorts.recorded, note=note, on=on
        )
        if proposal is not None:
            event = placing.with_proposal(event, proposal)
        events.append(_as_said(event, said))
    new = said.reference or placing.new_reference(item.reading, item.incoming, request)
    return (replace(events[0], reference=new), *events[1:])


def _as_said(event: Event, said: Said) -> Event:
    """What the requester gave goes before what was read."""
    from cpra.core.events import RECORDED_KINDS

    allowed = RECORDED_KINDS.get(event.kind, ())
    names = (*placing.OPTIONS, "complete", "installment")
    given = {n: getattr(said, n) for n in names if n in allowed and getattr(said, n)}
    return replace(event, **given)


def check_given(said: Said) -> None:
    """Refuse what none of the named meanings has: it would be lost on the reader."""
    from cpra.core.events import RECORDED_KINDS

    allowed = {n for m in said.meanings for n in RECORDED_KINDS.get(EVENT_OF[m], ())}
    for name in (*placing.OPTIONS, "complete", "installment"):
        if getattr(said, name) and name not in allowed:
            words = ", ".join(said.meanings) or "letter"
            raise WrongUsage(f'a message that is "{words}" has no {name.replace("_", " ")}')


def _origin(sorts: Sorting, item: Item) -> str:
    """Where a message that waits came from, as the journal has it."""
    return sorts.journal.origins.get(item.incoming.sha256, "the inbox")


def _read(sorts: Sorting, item: Item, place: str = "") -> Line:
    sha = item.incoming.sha256
    return Line(recorded=sorts.recorded, sha256=sha, place=place, read=True)
