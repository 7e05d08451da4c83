"""A file is what its bytes are, whatever it is called."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from cpra.archive.kinds import Kind, is_misnamed
from cpra.archive.sniffer import kind


def zipped(*names: str) -> bytes:
    """A zip with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def ole(stream: str) -> bytes:
    """The beginning of a compound file that has a stream of this name."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + stream.encode("utf-16-le") + b"\0" * 40
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Kind.EMPTY),
        (b"%PDF-1.7\n%\xe2\xe3\n", Kind.PDF),
        (b"\n\n  %PDF-1.4\n", Kind.PDF),
        (b"PK\x05\x06" + b"\0" * 18, Kind.ZIP),
        (b"7z\xbc\xaf\x27\x1c\0\x04", Kind.SEVENZIP),
        (b"\x1f\x8b\x08\0", Kind.GZ),
        (b"\x78\x9f\x3e\x22\0\0", Kind.TNEF),
        (b"\x89PNG\r\n\x1a\n\0", Kind.PNG),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", Kind.MP4),
        (b"RIFF\0\0\0\0WAVEfmt ", Kind.WAV),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", Kind.PROGRAM),
        (b"MZ is how this plain letter begins.\n", Kind.TXT),
        (b"<!DOCTYPE html><title>Not a PDF</title>", Kind.HTML),
        (b"<?xml version='1.0'?><a/>", Kind.XML),
        (b"From: a@example.org\nTo: b@example.org\n\nHello\n", Kind.EML),
        (b"From: a@example.org\nSubject: %PDF-1.7\n\nHello\n", Kind.EML),
        (b"From: a@example.org\nTo: b@example.org\n\nraw " + bytes(range(256)), Kind.EML),
        (b"Note: this is\nNo: mail\n\n", Kind.TXT),
        (b"Date: March 1, 2026\nTo: Exampleville\nRe: ALPR\n    no. 1\n\nDear\n", Kind.TXT),
        (b"From: The Chief\nTo: All\nDate: May 1\nSubject: Radios\n\nMemo\n", Kind.TXT),
        (b"To: b@example.org\nSubject: a draft that was saved\n\nHello\n", Kind.EML),
        (b"Received: from a by b\nDate: Mon, 2 Mar 2026 10:00:00\n\nHello\n", Kind.EML),
        (b"Subject: x\nMIME-Version: 1.0\n\nHello\n", Kind.EML),
        (b"name,day\nA,1\nB,2\n", Kind.CSV),
        (b"The records, which you asked for.\nAre here, I think.\n", Kind.TXT),
        (b'{"a": 1}\n', Kind.JSON),
        ("\ufeffna\u00efve".encode("utf-16-le"), Kind.TXT),
        (b"BEGIN:VCALENDAR\r\n", Kind.ICS),
        (bytes(range(256)) * 4, Kind.DATA),
        (ole("WordDocument"), Kind.DOC),
        (ole("Workbook"), Kind.XLS),
        (ole("__properties_version1.0"), Kind.MSG),
        (ole("Something"), Kind.OLE),
    ],
)
def test_the_bytes_tell(data: bytes, expected: Kind, tmp_path: Path) -> None:
    file = tmp_path / "named.exe"
    file.write_bytes(data)
    assert kind(file) is expected
    assert kind(data) is expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (("[Content_Types].xml", "word/document.xml"), Kind.DOCX),
        (("[Content_Types].xml", "xl/workbook.xml"), Kind.XLSX),
        (("[Content_Types].xml", "ppt/presentation.xml"), Kind.PPTX),
        (("[Content_Types].xml", "other.xml"), Kind.ZIP),
        (("word/document.xml",), Kind.ZIP),
        (("report.pdf",), Kind.ZIP),
    ],
)
def test_an_office_file_is_told_from_a_zip(
    members: tuple[str, ...], expected: Kind, tmp_path: Path
) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(zipped(*members))
    assert kind(file) is expected


def test_a_tar_is_seen_behind_its_first_name(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.txt", "w") as archive:
        archive.addfile(tarfile.TarInfo("b.txt"))
    assert kind(tmp_path / "a.txt") is Kind.TAR


def test_one_message_with_a_mailbox_line_is_mail_and_two_are_a_mailbox(tmp_path: Path) -> None:
    one = (
        b"From a@example.org Mon Mar  2 10:00:00 2026\nFrom: a@example.org\nSubject: x\n\nWords\n\n"
    )
    (tmp_path / "one").write_bytes(one)
    (tmp_path / "two").write_bytes(one + one)
    assert kind(tmp_path / "one") is Kind.EML
    assert kind(tmp_path / "two") is Kind.MBOX


@pytest.mark.parametrize(
    ("name", "real", "wrong"),
    [
        ("a.pdf", Kind.PDF, False),
        ("a.pdf", Kind.HTML, True),
        ("a.zip", Kind.TXT, True),
        ("a.jpg", Kind.JPEG, False),
        ("a.csv", Kind.TXT, False),
        ("a.log", Kind.TXT, False),
        ("winmail.dat", Kind.TNEF, False),
        ("report", Kind.PDF, False),
        ("a.doc", Kind.DOCX, True),
    ],
)
def test_a_name_that_claims_another_kind_is_noticed(name: str, real: Kind, wrong: bool) -> None:
    assert is_misnamed(name, real) is wrong


@pytest.mark.data
def test_every_real_document_is_what_its_ending_says(data: Path) -> None:
    unlike = {
        file.relative_to(data).as_posix(): str(kind(file))
        for folder in ("cases", "office", "pdf", "zip")
        for file in sorted((data / folder).rglob("*"))
        if file.is_file() and is_misnamed(file.name, kind(file))
    }
    assert unlike == {"zip/not-a-zip.zip": "txt"}


@pytest.mark.data
def test_every_real_mail_is_seen_as_mail(data: Path) -> None:
    # Bare digests and texts that begin with no header at all.
    no_mail = {"msg_19.txt"}
    others = {
        file.name: str(kind(file))
        for file in sorted((data / "email").rglob("*"))
        if file.is_file() and file.name not in no_mail
        if kind(file) not in (Kind.EML, Kind.MSG, Kind.MBOX)
    }
    assert others == {}
