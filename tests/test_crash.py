"""cpra is killed at every call that changes the disk; nothing filed is lost, the rest is named.

A child process runs the real command; the test wraps its `os` calls (`tests.stopping`) so that it
kills itself with SIGKILL just before the n-th of them, or in the middle of a write. For each n: all
that was filed before is as it was, nothing has half appeared, `cpra check` names every remainder
and finds no damage, and doing the command again ends as if nothing had happened.

CPRA_TEST_LONG=1 takes every call, otherwise every few. CPRA_CRASH_LIST=FILE writes the list of
them: docs/crash-points.md is made with both.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cache
from itertools import islice
from pathlib import Path, PurePosixPath

import pytest

from cpra import checks, disk
from cpra.workspace import Workspace
from tests.running import FORKS, TODAY, Job, Ran, Watch, done, run_at_once

pytestmark = pytest.mark.skipif(not FORKS, reason="Windows has no fork and no SIGKILL")

LONG = os.environ.get("CPRA_TEST_LONG") == "1"
EVERY = 1 if LONG else 11
"""in the short form, every 11th call"""

AT_ONCE = 4


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

    def __str__(self) -> str:
        return self.name


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


@dataclass(slots=True)
class Listed:
    """The points at which commands were killed in this run, for the list."""

    points: dict[str, list[Point]] = field(default_factory=dict)


LISTED = Listed()


@pytest.fixture(scope="module", autouse=True)
def _list_of_points() -> Iterator[None]:
    yield
    if path := os.environ.get("CPRA_CRASH_LIST"):
        Path(path).write_text(_as_page(LISTED), encoding="utf-8")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a request that was sent and answered, and one whose draft was changed."""
    root = tmp_path_factory.mktemp("before") / "records"
    root.mkdir()
    done("init", cwd=root)
    for about in ("Towing fees", "Body cameras"):
        words = ("new", "general", "--agency", "lapd", "--set", f"about={about}", "--item", "All")
        _today(root, *words, "--no-input")
    _papers(root)
    _today(root, "sent", "1", "--on", "2026-09-15", "--via", "email")
    _today(root, "file", "1", "papers", "--as", "determination", "--on", "2026-09-25")
    letter = next(root.glob("requests/2026-0002-*/draft/letter.md"))
    letter.write_text(letter.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    return root


def _today(root: Path, *words: str) -> Ran:
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


def _job(case: Case, root: Path, watch: Watch | None = None) -> Job:
    # The draft was changed and its forms were not; only `edit` may start from there.
    return Job(words=("--today", TODAY, *case.line.split()), cwd=root, watch=watch)


@cache
def _start(case: Case, before: Path) -> Path:
    """Where the command starts from."""
    root = before.parent / f"start of {case.name}" / "records"
    shutil.copytree(before, root)
    if case.kind == "sent":
        _today(root, "edit", "2")
    return root


@cache
def _reference(case: Case, before: Path) -> Reference:
    """Run the command once to its end and write down its calls."""
    root = before.parent / f"whole {case.name}" / "records"
    shutil.copytree(_start(case, before), root)
    trace = before.parent / f"{case.name}.trace"
    (ran,) = run_at_once([_job(case, root, Watch(str(root), trace=str(trace)))])
    assert ran.code == 0, ran
    calls = tuple(_calls(trace))
    return Reference(calls, tuple(_points(calls)), _folders(root), _filed(case, root))


def _calls(trace: Path) -> Iterator[Call]:
    for line in trace.read_text(encoding="utf-8").splitlines():
        call = Call(*json.loads(line))
        assert call.name != "open()", f"{call.path} was not written through os"
        yield call


def _points(calls: Sequence[Call]) -> Iterator[Point]:
    for number, call in enumerate(calls, start=1):
        yield Point(number, call.name, call.path)
        if call.name == "write":
            yield Point(number, call.name, call.path, half=True)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_log_says_so_only_when_everything_is_on_the_disk(case: Case, before: Path) -> None:
    """After a power cut a disk holds what was synced: each file's bytes, each folder's names."""
    files, folders = set[str](), set[str]()
    committed = False
    for call in _reference(case, before).calls:
        if PurePosixPath(call.path).name == ".lock":
            continue
        if _commits(case, call):
            assert (files, folders) == (set(), set()), call
            committed = True
        above = PurePosixPath(call.path).parent.as_posix()
        match call.name:
            case "open" | "mkdir" if call.more == "new":
                files |= {call.path} if call.name == "open" else set()
                folders.add(above)
            case "write" | "ftruncate":
                files.add(call.path)
            case "fsync":
                files.discard(call.path)
                folders.discard(call.path)
            case "link":
                files |= {call.path} if call.more in files else set()
                folders.add(above)
            case "unlink":
                files.discard(call.path)
            case "rename" | "replace":
                files = {_moved(path, call) for path in files}
                folders = {_moved(path, call) for path in folders} | {above}
    assert committed
    assert (files, folders) == (set(), set())


def _commits(case: Case, call: Call) -> bool:
    """True for the call that makes it so: the log's line, or the name of a new request's folder."""
    if case.kind == "drafted":
        return call.name == "rename" and call.path.count("/") == 1
    return call.name == "write" and call.path.endswith("/events.jsonl")


def _moved(path: str, call: Call) -> str:
    if path == call.more or path.startswith(f"{call.more}/"):
        return call.path + path[len(call.more) :]
    return path


@pytest.mark.parametrize("case", CASES, ids=str)
def test_killed_anywhere_it_loses_nothing_and_can_be_done_again(case: Case, before: Path) -> None:
    start, reference = _start(case, before), _reference(case, before)
    chosen = reference.points[::EVERY]
    LISTED.points[case.name] = list(chosen)
    place = before.parent / f"killed {case.name}"
    place.mkdir()
    todo = iter(chosen)
    while batch := list(islice(todo, AT_ONCE)):
        roots = [place / f"{point.number}{'half' if point.half else ''}" for point in batch]
        for root in roots:
            shutil.copytree(start, root)
        watches = [
            Watch(str(root), stop_at=point.number, half=point.half)
            for point, root in zip(batch, roots, strict=True)
        ]
        killed = run_at_once([_job(case, r, w) for r, w in zip(roots, watches, strict=True)])
        for point, root, ran in zip(batch, roots, killed, strict=True):
            assert ran.code == -9, (point, ran)
            _assert_nothing_is_lost(reference, start, root, point)
        finished = [_is_done(case, start, root) for root in roots]
        again = run_at_once([_job(case, root) for root in roots if _repeats(case, root, start)])
        codes = iter(again)
        for point, root, was in zip(batch, roots, finished, strict=True):
            if not was or case.again:
                ran = next(codes)
                assert ran.code == (case.again if was else 0), (point, ran)
            _assert_as_if_nothing_had_happened(case, reference, root, point)
            disk.remove_tree(root)


def _repeats(case: Case, root: Path, start: Path) -> bool:
    """True for what was not done, and for what says by itself that it was."""
    return bool(case.again) or not _is_done(case, start, root)


def _is_done(case: Case, start: Path, root: Path) -> bool:
    """True when the log has the event: the line is the commit."""
    return len(_events(case, root)) > len(_events(case, start))


def _events(case: Case, root: Path) -> list[dict[str, object]]:
    return [
        event
        for log in root.glob("requests/[0-9]*/events.jsonl")
        for event in _whole_lines(log)
        if event["kind"] == case.kind and event["on"] == case.on
    ]


def _whole_lines(log: Path) -> list[dict[str, object]]:
    """What anybody can read in a log: its lines as JSON, but for a last one that is torn."""
    lines = log.read_text(encoding="utf-8").split("\n")
    events = []
    for number, line in enumerate(lines, start=1):
        try:
            events.append(json.loads(line))
        except ValueError:
            assert number == len(lines), (log, number, line)
    return events


def _filed(case: Case, root: Path) -> tuple[str, ...]:
    """The SHA-256 of every document that the command's event names, each as often as it does."""
    found: list[str] = []
    for event in _events(case, root):
        files = event.get("files", {})
        assert isinstance(files, dict)
        found += files.values()
    return tuple(sorted(found))


def _folders(root: Path) -> frozenset[str]:
    """Every folder of a request, an answer or a letter, with the names of what is in it."""
    found = set()
    for pattern in ("requests/*", "requests/*/answers/*", "requests/*/sent/*"):
        for path in root.glob(pattern):
            if path.is_dir() and not path.name.startswith("."):
                inside = sorted(
                    p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()
                )
                if pattern == "requests/*":
                    inside = [n for n in inside if n.split("/")[0] not in ("answers", "sent")]
                    inside = [n for n in inside if n not in (".lock", "unfinished-lines.txt")]
                    inside = [n for n in inside if disk.PARTIAL not in n]
                found.add(f"{path.relative_to(root).as_posix()}: {' '.join(inside)}")
    return frozenset(found)


def _assert_nothing_is_lost(reference: Reference, start: Path, root: Path, point: Point) -> None:
    """What was there is there, no folder has half appeared, and the check names all the rest."""
    for old in start.rglob("*"):
        kept = old.relative_to(start)
        if kept.parts[:2] == ("requests", ".cache") or not old.is_file():
            continue
        new = root / kept
        assert new.is_file(), (point, kept)
        if old.name == "events.jsonl":
            assert new.read_bytes().startswith(old.read_bytes()), (point, kept)
        elif {"sent", "answers"} & set(kept.parts) or old.name == "request.toml":
            assert new.read_bytes() == old.read_bytes(), (point, kept)
    for request in root.glob("requests/[0-9]*"):
        for name in ("request.toml", "events.jsonl", "draft/letter.pdf", "sent", "answers"):
            assert (request / name).exists(), (point, request, name)
        assert _whole_lines(request / "events.jsonl"), (point, request)
    assert _folders(root) <= _folders(start) | reference.folders, point
    report = checks.check(Workspace(root))
    assert report.damage == (), point
    assert {problem.path for problem in report.unfinished} == _left_over(root), point


def _left_over(root: Path) -> set[str]:
    """What lies about, found without cpra: temporary names, documents of no event, a torn line."""
    found = {p.relative_to(root).as_posix() for p in root.glob(f"requests/{disk.PARTIAL}*")}
    for request in root.glob("requests/[0-9]*"):
        log = request / "events.jsonl"
        named = {name for event in _whole_lines(log) for name in _names(event)}
        for path in request.rglob("*"):
            place = path.relative_to(request)
            partial = [n for n, part in enumerate(place.parts) if part.startswith(disk.PARTIAL)]
            if partial:
                left = request.joinpath(*place.parts[: partial[0] + 1])
                found.add(left.relative_to(root).as_posix())
            elif path.is_file() and place.parts[0] in ("sent", "answers"):
                found |= {path.relative_to(root).as_posix()} - {
                    f"{request.relative_to(root).as_posix()}/{name}" for name in named
                }
        last = log.read_bytes().rpartition(b"\n")[2]
        if last and not last.endswith(b'"}'):
            found.add(log.relative_to(root).as_posix())
    return found


def _names(event: dict[str, object]) -> list[str]:
    files = event.get("files", {})
    assert isinstance(files, dict)
    return list(files)


def _assert_as_if_nothing_had_happened(
    case: Case, reference: Reference, root: Path, point: Point
) -> None:
    """The same folders, the same documents, each filed once, and nothing left to be named."""
    report = checks.check(Workspace(root))
    assert report.damage == (), point
    assert report.unfinished == (), point
    assert _folders(root) == reference.folders, point
    if case.kind != "drafted":
        assert _filed(case, root) == reference.shas, point
    assert len(_events(case, root)) == len(_events(case, root.parents[1] / f"whole {case}/records"))


def test_init_killed_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    whole, trace = tmp_path / "whole", tmp_path / "trace"
    whole.mkdir()
    run_at_once([Job(words=("init",), cwd=whole, watch=Watch(str(whole), trace=str(trace)))])
    points = list(_points(tuple(_calls(trace))))
    LISTED.points["init"] = points[::EVERY]
    for point in points[::EVERY]:
        root = tmp_path / f"{point.number}{point.half}"
        root.mkdir()
        watch = Watch(str(root), stop_at=point.number, half=point.half)
        (ran,) = run_at_once([Job(words=("init",), cwd=root, watch=watch)])
        assert ran.code == -9, point
        done("init", cwd=root)
        assert _kept(root) == _kept(whole), point
        report = checks.check(Workspace(root))
        assert {problem.path for problem in report.unfinished} == _left_over(root), point


def _kept(root: Path) -> dict[str, bytes]:
    """Every file of a workspace but those with temporary names."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and disk.PARTIAL not in path.name
    }


def _as_page(listed: Listed) -> str:
    total = sum(len(points) for points in listed.points.values())
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
    for name, points in listed.points.items():
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
