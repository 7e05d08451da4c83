"""A filing that was stopped goes on: what was copied and is the same is not copied again."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cpra import checks
from cpra.archive.intake import Taken, take
from cpra.archive.staging import TOGETHER
from cpra.workspace import Workspace
from tests.by_eye import left_over
from tests.crash_cases import Call, calls_of
from tests.refusing import workspace
from tests.running import FORKS, TODAY, Job, Ran, Watch, run_at_once

FILES = 300
FILE = ("--today", TODAY, "file", "1")


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """What the agency sent: small files, and a large one in the middle."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number:03}.txt").write_bytes(b"%03d " % number * (number + 1))
    (folder / "150.txt").write_bytes(bytes(range(256)) * 20_000)
    return folder


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """The folder in which an answer is put together."""
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def stopped(
    source: Path, into: Path, where: Callable[[int, str], bool]
) -> dict[str, os.stat_result]:
    """Take this until the requester presses Ctrl-C; what is then whole, and read-only."""

    def progress(done: int, _whole: int, name: str) -> None:
        if where(done, name):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take([source], into, progress=progress)
    return {name: found for name, found in files(into).items() if not found.st_mode & 0o222}


def files(folder: Path) -> dict[str, os.stat_result]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.lstat()
        for path in folder.rglob("*")
        if not path.is_dir()
    }


def assert_same(taken: Taken, into: Path, other: Path) -> None:
    """It is as if nothing had stopped it: nothing is lacking, nothing is left over."""
    assert {name: into.joinpath(name).read_bytes() for name in files(into)} == {
        name: other.joinpath(name).read_bytes() for name in files(other)
    }
    assert sorted(filed.path for filed in taken.files) == sorted(files(into))
    assert all(stat.S_IMODE(found.st_mode) == 0o444 for found in files(into).values())


def at(name: str) -> Callable[[int, str], bool]:
    """Stop at this file."""
    return lambda _done, now: now.endswith(name)


def test_what_was_copied_is_not_copied_again(papers: Path, into: Path, tmp_path: Path) -> None:
    before = stopped(papers, into, at("200.txt"))
    assert 200 - TOGETHER <= len(before) <= 201
    taken = take([papers], into)
    assert taken.found == len(before)
    after = files(into)
    for name, found in before.items():
        assert (after[name].st_ino, after[name].st_mtime_ns) == (found.st_ino, found.st_mtime_ns)
        assert after[name].st_ctime_ns == found.st_ctime_ns, "neither written nor marked again"
    (tmp_path / "whole").mkdir()
    take([papers], tmp_path / "whole")
    assert_same(taken, into, tmp_path / "whole")


def test_a_large_file_goes_on_where_it_was(papers: Path, into: Path, tmp_path: Path) -> None:
    sizes = sum((papers / f"{number:03}.txt").stat().st_size for number in range(150))
    stopped(papers, into, lambda done, _: done > sizes + 3_000_000)
    cut = into / "papers" / "150.txt"
    inode, half = cut.stat().st_ino, cut.stat().st_size
    assert 3_000_000 <= half < 5_120_000
    taken = take([papers], into)
    assert cut.stat().st_ino == inode
    (tmp_path / "whole").mkdir()
    take([papers], tmp_path / "whole")
    assert_same(taken, into, tmp_path / "whole")


def test_what_is_in_a_container_goes_on_too(into: Path, tmp_path: Path) -> None:
    source = tmp_path / "a.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(FILES):
            archive.writestr(f"{number // 100}/{number:03}.txt", f"{number} " * 100)
    before = stopped(source, into, at("250.txt"))
    taken = take([source], into)
    assert taken.found == len(before) >= 250 - TOGETHER
    (tmp_path / "whole").mkdir()
    take([source], tmp_path / "whole")
    assert_same(taken, into, tmp_path / "whole")


def test_a_source_that_changed_meanwhile_is_filed_as_it_is_now(papers: Path, into: Path) -> None:
    stopped(papers, into, at("200.txt"))
    was = (papers / "005.txt").stat()
    (papers / "005.txt").write_bytes(b"X" * was.st_size)
    os.utime(papers / "005.txt", ns=(was.st_atime_ns, was.st_mtime_ns))
    (papers / "006.txt").write_bytes(b"shorter")
    (papers / "007.txt").write_bytes((papers / "007.txt").read_bytes() + b"longer")
    (papers / "008.txt").unlink()
    take([papers], into)
    for name in files(papers):
        assert (into / "papers" / name).read_bytes() == (papers / name).read_bytes(), name
    assert not (into / "papers" / "008.txt").exists()
    assert len(files(into)) == FILES - 1


def test_a_copy_that_is_not_what_it_was_is_made_again(papers: Path, into: Path) -> None:
    stopped(papers, into, at("200.txt"))
    copy = into / "papers" / "010.txt"
    copy.chmod(0o600)
    copy.write_bytes(b"Y" * copy.stat().st_size)
    copy.chmod(0o444)
    take([papers], into)
    assert copy.read_bytes() == (papers / "010.txt").read_bytes()


def test_another_filing_takes_nothing_over_that_is_not_its_own(papers: Path, into: Path) -> None:
    stopped(papers, into, at("200.txt"))
    taken = take([papers / "250.txt"], into)
    assert sorted(files(into)) == ["250.txt"]
    assert sorted(into.iterdir()) == [into / "250.txt"]
    assert taken.found == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows makes no links without rights")
def test_nothing_is_written_through_a_link_in_what_was_left(papers: Path, into: Path) -> None:
    outside = into.parent / "outside"
    outside.mkdir()
    mine = outside / "mine.txt"
    mine.write_bytes(b"mine")
    (into / "papers").mkdir()
    (into / "papers" / "000.txt").symlink_to(mine)
    (into / "papers" / "001.txt").hardlink_to(mine)
    (into / "papers" / "002.txt").mkdir()
    (into / "papers" / "002.txt" / "more").write_bytes(b"")
    taken = take([papers], into)
    assert mine.read_bytes() == b"mine"
    assert len(taken.files) == FILES
    assert (into / "papers" / "000.txt").read_bytes() == (papers / "000.txt").read_bytes()
    assert not (into / "papers" / "000.txt").is_symlink()
    into.joinpath("papers").rename(into / "away")
    into.joinpath("papers").symlink_to(outside, target_is_directory=True)
    take([papers], into)
    assert sorted(outside.iterdir()) == [mine]
    assert len(files(into)) == FILES


@pytest.mark.skipif(not FORKS, reason="Windows has no fork and no SIGKILL")
def test_a_command_killed_half_way_writes_only_the_other_half(papers: Path, tmp_path: Path) -> None:
    def ran(root: Path, watch: Watch) -> Ran:
        (one,) = run_at_once([Job(words=(*FILE, str(papers), "--json"), cwd=root, watch=watch)])
        return one

    def opened(calls: Sequence[Call]) -> list[str]:
        return [c.path for c in calls if c.name == "open" and c.path.endswith(".txt")]

    with workspace(tmp_path / "whole") as whole, workspace(tmp_path / "killed") as root:
        trace, again = tmp_path / "trace", tmp_path / "again"
        assert ran(whole, Watch(str(whole), trace=str(trace))).code == 0
        calls = list(calls_of(trace))
        assert len(opened(calls)) == FILES
        killed = ran(root, Watch(str(root), stop_at=len(calls) // 2))
        assert killed.code == -9
        assert (
            {p.path for p in checks.check(Workspace(root)).unfinished} == left_over(root) != set()
        )
        done = ran(root, Watch(str(root), trace=str(again)))
        assert done.code == 0
        found = json.loads(done.out)["found"]
        assert FILES // 3 < found < FILES
        assert len(opened(list(calls_of(again)))) == FILES - found
        report = checks.check(Workspace(root))
        assert (report.damage, report.unfinished) == ((), ())
        assert report.files == checks.check(Workspace(whole)).files
