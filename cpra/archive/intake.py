"""Takes what came from an agency: every byte kept, containers unpacked beside, nothing trusted.

The caller makes an empty folder on the workspace's disk, `take` fills it, and the caller renames it
to its place and writes the log line. Whatever stops it before that leaves the archive as it was.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpra import disk
from cpra.archive.kinds import Kind, kind
from cpra.archive.limits import SANE, Limits
from cpra.archive.places import Places
from cpra.archive.staging import BLOCK, Staging, Written
from cpra.archive.unpack import Budget, Damaged, Member, NotUnpacked, members, safe_parts
from cpra.errors import BadFile, NotFound, Problem

__all__ = ["Filed", "Limits", "Progress", "Taken", "take", "unpack_kept"]

Progress = Callable[[int, int, str], None]
"""Called with the bytes done, the bytes known so far, and the name of the file at hand."""

NOTICES = 20
"""Sentences about one container before the rest are only counted."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One file as it now lies in the answer's folder."""

    path: str
    """Below the answer's folder, with forward slashes."""
    sha256: str
    size: int
    kind: Kind
    name: str
    """What the sender called it, folders included."""
    source: str = ""
    """The path of the container it was in; nothing when it came by itself."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in, what was wrong, and which containers stayed closed."""

    files: tuple[Filed, ...]
    problems: tuple[Problem, ...]
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be taken in: where it lies and what the sender called it."""

    path: Path
    name: str
    alone: bool
    """Named by the requester, rather than found in a folder."""


def take(
    sources: Sequence[Path],
    into: Path,
    limits: Limits = SANE,
    progress: Progress | None = None,
    *,
    password: str = "",
) -> Taken:
    """Copy files and folders into the empty folder `into`, hashed, durable and read-only.

    A container is kept as it came and unpacked beside it; a hostile or broken one is kept, stays
    closed and gives a Problem, and the rest goes on. A source that is missing or cannot be read
    stops it before anything is written. `password` opens locked zips.
    """
    problems: list[Problem] = []
    found = _found(sources, problems)
    intake = _Intake(into, limits, progress, password, sum(_size(item.path) for item in found))
    intake.problems = problems
    with disk.telling("filing"):
        for item in found:
            intake.take_file(item)
        intake.staging.settle()
    return intake.taken()


def unpack_kept(
    path: Path,
    into: Path,
    limits: Limits = SANE,
    progress: Progress | None = None,
    *,
    password: str = "",
) -> Taken:
    """Unpack a container that is already filed into the empty folder `into`, with other limits.

    `Filed.source` is the container's own name; the container itself is not copied again.
    """
    if not path.is_file():
        raise NotFound(f"{path} is not there; `cpra check` names what is missing")
    intake = _Intake(into, limits, progress, password, path.stat().st_size)
    with disk.telling("unpacking"):
        budget = Budget(limits, password=password)
        intake.unpack(path, path.name, kind(path), None, budget, 0)
        intake.staging.settle()
    return intake.taken()


class _Intake:
    """The work of one `take`: where everything goes and what has been noted."""

    def __init__(
        self, into: Path, limits: Limits, progress: Progress | None, password: str, total: int
    ) -> None:
        self.staging = Staging(into)
        self.problems: list[Problem] = []
        self._places = Places()
        self._limits = limits
        self._progress = progress
        self._password = password
        self._files: list[Filed] = []
        self._closed: list[str] = []
        self._done, self._total = 0, total

    def taken(self) -> Taken:
        """What has been taken so far."""
        return Taken(tuple(self._files), tuple(self.problems), tuple(self._closed))

    def take_file(self, found: Found) -> None:
        """File one source, and what is in it."""
        parts, _ = safe_parts(found.name)
        place = self._places.file("", parts)
        before = found.path.stat()
        try:
            written = self.staging.write(place, self._counted(_blocks(found.path), found.name))
        except Damaged as error:
            self._note(found.name, f"cannot be read ({error}), so it was not filed")
            return
        filed = self._file(place, written, _printable(found.name), "")
        after = found.path.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            self._note(place, "changed while it was read; file it again when it is finished")
        if filed.kind.is_container:
            base = "" if filed.kind in (Kind.EML, Kind.MSG) and found.alone else None
            path = self.staging.folder / place
            self.unpack(
                path, place, filed.kind, base, Budget(self._limits, password=self._password), 0
            )

    def unpack(
        self, path: Path, place: str, what: Kind, base: str | None, budget: Budget, depth: int
    ) -> None:
        """Unpack one container beside itself; all of it or, when it is hostile, nothing."""
        mark, filed, closed = self.staging.mark(), len(self._files), len(self._closed)
        noted = len(self.problems)
        try:
            if depth >= self._limits.depth:
                raise NotUnpacked(f"lies in {depth} containers, one in the other (the limit)")
            empty = what is Kind.ZIP
            for member in members(path, what, budget):
                empty = False
                if base is None:
                    base = self._places.folder(place.rpartition("/")[0], place.rpartition("/")[2])
                self._take_member(member, place, base, budget, depth)
        except NotUnpacked as reason:
            self.staging.undo(mark)
            del self._files[filed:], self._closed[closed:], self.problems[noted:]
            self._closed.append(place)
            self._note(place, f"{reason}; it is kept as it came and nothing in it was unpacked")
            return
        if empty:
            self._note(place, "holds 0 files")
        over = len(self.problems) - noted - NOTICES
        if over > 0:
            del self.problems[noted + NOTICES :]
            self._note(place, f"{over:,} more of its files are like that")

    def _take_member(
        self, member: Member, container: str, base: str, budget: Budget, depth: int
    ) -> None:
        if not member.name:
            self._note(container, member.notice)
            self._closed.append(container)
            return
        if member.blocks is None:
            self._note(container, f"{_quoted(member.name)} {member.notice}")
            return
        place = self._places.file(base, member.parts)
        name = _printable(member.name)
        try:
            written = self.staging.write(place, self._counted(member.blocks(), name))
        except Damaged as reason:
            self._note(container, f"{_quoted(name)} is damaged ({reason}) and was not unpacked")
            return
        if member.notice:
            self._note(place, f"{_quoted(name)} {member.notice}")
        filed = self._file(place, written, name, container)
        if filed.kind.is_container:
            self.unpack(self.staging.folder / place, place, filed.kind, None, budget, depth + 1)

    def _file(self, place: str, written: Written, name: str, source: str) -> Filed:
        path = self.staging.folder / place
        filed = Filed(place, written.sha256, written.size, kind(path, written.head), name, source)
        self._files.append(filed)
        if filed.kind is Kind.EMPTY:
            self._note(place, "is empty; ask the agency for the file again")
        return filed

    def _counted(self, blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
        """The same blocks, told to whoever shows the progress."""
        for block in blocks:
            yield block
            self._done += len(block)
            if self._progress is not None:
                self._total = max(self._total, self._done)
                self._progress(self._done, self._total, name)

    def _note(self, path: str, text: str) -> None:
        self.problems.append(Problem(path, None, text))


def _found(sources: Sequence[Path], problems: list[Problem]) -> list[Found]:
    """Every file that the sources mean; raises if one of them is missing or cannot be read."""
    found: list[Found] = []
    for source in _globbed(sources):
        try:
            mode = source.stat().st_mode
        except OSError as error:
            raise NotFound(f"{source} is not there ({_why(error)}); nothing was filed") from error
        if stat.S_ISDIR(mode):
            inside = list(_walked(source, problems))
            if not inside:
                problems.append(Problem(source.name, None, "holds no files"))
            found += inside
        elif stat.S_ISREG(mode):
            _check_readable(source)
            found.append(Found(source, source.name, alone=True))
        else:
            raise BadFile(f"{source} is not a file or a folder; nothing was filed")
    seen: dict[tuple[int, int] | str, Found] = {}
    for item in found:
        info = item.path.stat()
        # The same file named twice is filed once; two hard links in a folder are two files.
        key = (
            str(item.path.resolve())
            if info.st_nlink > 1 or not info.st_ino
            else (info.st_dev, info.st_ino)
        )
        seen.setdefault(key, item)
    return list(seen.values())


def _globbed(sources: Sequence[Path]) -> Iterator[Path]:
    """The sources, with `*` and `?` spelled out where the shell has not done it."""
    for source in sources:
        if any(c in source.name for c in "*?[") and not source.exists():
            matches = sorted(source.parent.glob(source.name))
            if not matches:
                raise NotFound(f"no file is called {source}; nothing was filed")
            yield from matches
        else:
            yield source


def _walked(folder: Path, problems: list[Problem]) -> Iterator[Found]:
    """The files of a folder in the order of their names; links are named and never followed."""
    top = folder.resolve().name

    def failed(error: OSError) -> None:
        where = Path(error.filename).name if error.filename else top
        problems.append(Problem(where, None, f"cannot be read ({_why(error)}), so it was left out"))

    for root, folders, names in os.walk(folder, onerror=failed):
        folders.sort()
        here = Path(root)
        for name in (*folders, *sorted(names)):
            path = here / name
            shown = f"{top}/{path.relative_to(folder).as_posix()}"
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                text = (
                    "is a link to another place and was not followed; file what it points to itself"
                )
                problems.append(Problem(_printable(shown), None, text))
            elif stat.S_ISDIR(mode):
                continue
            elif not stat.S_ISREG(mode):
                problems.append(
                    Problem(_printable(shown), None, "is no ordinary file and was left out")
                )
            else:
                yield Found(path, shown, alone=False)


def _check_readable(path: Path) -> None:
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise BadFile(f"{path} cannot be read ({_why(error)}); nothing was filed") from error
    os.close(handle)


def _blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a source; an error in reading is the file's, not the archive's."""
    try:
        with path.open("rb", buffering=0) as file:
            while block := file.read(BLOCK):
                yield block
    except OSError as error:
        raise Damaged(_why(error)) from error


def _size(path: Path) -> int:
    return path.stat().st_size


def _why(error: OSError) -> str:
    return (error.strerror or "no reason given").lower()


def _printable(name: str) -> str:
    """A name as the log can hold it: bytes that are no text are written out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _quoted(name: str) -> str:
    """A name as a terminal can show it."""
    shown = "".join(c if c.isprintable() else "?" for c in name)
    return f'"{shown if len(shown) <= 80 else shown[:77] + "..."}"'
