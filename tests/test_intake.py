"""What arrives is kept byte for byte, read-only, with its hash, and nothing is ever half there."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from cpra.archive.intake import Filed, take
from cpra.archive.kinds import Kind
from cpra.archive.places import LONGEST, Places
from cpra.core.names import folded
from cpra.errors import BadFile, CpraError, NotFound
from tests.needs import missing


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """The empty folder that the action makes."""
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def test_a_file_is_kept_byte_for_byte_and_read_only(tmp_path: Path, into: Path) -> None:
    source = tmp_path / "Letter of March 2.txt"
    source.write_bytes(b"Dear requester\r\n\xff")
    result = take([source], into)
    assert result.files == (
        Filed(
            path="Letter of March 2.txt",
            sha256=hashlib.sha256(b"Dear requester\r\n\xff").hexdigest(),
            size=17,
            kind=Kind.TXT,
            name="Letter of March 2.txt",
        ),
    )
    kept = into / "Letter of March 2.txt"
    assert kept.read_bytes() == source.read_bytes()
    assert stat.S_IMODE(kept.stat().st_mode) & 0o222 == 0
    assert result.problems == ()


def test_a_folder_is_taken_with_its_folders(tmp_path: Path, into: Path) -> None:
    (tmp_path / "Downloads" / "part 2").mkdir(parents=True)
    (tmp_path / "Downloads" / "a.txt").write_text("a", encoding="utf-8")
    (tmp_path / "Downloads" / "part 2" / "b.txt").write_text("b", encoding="utf-8")
    result = take([tmp_path / "Downloads"], into)
    assert [filed.path for filed in result.files] == ["Downloads/a.txt", "Downloads/part 2/b.txt"]


def test_the_attachments_of_a_message_lie_beside_it(tmp_path: Path, into: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Records"
    message.set_content("See attached.")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="r.pdf")
    message.add_attachment(b"other", maintype="text", subtype="plain", filename="r.pdf")
    source = tmp_path / "message.eml"
    source.write_bytes(message.as_bytes())
    result = take([source], into)
    assert [(filed.path, filed.source, filed.name) for filed in result.files] == [
        ("message.eml", "", "message.eml"),
        ("r.pdf", "message.eml", "r.pdf"),
        ("r-2.pdf", "message.eml", "r.pdf"),
    ]
    assert (into / "message.eml").read_bytes() == source.read_bytes()


def test_a_message_in_a_message_is_kept_with_its_own_bytes(tmp_path: Path, into: Path) -> None:
    inner = b"From: c@example.org\r\nSubject:  Two  spaces\r\nX-Odd:tab\there\r\n\r\nOld words\r\n"
    source = tmp_path / "m.eml"
    source.write_bytes(
        b"From: a@example.org\r\nTo: b@example.org\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee below\r\n--x\r\n"
        b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--x--\r\n"
    )
    result = take([source], into)
    assert [filed.path for filed in result.files] == ["m.eml", "Two  spaces.eml"]
    assert (into / result.files[1].path).read_bytes() == inner


def test_a_link_is_named_and_not_followed(tmp_path: Path, into: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "real.txt").write_text("real", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    try:
        (folder / "loop").symlink_to(folder)
        (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    except OSError:
        missing("this system does not let us make links")
    result = take([folder], into)
    assert [filed.path for filed in result.files] == ["in/real.txt"]
    assert {problem.path for problem in result.problems} == {"in/loop", "in/out.txt"}
    assert all("not followed" in problem.text for problem in result.problems)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders")
def test_what_is_no_file_is_left_out_and_said(tmp_path: Path, into: Path) -> None:
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in" / "pipe")
    result = take([tmp_path / "in"], into)
    assert result.files == ()
    assert "no ordinary file" in str(result.problems)
    with pytest.raises(BadFile, match="not a file or a folder"):
        take([tmp_path / "in" / "pipe"], into)


def test_a_missing_source_stops_everything_before_it_begins(tmp_path: Path, into: Path) -> None:
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    with pytest.raises(NotFound, match="nothing was filed"):
        take([tmp_path / "a.txt", tmp_path / "missing.txt"], into)
    assert list(into.iterdir()) == []


def test_an_unreadable_source_stops_everything_before_it_begins(tmp_path: Path, into: Path) -> None:
    locked = tmp_path / "locked.txt"
    locked.write_text("a", encoding="utf-8")
    locked.chmod(0)
    if os.access(locked, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(BadFile, match="cannot be read"):
        take([locked], into)
    assert list(into.iterdir()) == []


def test_an_empty_file_is_kept_and_said(tmp_path: Path, into: Path) -> None:
    (tmp_path / "a.pdf").touch()
    result = take([tmp_path / "a.pdf"], into)
    assert [filed.kind for filed in result.files] == [Kind.EMPTY]
    assert "is empty" in str(result.problems[0])


def test_stars_mean_files_where_the_shell_left_them(tmp_path: Path, into: Path) -> None:
    for name in ("1.txt", "2.txt", "3.pdf"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    result = take([tmp_path / "*.txt"], into)
    assert [filed.path for filed in result.files] == ["1.txt", "2.txt"]
    with pytest.raises(NotFound):
        take([tmp_path / "*.doc"], into)


def test_the_same_file_named_twice_is_filed_once(tmp_path: Path, into: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("a", encoding="utf-8")
    result = take([tmp_path / "in", tmp_path / "in" / "a.txt"], into)
    assert [filed.path for filed in result.files] == ["in/a.txt"]


def test_two_sources_of_one_name_both_live(tmp_path: Path, into: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "response.pdf").write_text(folder, encoding="utf-8")
    result = take([tmp_path / "one" / "response.pdf", tmp_path / "two" / "response.pdf"], into)
    assert [filed.path for filed in result.files] == ["response.pdf", "response-2.pdf"]


def test_a_file_that_changes_while_it_is_read_is_said(tmp_path: Path, into: Path) -> None:
    source = tmp_path / "growing.log"
    source.write_bytes(b"x" * 3_000_000)

    def grow(done: int, _total: int, _name: str) -> None:
        if done < 2_000_000:
            with source.open("ab") as file:
                file.write(b"more")

    result = take([source], into, progress=grow)
    kept = (into / "growing.log").read_bytes()
    assert result.files[0].sha256 == hashlib.sha256(kept).hexdigest()
    assert "changed while it was read" in str(result.problems[0])


def test_progress_tells_bytes_and_names(tmp_path: Path, into: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"x" * 2_500_000)
    told: list[tuple[int, int, str]] = []
    take([tmp_path / "a.bin"], into, progress=lambda *now: told.append(now))
    assert told[-1] == (2_500_000, 2_500_000, "a.bin")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    if os.name == "nt":
        missing("Windows has no limit on the size of a file")
    import resource

    source, into = tmp_path / "a.bin", tmp_path / "into"
    source.write_bytes(b"x" * 500_000)
    into.mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(CpraError, match="the disk is full"):
            take([source], into)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(into.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "答复.txt",
        "réponse.txt",
        "a\nb.txt",
        "a\x1b[31mred.txt",
        "\u202egpj.exe",
        " lead and trail ",
        "dot.",
        "NUL",
        "x" * 255,
        "📄" * 60,
        "..",
    ],
)
def test_any_name_becomes_one_part_of_a_path(name: str) -> None:
    place = Places().file("Documents", [name])
    leaf = place.removeprefix("Documents/")
    assert "/" not in leaf
    assert leaf == leaf.strip(" ")
    assert leaf.isprintable()
    assert len(leaf.encode()) <= 240
    assert len(place) <= LONGEST


def test_no_two_places_are_alike_on_any_system() -> None:
    places = Places()
    names = ["A.txt", "a.TXT", "é.txt", "e\u0301.txt", "a.txt", "a-2.txt", "a"]
    given = [places.file("Ä", ["b", name]) for name in names]
    given += [places.file("Ä", ["B", "a.txt"]), places.folder("", "ä.zip"), places.file("", ["Ä"])]
    assert len({folded(place) for place in given}) == len(given)
    folders = {folded(place.rpartition("/")[0]) for place in given}
    assert not folders & {folded(place) for place in given if "." in place}


@pytest.mark.data
@pytest.mark.parametrize("folder", ["cases", "email", "office", "pdf", "zip", "misc"])
def test_every_real_document_is_taken(data: Path, into: Path, folder: str) -> None:
    result = take([data / folder], into)
    alone = [filed for filed in result.files if not filed.source]
    assert len(alone) == sum(path.is_file() for path in (data / folder).rglob("*"))
    for filed in result.files:
        kept = (into / filed.path).read_bytes()
        assert hashlib.sha256(kept).hexdigest() == filed.sha256
        assert len(filed.path) <= LONGEST
    for filed in alone:
        assert (into / filed.path).read_bytes() == (data / filed.name).read_bytes()


def test_the_progress_counts_what_is_in_a_zip(tmp_path: Path, into: Path) -> None:
    source = tmp_path / "a.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}.txt", f"{number}" * 1000)
    seen: list[tuple[int, int]] = []
    take([source], into, progress=lambda done, whole, _: seen.append((done, whole)))
    size = source.stat().st_size
    assert seen == [(size, size), *((size + n * 1000, size + 10_000) for n in range(1, 11))]
