"""Many files at once: on the disk with one call where that is safe, else one by one; the same."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpra.archive import wholly
from cpra.archive.intake import MANY, take_messages
from cpra.archive.wholly import OWN_DISKS, Wholly

MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the call is Linux's own")


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder on a file system that has no disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever other programs write meanwhile is waited for."""
    monkeypatch.setattr(wholly, "MOST_WAITING", sys.maxsize)


def kind(folder: Path) -> int:
    """The number of the file system's kind, as the system's own program tells it."""
    told = subprocess.run(
        ["stat", "--file-system", "--format=%t", folder], capture_output=True, check=True
    )
    return int(told.stdout, 16)


@LINUX
@pytest.mark.usefixtures("patient")
def test_it_is_asked_for_on_the_machines_own_disks_only(tmp_path: Path, memory: Path) -> None:
    assert wholly.wholly(memory) is None
    own = wholly.wholly(tmp_path)
    release = tuple(int(part) for part in os.uname().release.split(".")[:2])
    assert (own is not None) == (kind(tmp_path) in OWN_DISKS and release >= (5, 8))
    if own is not None:
        own.sync()
        own.close()


@LINUX
def test_where_much_waits_to_be_written_it_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wholly, "MOST_WAITING", -1)
    assert wholly.wholly(tmp_path) is None


@LINUX
@pytest.mark.usefixtures("patient")
def test_what_cannot_be_synced_is_told(tmp_path: Path) -> None:
    library = wholly._library()
    if library is None:
        pytest.skip("this Linux does not tell what could not be written")
    handle = os.open(tmp_path, os.O_RDONLY)
    os.close(handle)
    with pytest.raises(OSError, match="descriptor") as told:
        Wholly(handle, library).sync()
    assert told.value.errno == errno.EBADF


@LINUX
@pytest.mark.usefixtures("patient")
def test_many_messages_are_the_same_however_they_are_synced(tmp_path: Path, memory: Path) -> None:
    attached = (
        b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        b"--x\r\n\r\nHello\r\n--x\r\n"
        b"Content-Disposition: attachment; filename=a.csv\r\n\r\na,b\r\n--x--\r\n"
    )
    plain = [b"From: a@b.c\r\n\r\nNumber %d\r\n" % number for number in range(MANY)]
    every = [("message.eml", data, False) for data in plain] + [("message.eml", attached, True)]
    (tmp_path / "into").mkdir()
    here, there = (take_messages(every, place) for place in (tmp_path / "into", memory))
    assert here == there
    assert [len(one.files) for one in here] == [1] * MANY + [2]
    assert written(tmp_path / "into") == written(memory)
    assert {mode for _, mode, _ in written(memory) if mode & 0o100000} == {0o100444}


def written(folder: Path) -> list[tuple[str, int, bytes]]:
    """Everything below a folder: its place, its mode, its bytes."""
    return sorted(
        (
            path.relative_to(folder).as_posix(),
            path.stat().st_mode,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
    )
