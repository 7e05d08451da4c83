"""Write down what happened to a request, with the papers that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

from cpra import disk, folder
from cpra.actions import keeping, limiting, provenance
from cpra.actions.keeping import Kept
from cpra.archive.intake import Limits, take
from cpra.core.events import ANY_DAY, BEFORE_SENDING, RECORDED_KINDS, Event
from cpra.core.request import Request
from cpra.errors import NotFound, Problem, Refused, WrongUsage
from cpra.index import rows
from cpra.reports.verdicts import remarks
from cpra.workspace import Workspace, lock

ALWAYS = frozenset(
    {"kind", "on", "at", "recorded", "via", "reference", "note", "to"}
    | {"files", "names", "about", "source"}
)
"""Fields that any event may have."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written down, and where the request stands now."""

    request: Request
    event: Event
    place: Path | None = None
    """the folder with its papers"""
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()
    """what to know about it: whether a notice of extension holds, what a denial lacks"""


def record(
    workspace: Workspace,
    path: Path,
    event: Event,
    papers: Sequence[Path],
    today: date,
    line: int | None = None,
) -> Recorded:
    """Add an event to the log, after its papers are in `answers/`.

    Refuses what cannot be: a day that has not come, an answer to a letter that has not left, an
    item that the request does not have. Nothing is written then. `line` is the number of the line
    that `voided` takes back.
    """
    with lock(path):
        check(keeping.request(workspace, path), event, today)
        keeping.check_sources(path, papers)
        if event.kind == "voided":
            event = replace(event, line=_hash_of(path, line), why=event.reasons, reasons="")
        if papers:
            limits = limiting.limits(workspace)
            kept, problems = _with_papers(path, event, papers, limits)
            logged, place = kept.event, kept.place
        else:
            with disk.telling(f"writing to the log of {path.name}"):
                logged, place, problems = folder.append(path, event), None, ()
        request = folder.read(path)
    rows.touch(workspace, path)
    said = remarks(workspace, request, logged)
    return Recorded(request, logged, place, problems, said)


def _with_papers(
    path: Path, event: Event, papers: Sequence[Path], limits: Limits
) -> tuple[Kept, tuple[Problem, ...]]:
    with disk.telling(f"filing into {path.name}"):
        parent = keeping.parent_folder(path, "answers")
        with disk.staging(parent) as built:
            taken = take(papers, built, limits)
            files, name = keeping.documents(taken), keeping.word(event.kind)
            came = provenance.arrived(event, provenance.origins(papers), files)
            return keeping.keep(path, came, built, files, "answers", name), taken.problems


def _hash_of(path: Path, line: int | None) -> str:
    """The hash of the log's line of that number."""
    if line is None:
        raise WrongUsage(
            "which line is to be taken back? Give --line N; `cpra timeline` shows the numbers"
        )
    for event in folder.load(path).log:
        if event.number == line:
            return event.hash
    raise NotFound(f"the log has no line {line}; `cpra timeline` shows the numbers")


def check(request: Request, event: Event, today: date) -> None:
    """Refuse an event that cannot be, in one sentence that says why."""
    if event.kind not in RECORDED_KINDS:
        raise WrongUsage(f'"{event.kind}" is not an event; there are: {", ".join(RECORDED_KINDS)}')
    _check_fields(event)
    _check_day(request, event, today)
    numbers = [item.n for item in request.items] or [1]
    for item in event.items:
        if item not in numbers:
            raise NotFound(
                f"{request.id} has no item {item}; it has {_listed(numbers)} (`cpra show "
                f"{request.number}`)"
            )


def _check_fields(event: Event) -> None:
    """A date that an event of this kind does not have would be lost on the reader."""
    allowed = ALWAYS | set(RECORDED_KINDS[event.kind])
    if event.kind == "voided":
        allowed = allowed | {"reasons"}  # typed as --reason, kept as `why`
    for name, default in _DEFAULTS:
        value = getattr(event, name)
        if value and name not in allowed and value != default:
            raise WrongUsage(
                f'"{event.kind}" has no {_OPTIONS.get(name, name)}; it may have: '
                + (", ".join(_OPTIONS.get(n, n) for n in RECORDED_KINDS[event.kind]) or "a note")
            )


_DEFAULTS = tuple((field.name, field.default) for field in fields(Event))
_OPTIONS = {"exemptions": "exemption", "items": "item", "reasons": "reason", "signed_by": "signer"}


def _check_day(request: Request, event: Event, today: date) -> None:
    if event.on > today:
        raise WrongUsage(
            f"{event.on.isoformat()} has not come yet (today is {today.isoformat()}); "
            "an event is written down when it has happened"
        )
    sent = request.first("sent")
    if sent is None and event.kind not in BEFORE_SENDING | ANY_DAY:
        raise Refused(
            f'{request.id} is {request.status}; "{event.kind}" comes after it was sent '
            f"(`cpra sent {request.number} --on DATE --via email` says so)"
        )
    if sent is not None and event.on < sent.on and event.kind not in BEFORE_SENDING | ANY_DAY:
        raise Refused(
            f"{request.id} was sent on {sent.on.isoformat()}, so it cannot have been "
            f'"{event.kind}" on {event.on.isoformat()}'
        )


def _listed(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"item {numbers[0]}"
    return f"items {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
