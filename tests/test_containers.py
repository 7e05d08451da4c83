"""Mailboxes, Outlook files, tars and squeezed files: what is in them comes out, and only that."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from oxmsg.storage import Storage, Stream

from cpra.archive.intake import Limits, Taken, take
from cpra.archive.kinds import Kind
from cpra.archive.outlook import outlook_message, storage_message
from cpra.archive.rtf import PRELOADED, rtf_words, unsqueezed
from cpra.archive.tnef import tnef_files


@pytest.fixture
def taken(tmp_path: Path) -> Callable[[str, bytes], Taken]:
    """Take a file with this name and content; the folder is `into`."""

    def run(name: str, content: bytes, limits: Limits | None = None) -> Taken:
        into = tmp_path / "into"
        into.mkdir()
        (tmp_path / name).write_bytes(content)
        return take([tmp_path / name], into, limits or Limits())

    return run


def places(result: Taken) -> list[str]:
    """Where the files are."""
    return [filed.path for filed in result.files]


def said(result: Taken) -> str:
    """All that the requester is told."""
    return "\n".join(str(problem) for problem in result.problems)


def tar(*entries: tuple[str, bytes], kind: int = tarfile.USTAR_FORMAT) -> bytes:
    """A tar with these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=kind) as archive:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_tar_is_unpacked_with_long_and_foreign_names(
    taken: Callable[..., Taken], kind: int
) -> None:
    name = f"{'a' * 40}/{'b' * 40}/{'c' * 40}/réponse.txt"
    result = taken("a.tar", tar(("one.txt", b"1" * 600), (name, b"2"), kind=kind))
    assert [filed.name for filed in result.files] == ["a.tar", "one.txt", name]
    assert [filed.size for filed in result.files][1:] == [600, 1]


def test_a_tar_makes_no_links_and_leaves_its_folder_by_no_name(
    taken: Callable[..., Taken], tmp_path: Path
) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, sort, target in (
            ("link", tarfile.SYMTYPE, "/etc"),
            ("hard", tarfile.LNKTYPE, "/etc/passwd"),
            ("pipe", tarfile.FIFOTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = sort, target
            archive.addfile(info)
        info = tarfile.TarInfo("../../evil.txt")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"evil"))
    result = taken("a.tar", buffer.getvalue())
    assert places(result) == ["a.tar", "a/evil.txt"]
    assert said(result).count("link to another place") == 2
    assert not any(path.is_symlink() for path in (tmp_path / "into").rglob("*"))


@pytest.mark.parametrize(
    ("name", "squeeze"),
    [("a.tar.gz", gzip.compress), ("a.tar.bz2", bz2.compress), ("a.tar.xz", lzma.compress)],
)
def test_a_squeezed_tar_is_unpacked_at_once(
    taken: Callable[..., Taken], name: str, squeeze: Callable[[bytes], bytes]
) -> None:
    result = taken(name, squeeze(tar(("one.txt", b"1"), ("two.txt", b"2"))))
    assert places(result) == [name, "a/one.txt", "a/two.txt"]


@pytest.mark.parametrize(
    ("name", "squeeze"),
    [("a.csv.gz", gzip.compress), ("a.csv.bz2", bz2.compress), ("a.csv.xz", lzma.compress)],
)
def test_a_squeezed_file_comes_out(
    taken: Callable[..., Taken], name: str, squeeze: Callable[[bytes], bytes]
) -> None:
    result = taken(name, squeeze(b"a,b\n1,2\n"))
    assert [filed.kind for filed in result.files][1] is Kind.CSV
    assert places(result)[1].endswith("/a.csv")


@pytest.mark.parametrize("squeeze", [gzip.compress, bz2.compress, lzma.compress])
def test_a_squeezed_bomb_is_stopped_on_the_way(
    taken: Callable[..., Taken], squeeze: Callable[[bytes], bytes]
) -> None:
    result = taken("a.gz", squeeze(bytes(40_000_000)))
    assert places(result) == ["a.gz"]
    assert "(the limit is 200 times)" in said(result)
    assert result.closed == ("a.gz",)


def test_a_tar_with_a_header_of_a_gigabyte_is_refused(taken: Callable[..., Taken]) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 10**9
    result = taken("a.tar", info.tobuf(tarfile.GNU_FORMAT) + bytes(10_000))
    assert "longer than any honest one" in said(result)


@pytest.mark.parametrize("keep", [100, 600, 1_100, 1_600])
def test_a_cut_off_tar_is_kept_and_nothing_of_it_is_unpacked(
    taken: Callable[..., Taken], keep: int
) -> None:
    whole = gzip.compress(tar(("one.txt", bytes(range(256)) * 40), ("two.txt", b"2")))
    result = taken("a.tgz", whole[: min(keep, len(whole) - 30)])
    assert places(result)[0] == "a.tgz"
    assert "damaged" in said(result)


def test_a_mailbox_becomes_its_messages(taken: Callable[..., Taken], tmp_path: Path) -> None:
    first = b"From: a@example.org\r\nSubject: First/one\r\n\r\nWords\r\n>From here\r\n\r\n"
    second = b"From: b@example.org\r\n\r\nFrom this line nothing begins 2026\r\n"
    line = b"From a@example.org Mon Mar  2 10:00:00 2026\r\n"
    result = taken("a.mbox", line + first + line + second)
    assert places(result) == ["a.mbox", "a/0001 First-one.eml", "a/0002 no subject.eml"]
    assert (tmp_path / "into" / places(result)[1]).read_bytes() == first
    assert (tmp_path / "into" / places(result)[2]).read_bytes() == second


def attribute(number: int, data: bytes) -> bytes:
    """One attribute of a winmail.dat."""
    return struct.pack("<BII", 2, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def test_a_winmail_dat_gives_its_files() -> None:
    data = (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(0x69002, bytes(14))
        + attribute(0x18010, b"REPORT~1.DOC\0")
        + attribute(0x6800F, b"content")
        + attribute(
            0x69005,
            struct.pack("<I", 1)
            + struct.pack("<HHII", 0x1F, 0x3707, 1, 22)
            + "réport.doc\0".encode("utf-16-le")
            + bytes(2),
        )
    )
    assert [(file.name, file.data) for file in tnef_files(data)] == [("réport.doc", b"content")]
    for keep in range(len(data)):
        try:
            tnef_files(data[:keep])
        except ValueError:
            assert keep < 6


def stream(number: int, text: str) -> Stream:
    """A property with text."""
    return Stream(f"__substg1.0_{number:04X}001F", text.encode("utf-16-le"))


def test_a_message_in_an_outlook_message_is_read_with_its_files() -> None:
    inner = Storage(
        "a/__substg1.0_3701000D",
        (stream(0x37, "Inner"), stream(0x1000, "Inner words")),
        (
            Storage(
                "a/__substg1.0_3701000D/__attach_version1.0_#00000000",
                (stream(0x3707, "deep.pdf"), Stream("__substg1.0_37010102", b"%PDF-1.4")),
                (),
            ),
        ),
    )
    outer = Storage(
        "",
        (
            stream(0x37, "Outer"),
            stream(0x1000, "Outer words"),
            stream(0xC1A, "Records Unit"),
            stream(0x5D01, "records@example.gov"),
        ),
        (Storage("__attach_version1.0_#00000000", (), (inner,)),),
    )
    found = storage_message(outer)
    assert (found.subject, found.sender.email) == ("Outer", "records@example.gov")
    assert "Outer words" in found.body
    assert "Inner words" in found.body
    assert [(file.name, file.data) for file in found.attachments] == [
        ("Inner/deep.pdf", b"%PDF-1.4")
    ]


def test_rtf_gives_its_words_and_nothing_else() -> None:
    source = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator X;}\f0 Dear "
        rb"\b Chief\b0 ,\par "
        rb"na\'efve \u8212? and \{braces\}{\pict ffff}\line \u-10179?\u-8704?\par}"
    )
    assert rtf_words(source) == "Dear Chief,\nnaïve \u2014 and {braces}\n\U0001f600"


def test_squeezed_rtf_is_undone() -> None:
    raw = b"{\\rtf1 words}"
    head = struct.pack("<III", len(raw) + 12, len(raw), 0x414C454D) + bytes(4)
    assert unsqueezed(head + raw) == raw
    # One reference into the preloaded text, then the end.
    pair = struct.pack(">H", (0 << 4) | (6 - 2))
    end = struct.pack(">H", ((len(PRELOADED) + 6) % 4096) << 4)
    packed = struct.pack("<III", 0, 6, 0x75465A4C) + bytes(4) + bytes((3,)) + pair + end
    assert unsqueezed(packed) == PRELOADED[:6]


@pytest.mark.data
def test_real_outlook_files_are_read(data: Path) -> None:
    found = outlook_message(data / "email" / "msg-extractor" / "unicode.msg")
    assert found.subject == "Test for TIF files"
    assert found.message_id.endswith("@mail.gmail.com>")
    assert [(file.name, len(file.data)) for file in found.attachments] == [
        ("import OleFileIO.tif", 969_674),
        ("raised value error.tif", 1_033_142),
    ]
    assert outlook_message(data / "email" / "mail-parser" / "mail_outlook_1").body


@pytest.mark.data
def test_real_winmail_dats_are_opened(data: Path, tmp_path: Path) -> None:
    mail = data / "email" / "alaveteli"
    result = take([mail / "incoming-request-tnef-attachments.eml"], tmp_path)
    assert [filed.path for filed in result.files if filed.kind is Kind.DOC] == [
        "winmail/FOI 09-02976i.doc",
        "winmail/FOI 09-02976iii.doc",
    ]
