"""A manifest in the form that `sha256sum -c` reads, and a bag that carries its own proof."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cpra.archive.wholly import READ_ONLY
from cpra.errors import BadFile

LOG_MARK = "# last line of the log: "
"""Before the SHA-256 of the newest line of the log: it stays true when the log grows."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One file of a manifest."""

    sha256: str
    path: str
    """Below the folder of the manifest, with forward slashes."""


def hashed(root: Path, paths: Sequence[str], progress: Progress | None = None) -> tuple[Line, ...]:
    """The SHA-256 of each of these files as it is now, read on two threads.

    Raises BadFile when one of them is missing or cannot be read.
    """
    total = sum(_size(root / path) for path in paths)
    done = 0
    lines = []
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        for path, sha256 in zip(paths, pool.map(lambda p: _sha256(root / p), paths), strict=True):
            lines.append(Line(sha256, path))
            done += _size(root / path)
            if progress is not None:
                progress(done, total, path)
    return tuple(lines)


def manifest(lines: Sequence[Line], last_line: str = "") -> str:
    """The text of a manifest, sorted by path; `sha256sum -c` reads it in the folder it is about."""
    head = f"{LOG_MARK}{last_line}\n" if last_line else ""
    rows = sorted(lines, key=lambda line: line.path)
    return head + "".join(f"{line.sha256}  {line.path}\n" for line in rows)


def parsed(text: str) -> tuple[tuple[Line, ...], str]:
    """The lines of a manifest, and the log line that it names."""
    last = ""
    lines = []
    for row in text.splitlines():
        if row.startswith(LOG_MARK):
            last = row.removeprefix(LOG_MARK).strip()
        elif row and not row.startswith("#"):
            sha256, _, path = row.partition("  ")
            lines.append(Line(sha256, path))
    return tuple(lines), last


def copied(root: Path, lines: Sequence[Line], into: Path, progress: Progress | None = None) -> None:
    """Copy these files into another folder, each compared with its hash on the way."""
    total, done = sum(_size(root / line.path) for line in lines), 0
    for line in lines:
        target = into / line.path
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with (root / line.path).open("rb") as source, target.open("xb") as copy:
            for block in _blocks(source.read):
                digest.update(block)
                copy.write(block)
                done += len(block)
                if progress is not None:
                    progress(done, total, line.path)
        if digest.hexdigest() != line.sha256:
            raise BadFile(f"{root / line.path} changed while it was copied; nothing was exported")
        shutil.copystat(root / line.path, target)
        target.chmod(READ_ONLY)


def bag(folder: Path, about: Mapping[str, str]) -> None:
    """Make a BagIt bag of this folder, in place: what is in it goes to `data/`, with checksums."""
    import bagit

    bagit.make_bag(str(folder), dict(about), checksums=["sha256", "sha512"])
    made = bagit.Bag(str(folder))
    try:
        made.validate(processes=1)
    except bagit.BagError as error:
        raise BadFile(f"the bag in {folder} is not valid: {error}") from error


def _blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while block := read(1 << 20):
        yield block


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadFile(f"{path} cannot be read ({error.strerror or 'no reason given'})") from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise BadFile(f"{path} is missing; `cpra check` names everything that is") from error
