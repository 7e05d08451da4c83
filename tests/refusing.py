"""Typing what is wrong: one sentence, the right exit code, and nothing changed.

A workspace is made once and copied for each test. Before and after a command everything in it is
compared byte by byte, but for `.cache` and `.lock`, which are derived.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.running import TODAY, Job, Ran, cpra, done, run

NEW = ("new", "general", "--agency", "lapd", "--no-input", "--item", "The contract")
ON = ("--on", "2026-09-22")
RECORD = ("record", "1", "acknowledged", *ON)

State = dict[str, bytes | None]


@contextmanager
def workspace(place: Path) -> Iterator[Path]:
    """Request 1 was sent and answered, request 2 is a draft; `in/` holds documents."""
    copy = shutil.copytree(_made(), place)
    yield copy
    for path in (copy, *copy.rglob("*")):  # what a test has closed, nobody could delete
        if not path.is_symlink():
            path.chmod(0o700)


@cache
def _made() -> Path:
    made = tempfile.TemporaryDirectory()
    _made_folders.append(made)
    root = Path(made.name) / "records"
    root.mkdir()
    done("init", cwd=root)
    for about in ("towing", "cameras"):
        done("--today", TODAY, *NEW, "--set", f"about={about}", cwd=root)
    done("--today", TODAY, "sent", "1", "--on", "2026-09-15", "--via", "email", cwd=root)
    (root / "in").mkdir()
    (root / "in" / "letter.txt").write_text("hello world\n", encoding="utf-8")
    (root / "in" / "more.txt").write_text("and more\n", encoding="utf-8")
    done("--today", TODAY, "file", "1", "in/letter.txt", "--on", "2026-09-20", cwd=root)
    return root


_made_folders: list[tempfile.TemporaryDirectory[str]] = []
"""deleted when the tests end"""


def state(root: Path) -> State:
    """Everything in a workspace but what is derived."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
        if ".cache" not in path.parts and path.name != ".lock"
    }


def now(root: Path, *words: str) -> Ran:
    """A command as it ends."""
    return cpra("--today", TODAY, *words, cwd=root)


def refused(root: Path, *words: str, code: int, says: str, ordinary: bool = False) -> None:
    """The command ends with this code and one sentence, and has changed nothing."""
    before = state(root)
    ran = run(Job(words=("--today", TODAY, *words), cwd=root, ordinary=ordinary))
    assert ran.code == code, ran
    assert ran.err.startswith("Error: "), ran.err
    assert ran.err.count("Error: ") == 1
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""
    assert state(root) == before


def request(root: Path, number: int = 1) -> Path:
    """The folder of a request."""
    (path,) = root.glob(f"requests/2026-{number:04d}-*")
    return path


def refused_without_rights(root: Path, *words: str, code: int, says: str) -> None:
    """Refused to somebody who is not root; what may not be read is not compared either."""
    before = _moments(root)
    ran = run(Job(words=("--today", TODAY, *words), cwd=root, ordinary=True))
    assert ran.code == code, ran
    assert ran.err.startswith("Error: ")
    assert says in ran.err
    assert _moments(root) == before


def _moments(root: Path) -> dict[Path, int]:
    """When each file that is not derived was last written to."""
    return {
        path: path.lstat().st_mtime_ns
        for path in root.rglob("*")
        if not path.is_dir() and ".cache" not in path.parts and path.name != ".lock"
    }
