"""Collecting answers: every byte kept, nothing lost, nothing doubled, whatever is interrupted."""

from __future__ import annotations

import hashlib
import io
import json
import mailbox
import os
import re
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from cpra.archive.intake import MANY
from cpra.mail.coming import WORTH
from tests.running import Watch, run, run_at_once
from tests.servers import wait_for
from tests.servers.certificates import Certificate, made
from tests.servers.dovecot import Dovecot, dovecot
from tests.servers.liar import liar
from tests.servers.liar import message as lie
from tests.servers.program import CPRA, Cpra, add_account, draft, kinds, log, workspace
from tests.servers.smtp import LOGIN, smtp
from tests.terminal import typed_at_terminal
from tests.test_account import PRINTS
from tests.test_wholly import MEMORY

SENT, TODAY = ("--today", "2026-03-02"), ("--today", "2026-03-20")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two requests that were sent on March 2."""
    folder = tmp_path_factory.mktemp("sent")
    mine = workspace(folder / "records")
    with smtp(folder / "smtp") as mail:
        add_account(mine, mail.port)
        for subject in ("ALPR access logs of Harbor Boulevard", "Encrypted radios by Motorola"):
            mine.ok(*SENT, "new", "general", "--agency", "EPD", "--subject", subject, "--item",
                    f"The purchase orders for {subject}", "--no-input")  # fmt: skip
        mine.ok(*SENT, "send", "1", "2", "--yes", "--pace", "0")
    mine.ok("account", "remove", "mine")
    return mine.root


@pytest.fixture
def mine(tmp_path: Path, template: Path) -> Cpra:
    """A workspace with the sent requests 2026-0001 and 2026-0002."""
    shutil.copytree(template, tmp_path / "records")
    return Cpra(tmp_path / "records")


def sent_id(mine: Cpra, number: int = 1) -> str:
    (path,) = (mine.root / "requests").glob(f"2026-000{number}-*/sent/*/message.eml")
    return str(message_from_bytes(path.read_bytes())["Message-ID"])


def answer(
    subject: str = "Your request",
    body: str = "Hello.",
    *,
    reply_to: str = "",
    sender: str = "records@exampleville.example",
    files: tuple[tuple[str, bytes], ...] = (),
    day: str = "Thu, 12 Mar 2026 10:00:00 -0700",
    message_id: str = "",
) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = "me@example.org"
    message["Subject"] = subject
    message["Date"] = day
    message["Message-ID"] = message_id or f"<{hashlib.sha256(body.encode()).hexdigest()[:12]}@epd>"
    if reply_to:
        message["In-Reply-To"] = reply_to
    message.set_content(body)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def put(folder: Path, *messages: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(messages):
        (folder / f"{number}.eml").write_bytes(data)
    return folder


def held(mine: Cpra) -> list[str]:
    """The SHA-256 of every message that is filed or waits."""
    found = [
        p
        for p in (mine.root / "requests").rglob("*")
        if p.is_file() and p.suffix in (".eml", ".msg") and "sent" not in p.parts
    ]
    return sorted(hashlib.sha256(p.read_bytes()).hexdigest() for p in found)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_an_answer_is_filed_with_its_request_byte_for_byte(tmp_path: Path, mine: Cpra) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as container:
        container.writestr("logs/march.csv", "plate,reason\n")
    files = (("report.csv", b"plate,reason\n"), ("logs.zip", archive.getvalue()))
    body = "Attached are the responsive records."
    data = answer("Re: yours", body, reply_to=sent_id(mine), files=files)
    put(tmp_path / "mail", data)
    said = mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    assert "it seems to be: records" in said
    (folder,) = (mine.root / "requests").glob("2026-0001-*/answers/2026-03-12-letter")
    assert (folder / "message.eml").read_bytes() == data
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert names == {"message.eml", "report.csv", "logs.zip", "logs/logs/march.csv"}
    line = log(mine, "2026-0001")[-1]
    assert line["kind"] == "answered"  # what it says is not confirmed yet
    assert line["on"] == "2026-03-12T10:00"
    assert line["note"] == "fetched from the file 0.eml"
    assert len(line["files"]) == 4
    mine.ok("check")


def test_fetching_again_doubles_nothing(tmp_path: Path, mine: Cpra) -> None:
    put(tmp_path / "mail", answer(reply_to=sent_id(mine)), answer("Spring sale", sender="a@b.org"))
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    before = held(mine)
    assert len(before) == 2
    assert "2 messages were here already" in mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    (mine.root / "requests" / "inbox" / "fetched.jsonl").unlink()  # the memory is lost
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    assert held(mine) == before


def test_what_cannot_be_placed_waits_and_is_shown_with_reasons(tmp_path: Path, mine: Cpra) -> None:
    data = answer("Records", "About the Motorola radios and their encryption.")
    put(tmp_path / "mail", data)
    assert "1 message could not be placed" in mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    (waiting,) = mine.json("inbox")
    assert waiting["candidates"][0]["id"] == "2026-0002"
    assert "it comes from records@exampleville.example" in waiting["candidates"][0]["reasons"]
    shown = mine.ok("inbox", "show", waiting["handle"])
    assert "it speaks of" in shown
    mine.ok(*TODAY, "inbox", "file", waiting["handle"], "2", "--as", "acknowledgment")
    assert mine.json("inbox") == []
    assert kinds(mine, "2026-0002")[-1] == "acknowledged"
    (filed,) = (mine.root / "requests").glob("2026-0002-*/answers/*/message.eml")
    assert filed.read_bytes() == data
    assert filed.parent.name == "2026-03-12-acknowledgment"


def test_mail_that_has_to_do_with_nothing_is_put_aside_and_kept(tmp_path: Path, mine: Cpra) -> None:
    data = answer("Spring sale", "Everything must go.", sender="shop@shop.example")
    put(tmp_path / "mail", data)
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    (waiting,) = mine.json("inbox")
    assert waiting["candidates"] == []
    assert "which request" in mine.fails(2, "inbox", "file", waiting["handle"])
    mine.ok("inbox", "aside", waiting["handle"])
    assert mine.json("inbox") == []
    (kept,) = (mine.root / "requests" / "inbox" / "aside").iterdir()
    assert kept.read_bytes() == data
    assert "1 message were here already" not in mine.ok("inbox")
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    assert mine.json("inbox") == []


EXTENSION = (
    "Pursuant to Gov. Code section 7922.535(b) the Department is extending the time to respond by "
    "fourteen days, to March 26, 2026, because of a voluminous amount of separate and distinct "
    "records.\n\nSincerely,\n\nPat Example\nRecords Supervisor\n"
)


def test_a_filed_message_says_nothing_until_it_is_confirmed(tmp_path: Path, mine: Cpra) -> None:
    put(tmp_path / "mail", answer("Notice of extension", EXTENSION, reply_to=sent_id(mine)))
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    assert mine.json("show", "1")["status"] == "sent"
    (asking,) = mine.json("inbox")
    assert asking["meaning"] == "extension"
    assert asking["proposals"][0]["until"] == "2026-03-26"
    done = mine.json(*TODAY, "inbox", "file", asking["handle"])
    assert done["events"] == ["extended"]
    line = log(mine, "2026-0001")[-1]
    assert (line["until"], line["grounds"]) == ("2026-03-26", ["volume"])
    assert line["signed_by"] == "Pat Example, Records Supervisor"
    assert line["on"] == "2026-03-12T10:00"
    assert line["files"] == log(mine, "2026-0001")[-2]["files"]
    assert mine.json("show", "1")["status"] == "extended"
    assert mine.json("inbox") == []
    mine.ok("check")


def test_what_the_requester_says_goes_before_what_was_read(tmp_path: Path, mine: Cpra) -> None:
    put(tmp_path / "mail", answer("Notice of extension", EXTENSION, reply_to=sent_id(mine)))
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    (asking,) = mine.json("inbox")
    words = ("inbox", "file", asking["handle"], "--as", "extension", "--until", "2026-03-25")
    assert "has no amount" in mine.fails(2, *TODAY, *words, "--amount", "5")
    mine.ok(*TODAY, *words, "--ground", "consultation")
    line = log(mine, "2026-0001")[-1]
    assert (line["until"], line["grounds"]) == ("2026-03-25", ["consultation"])


def test_with_yes_only_what_is_sure_is_written_down(tmp_path: Path, mine: Cpra) -> None:
    vague = answer("Hello", "Your request is denied.", reply_to=sent_id(mine, 2))
    put(tmp_path / "mail", answer("Extension", EXTENSION, reply_to=sent_id(mine)), vague)
    mine.ok(*TODAY, "fetch", "--yes", "--path", tmp_path / "mail")
    assert kinds(mine, "2026-0001")[-1] == "extended"
    assert kinds(mine, "2026-0002")[-1] == "answered"
    assert [one["meaning"] for one in mine.json("inbox")] == ["denial"]
    mine.ok(*TODAY, "inbox", "--yes")
    assert kinds(mine, "2026-0002")[-1] == "answered"


def test_a_wrong_filing_is_taken_back_by_an_event_and_waits_again(
    tmp_path: Path, mine: Cpra
) -> None:
    data = answer("Extension", EXTENSION, reply_to=sent_id(mine))
    put(tmp_path / "mail", data)
    mine.ok(*TODAY, "fetch", "--yes", "--path", tmp_path / "mail")
    line = len(log(mine, "2026-0001"))
    mine.ok(*TODAY, "inbox", "back", "1", str(line))
    assert kinds(mine, "2026-0001")[-2:] == ["extended", "voided"]
    assert mine.json("show", "1")["status"] == "sent"
    (waiting,) = mine.json("inbox")
    mine.ok(*TODAY, "inbox", "file", waiting["handle"], "2")
    assert kinds(mine, "2026-0002")[-1] == "extended"
    assert held(mine) == [sha(data)] * 2  # nothing that was filed is ever deleted
    mine.ok("check")


def test_a_bounce_makes_the_request_a_draft_again(tmp_path: Path, mine: Cpra) -> None:
    put(tmp_path / "mail", bounce(sent_id(mine)))
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    (asking,) = mine.json("inbox")
    assert asking["meaning"] == "bounce"
    assert mine.json("show", "1")["status"] == "sent"
    assert "it is a draft again" in mine.ok(*TODAY, "inbox", "file", asking["handle"])
    assert kinds(mine, "2026-0001")[-2:] == ["refused", "voided"]
    assert mine.json("show", "1")["status"] == "drafted"


def bounce(message_id: str, sender: str = "mailer-daemon@example.org") -> bytes:
    """A mail server's report that the message of that name was not delivered."""
    return (
        f"From: {sender}\nSubject: Undeliverable: your request [2026-0001]\n"
        "Date: Tue, 3 Mar 2026 12:00:00 -0800\nMessage-ID: <bounce@example.org>\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\n\nThe message could not be delivered to the following recipients: 550 5.1.1 user "
        "unknown\n\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {message_id}\n\nhello\n--b--\n"
    ).encode()


CLOSED = "Your request has been closed.\n\nWe have closed your request."


def test_a_stranger_who_guesses_the_token_waits_and_changes_nothing(
    tmp_path: Path, mine: Cpra
) -> None:
    before = kinds(mine, "2026-0001")
    forged = [
        answer("Extension [2026-0001]", EXTENSION, sender="records@stranger.example"),
        answer("Closed [2026-0001]", CLOSED, sender="records@exampleville.example.net"),
        bounce("<2026-0001.0000000000000000@example.org>"),
    ]
    mine.ok(*TODAY, "fetch", "--yes", "--path", put(tmp_path / "mail", *forged))
    mine.ok(*TODAY, "inbox", "--yes")
    assert kinds(mine, "2026-0001") == before
    waiting = mine.json("inbox")
    assert len(waiting) == 3
    assert all(one["candidates"][0]["doubts"] for one in waiting)
    shown = mine.ok("inbox", "show", next(w["handle"] for w in waiting if "Ext" in w["subject"]))
    assert "but its sender is neither the agency in the address book, nor a portal" in shown


def test_with_yes_nothing_that_an_unknown_sender_says_is_written_down(
    tmp_path: Path, mine: Cpra
) -> None:
    third = answer("Extension", EXTENSION, reply_to=sent_id(mine), sender="counsel@lawfirm.example")
    mine.ok(*TODAY, "fetch", "--yes", "--path", put(tmp_path / "mail", third))
    assert kinds(mine, "2026-0001")[-1] == "answered"
    assert "1 message left for you to look at" in mine.ok(*TODAY, "inbox", "--yes")
    (asking,) = mine.json("inbox")
    assert asking["doubts"]
    mine.ok(*TODAY, "inbox", "file", asking["handle"])
    assert kinds(mine, "2026-0001")[-1] == "extended"
    # Now the requester has said that this person speaks for the agency.
    more = answer("News [2026-0001]", EXTENSION + " ", sender="counsel@lawfirm.example")
    mine.ok(*TODAY, "fetch", "--yes", "--path", put(tmp_path / "more", more))
    assert kinds(mine, "2026-0001")[-2:] == ["extended", "extended"]


def test_what_ones_own_server_found_forged_is_not_filed(tmp_path: Path, mine: Cpra) -> None:
    found = (
        b"Authentication-Results: mx.example.org; dmarc=fail header.from=exampleville.example\r\n"
    )
    forged = found + answer("Extension [2026-0001]", EXTENSION, reply_to=sent_id(mine))
    mine.ok(*TODAY, "fetch", "--yes", "--path", put(tmp_path / "mail", forged))
    (waiting,) = mine.json("inbox")
    (doubt,) = waiting["candidates"][0]["doubts"]
    assert doubt == "your mail server doubts that it comes from its sender (dmarc=fail)"


def test_with_yes_only_a_report_of_what_was_sent_takes_it_back(tmp_path: Path, mine: Cpra) -> None:
    put(tmp_path / "mail", answer("Hello", "Hello.", reply_to=sent_id(mine), message_id="<a@epd>"))
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    of_theirs = bounce("<a@epd>")  # it names a message of the request, and none that was sent
    mine.ok(*TODAY, "fetch", "--yes", "--path", put(tmp_path / "theirs", of_theirs))
    assert kinds(mine, "2026-0001")[-2:] == ["answered", "answered"]
    assert mine.json("inbox")[0]["doubts"] == ["it names no message that you sent"]
    of_ours = bounce(sent_id(mine))
    mine.ok(*TODAY, "fetch", "--yes", "--path", put(tmp_path / "ours", of_ours))
    assert kinds(mine, "2026-0001")[-2:] == ["refused", "voided"]


def test_a_link_that_expires_is_put_on_the_agenda(tmp_path: Path, mine: Cpra) -> None:
    body = "The documents are available.\n\nThe download link will expire in 14 days.\n\n"
    link = "https://portal.example/download/1"
    put(tmp_path / "mail", answer("Records", body + link, reply_to=sent_id(mine)))
    assert "expires on 2026-03-26" in mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    line = log(mine, "2026-0001")[-1]
    assert (line["kind"], line["due"]) == ("reminder", "2026-03-26")
    assert "portal.example" in line["text"]
    assert "download/1" not in json.dumps(line)


def test_the_agencys_own_number_in_a_subject_is_learnt(tmp_path: Path, mine: Cpra) -> None:
    first = answer("Re: [x] Request :: W001234-030226", "Hello.", reply_to=sent_id(mine))
    second = answer("Records Request :: W001234-030226", "News.", sender="epd@mycusthelp.net")
    put(tmp_path / "one", first)
    put(tmp_path / "two", second)
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "one")
    assert mine.json("show", "1")["references"] == ["W001234-030226"]
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "two")
    assert kinds(mine, "2026-0001")[-2:] == ["answered", "answered"]


def test_the_day_on_which_the_agency_received_it_is_yours_to_confirm(
    tmp_path: Path, mine: Cpra
) -> None:
    body = "Thank you for your request. Your request was received by the City on March 4, 2026."
    put(tmp_path / "mail", answer("Received", body, reply_to=sent_id(mine)))
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    (asking,) = mine.json("inbox")
    assert [one["meaning"] for one in asking["proposals"]] == ["acknowledgment", "receipt"]
    words = ("inbox", "file", asking["handle"], "--as", "acknowledgment", "--as", "receipt")
    mine.ok(*TODAY, *words)
    lines = {line["kind"]: line["on"] for line in log(mine, "2026-0001")[-2:]}
    assert lines == {"acknowledged": "2026-03-12T10:00", "received": "2026-03-04"}


def test_our_own_letter_is_no_answer(tmp_path: Path, mine: Cpra) -> None:
    mine.ok("account", "add", "mine", "--address", "records@example.org", "--no-login", "--imap",
            "127.0.0.1:1", "--imap-security", "plain")  # fmt: skip
    (sent,) = (mine.root / "requests").glob("2026-0001-*/sent/*/message.eml")
    copy = b"Received: from here by there; Mon, 2 Mar 2026 10:00:00 -0800\r\n" + sent.read_bytes()
    later = answer("Re: yours", reply_to=sent_id(mine), sender="records@example.org")
    put(tmp_path / "mail", copy, later)
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    assert kinds(mine, "2026-0001")[-1] == "sent"
    (waiting,) = mine.json("inbox")
    assert waiting["candidates"][0]["doubts"] == ["it comes from yourself"]


def test_a_request_that_cannot_be_read_leaves_its_mail_in_the_inbox(
    tmp_path: Path, mine: Cpra
) -> None:
    data = answer("Re: [2026-0001]", reply_to=sent_id(mine))
    other = answer("Re: [2026-0002]", "Else.", reply_to=sent_id(mine, 2))
    mine.ok(*TODAY, "list")  # so that what the requests are known by is remembered
    (lines,) = (mine.root / "requests").glob("2026-0001-*/events.jsonl")
    lines.write_text(lines.read_text("utf-8") + "damaged\n", encoding="utf-8")
    put(tmp_path / "mail", data, other)
    said = mine.fails(1, *TODAY, "fetch", "--path", tmp_path / "mail")
    assert "its mail is in the inbox" in said
    assert held(mine) == sorted((sha(data), sha(other)))
    assert kinds(mine, "2026-0002")[-1] == "answered"


def test_mbox_maildir_and_outlook_are_read(tmp_path: Path, mine: Cpra, data: Path) -> None:
    messages = [answer(f"Number {n}", f"Hello {n}.", sender="a@b.example") for n in range(3)]
    box = mailbox.mbox(tmp_path / "old.mbox")
    for one in messages:
        box.add(one)
    box.close()
    said = mine.json(*TODAY, "fetch", "--path", tmp_path / "old.mbox")
    assert len(said["waiting"]) == 3
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    for one in messages:
        maildir.add(one)
    assert len(list((tmp_path / "Maildir" / "new").iterdir())) == 3
    said = mine.json(*TODAY, "fetch", "--path", tmp_path / "Maildir")
    assert len(said["waiting"]) + said["already"] == 3
    outlook = data / "email" / "msg-extractor" / "unicode.msg"
    said = mine.json(*TODAY, "fetch", "--path", outlook)
    (kept,) = (Path(path) for path in said["waiting"])
    assert kept.read_bytes() == outlook.read_bytes()
    (one,) = (one for one in mine.json("inbox") if one["path"].endswith(".msg"))
    assert one["subject"] == "Test for TIF files"


def test_what_is_no_message_is_named_and_left(tmp_path: Path, mine: Cpra) -> None:
    folder = put(tmp_path / "mail", answer())
    (folder / "report.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    assert "report.pdf: is no message" in mine.fails(1, *TODAY, "fetch", "--path", folder)
    assert len(held(mine)) == 1
    assert "is not there" in mine.fails(3, "fetch", "--path", tmp_path / "nowhere")


def test_every_message_of_the_collection_is_kept_without_loss(mine: Cpra, data: Path) -> None:
    said = mine.run(*TODAY, "fetch", "--path", data / "email", "--json")
    assert said.code in (0, 1)
    problems = json.loads(said.out)["problems"]
    every = {sha(p.read_bytes()) for p in (data / "email").rglob("*") if p.is_file()}
    left = {
        sha((data / "email" / name).read_bytes())
        for name in re.findall(r"email/([^:]+): is no message", "\n".join(problems))
    }
    assert set(held(mine)) | left == every
    assert len(left) == len(problems) == 1, problems  # one has no headers at all
    (path,) = (
        p for p in (data / "email").rglob("*") if p.is_file() and sha(p.read_bytes()) in left
    )
    mine.ok(*TODAY, "fetch", "--path", path)  # named by itself it is believed to be a message
    assert set(held(mine)) == every
    assert "Traceback" not in said.err
    assert len(mine.json("inbox")) == len(set(held(mine)))
    for one in mine.json("inbox"):
        mine.ok("inbox", "show", one["handle"])


def test_every_message_of_the_collection_can_be_filed(
    tmp_path: Path, mine: Cpra, data: Path
) -> None:
    """Each with lines in front that say whose answer it is and when it came, all else as it is."""
    came = f"In-Reply-To: {sent_id(mine)}\r\nReceived: by here; Thu, 12 Mar 2026 10:00:00 -0700\r\n"
    made = put(
        tmp_path / "mail",
        *(
            came.encode() + p.read_bytes()
            for p in sorted((data / "email").rglob("*"))
            if p.is_file() and p.suffix != ".msg" and not p.read_bytes().startswith(b"\xd0\xcf")
        ),
    )
    said = mine.run(*TODAY, "fetch", "--path", made, "--json")
    assert "Traceback" not in said.err
    every = sorted({sha(p.read_bytes()) for p in made.iterdir()})
    top = {p: sha(p.read_bytes()) for p in (mine.root / "requests").rglob("message.eml")}
    found = sorted(v for p, v in top.items() if "answers" in p.parts or "inbox" in p.parts)
    waiting = sorted(sha(p.read_bytes()) for p in (mine.root / "requests/inbox").glob("*.eml"))
    assert sorted(set(found) | set(waiting)) == every
    assert len(found) > 80
    assert mine.run("check").code == 0


HOSTILE: dict[str, Callable[[], bytes]] = {
    "fifty-megabytes": lambda: answer(
        "Big", files=(("big.pdf", b"%PDF-1.4" + b"\0" * 52_000_000),)
    ),
    "ten-thousand-recipients": lambda: (
        b"To: "
        + b", ".join(b"a%d@example.org" % n for n in range(10_000))
        + b"\r\nFrom: a@b.example\r\nSubject: all\r\n\r\nHello.\r\n"
    ),
    "partial": lambda: (
        b"From: a@b.example\r\nSubject: part\r\nContent-Type: message/partial; "
        b'id="x"; number=1; total=2\r\n\r\nFrom: c@d.example\r\n\r\nhalf of it'
    ),
    "nested": lambda: (
        b"".join(b"From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n" for _ in range(1000))
        + b"From: c@d.example\r\n\r\nat last\r\n"
    ),
    "charset": lambda: (
        b"From: a@b.example\r\nSubject: =?x-nothing?Q?caf=E9?=\r\n"
        b"Content-Type: text/plain; charset=x-nothing\r\n\r\ncaf\xe9\r\n"
    ),
    "nul": lambda: b"From: a\0@b.example\r\nSubject: \0x\r\nMessage-ID: <\0>\r\n\r\n\0\r\n",
    "empty-head": lambda: b"\r\n\r\n",
    "only-head": lambda: b"From: a@b.example",
    "long-line": lambda: b"From: a@b.example\r\nSubject: " + b"x" * 500_000 + b"\r\n\r\n.\r\n",
    "bidi": lambda: "From: a@b.example\r\nSubject: \u202egnp.exe\x1b[2J\r\n\r\n.\r\n".encode(),
    "groups": lambda: b"From: undisclosed:;\r\nTo: a:b@c,d;;\r\nMessage-ID: <>\r\n\r\n.\r\n",
    "loop": lambda: (
        b"From: me@example.org\r\nAuto-Submitted: auto-replied\r\n"
        b"X-Loop: me@example.org\r\nSubject: Re: Re: Re:\r\n\r\n.\r\n"
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_kept_and_breaks_nothing(tmp_path: Path, mine: Cpra, name: str) -> None:
    data = HOSTILE[name]()
    for number, one in enumerate((data, f"In-Reply-To: {sent_id(mine)}\r\n".encode() + data)):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(one)
        said = mine.run(*TODAY, "fetch", "--path", path)
        assert "Traceback" not in said.err
        assert "\x1b" not in said.out
        assert sha(one) in held(mine)
        for waiting in mine.json("inbox"):
            assert "\x1b" not in mine.ok("inbox", "show", waiting["handle"])
    mine.ok("check")


def stopped(mine: Cpra, number: int, half: bool, *words: str | Path) -> bool:
    watch = Watch(root=str(mine.root), stop_at=number, half=half)
    return run(mine.job(*words, watch=watch)).code == -signal.SIGKILL


def test_killed_at_any_write_nothing_is_lost_and_nothing_doubled(
    tmp_path: Path, template: Path
) -> None:
    """Eight messages are written at once, so the calls come in any order: every number is tried."""
    source = Cpra(template)
    mails = put(
        tmp_path / "mail",
        answer("A", "One.", reply_to=sent_id(source), files=(("a.csv", b"a,b\n"),)),
        answer("B", "Two.", reply_to=sent_id(source)),
        answer("C", "Three.", reply_to=sent_id(source, 2)),
        answer("D", "Four.", sender="shop@shop.example"),
    )
    every = sorted(sha(p.read_bytes()) for p in mails.iterdir())
    words = (*TODAY, "fetch", "--path", mails)
    number, killed = 0, True
    while killed:
        number += 1
        # Half a write is tried too; a call that is no write then happens, and nothing stops.
        for half in (False, True):
            mine = Cpra(tmp_path / f"at-{number}")
            shutil.copytree(template, mine.root)
            ended = stopped(mine, number, half, *words)
            killed = ended if not half else killed
            if ended:
                again = mine.run(*words)
                assert again.code == 0, (number, half, again)
            assert held(mine) == every, (number, half)
            names = [(r, name) for r in ("2026-0001", "2026-0002") for line in log(mine, r)
                     for name in line.get("files", {})]  # fmt: skip
            assert len(names) == len(set(names)), (number, half)
            check = mine.run("check")
            assert check.code == 0, (number, half, check)
            shutil.rmtree(mine.root)
    assert number > 30


def many(mine: Cpra, folder: Path) -> list[str]:
    """So many answers to both requests that they are taken in together; their SHA-256."""
    ours = [sent_id(mine), sent_id(mine, 2)]
    mails = [answer(f"{n}", f"Number {n}.", reply_to=ours[n % 2]) for n in range(MANY + 4)]
    put(folder, *mails)
    return sorted(map(sha, mails))


def folder_of(mine: Cpra, number: int) -> Path:
    (path,) = (mine.root / "requests").glob(f"2026-000{number}-*")
    return path


def test_many_that_are_killed_at_a_write_are_neither_lost_nor_doubled(
    tmp_path: Path, template: Path
) -> None:
    mine = Cpra(tmp_path / "mine")
    every = many(Cpra(template), tmp_path / "mail")
    words = (*TODAY, "fetch", "--path", tmp_path / "mail")
    number, killed = 1, True
    while killed:
        shutil.copytree(template, mine.root)
        killed = stopped(mine, number, False, *words)
        assert not killed or mine.run(*words).code == 0, number
        assert held(mine) == every, number
        assert (check := mine.run("check")).code == 0, (number, check)
        shutil.rmtree(mine.root)
        # The calls near the end, in which folders get their names and logs their lines, are each
        # of another sort; those before are the same for every message.
        number += 11 if number < 4 * MANY else 5
    assert number > 4 * MANY


@pytest.mark.skipif(not MEMORY.is_dir(), reason="there is no second disk here")
def test_many_of_a_request_that_lies_on_another_disk_go_there(tmp_path: Path, mine: Cpra) -> None:
    every = many(mine, tmp_path / "mail")
    with tempfile.TemporaryDirectory(dir=MEMORY) as elsewhere:
        path = folder_of(mine, 2)
        shutil.move(path, elsewhere)
        path.symlink_to(Path(elsewhere, path.name))
        said = mine.json(*TODAY, "fetch", "--path", tmp_path / "mail")
        assert (len(said["filed"]), said["problems"]) == (len(every), [])
        there = Path(elsewhere, path.name).glob("answers/*/message.eml")
        assert len(list(there)) == len(every) // 2
        assert held(mine) == sorted({*every} - {sha(p.read_bytes()) for p in path.rglob("*.eml")})


def test_one_that_does_not_fit_on_the_disk_keeps_no_other_request_from_its_mail(
    tmp_path: Path, mine: Cpra
) -> None:
    every = many(mine, tmp_path / "mail")
    large = answer("Large", "x" * 70 + "\n" * 900_000, reply_to=sent_id(mine, 2))
    (tmp_path / "mail" / "large.eml").write_bytes(large)
    job = replace(mine.job(*TODAY, "fetch", "--path", tmp_path / "mail"), largest=800_000)
    assert (ran := run(job)).code != 0
    assert "Traceback" not in ran.err
    assert len(list(folder_of(mine, 1).glob("answers/*/message.eml"))) == len(every) // 2
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    assert held(mine) == sorted([*every, sha(large)])
    mine.ok("check")


def test_at_a_terminal_one_key_files_each_message(tmp_path: Path, mine: Cpra) -> None:
    put(
        tmp_path / "mail",
        answer("Extension", EXTENSION, reply_to=sent_id(mine)),
        answer("Records", "About the Motorola radios and their encryption."),
        answer("Spring sale", "Everything must go.", sender="shop@shop.example",
               day="Fri, 13 Mar 2026 10:00:00 -0700"),
        answer("Something else", "Please call.", day="Sat, 14 Mar 2026 10:00:00 -0700"),
    )  # fmt: skip
    mine.ok(*TODAY, "fetch", "--path", tmp_path / "mail")
    assert len(mine.json("inbox")) == 4
    ended, seen = typed_at_terminal(
        [*TODAY, "inbox"],
        [
            ("1 of 4", ""),
            ("Enter: file with 2026-0002 as letter", "\r"),
            ("2 of 4", ""),
            ("q: stop", "v"),
            ("Subject: Spring sale", ""),
            ("q: stop", "a"),
            ("3 of 4", ""),
            ("q: stop", "o"),
            ("Which request", "1\n"),
            ("What is it", "clarification\n"),
            ("4 of 4", ""),
            ("Enter: it is extension", "\r"),
        ],
        env=mine.own,
        keys=True,
    )
    assert ended == 0, seen
    assert mine.json("inbox") == []
    assert kinds(mine, "2026-0002")[-1] == "answered"
    assert kinds(mine, "2026-0001")[-2:] == ["clarification-asked", "extended"]
    assert len(list((mine.root / "requests" / "inbox" / "aside").iterdir())) == 1
    mine.ok("check")


def test_at_a_terminal_what_is_doubted_takes_more_than_enter(tmp_path: Path, mine: Cpra) -> None:
    forged = answer("Closed [2026-0001]", CLOSED, sender="records@stranger.example")
    mine.ok(*TODAY, "fetch", "--path", put(tmp_path / "mail", forged))
    ended, seen = typed_at_terminal(
        [*TODAY, "inbox"],
        [
            ("but its sender is neither the agency", ""),
            ("1: file with 2026-0001 as closure, all the same", "\r"),
            ("There is a doubt, named above", "q"),
        ],
        env=mine.own,
        keys=True,
    )
    assert ended == 0, seen
    assert "closed" not in kinds(mine, "2026-0001")


# --- from a real IMAP server ----------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return made(tmp_path / "tls")


@pytest.fixture
def box(certificate: Certificate) -> Iterator[Dovecot]:
    """Dovecot, empty."""
    with dovecot(certificate) as running:
        yield running


@pytest.fixture
def reader(mine: Cpra, certificate: Certificate, box: Dovecot) -> Cpra:
    """The workspace with an account on that Dovecot."""
    mine = mine.but(SSL_CERT_FILE=str(certificate.authority))
    mine.ok("account", "add", "a", "--address", LOGIN, "--imap", f"localhost:{box.tls_port}",
            "--imap-security", "tls", "--password-command", PRINTS)  # fmt: skip
    return mine


def test_fetching_marks_nothing_as_seen_and_goes_on_where_it_stopped(
    reader: Cpra, box: Dovecot
) -> None:
    first = answer("A", "One.", reply_to=sent_id(reader))
    box.deliver(first, "1")
    said = reader.json(*TODAY, "fetch")
    assert [one["id"] for one in said["filed"]] == ["2026-0001"]
    assert box.seen() == []
    assert reader.json(*TODAY, "fetch")["filed"] == []
    second = answer("B", "Two.", reply_to=sent_id(reader))
    box.deliver(second, "2")
    said = reader.json(*TODAY, "fetch")
    assert (len(said["filed"]), said["already"]) == (1, 0)
    assert held(reader) == sorted((sha(first), sha(second)))
    assert box.seen() == []
    assert log(reader, "2026-0001")[-1]["note"] == f"fetched from INBOX of {LOGIN}"


def test_an_account_that_does_not_work_keeps_nothing_from_the_others(
    reader: Cpra, box: Dovecot
) -> None:
    settings = reader.root / "requests" / "cpra.toml"
    head, name, tail = settings.read_text(encoding="utf-8").partition("[account.a]")
    dead = '[account.dead]\naddress = "b@example.org"\nimap = "127.0.0.1:1"\nlogin = "x"\n'
    dead += 'imap_security = "plain"\npassword_command = ["false"]\n\n'
    settings.write_text(head + dead + name + tail, encoding="utf-8")
    box.deliver(answer("Re: yours", reply_to=sent_id(reader)), "1")
    ended = reader.run(*TODAY, "fetch")
    assert ended.code == 4
    assert "wants to run `false`" in ended.err
    assert kinds(reader, "2026-0001")[-1] == "answered"


def test_a_server_that_numbers_anew_doubles_nothing(reader: Cpra, box: Dovecot) -> None:
    mails = [answer(f"{n}", f"Number {n}.", reply_to=sent_id(reader)) for n in range(5)]
    for n, data in enumerate(mails):
        box.deliver(data, f"{n}")
    reader.ok(*TODAY, "fetch")
    for path in box.maildir.glob("dovecot*"):
        path.unlink()
    # It numbers from 1 again, under another UIDVALIDITY (by itself it takes the second of the day).
    (box.maildir / "dovecot-uidlist").write_text("3 V1234567890 N1\n", encoding="ascii")
    shutil.chown(box.maildir / "dovecot-uidlist", "nobody", "nogroup")
    extra = answer("new", "Brand new.", reply_to=sent_id(reader))
    box.deliver(extra, "0-earlier")
    said = reader.json(*TODAY, "fetch")
    assert (len(said["filed"]), said["already"]) == (1, 5)
    assert held(reader) == sorted(sha(data) for data in (*mails, extra))


def test_a_connection_that_breaks_is_taken_up_again(reader: Cpra, box: Dovecot) -> None:
    mails = [answer(f"{n}", "x" * 200_000 + str(n), sender="a@b.example") for n in range(60)]
    for n, data in enumerate(mails):
        box.deliver(data, f"{n:03d}")
    words = [*CPRA, *TODAY, "fetch"]
    inbox = reader.root / "requests" / "inbox"
    with subprocess.Popen(words, env=reader.environment) as going:
        wait_for(lambda: len(list(inbox.glob("*.eml"))) > 2, "the first messages")
        going.kill()
        going.wait()
    assert len(held(reader)) < 60
    reader.ok(*TODAY, "fetch")
    assert held(reader) == sorted(sha(data) for data in mails)


def test_a_large_fetch_may_be_killed_at_any_time(reader: Cpra, box: Dovecot) -> None:
    mails = [answer(f"{n}", f"Number {n}.", reply_to=sent_id(reader)) for n in range(WORTH + 900)]
    for n, data in enumerate(mails):
        box.deliver(data, f"{n:04d}")
    answers = reader.root / "requests"
    with subprocess.Popen([*CPRA, *TODAY, "fetch"], env=reader.environment) as going:
        wait_for(lambda: any(answers.glob("*/answers/*/message.eml")), "the first messages")
        going.kill()
        going.wait()
    reader.ok(*TODAY, "fetch")
    assert held(reader) == sorted(sha(data) for data in mails)
    assert reader.json(*TODAY, "fetch")["filed"] == []


def test_after_a_large_mailbox_the_next_is_read_too(reader: Cpra, box: Dovecot) -> None:
    ours = sent_id(reader)
    mails = [answer(f"{n}", f"Number {n}.", reply_to=ours) for n in range(WORTH + 20)]
    for n, data in enumerate(mails):
        box.deliver(data, f"{n:04d}")
    other = answer("Other", "In another mailbox.", reply_to=ours)
    box.deliver(other, "1", "Others")
    said = reader.json(*TODAY, "fetch", "--mailbox", "INBOX", "--mailbox", "Others")
    assert (len(said["filed"]), said["problems"]) == (len(mails) + 1, [])
    assert held(reader) == sorted(sha(data) for data in (*mails, other))


def test_the_first_fetch_begins_with_the_first_request(reader: Cpra, box: Dovecot) -> None:
    old = box.deliver(answer("old", "From last year."), "1")
    os.utime(old, (1_700_000_000, 1_700_000_000))  # arrived in November 2023
    box.deliver(answer("new", "From now."), "2")
    assert len(reader.json(*TODAY, "fetch")["waiting"]) == 1
    assert len(reader.json(*TODAY, "fetch", "--since", "2023-01-01")["waiting"]) == 1
    assert len(held(reader)) == 2


def test_another_mailbox_may_have_any_name(reader: Cpra, box: Dovecot) -> None:
    box.deliver(answer("A", "One.", reply_to=sent_id(reader)), "1", "R&AOk-cords")  # Récords
    said = reader.json(*TODAY, "fetch", "--mailbox", "Récords")
    assert len(said["filed"]) == 1
    assert "doesn't exist" in reader.fails(1, *TODAY, "fetch", "--mailbox", "Nowhere")
    reader.fails(2, *TODAY, "fetch", "--mailbox", "INBOX\r\nA1 DELETE INBOX")


def test_of_a_shared_mailbox_only_what_is_related_is_taken(reader: Cpra, box: Dovecot) -> None:
    config = reader.root / "requests" / "cpra.toml"
    text = config.read_text("utf-8").replace("[account.a]", '[account.a]\ntake = "related"')
    config.write_text(text, encoding="utf-8")
    box.deliver(answer("A", "One.", reply_to=sent_id(reader)), "1")
    box.deliver(answer("Private", "Dear diary.", sender="friend@home.example"), "2")
    said = reader.json(*TODAY, "fetch")
    assert (len(said["filed"]), said["unrelated"]) == (1, 1)
    assert len(held(reader)) == 1


def test_before_anything_was_sent_there_is_nothing_to_collect(
    tmp_path: Path, certificate: Certificate, box: Dovecot
) -> None:
    mine = workspace(tmp_path / "new").but(SSL_CERT_FILE=str(certificate.authority))
    draft(mine)
    mine.ok("account", "add", "a", "--address", LOGIN, "--imap", f"localhost:{box.tls_port}",
            "--imap-security", "tls", "--password-command", PRINTS)  # fmt: skip
    assert "no request has been sent yet" in mine.fails(3, "fetch")


@pytest.mark.parametrize(
    ("manner", "held_numbers", "words"),
    [
        ("twice", (1, 2, 3), ""),
        ("strangers", (1, 2, 3), ""),
        ("silent", (1, 3), "the server did not hand over a message"),
        ("drop", (), "the connection to 127.0.0.1 was lost"),
        ("hang", (), "127.0.0.1 did not answer in time"),
        ("novalidity", (), "does not number the messages"),
        ("rubbish", (), "127.0.0.1"),
        ("negative", (1,), ""),
        ("enormous", (), "127.0.0.1 did not answer as a mail server does"),
    ],
)
def test_a_server_that_lies_drops_or_hangs_is_not_believed(
    tmp_path: Path, mine: Cpra, manner: str, held_numbers: tuple[int, ...], words: str
) -> None:
    with liar(tmp_path / "liar", manner) as port:
        mine.ok("account", "add", "a", "--address", LOGIN, "--password-command", PRINTS, "--imap",
                f"127.0.0.1:{port}", "--imap-security", "plain", "--timeout", "1")  # fmt: skip
        said = mine.run(*TODAY, "fetch")
        assert "Traceback" not in said.err
        assert words in said.err
        assert held(mine) == sorted(sha(lie(n)) for n in held_numbers)
        if manner == "silent":
            again = mine.run(*TODAY, "fetch")
            assert "did not hand over" in again.err
            assert held(mine) == sorted(sha(lie(n)) for n in held_numbers)


def test_two_fetches_at_once_double_nothing(tmp_path: Path, mine: Cpra) -> None:
    mails = put(tmp_path / "mail", *(answer(f"{n}", f"No {n}.", reply_to=sent_id(mine))
                                     for n in range(20)))  # fmt: skip
    ended = run_at_once([mine.job(*TODAY, "fetch", "--path", mails)] * 2)
    assert [one.code for one in ended] == [0, 0]
    assert len(held(mine)) == 20
    assert kinds(mine, "2026-0001").count("answered") == 20
