"""Takes what came from an agency: every byte kept, containers unpacked beside, nothing trusted.

The caller makes an empty folder on the workspace's disk, `take` fills it, and the caller renames it
to its place and writes the log line. Whatever stops it before that leaves the archive as it was,
and what lies in that folder by then is not copied again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpra import disk
from cpra.archive.kinds import Kind, is_misnamed
from cpra.archive.limits import SANE, Limits
from cpra.archive.places import Places
from cpra.archive.readers import Readers
from cpra.archive.sniffer import kind
from cpra.archive.sources import Found, blocks, found, printable
from cpra.archive.staging import Staging, Written
from cpra.archive.store import Unread
from cpra.archive.unpack import Budget, Damaged, Member, NotUnpacked, members, safe_parts
from cpra.errors import NotFound, Problem

__all__ = ["Filed", "Limits", "Progress", "Taken", "take", "take_messages", "unpack_kept"]

Progress = Callable[[int, int, str], None]
"""Called with the bytes done, the bytes known so far, and the name of the file at hand."""

NOTICES = 20
"""Sentences about one container before the rest are only counted."""


MANY = 50
"""Messages from which on it is worth finding out how all of them can be synced at once."""


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
    found: int = 0
    """Files that an interrupted run had finished, compared and found the same."""


def take(
    sources: Sequence[Path],
    into: Path,
    limits: Limits = SANE,
    progress: Progress | None = None,
    *,
    password: str = "",
) -> Taken:
    """Copy files and folders into the folder `into`, hashed, durable and read-only.

    It is empty, or what an interrupted run of this left: that is gone on with.

    A container is kept as it came and unpacked beside it; a hostile or broken one is kept, stays
    closed and gives a Problem, and the rest goes on. A source that is missing or cannot be read
    stops it before anything is written. `password` opens locked zips.
    """
    problems: list[Problem] = []
    every = found(sources, problems)
    with disk.telling("filing"), Staging(into) as staging:
        size = sum(item.size for item in every)
        intake = _Intake(staging, limits, progress, password, size)
        intake.problems = problems
        for item in every:
            intake.take_file(item)
        intake.check()
        staging.settle()
    return intake.taken()


def take_messages(
    messages: Sequence[tuple[str, bytes, bool]], into: Path, limits: Limits = SANE
) -> list[Taken]:
    """Take in messages, each into a folder of its own below the empty folder `into`: `0`, `1`, …

    Of each come its name, its bytes, and whether something is attached; if not, it is not opened.
    All of them are brought to the disk together.
    """
    every = []
    with disk.telling("filing"), Staging(into, many=len(messages) >= MANY) as staging:
        for number, (name, data, has_files) in enumerate(messages):
            intake = _Intake(staging, limits, within=str(number))
            intake.take_message(name, data, has_files=has_files)
            intake.check()
            every.append(intake.taken())
        staging.settle(apart=True)
    return every


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
    with disk.telling("unpacking"), Staging(into) as staging:
        intake = _Intake(staging, limits, progress, password, path.stat().st_size)
        budget = Budget(limits, password=password)
        intake.unpack(path, path.name, kind(path), None, budget, 0)
        intake.check()
        staging.settle()
    return intake.taken()


class _Intake:
    """The work of one `take`: where everything goes and what has been noted."""

    def __init__(
        self,
        staging: Staging,
        limits: Limits,
        progress: Progress | None = None,
        password: str = "",
        total: int = 0,
        *,
        within: str = "",
    ) -> None:
        self.staging = staging
        self._folder, self._within = staging.folder / within, f"{within}/" if within else ""
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
        found = self.staging.found
        return Taken(tuple(self._files), tuple(self.problems), tuple(self._closed), found)

    def check(self) -> None:
        """Note the files that are not what they claim, and the PDFs that cannot be opened."""
        doubtful = []
        for filed in self._files:
            if is_misnamed(filed.path, filed.kind):
                self._note(filed.path, f"is {filed.kind}, not what its name says")
            elif filed.kind is Kind.PDF and _is_doubtful(path := self._folder / filed.path):
                doubtful.append((filed.path, Unread(path, filed.sha256, Kind.PDF)))
        if not doubtful:
            return
        with Readers(self._limits, 1) as readers:
            for place, document in doubtful:
                for problem in readers.probe(document):
                    self._note(place, problem)

    def take_file(self, source: Found) -> None:
        """File one source, and what is in it."""
        parts, _ = safe_parts(source.name)
        place = self._places.file("", parts)
        try:
            before = source.path.stat()
            written = self._write(place, blocks(source.path), source.name)
            after = source.path.stat()
        except (Damaged, FileNotFoundError) as error:
            self._note(source.name, f"cannot be read ({error}), so it was not filed")
            return
        filed = self._file(place, written, printable(source.name), "")
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            self._note(place, "changed while it was read; file it again when it is finished")
        if filed.kind.is_container:
            base = "" if filed.kind in (Kind.EML, Kind.MSG) and source.alone else None
            path = self._folder / place
            self.unpack(
                path, place, filed.kind, base, Budget(self._limits, password=self._password), 0
            )

    def take_message(self, name: str, data: bytes, *, has_files: bool) -> None:
        """File a message that is at hand, and what is attached to it."""
        place = self._places.file("", (name,))
        filed = self._file(place, self._write(place, iter((data,)), name), name, "")
        if has_files and filed.kind.is_container:
            self.unpack(self._folder / place, place, filed.kind, "", Budget(self._limits), 0)

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
                self._total += budget.expected
                budget.expected = 0
                if base is None:
                    base = self._places.folder(place.rpartition("/")[0], place.rpartition("/")[2])
                self._take_member(member, place, base, budget, depth)
        except NotUnpacked as reason:
            self.staging.undo(mark)
            del self._files[filed:], self._closed[closed:], self.problems[noted:]
            self._closed.append(place)
            kept = "it is kept as it came and nothing in it was unpacked"
            self._note(place, f"{reason}; {kept}{reason.way_out}")
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
        name = printable(member.name)
        try:
            written = self._write(place, member.blocks(), name)
        except Damaged as reason:
            self._note(container, f"{_quoted(name)} is damaged ({reason}) and was not unpacked")
            return
        if member.notice:
            self._note(place, f"{_quoted(name)} {member.notice}")
        filed = self._file(place, written, name, container)
        if filed.kind.is_container:
            self.unpack(self._folder / place, place, filed.kind, None, budget, depth + 1)

    def _write(self, place: str, blocks: Iterator[bytes], name: str) -> Written:
        return self.staging.write(f"{self._within}{place}", self._counted(blocks, name))

    def _file(self, place: str, written: Written, name: str, source: str) -> Filed:
        path = self._folder / place
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


def _is_doubtful(path: Path) -> bool:
    """Whether a PDF has no end, or says that it is encrypted: then it is opened to see."""
    with path.open("rb") as file:
        head = file.read(4_096)
        file.seek(max(0, path.stat().st_size - 8_192))
        tail = file.read()
    whole = b"%%EOF" in tail and b"startxref" in tail
    return not whole or b"/Encrypt" in head or b"/Encrypt" in tail


def _quoted(name: str) -> str:
    """A name as a terminal can show it."""
    shown = "".join(c if c.isprintable() else "?" for c in name)
    return f'"{shown if len(shown) <= 80 else shown[:77] + "..."}"'
