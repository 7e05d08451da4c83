"""cpra is killed at every call that changes the disk; nothing filed is lost, the rest is named.

A child process runs the real command; the test wraps its `os` calls (`tests.stopping`) so that it
kills itself with SIGKILL just before the n-th of them, or in the middle of a write. For each n: all
that was filed before is as it was, nothing has half appeared, `cpra check` names every remainder
and finds no damage, and doing the command again ends as if nothing had happened.

CPRA_TEST_LONG=1 takes every call, otherwise every few. CPRA_CRASH_LIST=FILE writes the list of
them: docs/crash-points.md is made with both.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

import pytest

from cpra import checks, disk
from cpra.workspace import Workspace
from tests.by_eye import filed, folders, kept_files, left_over, whole_lines
from tests.crash_cases import (
    CASES,
    Call,
    Case,
    Point,
    Reference,
    as_page,
    calls_of,
    fill,
    job,
    points_of,
    reference_of,
    start_of,
)
from tests.running import FORKS, TODAY, Job, Watch, cpra, done, run_at_once

pytestmark = pytest.mark.skipif(not FORKS, reason="Windows has no fork and no SIGKILL")

LONG = os.environ.get("CPRA_TEST_LONG") == "1"
EVERY = 1 if LONG else 9
"""in the short form, every 9th call"""

AT_ONCE = 4

LISTED: dict[str, Sequence[Point]] = {}
"""the points at which commands were killed in this run, for the list"""


@pytest.fixture(scope="module", autouse=True)
def _list_of_points() -> Iterator[None]:
    yield
    if path := os.environ.get("CPRA_CRASH_LIST"):
        Path(path).write_text(as_page(LISTED), encoding="utf-8")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a request that was sent and answered, and one whose draft was changed."""
    root = tmp_path_factory.mktemp("before") / "records"
    fill(root)
    return root


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_log_says_so_only_when_everything_is_on_the_disk(case: Case, before: Path) -> None:
    """After a power cut a disk holds what was synced: each file's bytes, each folder's names."""
    files, folders = set[str](), set[str]()
    committed = False
    for call in reference_of(case, before).calls:
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
    start, reference = start_of(case, before), reference_of(case, before)
    chosen = reference.points[::EVERY]
    LISTED[case.name] = list(chosen)
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
        killed = run_at_once([job(case, r, w) for r, w in zip(roots, watches, strict=True)])
        for point, root, ran in zip(batch, roots, killed, strict=True):
            assert ran.code == -9, (point, ran)
            _assert_nothing_is_lost(reference, start, root, point)
        finished = [_is_done(case, start, root) for root in roots]
        again = run_at_once([job(case, root) for root in roots if _repeats(case, root, start)])
        codes = iter(again)
        for point, root, was in zip(batch, roots, finished, strict=True):
            if not was or case.again or case.twice:
                ran = next(codes)
                assert ran.code == (case.again if was else 0), (point, ran)
            _assert_as_if_nothing_had_happened(case, reference, root, point)
            disk.remove_tree(root)


def _repeats(case: Case, root: Path, start: Path) -> bool:
    """True for what was not done, and for what says by itself that it was."""
    return bool(case.again) or case.twice or not _is_done(case, start, root)


def _is_done(case: Case, start: Path, root: Path) -> bool:
    """True when the log has the event: the line is the commit."""
    return len(case.events(root)) > len(case.events(start))


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
        assert whole_lines(request / "events.jsonl"), (point, request)
    assert folders(root) <= folders(start) | reference.folders, point
    report = checks.check(Workspace(root))
    assert report.damage == (), point
    assert {problem.path for problem in report.unfinished} == left_over(root), point


def _assert_as_if_nothing_had_happened(
    case: Case, reference: Reference, root: Path, point: Point
) -> None:
    """The same folders, the same documents, each filed once, and nothing left to be named."""
    report = checks.check(Workspace(root))
    assert report.damage == (), point
    assert report.unfinished == (), point
    assert folders(root) == reference.folders, point
    if case.kind != "drafted":
        assert filed(case.kind, case.on, root) == reference.shas, point
    assert len(case.events(root)) == len(case.events(root.parents[1] / f"whole {case}/records"))


def test_after_a_killed_edit_no_letter_is_sent_in_forms_that_differ(before: Path) -> None:
    case = next(case for case in CASES if case.name == "edit")
    start = start_of(case, before)
    (old,) = start.glob("requests/2026-0002-*/draft/letter.pdf")
    for point in reference_of(case, before).points[::EVERY]:
        root = before.parent / "killed before sent" / f"{point.number}{point.half}"
        shutil.copytree(start, root)
        run_at_once([job(case, root, Watch(str(root), stop_at=point.number, half=point.half))])
        words = ("--today", TODAY, "sent", "2", "--on", TODAY, "--via", "email")
        ran = cpra(*words, cwd=root)
        assert ran.code in (0, 4), (point, ran)
        for place in root.glob("requests/2026-0002-*/sent/*"):
            assert "More." in (place / "letter.txt").read_text(encoding="utf-8")
            with zipfile.ZipFile(place / "letter.docx") as word:
                assert b"More." in word.read("word/document.xml")
            assert (place / "letter.pdf").read_bytes() != old.read_bytes()
        disk.remove_tree(root)


def test_init_killed_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    whole, trace = tmp_path / "whole", tmp_path / "trace"
    whole.mkdir()
    run_at_once([Job(words=("init",), cwd=whole, watch=Watch(str(whole), trace=str(trace)))])
    points = list(points_of(tuple(calls_of(trace))))
    LISTED["init"] = points[::EVERY]
    for point in points[::EVERY]:
        root = tmp_path / f"{point.number}{point.half}"
        root.mkdir()
        watch = Watch(str(root), stop_at=point.number, half=point.half)
        (ran,) = run_at_once([Job(words=("init",), cwd=root, watch=watch)])
        assert ran.code == -9, point
        done("init", cwd=root)
        assert kept_files(root) == kept_files(whole), point
        report = checks.check(Workspace(root))
        assert {problem.path for problem in report.unfinished} == left_over(root), point
