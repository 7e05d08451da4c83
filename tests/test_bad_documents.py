"""What cannot be filed is refused; a broken or hostile document is kept and said."""

from __future__ import annotations

import os
import warnings
import zipfile
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
    refused_without_rights,
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


# Files that cannot be filed


@pytest.mark.parametrize(
    ("source", "code", "says"),
    [
        ("nope.pdf", 3, "nope.pdf is not there (no such file or directory); nothing was filed"),
        ("nope*.pdf", 3, "no file is called nope*.pdf; nothing was filed"),
        ("", 2, "the path is empty; name a file or a folder"),
        (".", 2, ". holds the request itself; name the folder with the documents"),
        ("requests", 2, "requests holds the request itself; name the folder"),
        ("requests/2026-0001-lapd-towing/answers", 2, "holds the request itself"),
        ("templates", 5, "nothing was filed: templates: holds no files"),
    ],
)
def test_nothing_to_file(root: Path, source: str, code: int, says: str) -> None:
    refused(root, "file", "1", source, *ON, code=code, says=says)
    if source:
        refused(root, "record", "1", "denied", *ON, "--file", source, code=code, says=says)
        words = ("sent", "2", "--on", TODAY, "--via", "email", "--file", source)
        if not source.startswith("requests/2026-0001"):
            refused(root, *words, code=code, says=says)


def test_one_wrong_source_among_good_ones_files_none(root: Path) -> None:
    words = ("file", "1", "in/more.txt", "nope.pdf", *ON)
    refused(root, *words, code=3, says="nope.pdf is not there")


@POSIX
def test_links_pipes_and_devices(root: Path) -> None:
    (root / "new").mkdir()
    (root / "new" / "loop").symlink_to("loop")
    refused(root, "file", "1", "new/loop", *ON, code=3, says="new/loop is not there (too many")
    (root / "new" / "loop").unlink()
    (root / "new" / "round").symlink_to(root / "new")
    refused(root, "file", "1", "new", *ON, code=5, says="new/round: is a link to another place and")
    os.mkfifo(root / "pipe")
    refused_pipe = run(Job(words=("--today", TODAY, "file", "1", "pipe", *ON), cwd=root))
    assert (refused_pipe.code, "is not a file or a folder" in refused_pipe.err) == (5, True)
    (root / "pipe").unlink()
    refused(root, "file", "1", "/dev/zero", *ON, code=5, says="/dev/zero is not a file or a folder")


@POSIX
def test_a_directory_loop_among_documents_is_named_and_the_documents_are_filed(root: Path) -> None:
    (root / "new").mkdir()
    (root / "new" / "round").symlink_to(root / "new")
    (root / "new" / "letter.txt").write_text("x", encoding="utf-8")
    ran = now(root, "file", "1", "new", *ON)
    assert ran.code == 1
    assert "new/round: is a link to another place and was not followed" in ran.err
    assert len(list(request(root).glob("answers/2026-09-22-records/new/*"))) == 1


@POSIX
def test_a_file_that_may_not_be_read(root: Path) -> None:
    (root / "new").mkdir()
    (root / "new" / "closed.pdf").write_bytes(b"x")
    (root / "new" / "closed.pdf").chmod(0)
    says = "new/closed.pdf cannot be read (permission denied); nothing was filed"
    refused_without_rights(root, "file", "1", "new/closed.pdf", *ON, code=5, says=says)
    says = "nothing was filed: new/closed.pdf: cannot be read (permission denied)"
    refused_without_rights(root, "file", "1", "new", *ON, code=5, says=says)


@POSIX
def test_a_place_that_may_not_be_written_to(root: Path) -> None:
    (request(root) / "answers").chmod(0o555)
    says = "filing into 2026-0001-lapd-towing was not possible: there is no permission to write"
    refused_without_rights(root, "file", "1", "in/more.txt", *ON, code=1, says=says)


@POSIX
def test_a_read_only_copy_can_be_read_and_checked(root: Path) -> None:
    for path in sorted(root.rglob("*"), reverse=True):
        path.chmod(path.stat().st_mode & 0o555)
    before = state(root)
    for words in (
        ("list",),
        ("show", "1"),
        ("due",),
        ("timeline", "1"),
        ("explain", "1"),
        ("check",),
    ):
        ran = run(Job(words=("--today", TODAY, *words), cwd=root, ordinary=True))
        assert ran.code == 0, ran
    ran = run(Job(words=("inbox",), cwd=root, ordinary=True))
    assert (ran.code, ran.out) == (0, "The inbox is empty.\n"), ran
    says = "cannot be written to: there is no permission to write in "
    refused_without_rights(root, *RECORD, code=1, says=says)
    refused_without_rights(root, "file", "1", "in/more.txt", *ON, code=1, says=says)
    refused_without_rights(root, *NEW, "--set", "about=x", code=1, says=says)
    assert state(root) == before


@POSIX
def test_a_request_that_may_not_be_read_stops_only_itself(root: Path) -> None:
    request(root).chmod(0)
    for words, code in ((("list",), 5), (("show", "1"), 5), (("show", "2"), 0)):
        ran = run(Job(words=("--today", TODAY, *words), cwd=root, ordinary=True))
        assert (ran.code, "Traceback" in ran.err) == (code, False), ran
    ran = run(Job(words=("check",), cwd=root, ordinary=True))
    assert ran.code == 5
    assert "requests/2026-0001-lapd-towing/request.toml" in ran.out


# What is kept and said


def _kept(root: Path, *sources: str, says: str, more: tuple[str, ...] = ()) -> list[str]:
    """Filing keeps the bytes, says what is wrong and exits 1; gives the names of what is there."""
    ran = now(root, "file", "1", *sources, *ON, *more)
    assert ran.code == 1, ran
    assert says in ran.err
    assert "Traceback" not in ran.err
    place = request(root) / "answers" / "2026-09-22-records"
    for source in sources:
        assert (place / Path(source).name).read_bytes() == (root / source).read_bytes()
    report = checks.check(Workspace(root))
    assert (report.damage, report.unfinished) == ((), ())
    return sorted(p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file())


def _zip(root: Path, *entries: tuple[str, bytes]) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile itself says that a name is there twice
        with zipfile.ZipFile(root / "a.zip", "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in entries:
                file.writestr(name, content)
    return "a.zip"


def test_an_empty_file_is_kept_and_said(root: Path) -> None:
    (root / "scan.pdf").write_bytes(b"")
    assert _kept(root, "scan.pdf", says="scan.pdf: is empty; ask the agency") == ["scan.pdf"]


def test_a_file_that_was_filed_already_is_noted_and_kept(root: Path) -> None:
    ran = now(root, "file", "1", "in/letter.txt", *ON)
    assert ran.code == 0
    first = "2026-0001-lapd-towing/answers/2026-09-20-records/letter.txt"
    assert f"letter.txt is already here ({first}): noted, kept" in ran.out
    assert len(list(request(root).glob("answers/*/letter.txt"))) == 2


@pytest.mark.parametrize(
    ("entry", "kept", "says"),
    [
        ("../../evil.txt", "a/evil.txt", "would have been written outside the folder"),
        ("/etc/evil.txt", "a/etc/evil.txt", "would have been written to a fixed place on the disk"),
        ("C:\\evil.txt", "a/evil.txt", "would have been written to a fixed place on the disk"),
        ("..\\..\\evil.txt", "a/evil.txt", "would have been written outside the folder"),
        ("con.txt", "a/_con.txt", "has a name that Windows keeps for a device"),
    ],
)
def test_a_zip_whose_names_lead_elsewhere(root: Path, entry: str, kept: str, says: str) -> None:
    names = _kept(root, _zip(root, (entry, b"x"), ("good.txt", b"y")), says=says)
    assert names == sorted(["a.zip", "a/good.txt", kept])
    outside = [p for p in root.parent.rglob("*evil*") if "answers" not in p.parts]
    assert outside == []


def test_a_zip_with_one_name_twice(root: Path) -> None:
    source = _zip(root, ("a.txt", b"1"), ("a.txt", b"2"))
    names = _kept(root, source, says='"a.txt" stands in it more than once; all of them are kept')
    assert names == ["a.zip", "a/a-2.txt", "a/a.txt"]


def test_a_zip_bomb_is_kept_closed_until_the_limit_is_raised(root: Path) -> None:
    source = _zip(root, ("bomb", bytes(30_000_000)))
    says = "would unpack to 30 MB, 1024 times its own size (the limit is 200 times)"
    assert _kept(root, source, says=says) == ["a.zip"]
    more = ("file", "1", source, *ON, "--limit")
    refused(root, *more, "10MB", code=5, says="would unpack to 30 MB (the limit is 10 MB)")
    assert now(root, *more, "1GB").code == 0
    (unpacked,) = request(root).glob("answers/2026-09-22-records-2/**/bomb")
    assert unpacked.stat().st_size == 30_000_000


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"PK\x03\x04junk", "a.zip: is damaged: its list of files at the end is missing"),
        (b"PK\x05\x06" + bytes(18), "a.zip: holds 0 files"),
    ],
)
def test_a_broken_zip_is_kept_closed(root: Path, raw: bytes, says: str) -> None:
    (root / "a.zip").write_bytes(raw)
    assert _kept(root, "a.zip", says=says) == ["a.zip"]


LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/O<"
    + b"28" * 32
    + b">/U<"
    + b"29" * 32
    + b">/P -60>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\n%%EOF\n"
)


def test_a_pdf_that_cannot_be_read_is_kept_and_said(root: Path) -> None:
    whole = (request(root, 2) / "draft" / "letter.pdf").read_bytes()
    for name, raw, says in (
        ("locked.pdf", LOCKED, "locked.pdf: is locked with a password and cannot be read"),
        ("cut.pdf", whole[: len(whole) // 2], "cut.pdf: is damaged or not really a PDF"),
        ("none.pdf", b"Dear requester,\n", "none.pdf: is txt, not what its name says"),
    ):
        (root / name).write_bytes(raw)
        ran = now(root, "file", "1", name, *ON)
        assert (ran.code, says in ran.err) == (1, True), ran
        (kept,) = request(root).glob(f"answers/*/{name}")
        assert kept.read_bytes() == raw
    report = checks.check(Workspace(root))
    assert (report.damage, report.unfinished) == ((), ())
    assert now(root, "search", "requester").code == 0
