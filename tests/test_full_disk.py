"""A full disk: nothing is half done, nothing is claimed, and all that is there can be read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpra import checks
from cpra.workspace import Workspace
from tests.refusing import (
    NEW,
    ON,
    RECORD,
    now,
    refused,
    request,
    state,
    workspace,
)
from tests.running import FORKS, TODAY, Job, run

POSIX = pytest.mark.skipif(not FORKS, reason="Windows has neither these files nor these limits")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A workspace for one test."""
    with workspace(tmp_path / "records") as made:
        yield made


@POSIX
@pytest.mark.parametrize("largest", [0, 200, 1000, 20_000, 299_000])
def test_a_full_disk_by_a_limit_on_files(root: Path, largest: int) -> None:
    """The kernel refuses to let any file grow past so many bytes."""
    (root / "big.bin").write_bytes(os.urandom(300_000))
    before = state(root)
    ran = run(Job(words=("--today", TODAY, "file", "1", "big.bin", *ON), cwd=root, largest=largest))
    assert ran.code == 1, ran
    assert ran.err == (
        "Error: the disk is full, so filing was not finished and nothing was recorded; make room "
        "and do it again\n"
    )
    assert state(root) == before
    assert now(root, "file", "1", "big.bin", *ON).code == 0
    report = checks.check(Workspace(root))
    assert (report.damage, report.unfinished) == ((), ())


@POSIX
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (RECORD, "writing to the log of 2026-0001-lapd-towing"),
        ((*NEW, "--set", "about=x"), "drafting the request"),
        (("sent", "2", "--on", TODAY, "--via", "email"), "filing"),
        (("edit", "2"), "making the letter's forms"),
        (("agency", "add", "Exampleville Police"), "adding to the address book"),
    ],
)
def test_a_full_disk_leaves_everything_as_it_was(
    root: Path, words: tuple[str, ...], says: str
) -> None:
    before = state(root)
    ran = run(Job(words=("--today", TODAY, *words), cwd=root, largest=100))
    assert ran.code == 1, ran
    assert ran.err.startswith(f"Error: the disk is full, so {says} was not finished and nothing")
    assert state(root) == before


@POSIX
def test_a_full_disk_stops_no_list_and_no_check(root: Path) -> None:
    shutil.rmtree(root / "requests" / ".cache")
    for words in (("list",), ("due",), ("show", "1"), ("check",)):
        ran = run(Job(words=("--today", TODAY, *words), cwd=root, largest=100))
        assert ran.code == 0, ran
    ran = run(Job(words=("search", "hello"), cwd=root, largest=100))
    assert (ran.code, "the disk is full" in ran.err) == (1, True), ran


@POSIX
def test_what_was_logged_before_the_disk_was_full_is_not_denied(root: Path) -> None:
    """The log has room for its line, the derived rows have not: the command has done its work."""
    size = (request(root) / "events.jsonl").stat().st_size
    ran = run(Job(words=("--today", TODAY, *RECORD), cwd=root, largest=size + 400))
    assert ran.code == 0, ran
    assert "acknowledged on" in ran.out
    assert checks.check(Workspace(root)).damage == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    may = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount")
    if not may or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root on Linux")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def small_root(small_disk: Path) -> Iterator[Path]:
    """A workspace on that disk."""
    with workspace(small_disk / "records") as made:
        yield made


def test_a_full_disk_that_is_one(small_disk: Path, small_root: Path) -> None:
    root = small_root
    (root.parents[1] / "big.bin").write_bytes(os.urandom(3_000_000))
    before = state(root)
    refused(root, "file", "1", "../../big.bin", *ON, code=1, says="the disk is full, so filing was")
    (small_disk / "filler").write_bytes(b"")
    with (small_disk / "filler").open("ab", buffering=0) as file:
        while True:
            try:
                file.write(bytes(512))
            except OSError:
                break
    for words in ((*NEW, "--set", "about=x"), ("sent", "2", "--on", TODAY, "--via", "fax")):
        ran = now(root, *words)
        assert (ran.code, "Traceback" in ran.err) == (1, False), ran
        assert "the disk is full" in ran.err
    for word in ("list", "check", "inbox"):
        assert now(root, word).code == 0
    assert state(root) == before
    (small_disk / "filler").unlink()
    assert now(root, *RECORD).code == 0
    assert now(root, "check").code == 0
