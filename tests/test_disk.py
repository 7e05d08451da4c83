"""Writing that loses nothing, on a real disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from cpra import disk
from cpra.core import names
from cpra.errors import CpraError

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")


def test_a_new_file_has_its_content_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    disk.write_new(tmp_path / "letter.md", b"To the custodian")
    assert (tmp_path / "letter.md").read_bytes() == b"To the custodian"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.md"]


def test_a_new_file_never_replaces_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "letter.md").write_bytes(b"first")
    with pytest.raises(FileExistsError):
        disk.write_new(tmp_path / "letter.md", b"second")
    assert (tmp_path / "letter.md").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.md"]


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only administrators make links")
def test_a_new_file_never_replaces_a_folder_or_a_link_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("folder", "link"):
        with pytest.raises(FileExistsError):
            disk.write_new(tmp_path / name, b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "link"]


@POSIX
def test_a_new_file_has_the_rights_that_were_asked_for(tmp_path: Path) -> None:
    disk.write_new(tmp_path / "original.pdf", b"x", 0o444)
    assert (tmp_path / "original.pdf").stat().st_mode & 0o777 == 0o444


def test_replacing_puts_the_whole_new_content_in_place(tmp_path: Path) -> None:
    path = tmp_path / "agencies.toml"
    disk.replace(path, b"one")
    disk.replace(path, b"two")
    assert path.read_bytes() == b"two"
    assert [found.name for found in tmp_path.iterdir()] == ["agencies.toml"]


def test_replacing_that_fails_leaves_the_old_content_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "agencies.toml"
    path.mkdir()
    (path / "inside").write_bytes(b"x")
    with pytest.raises(OSError, match=r"agencies\.toml"):
        disk.replace(path, b"two")
    assert sorted(found.name for found in tmp_path.rglob("*")) == ["agencies.toml", "inside"]


def test_a_line_is_added_at_the_end(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    disk.append_line(log, b"one\n")
    disk.append_line(log, b"two\n")
    assert log.read_bytes() == b"one\ntwo\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of a file")
def test_a_line_that_does_not_fit_on_the_disk_leaves_no_trace(tmp_path: Path) -> None:
    import resource

    log = tmp_path / "events.jsonl"
    disk.append_line(log, b"x" * 100 + b"\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            disk.append_line(log, b"y" * 100 + b"\n")
        with pytest.raises(OSError, match="too large"):
            disk.write_new(tmp_path / "letter.pdf", b"z" * 200)
        with pytest.raises(OSError, match="too large"):
            disk.replace(log, b"z" * 200)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert log.read_bytes() == b"x" * 100 + b"\n"
    assert [path.name for path in tmp_path.iterdir()] == ["events.jsonl"]


def test_a_torn_end_is_taken_off(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    log.write_bytes(b'one\n{"kind":"se')
    disk.cut_tail(log, 4)
    assert log.read_bytes() == b"one\n"


def test_a_folder_that_is_built_aside_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with disk.staging(tmp_path) as built:
        assert built.name.startswith(names.PARTIAL)
        (built / "letter.pdf").write_bytes(b"x")
        assert not (tmp_path / "answer").exists()
        disk.move_new(built, tmp_path / "answer")
    assert [path.name for path in tmp_path.rglob("*")] == ["answer", "letter.pdf"]


def test_a_folder_whose_building_fails_is_cleared_away(tmp_path: Path) -> None:
    def build() -> None:
        with disk.staging(tmp_path) as built:
            (built / "inside").mkdir()
            (built / "inside" / "original.pdf").write_bytes(b"x")
            (built / "inside" / "original.pdf").chmod(0o444)
            raise KeyError

    with pytest.raises(KeyError):
        build()
    assert list(tmp_path.iterdir()) == []


def test_a_finished_folder_never_replaces_another(tmp_path: Path) -> None:
    (tmp_path / "built").mkdir()
    (tmp_path / "there").mkdir()
    with pytest.raises(FileExistsError):
        disk.move_new(tmp_path / "built", tmp_path / "there")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["built", "there"]


def test_a_folder_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    disk.make_folder(tmp_path / "draft")
    with pytest.raises(FileExistsError):
        disk.make_folder(tmp_path / "draft")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG])
def test_a_full_disk_is_said_in_one_sentence(number: int) -> None:
    with pytest.raises(CpraError) as caught, disk.telling("filing into 2026-0001"):
        raise OSError(number, os.strerror(number))
    assert str(caught.value) == (
        "the disk is full, so filing into 2026-0001 was not finished and nothing was recorded; "
        "make room and do it again"
    )


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_missing_right_is_said_in_one_sentence(number: int) -> None:
    with pytest.raises(CpraError) as caught, disk.telling("filing"):
        raise OSError(number, os.strerror(number), "answers")
    assert str(caught.value) == (
        "filing was not possible: there is no permission to write answers; choose another place, "
        "or work in a copy of the workspace"
    )


def test_a_message_names_the_place_and_no_temporary_name(tmp_path: Path) -> None:
    error = OSError(errno.EROFS, "read-only", str(tmp_path / f"{names.PARTIAL}5bf78452"))
    assert disk.refusal(error).startswith(f"there is no permission to write in {tmp_path}; ")
    assert disk.refusal(OSError(errno.ENOSPC, "full")) == (
        "the disk is full; make room and do it again"
    )
    assert disk.refusal(OSError(errno.EIO, "broken")) == ""
    with pytest.raises(OSError, match="No such file") as caught:
        disk.write_new(tmp_path / "nowhere" / "dates.ics", b"x")
    says = f"there is no folder {tmp_path / 'nowhere'}; make it first"
    assert disk.refusal(caught.value) == says


def test_another_failure_of_the_disk_is_passed_on() -> None:
    with pytest.raises(OSError, match="broken"), disk.telling("filing"):
        raise OSError(errno.EIO, "broken")


def test_the_hash_of_a_file_is_its_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert disk.sha256(tmp_path / "a").startswith("ba7816bf8f01cfea414140de5dae2223b00361a3")
