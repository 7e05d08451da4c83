"""File what the agency sent: every byte kept, containers unpacked beside, one log line last."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cpra import disk, folder
from cpra.actions import keeping, recording
from cpra.archive.intake import Limits, Progress, Taken, take, unpack_kept
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
    limits unpacks the copy that is kept.
    """
    with lock(path), closing(rows.rows(workspace)) as index:
        recording.check(keeping.request(workspace, path), event, today)
        keeping.check_sources(path, sources)
        had = {sha: name for e in folder.load(path).log for name, sha in e.files.items()}
        with disk.telling(f"filing into {path.name}"):
            parent = keeping.parent_folder(path, "answers")
            with disk.staging(parent) as built:
                taken = _take(path, sources, built, had, limits, progress)
                files, name = keeping.documents(taken), keeping.word(event.kind)
                kept = keeping.keep(path, event, built, files, "answers", name)
        again = tuple(
            (filed.path, f"{first.folder}/{first.path}")
            for filed in files
            if (first := index.first_of(filed.sha256))
        )
        request = folder.read(path)
    assert kept.place is not None  # noqa: S101 (it was given files)
    rows.touch(workspace, path)
    prefix = kept.place.relative_to(path).as_posix()
    said = remarks(workspace, request, kept.event)
    return Filing(request, kept.event, kept.place, prefix, taken, again, said)


def _take(
    path: Path,
    sources: Sequence[Path],
    built: Path,
    had: dict[str, str],
    limits: Limits,
    progress: Progress | None,
) -> Taken:
    """A single container that is kept already and may now grow larger is unpacked from its copy."""
    raised = limits != Limits()
    if raised and len(sources) == 1 and sources[0].is_file():
        kept = had.get(disk.sha256(sources[0]))
        if kept is not None:
            return unpack_kept(path / kept, built, limits)
    return take(sources, built, limits, progress)
