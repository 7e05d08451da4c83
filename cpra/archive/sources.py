"""What a requester named to be filed: files, folders and globs, as a list of files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cpra.archive.member import Damaged
from cpra.archive.staging import BLOCK
from cpra.errors import BadFile, NotFound, Problem


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be taken in: where it lies and what the sender called it."""

    path: Path
    name: str
    alone: bool
    """Named by the requester, rather than found in a folder."""
    size: int = 0


def found(sources: Sequence[Path], problems: list[Problem]) -> list[Found]:
    """Every file that the sources mean; raises if one of them is missing or cannot be read."""
    files: list[Found] = []
    for source in _globbed(sources):
        try:
            mode = source.stat().st_mode
        except OSError as error:
            raise NotFound(f"{source} is not there ({_why(error)}); nothing was filed") from error
        if stat.S_ISDIR(mode):
            inside = list(_walked(source, problems))
            if not inside:
                problems.append(Problem(source.name, None, "holds no files"))
            files += inside
        elif stat.S_ISREG(mode):
            _check_readable(source)
            files.append(Found(source, source.name, alone=True))
        else:
            raise BadFile(f"{source} is not a file or a folder; nothing was filed")
    seen: dict[tuple[int, int] | str, Found] = {}
    for item in files:
        try:
            info = item.path.stat()
        except OSError as error:
            problems.append(Problem(item.name, None, f"cannot be read ({_why(error)})"))
            continue
        # The same file named twice is filed once; two hard links in a folder are two files.
        key = (
            str(item.path.resolve())
            if info.st_nlink > 1 or not info.st_ino
            else (info.st_dev, info.st_ino)
        )
        seen.setdefault(key, replace(item, size=info.st_size))
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
                problems.append(Problem(printable(shown), None, text))
            elif stat.S_ISDIR(mode):
                continue
            elif not stat.S_ISREG(mode):
                problems.append(
                    Problem(printable(shown), None, "is no ordinary file and was left out")
                )
            else:
                yield Found(path, shown, alone=False)


def _check_readable(path: Path) -> None:
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise BadFile(f"{path} cannot be read ({_why(error)}); nothing was filed") from error
    os.close(handle)


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a source; an error in reading is the file's, not the archive's."""
    try:
        with path.open("rb", buffering=0) as file:
            while block := file.read(BLOCK):
                yield block
    except OSError as error:
        raise Damaged(_why(error)) from error


def _why(error: OSError) -> str:
    return (error.strerror or "no reason given").lower()


def printable(name: str) -> str:
    """A name as the log can hold it: bytes that are no text are written out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
