"""The whole way of a request by mail, on real servers: keyring, SMTP, IMAP and a calendar."""

from __future__ import annotations

import imaplib
import json
import ssl
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from tests.servers.certificates import made
from tests.servers.dovecot import dovecot
from tests.servers.keyring import secret_service
from tests.servers.program import kinds, log, workspace
from tests.servers.radicale import LOGIN as CALENDAR_LOGIN
from tests.servers.radicale import PASSWORD as CALENDAR_PASSWORD
from tests.servers.radicale import radicale
from tests.servers.smtp import LOGIN, PASSWORD, smtp


def on(day: str) -> tuple[str, str]:
    return ("--today", day)


def delivered(port: int, authority: Path, data: bytes) -> None:
    """The agency's own program puts its answer into the mailbox, over the protocol."""
    context = ssl.create_default_context(cafile=str(authority))
    box = imaplib.IMAP4_SSL("localhost", port, ssl_context=context)
    try:
        box.authenticate("PLAIN", lambda _: f"\0{LOGIN}\0{PASSWORD}".encode())
        assert box.append("INBOX", "", '"12-Mar-2026 10:00:30 -0700"', data)[0] == "OK"
    finally:
        box.logout()


def answer(letter: bytes) -> bytes:
    """An extension notice in the thread of the letter, with the notice as a PDF too."""
    asked = message_from_bytes(letter, policy=policy.default)
    made = EmailMessage(policy=SMTP)
    made["From"] = "Records <records@exampleville.example>"
    made["To"], made["Subject"] = LOGIN, f"RE: {asked['Subject']}"
    made["Date"], made["Message-ID"] = "Thu, 12 Mar 2026 10:00:00 -0700", "<1@exampleville.example>"
    made["In-Reply-To"] = made["References"] = str(asked["Message-ID"])
    body = asked.get_body(("plain",))
    assert body is not None
    quoted = "".join(f"> {line}\r\n" for line in body.get_content().splitlines())
    made.set_content(
        "Dear requester,\n\nwe have received your request. Pursuant to Gov. Code section "
        "7922.535(b) the Department is extending the time to respond to March 26, 2026, because "
        "it must search for a voluminous amount of separate and distinct records.\n\nSincerely,\n\n"
        f"Pat Example\nRecords Supervisor\n\nOn Mon, Mar 2, 2026 at 9:00 AM you wrote:\n{quoted}"
    )
    made.add_attachment(
        b"box,pages\n7,1200\n", maintype="text", subtype="csv", filename="boxes.csv"
    )
    return made.as_bytes()


def test_a_request_goes_out_comes_back_and_stands_in_the_calendar(tmp_path: Path) -> None:
    certificate = made(tmp_path / "tls")
    with (
        secret_service(tmp_path / "keyring") as keys,
        smtp(tmp_path / "smtp", security="starttls", certificate=certificate, auth=True) as mail,
        dovecot(certificate) as box,
        radicale(tmp_path / "radicale") as calendar,
    ):
        mine = workspace(tmp_path / "records", keys)
        mine = mine.but(SSL_CERT_FILE=str(certificate.authority))

        # An account; its password goes into the keyring.
        mine.ok("account", "add", "mine", "--address", LOGIN, "--name", "A Requester", "--smtp",
                f"localhost:{mail.port}", "--imap", f"localhost:{box.tls_port}", "--imap-security",
                "tls", "--password-stdin", given=f"{PASSWORD}\n")  # fmt: skip
        assert mine.ok("account", "test").count("works") == 2

        # A letter; it goes out, and stands in the Sent folder.
        mine.ok(*on("2026-03-02"), "new", "alpr-access-logs", "--agency", "EPD", "--set",
                "from=2026-01-01", "--set", "to=2026-02-28", "--no-input")  # fmt: skip
        assert "[2026-0001]" in mine.ok(*on("2026-03-02"), "send", "1", "--preview")
        mine.ok(*on("2026-03-02"), "send", "1", "--yes")
        (letter,) = mail.messages
        assert kinds(mine, "2026-0001") == ["drafted", "sending", "sent"]
        assert len(list((box.maildir / ".Sent").glob("*/*:2,S"))) == 1

        # Its date stands in the calendar.
        mine.ok("calendar", "connect", calendar.url, "--login", CALENDAR_LOGIN, "--password-stdin",
                given=f"{CALENDAR_PASSWORD}\n")  # fmt: skip
        mine.ok("calendar", "push")
        (entry,) = calendar.entries()
        assert "DTSTART;VALUE=DATE:20260312" in entry

        # The agency answers; the answer is filed with its request, and asks what it is.
        came = answer(letter)
        delivered(box.tls_port, certificate.authority, came)
        said = mine.json(*on("2026-03-13"), "fetch")
        assert [(one["id"], one["meaning"]) for one in said["filed"]] == [
            ("2026-0001", "extension")
        ]
        (filed,) = (mine.root / "requests").glob("2026-0001-*/answers/*/message.eml")
        assert filed.read_bytes().replace(b"\r\n", b"\n") == came.replace(b"\r\n", b"\n")
        assert (filed.parent / "boxes.csv").read_bytes() == b"box,pages\n7,1200\n"
        assert box.seen() == []
        assert mine.json("show", "1")["status"] == "sent"

        # The requester confirms it; the date moves, here and in the calendar.
        (asking,) = mine.json("inbox")
        mine.ok(*on("2026-03-13"), "inbox", "file", asking["handle"])
        assert mine.json("show", "1")["status"] == "extended"
        assert log(mine, "2026-0001")[-1]["until"] == "2026-03-26"
        mine.ok("calendar", "push")
        (entry,) = calendar.entries()
        assert "DTSTART;VALUE=DATE:20260326" in entry

        # Nothing more comes; the reminder says so, once.
        mine.ok(*on("2026-03-13"), "remind", "1", "in 2 weeks", "call", "the", "records", "office")
        for _ in range(2):
            mine.ok(*on("2026-03-30"), "remind", "--mail")
        (_, reminder) = mail.messages
        text = message_from_bytes(reminder, policy=policy.default)
        assert text["Subject"] == "cpra: 1 late, 1 to remember"
        assert "extended determination was due Thu Mar 26" in text.get_content()

        # The follow-up goes into the same thread.
        mine.ok(*on("2026-03-30"), "follow-up", "1", "late", "--no-input")
        mine.ok(*on("2026-03-30"), "send", "1", "--letter", "late", "--yes")
        notice = message_from_bytes(mail.messages[-1], policy=policy.default)
        assert notice["In-Reply-To"] == "<1@exampleville.example>"
        assert kinds(mine, "2026-0001")[-1] == "letter-sent"

        # Every byte is what it was, and no secret stands anywhere.
        mine.ok("check")
        everything = "".join(
            path.read_text(encoding="utf-8", errors="replace")
            for path in mine.root.rglob("*")
            if path.is_file()
        )
        assert PASSWORD not in everything
        assert CALENDAR_PASSWORD not in everything
        assert PASSWORD not in json.dumps(mine.json("account", "list"))
    assert sys.platform != "win32"
