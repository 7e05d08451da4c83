"""What is wrong on disk: changed and missing files, broken logs, what a crash left unfinished."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cpra import agencies, disk, folder
from cpra.agencies import history
from cpra.archive.hashing import hashes
from cpra.archive.stamp import Stamp, verified_in
from cpra.core import log, names
from cpra.errors import BadFile, CpraError, Problem
from cpra.folder import FACTS, LOG, UNFINISHED, Loaded
from cpra.workspace import Workspace, shown

KEPT_IN = ("sent", "answers", "seals")
"""Folders in which every file must have a log line."""

Progress = Callable[[int, int, str], None]
"""Called with the bytes read, the bytes there are, and the file at hand."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check has found."""

    requests: int
    files: int
    size: int
    """bytes read and compared"""
    damage: tuple[Problem, ...]
    """what is no longer what the log says"""
    unfinished: tuple[Problem, ...]
    """what no log line speaks of: an interrupted filing, or a file put there by hand"""
    notices: tuple[Problem, ...]
    """what a newer version wrote and this one does not count; orders that cannot have been"""
    stamps: tuple[Stamp, ...] = ()
    """time-stamps that were verified now, the newest last"""


@dataclass(frozen=True, slots=True)
class _Expected:
    path: Path
    sha256: str
    size: int


def check(
    workspace: Workspace, only: Path | None = None, progress: Progress | None = None
) -> Report:
    """Read every byte that was filed and every log line; compare them with what was recorded."""
    paths = [only] if only else list(_request_folders(workspace))
    loaded = [folder.load(path) for path in paths]
    damage = list(_log_damage(workspace, loaded))
    expected, missing = _expected(workspace, loaded)
    damage += missing
    damage += _changed(workspace, expected, progress)
    if only is None:
        damage += _names(workspace, paths)
        damage += _ids(workspace, loaded)
        damage += _book_damage(workspace)
    stamps, broken = _stamps(workspace, loaded)
    damage += broken
    notices = [p for one in loaded if not one.damaged for p in one.problems]
    notices += _strangers(workspace, loaded)
    notices += _unproved(loaded)
    notices += history.problems(workspace)
    unfinished: list[Problem] = []
    for one in loaded:
        try:
            damage += _links(workspace, one)
            unfinished += _unfinished(workspace, one)
        except OSError as error:
            why = f"this cannot be read: {error.strerror}"
            damage.append(Problem(shown(Path(error.filename), workspace), None, why))
    if only is None:
        for place in (workspace.requests, workspace.requests / "inbox"):
            unfinished += _partials(workspace, place)
    return Report(
        requests=len(paths),
        files=len(expected),
        size=sum(one.size for one in expected),
        damage=tuple(sorted(damage, key=_order)),
        unfinished=tuple(sorted(unfinished, key=_order)),
        notices=tuple(_below(workspace, p) for p in notices),
        stamps=stamps,
    )


def _order(problem: Problem) -> tuple[str, int]:
    return problem.path, problem.line or 0


def _request_folders(workspace: Workspace) -> Iterator[Path]:
    """Every folder that is or was a request: one that lost its request.toml is named too."""
    for path in sorted(workspace.requests.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and path.name != "inbox":
            yield path


def _log_damage(workspace: Workspace, loaded: list[Loaded]) -> Iterator[Problem]:
    for one in loaded:
        if one.damaged:
            yield from (_below(workspace, problem) for problem in one.problems)
        log_path = one.path / LOG
        name = shown(log_path, workspace)
        with suppress(OSError):  # one that is missing or unreadable was named above
            yield from log.chain_problems(folder.read_lines(log_path), name)
        hashes = {event.hash for event in one.log}
        for event in one.log:
            if event.kind == "voided" and event.line not in hashes:
                yield Problem(name, event.number, "it takes back a line that is not in this log")


def _book_damage(workspace: Workspace) -> list[Problem]:
    """What makes the address book unreadable: no date can be reckoned then."""
    try:
        agencies.read(workspace)
    except BadFile as error:
        name, path = shown(workspace.agencies, workspace), str(workspace.agencies)
        lines = str(error).splitlines()
        return [Problem(name, None, line.removeprefix(path).lstrip(",: ")) for line in lines]
    return []


def _strangers(workspace: Workspace, loaded: list[Loaded]) -> Iterator[Problem]:
    """Requests to an agency that is not in the book: no closure or hour of it can be known."""
    try:
        book = agencies.read(workspace).agencies
    except BadFile:
        return  # that is damage, and named there
    for one in loaded:
        if one.request is not None and one.request.agency not in book:
            why = (
                f'the agency "{one.request.agency}" is not in the address book, so the days on '
                "which it is closed move no date; `cpra agency add` adds it"
            )
            yield Problem(str(one.path / FACTS), None, why)


def _unproved(loaded: list[Loaded]) -> Iterator[Problem]:
    """Lines that nothing proves: the newest could be changed so without a trace."""
    for one in loaded:
        path = one.path / LOG
        with suppress(OSError):  # named as damage
            if bare := log.unproved(folder.read_lines(path)):
                more = f" (nor {len(bare) - 1} more)" if len(bare) > 1 else ""
                why = (
                    f"this line{more} has no checksum, so nothing shows whether it was changed; "
                    "cpra writes one into every line, but a person or another program may not have"
                )
                yield Problem(str(path), bare[-1], why)


def _expected(workspace: Workspace, loaded: list[Loaded]) -> tuple[list[_Expected], list[Problem]]:
    # Two logs merged into one may each have filed another document under the same name.
    expected: dict[tuple[Path, str], _Expected] = {}
    missing = []
    for one in loaded:
        for event in one.log:
            for name, sha in event.files.items():
                path = one.path / name
                size, wrong = _size(path)
                if wrong:
                    missing.append(Problem(shown(path, workspace), None, wrong))
                else:
                    expected[path, sha] = _Expected(path, sha, size)
    return list(expected.values()), missing


def _size(path: Path) -> tuple[int, str]:
    """The size of a filed document, or why there is none to be read."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return 0, "this file is missing"
    except OSError as error:
        return 0, f"this file cannot be read: {error.strerror}"
    if stat.S_ISLNK(found.st_mode):
        return 0, "this is a link to another place, and no longer the file"
    return found.st_size, "" if stat.S_ISREG(found.st_mode) else "this is no longer a file"


def _changed(
    workspace: Workspace, expected: list[_Expected], progress: Progress | None
) -> Iterator[Problem]:
    """Every file whose bytes are no longer those that the log speaks of."""
    total, done = sum(one.size for one in expected), 0
    found = hashes([(one.path, one.size) for one in expected])
    for one, (sha, error) in zip(expected, found, strict=True):
        done += one.size
        if progress:
            progress(done, total, one.path.name)
        if error:
            why = f"this file cannot be read: {error}"
            yield Problem(shown(one.path, workspace), None, why)
        elif sha != one.sha256:
            why = "this file is not what it was when it was filed"
            yield Problem(shown(one.path, workspace), None, why)


def _names(workspace: Workspace, paths: list[Path]) -> Iterator[Problem]:
    """Folders that no list can show, as copying from an old disk or zip can make them."""
    for path in paths:
        if not names.is_text(path.name):
            why = "this name is not UTF-8, or has signs that no list shows; rename the folder"
            yield Problem(shown(path, workspace), None, why)


def _stamps(workspace: Workspace, loaded: list[Loaded]) -> tuple[tuple[Stamp, ...], list[Problem]]:
    """Every time-stamp verified again: it shows the loss of the newest lines, as the log cannot."""
    held: list[Stamp] = []
    broken: list[Problem] = []
    for one in loaded:
        lines = {event.hash for event in one.log}
        for event in one.log:
            if event.kind != "stamped" or not event.files:
                continue
            place = (one.path / next(iter(event.files))).parent
            try:
                held.append(verified_in(place, lines))
            except CpraError as error:
                broken.append(Problem(shown(place, workspace), None, str(error)))
    return tuple(sorted(held, key=lambda stamp: stamp.at)), broken


def _ids(workspace: Workspace, loaded: list[Loaded]) -> Iterator[Problem]:
    """An id used twice, as a merge can make, and a folder whose name has another id."""
    first: dict[str, Path] = {}
    for one in loaded:
        if one.request is None:
            continue
        own = one.request.id
        name = shown(one.path / FACTS, workspace)
        if own in first:
            other = first[own].name
            yield Problem(name, None, f"the id {own} is used twice; {other} has it too")
        first.setdefault(own, one.path)
        named = folder.id_in_name(one.path)
        if named and named != own:
            yield Problem(name, None, f"the id is {own}, but the folder's name says {named}")


def _links(workspace: Workspace, one: Loaded) -> Iterator[Problem]:
    for link in disk.links(one.path):
        why = "this is a link to another place; nothing is written or sent through it"
        yield Problem(shown(link, workspace), None, why)


def _unfinished(workspace: Workspace, one: Loaded) -> Iterator[Problem]:
    home = one.path.as_posix()
    known = {f"{home}/{name}" for event in one.log for name in event.files}
    for path in _kept(one.path):
        if path not in known and Path(path).is_file():
            why = "no log line speaks of this file; file it again, or move it away"
            yield Problem(shown(Path(path), workspace), None, why)
    drafts = (one.path / "draft", *(one.path / "draft").glob("*/"))
    for inner in (one.path, *(one.path / name for name in KEPT_IN), *drafts):
        yield from _partials(workspace, inner)
    if folder.torn(one.path / LOG):
        yield Problem(
            shown(one.path / LOG, workspace),
            None,
            f"the last line was never finished; the next event puts it into {UNFINISHED}",
        )


def _kept(request: Path) -> Iterator[str]:
    """What lies where every file must have a log line, but for what an interrupted run left."""
    for start in (request / kept for kept in KEPT_IN):
        for root, folders, files in os.walk(start):
            here = Path(root)
            if here == start:
                folders[:] = [name for name in folders if not name.startswith(names.PARTIAL)]
                files = [name for name in files if not name.startswith(names.PARTIAL)]
            yield from (f"{here.as_posix()}/{name}" for name in files)


def _partials(workspace: Workspace, place: Path) -> Iterator[Problem]:
    if not place.is_dir():
        return
    for path in sorted(place.iterdir()):
        if path.name.startswith(names.PARTIAL):
            yield Problem(
                shown(path, workspace),
                None,
                "an interrupted run left this; the next one into this place goes on with it, or "
                "clears it away",
            )


def _below(workspace: Workspace, problem: Problem) -> Problem:
    return Problem(shown(Path(problem.path), workspace), problem.line, problem.text)
