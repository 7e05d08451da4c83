"""File what the agency sent: every byte kept, containers unpacked beside, one log line last."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from cpra import disk, folder
from cpra.actions import keeping, provenance, recording
from cpra.archive.intake import Filed, Limits, Progress, Taken, take, unpack_kept
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.index import rows
from cpra.reports.verdicts import remarks
from cpra.workspace import Workspace, lock

KIND_OF_WORD = {
    "records": "produced",
    "determination": "determined",
    "denial": "denied",
    "extension": "extended",
    "acknowledgment": "acknowledged",
    "fee": "fee-quoted",
    "letter": "answered",
}
"""what a person calls the papers → the event that filing them is"""

ADDED = frozenset(
    {"recorded", "previous", "hash", "number", "via", "source", "files", "names", "about", "more"}
)
"""Fields of an event that filing adds to what was said."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What was filed: the event, its folder, the files, and what was wrong with some of them."""

    request: Request
    event: Event
    place: Path
    prefix: str
    """the folder's path below the request"""
    taken: Taken
    again: tuple[tuple[str, str], ...] = ()
    """files that were here already: path now, and where the first one is"""
    remarks: tuple[str, ...] = ()
    """what to know about them: whether a notice of extension holds, what a denial lacks"""
    twice: bool = False
    """the same command had filed the same before; nothing was written"""


def file(
    workspace: Workspace,
    path: Path,
    event: Event,
    sources: Sequence[Path],
    today: date,
    limits: Limits,
    progress: Progress | None = None,
) -> Filing:
    """Copy the sources into the request's `answers/`, then write the event down.

    A container over the limits, or damaged, is kept and not unpacked; filing it again with higher
    limits unpacks the copy that is kept. The same command done again, as after an interruption,
    goes on from what is there, and files nothing twice.
    """
    with lock(path), closing(rows.rows(workspace)) as index:
        request = keeping.request(workspace, path)
        recording.check(request, event, today)
        keeping.check_sources(path, sources)
        had = {sha: name for e in folder.load(path).log for name, sha in e.files.items()}
        with disk.telling(f"filing into {path.name}"):
            parent = keeping.parent_folder(path, "answers", goes_on=True)
            with disk.staging(parent, goes_on=True) as built:
                container = _kept(sources, had, limits)
                if container:
                    taken = unpack_kept(path / container, built, limits, progress)
                else:
                    taken = take(sources, built, limits, progress)
                files, name = keeping.documents(taken), keeping.word(event.kind)
                before = _done_before(request, event, files)
                if before is not None:
                    return _again(path, request, before, taken)
                origin = (container,) if container else provenance.origins(sources)
                came = provenance.arrived(event, origin, files)
                kept = keeping.keep(path, came, built, files, "answers", name)
        again = tuple(
            (filed.path, f"{first.folder}/{first.path}")
            for filed in files
            if (first := index.first_of(filed.sha256))
        )
        request = folder.read(path)
    rows.touch(workspace, path)
    prefix = kept.place.relative_to(path).as_posix()
    said = remarks(workspace, request, kept.event)
    return Filing(request, kept.event, kept.place, prefix, taken, again, said)


def _kept(sources: Sequence[Path], had: dict[str, str], limits: Limits) -> str:
    """The copy of a single container that is kept already and may grow larger now; or nothing."""
    if not limits.trusted or len(sources) != 1 or not sources[0].is_file():
        return ""
    return had.get(disk.sha256(sources[0]), "")


def _done_before(request: Request, event: Event, files: Sequence[Filed]) -> Event | None:
    """The line with which these same documents were filed as the same: by this very command."""
    contents = sorted((filed.path, filed.sha256) for filed in files)
    for before in request.events:
        known = (("/".join(name.split("/")[2:]), sha) for name, sha in before.files.items())
        if _said(before) == _said(event) and sorted(known) == contents:
            return before
    return None


def _said(event: Event) -> tuple[object, ...]:
    """What the requester said of the papers, without what the log adds."""
    return tuple(getattr(event, field.name) for field in fields(Event) if field.name not in ADDED)


def _again(path: Path, request: Request, before: Event, taken: Taken) -> Filing:
    """What a command finds that was interrupted after its work was done: nothing is left to do."""
    prefix = "/".join(next(iter(before.files)).split("/")[:2])
    return Filing(request, before, path / prefix, prefix, taken, twice=True)
