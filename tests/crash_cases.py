"""The commands that the crash test kills, the calls of each, and what it leaves when it is not."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from pathlib import Path

from tests.by_eye import events, filed, folders
from tests.running import TODAY, Job, Ran, Watch, done, run_at_once


@dataclass(frozen=True, slots=True)
class Case:
    """A command, and what it is to have done in the end."""

    name: str
    line: str
    """as it is typed, without `cpra`"""
    kind: str
    """the event that it logs"""
    on: str
    again: int = 0
    """the exit code of doing it again when it was done"""
    twice: bool = False
    """done again when it was done, it says so and writes nothing"""

    def __str__(self) -> str:
        return self.name

    def events(self, root: Path) -> list[dict[str, object]]:
        """What this command has logged in a workspace."""
        return events(self.kind, self.on, root)


CASES = (
    Case("new", "new general --agency lasd --set about=Towing --item Contracts", "drafted", TODAY),
    Case("edit", "edit 2", "edited", TODAY),
    Case("sent", "sent 2 --on 2026-11-20 --via email", "sent", "2026-11-20", 4),
    Case(
        "sent --file",
        "sent 2 --on 2026-11-20 --via fax --file papers/scan.txt",
        "sent",
        "2026-11-20",
        4,
    ),
    Case("record", "record 1 acknowledged --on 2026-11-20", "acknowledged", "2026-11-20"),
    Case(
        "record --file",
        "record 1 extended --on 2026-11-20 --until 2026-12-01 --file papers/scan.txt",
        "extended",
        "2026-11-20",
    ),
    Case(
        "file",
        "file 1 answer.eml papers --as records --on 2026-11-20",
        "produced",
        "2026-11-20",
        twice=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of `os` that changes the disk."""

    name: str
    path: str
    more: str
    """the old name of a link or a rename; `new` for what is made"""


@dataclass(frozen=True, slots=True)
class Point:
    """One place at which the command is killed."""

    number: int
    call: str
    path: str
    half: bool = False

    @property
    def shown(self) -> str:
        """The path without the random part of a temporary name."""
        return re.sub(r"\.partial-[0-9a-f]+", ".partial-*", self.path)


@dataclass(frozen=True, slots=True)
class Reference:
    """The same command, not interrupted: its calls, and what it leaves."""

    calls: tuple[Call, ...]
    points: tuple[Point, ...]
    folders: frozenset[str]
    shas: tuple[str, ...]
    """of the documents that the command filed"""


def fill(root: Path) -> None:
    """A workspace with a request that was sent and answered, and one whose draft was changed."""
    root.mkdir()
    done("init", cwd=root)
    for about in ("Towing fees", "Body cameras"):
        words = ("new", "general", "--agency", "lapd", "--set", f"about={about}", "--item", "All")
        today(root, *words, "--no-input")
    _papers(root)
    today(root, "sent", "1", "--on", "2026-09-15", "--via", "email")
    today(root, "file", "1", "papers", "--as", "determination", "--on", "2026-09-25")
    letter = next(root.glob("requests/2026-0002-*/draft/letter.md"))
    letter.write_text(letter.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")


def today(root: Path, *words: str) -> Ran:
    return done("--today", TODAY, *words, cwd=root)


def _papers(root: Path) -> None:
    """What the agency sent: a folder of two files, and a mail with a zip."""
    (root / "papers").mkdir()
    (root / "papers" / "scan.txt").write_bytes(b"scanned " * 500)
    (root / "papers" / "log.csv").write_text("user,plate\n7,EXAMPLE\n", encoding="utf-8")
    with zipfile.ZipFile(root / "inside.zip", "w") as file:
        file.writestr("minutes/june.txt", "the minutes of June\n")
        file.writestr("minutes/july.txt", "the minutes of July\n")
    message = EmailMessage()
    message["From"], message["Subject"] = "records@exampleville.example", "Your request"
    message.set_content("Attached.")
    raw = (root / "inside.zip").read_bytes()
    message.add_attachment(raw, maintype="application", subtype="zip", filename="records.zip")
    (root / "answer.eml").write_bytes(bytes(message))
    (root / "inside.zip").unlink()


def job(case: Case, root: Path, watch: Watch | None = None) -> Job:
    # The draft was changed and its forms were not; only `edit` may start from there.
    return Job(words=("--today", TODAY, *case.line.split()), cwd=root, watch=watch)


@cache
def start_of(case: Case, before: Path) -> Path:
    """Where the command starts from."""
    root = before.parent / f"start of {case.name}" / "records"
    shutil.copytree(before, root)
    if case.kind == "sent":
        today(root, "edit", "2")
    return root


@cache
def reference_of(case: Case, before: Path) -> Reference:
    """Run the command once to its end and write down its calls."""
    root = before.parent / f"whole {case.name}" / "records"
    shutil.copytree(start_of(case, before), root)
    trace = before.parent / f"{case.name}.trace"
    (ran,) = run_at_once([job(case, root, Watch(str(root), trace=str(trace)))])
    assert ran.code == 0, ran
    calls = tuple(calls_of(trace))
    return Reference(calls, tuple(points_of(calls)), folders(root), filed(case.kind, case.on, root))


def calls_of(trace: Path) -> Iterator[Call]:
    for line in trace.read_text(encoding="utf-8").splitlines():
        call = Call(*json.loads(line))
        assert call.name != "open()", f"{call.path} was not written through os"
        yield call


def points_of(calls: Sequence[Call]) -> Iterator[Point]:
    for number, call in enumerate(calls, start=1):
        yield Point(number, call.name, call.path)
        if call.name == "write":
            yield Point(number, call.name, call.path, half=True)


def as_page(listed: Mapping[str, Sequence[Point]]) -> str:
    total = sum(len(points) for points in listed.values())
    lines = [
        "# Where cpra is killed",
        "",
        "Made by the crash test (`tests/test_crash.py`), which runs each command in a process of",
        "its own and kills it with SIGKILL just before the n-th call that changes the disk, and in",
        "the middle of each write. After each: everything filed before is there, byte for byte, no",
        "folder has half appeared, `cpra check` finds no damage and names every remainder, and the",
        "command, done again, ends as if nothing had happened. What SQLite does in `.cache` by",
        "itself is left out: it is derived and may be deleted at any moment.",
        "",
        f"{total} points. To make this list anew:",
        "",
        "    CPRA_TEST_LONG=1 CPRA_CRASH_LIST=docs/crash-points.md python -m pytest "
        "tests/test_crash.py",
    ]
    for name, points in listed.items():
        lines += [
            "",
            f"## {name} ({len(points)} points)",
            "",
            "| n | before | of |",
            "| - | - | - |",
        ]
        lines += [
            f"| {p.number} | {'the middle of ' if p.half else ''}{p.call} | `{p.shown}` |"
            for p in points
        ]
    return "\n".join(lines) + "\n"
