"""A message is read whatever somebody did to it; what cannot be read is empty, never an error."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpra.archive.html import words
from cpra.archive.kinds import Kind
from cpra.archive.message import Address, message
from cpra.archive.mime import DEEPEST
from cpra.archive.mime_text import parameters
from cpra.archive.sniffer import kind


def mail(*headers: str, body: str = "") -> bytes:
    """A message with these header lines."""
    return "\r\n".join([*headers, "", body]).encode()


def test_headers_and_words_are_read() -> None:
    found = message(
        mail(
            "From: Records Unit <records@example.gov>",
            'To: "Doe, Jane" <jane@example.org>, press@example.org',
            "Subject: =?utf-8?Q?R=C3=A9ponse?= to PRA 26-14",
            "Date: Mon, 2 Mar 2026 17:40:00 -0800",
            "Message-ID: <1@example.gov>",
            "In-Reply-To: <0@example.org>",
            "References: <a@example.org>",
            " <0@example.org>",
            body="We have your request.\r\n",
        )
    )
    assert found.sender == Address("Records Unit", "records@example.gov")
    assert found.to == (Address("Doe, Jane", "jane@example.org"), Address("", "press@example.org"))
    assert found.subject == "Réponse to PRA 26-14"
    assert found.date is not None
    assert found.date.isoformat() == "2026-03-02T17:40:00-08:00"
    assert found.message_id == "<1@example.gov>"
    assert found.in_reply_to == ("<0@example.org>",)
    assert found.references == ("<a@example.org>", "<0@example.org>")
    assert found.body == "We have your request.\r\n"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a b.pdf"', "a b.pdf"),
        ("attachment; filename=a.pdf; size=3", "a.pdf"),
        ("attachment; filename*=utf-8''r%C3%A9ponse.pdf", "réponse.pdf"),
        ("attachment; filename*0=long; filename*1=er.pdf", "longer.pdf"),
        ("attachment; filename*0*=iso-8859-1''%E9; filename*1=.pdf", "é.pdf"),
        ('attachment; filename="=?utf-8?b?w6kucGRm?="', "é.pdf"),
        ('attachment; filename="a\\"b.pdf"', 'a"b.pdf'),
        ('attachment; filename="unclosed.pdf', "unclosed.pdf"),
        ("attachment; filename*=klingon''%41.pdf", "A.pdf"),
    ],
)
def test_the_senders_name_for_a_file_is_read_in_every_spelling(header: str, name: str) -> None:
    found = message(mail("From: a@example.org", f"Content-Disposition: {header}", body="words"))
    assert [file.name for file in found.attachments] == [name]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("base64", base64.b64encode(b"the record").decode()),
        ("base64", base64.b64encode(b"the record").decode().rstrip("=")),
        ("BASE64", " ".join(base64.b64encode(b"the record").decode())),
        ("quoted-printable", "the=20rec=\r\nord"),
        ("x-uuencode", "begin 644 a.txt\n" + binascii.b2a_uu(b"the record").decode() + "`\nend\n"),
        ("8bit", "the record"),
        ("nonsense", "the record"),
    ],
)
def test_the_transfer_encoding_is_undone(encoding: str, body: str) -> None:
    found = message(
        mail(
            "From: a@example.org",
            "Content-Type: application/octet-stream; name=a.bin",
            f"Content-Transfer-Encoding: {encoding}",
            body=body,
        )
    )
    assert found.attachments[0].data == b"the record"


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("utf-8", "naïve".encode()),
        ("iso-8859-1", b"na\xefve"),
        ("iso-8859-1", "naïve".encode()),
        ("", b"na\xefve"),
        ("unknown-8bit", b"na\xefve"),
        ("klingon", "naïve".encode()),
        ("rot13", "naïve".encode()),
        ("utf-16", "naïve".encode()),
    ],
)
def test_words_are_read_in_the_encoding_they_are_really_in(charset: str, raw: bytes) -> None:
    head = f"From: a@example.org\nContent-Type: text/plain; charset={charset}\n\n"
    assert message(head.encode() + raw).body == "naïve"


def test_html_alone_leaves_the_words_empty_and_gives_the_html() -> None:
    found = message(mail("From: a@example.org", "Content-Type: text/html", body="<p>Hello"))
    assert (found.body, found.html) == ("", "<p>Hello")


def test_a_boundary_that_never_comes_again_ends_with_the_file() -> None:
    found = message(
        mail(
            "From: a@example.org",
            "Content-Type: multipart/mixed; boundary=b",
            body="--b\r\n\r\nwords\r\n--b\r\nContent-Type: application/pdf\r\n\r\n%PDF-1",
        )
    )
    assert found.body == "words"
    assert found.attachments[0].data == b"%PDF-1"


def test_a_boundary_that_is_misspelled_is_found_all_the_same() -> None:
    found = message(
        mail(
            "From: a@example.org",
            "Content-Type: multipart/mixed; boundary=wrong",
            body="--right\r\nContent-Type: text/plain\r\n\r\nwords\r\n--right--\r\n",
        )
    )
    assert found.body == "words"


def test_a_thousand_nested_parts_come_to_an_end() -> None:
    body = "the core"
    for number in range(1_000):
        body = (
            f"Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n"
            f"--b{number}\r\n{body}\r\n--b{number}--\r\n"
        )
    found = message(b"From: a@example.org\r\n" + body.encode())
    assert found.problems == ("a part of the message is too broken or too deep to be taken apart",)
    assert "the core" in found.body
    assert f"b{999 - DEEPEST}" in found.body


def test_ten_thousand_parts_do_not_take_long() -> None:
    body = "--b\r\n\r\nx\r\n" * 20_000
    found = message(
        mail("From: a@example.org", "Content-Type: multipart/mixed; boundary=b", body=body)
    )
    assert found.body.startswith("x\nx")


def test_a_file_written_into_the_text_is_an_attachment() -> None:
    inline = "begin 644 report.doc\n" + binascii.b2a_uu(b"inside").decode() + "`\nend\n"
    found = message(mail("From: a@example.org", body=f"See below.\n{inline}Regards\n"))
    assert [(file.name, file.data) for file in found.attachments] == [("report.doc", b"inside")]
    assert found.body == "See below.\nRegards\n"


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param("(" * 100_000, id="comments in comments"),
        pytest.param("a:" * 100_000, id="groups in groups"),
        pytest.param("a" * 1_000_000, id="an address without an end"),
        pytest.param(f"x@{'a.' * 200_000}gov", id="a house in a house in a house"),
    ],
)
def test_a_sender_made_to_hold_up_the_reader_is_none_or_a_short_one(sender: str) -> None:
    found = message(mail(f"From: {sender}", "Subject: your request", body="words"))
    assert len(found.sender.email) < 400
    assert found.subject == "your request"


@pytest.mark.parametrize(
    "run",
    [
        pytest.param("\t" * 2_000_000, id="tabs"),
        pytest.param("&#8195;" * 300_000, id="wide spaces"),
        pytest.param("<table>" + "<td></td>" * 300_000, id="cells"),
    ],
)
def test_a_web_page_of_a_million_spaces_comes_to_an_end(run: str) -> None:
    found = words(f"<p>We have {run}your request.</p>").split()
    assert found == ["We", "have", "your", "request."]


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "raw_unicode_escape"])
def test_half_a_character_is_not_taken_over_from_any_encoding(charset: str) -> None:
    half = "+2AA-" if charset == "utf-7" else "=5Cud800"
    found = message(
        mail(
            f"Subject: =?{charset}?q?{half}?=",
            f"From: =?{charset}?q?{half}?= <records@example.gov>",
            f"Content-Type: text/plain; charset={charset}",
            "Content-Transfer-Encoding: quoted-printable",
            body=half,
        )
    )
    for text in (found.subject, found.sender.name, found.body):
        assert text.encode("utf-8").decode() == "\ufffd"


def test_a_line_break_written_in_code_is_not_one() -> None:
    disposition = "Content-Disposition: attachment; filename*=utf-8''a.pdf%0A2026-0001%20closed"
    found = message(
        mail(
            "Subject: =?utf-8?q?Answer=0D=0A2026-0001=20is=20closed?=",
            "From: =?utf-8?q?Records=0AUnit?= <records@example.gov>",
            "Content-Type: application/pdf",
            disposition,
        )
    )
    assert found.subject == "Answer 2026-0001 is closed"
    assert found.sender.name == "Records Unit"
    assert [one.name for one in found.attachments] == ["a.pdf 2026-0001 closed"]


def test_parameters_of_a_header_are_taken_apart() -> None:
    assert parameters('multipart/mixed; boundary="a;b"; charset = utf-8 ;x') == {
        "boundary": "a;b",
        "charset": "utf-8",
    }


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_raise(data: bytes) -> None:
    message(data)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *(b"From: ", b"Subject: =?utf-8?q?", b"?=", b"Content-Type: multipart/mixed; "),
                *(
                    b"boundary=b",
                    b"\n--b\n",
                    b"\n--b--\n",
                    b"\r\n",
                    b"\n\n",
                    b"begin 644 a\n",
                    b"end\n",
                ),
                *(
                    b"Content-Transfer-Encoding: base64\n",
                    b"filename*0*=x''%",
                    b"\0",
                    b"\xff",
                    b";",
                    b'"',
                ),
                *(
                    b"Content-Disposition: attachment; ",
                    b"Date: 31 Feb 99999 25:61",
                    b"M",
                    b"<@>",
                    b"(",
                ),
            ]
        ),
        max_size=40,
    )
)
def test_no_pieces_of_mail_in_any_order_raise(pieces: list[bytes]) -> None:
    message(b"".join(pieces))


@pytest.mark.data
def test_every_real_message_is_read_without_an_exception(data: Path) -> None:
    files = [path for path in sorted((data / "email").rglob("*")) if path.is_file()]
    read = [message(path) for path in files if kind(path) is not Kind.MSG]
    assert len(read) >= 110
    assert sum(bool(found.subject) for found in read) >= 90
    assert sum(bool(found.body or found.html or found.attachments) for found in read) >= 100


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "attachments"),
    [
        ("incoming-request-two-same-name.eml", ["hello-world.txt", "hello-world.txt"]),
        ("simple-uuencoded-attachment.eml", ["Happy.txt"]),
        ("inline-uuencode.eml", ["ResponseT7363 9.doc"]),
        ("incoming-request-pdf-attachment.eml", ["fs_50379341.pdf"]),
        ("incoming-request-tnef-only.eml", ["winmail.dat"]),
        ("space-boundary.eml", ["Mr Gradwick.pdf"]),
        ("nested-attachments-premature-end.eml", None),
    ],
)
def test_real_attachments_are_found(data: Path, name: str, attachments: list[str] | None) -> None:
    found = message(data / "email" / "alaveteli" / name)
    if attachments is not None:
        assert [file.name for file in found.attachments] == attachments
    assert found.attachments
