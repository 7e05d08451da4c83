"""Where documents go in a request's folder, and how they get there together with their log line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cpra import agencies, disk, folder
from cpra.archive.intake import Filed, Taken
from cpra.core.events import Event, Paper
from cpra.core.request import Request
from cpra.errors import BadFile, WrongUsage
from cpra.workspace import Workspace

WORD_OF_KIND = {
    "acknowledged": "acknowledgment",
    "extended": "extension",
    "determined": "determination",
    "produced": "records",
    "denied": "denial",
    "fee-quoted": "fee",
    "answered": "letter",
}
"""event → what its folder under answers/ is called, where that is another word"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a command wrote down: the event, and the folder with its documents."""

    event: Event
    place: Path


def word(kind: str) -> str:
    """What the folder with the documents of such an event is called."""
    return WORD_OF_KIND.get(kind, kind)


def request(workspace: Workspace, path: Path) -> Request:
    """The request that is about to be added to, if all that is needed to show it can be read."""
    agencies.read(workspace)
    return folder.read(path)


def check_sources(path: Path, sources: Sequence[Path]) -> None:
    """Refuse a folder that holds the place where it would be filed: the archive in itself."""
    for source in sources:
        if source.is_dir() and (path / "answers").resolve().is_relative_to(source.resolve()):
            raise WrongUsage(
                f"{source} holds the request itself; name the folder with the documents"
            )


def documents(taken: Taken) -> tuple[Filed, ...]:
    """What there is to file; `BadFile` says why there is nothing."""
    if not taken.files:
        why = "; ".join(str(problem) for problem in taken.problems) or "there is no document"
        raise BadFile(f"nothing was filed: {why}")
    return taken.files


def keep(
    path: Path, event: Event, built: Path, files: tuple[Filed, ...], parent: str, name: str
) -> Kept:
    """Move a finished folder of documents to its place, then write the event down.

    The caller holds the request's lock. A folder of that name that no event speaks of, with the
    same documents in it, is what an interrupted run left: it is taken as it is.
    """
    contents = {filed.path: filed.sha256 for filed in files}
    target = _place(path, parent, f"{event.on.isoformat()}-{name}", contents)
    if target.exists():
        disk.remove_tree(built)
    else:
        disk.move_new(built, target)
    logged = documented(event, target.relative_to(path).as_posix(), files)
    return Kept(folder.append(path, logged), target)


def documented(event: Event, prefix: str, files: Sequence[Filed]) -> Event:
    """The event with its documents."""
    return replace(event, **said_of(prefix, files))


def said_of(prefix: str, files: Sequence[Filed]) -> dict[str, Any]:
    """What an event says of documents: hash, size and real kind of each, and the sender's name."""
    return {
        "files": {f"{prefix}/{filed.path}": filed.sha256 for filed in files},
        "names": {
            f"{prefix}/{filed.path}": filed.name
            for filed in files
            if filed.name and filed.name != filed.path.rpartition("/")[2]
        },
        "about": {
            f"{prefix}/{filed.path}": Paper(filed.size, str(filed.kind), filed.source)
            for filed in files
        },
    }


def parent_folder(path: Path, name: str, *, goes_on: bool = False) -> Path:
    """`answers/` or `sent/` of a request, made if missing, without an earlier run's remains.

    Of a filing that `goes_on` the folder that it was building stays.
    """
    parent = path / name
    if not parent.is_dir():
        disk.make_folder(parent)
    folder.clear_partials(parent, disk.left_over(parent) if goes_on else None)
    return parent


def on_disk(place: Path) -> dict[str, str]:
    """Every file under a folder, by its path from there, with its SHA-256."""
    return {
        file.relative_to(place).as_posix(): disk.sha256(file)
        for file in sorted(place.rglob("*"))
        if file.is_file()
    }


def _place(path: Path, parent: str, name: str, contents: Mapping[str, str]) -> Path:
    """The first free name, or the one under which an interrupted run left these same documents."""
    spoken_of = {
        "/".join(file.split("/")[:2]) for event in folder.load(path).log for file in event.files
    }
    number = 1
    while True:
        target = path / parent / (name if number == 1 else f"{name}-{number}")
        if not target.exists():
            return target
        if f"{parent}/{target.name}" not in spoken_of and on_disk(target) == contents:
            return target
        number += 1
