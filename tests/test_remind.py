"""Reminders: today's digest, once a day by mail and notice, and the requester's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cpra.actions import reminding
from cpra.errors import CpraError, DeliveryFailed, Refused
from cpra.mail.delivery import Outcome, Outgoing, Reply
from cpra.mail.notify import notify
from cpra.reports.digest import digest
from cpra.workspace import Workspace
from tests.servers.program import Cpra, add_account, draft, kinds, workspace
from tests.servers.smtp import smtp
from tests.test_fetch import put

NOW = datetime(2026, 3, 20, 8, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
LATE = ("--today", "2026-03-20")


@pytest.fixture
def mine(tmp_path: Path) -> Cpra:
    """A workspace with a request whose determination was due on March 12."""
    made = workspace(tmp_path / "records")
    draft(made)
    made.ok("sent", "1", "--on", "2026-03-02", "--via", "email")
    return made


def discreet(mine: Cpra) -> None:
    config = mine.root / "requests" / "cpra.toml"
    text = config.read_text("utf-8").replace("format = 1", "format = 1\ndiscreet = true")
    config.write_text(text, encoding="utf-8")


def test_the_digest_says_what_is_late_and_nothing_that_is_far(mine: Cpra) -> None:
    assert "Nothing is due, and nothing waits." in mine.ok("--today", "2026-03-03", "remind")
    assert "THIS WEEK" in mine.ok("--today", "2026-03-06", "remind")
    said = mine.ok(*LATE, "remind")
    assert "LATE" in said
    assert "determination was due Thu Mar 12 · 8 days" in said
    assert mine.json(*LATE, "remind")["subject"] == "cpra: 1 late"


def test_a_request_that_cannot_be_read_is_not_taken_for_nothing_due(mine: Cpra) -> None:
    (log,) = mine.root.glob("requests/*/events.jsonl")
    log.write_text("{\n", encoding="utf-8")
    said = "1 request cannot be read, so its dates are not here: `cpra check` says why"
    for words in (("due",), ("remind",)):
        ran = mine.run(*LATE, *words)
        assert ran.code == 5
        assert said in ran.out
        assert "Nothing is due" not in ran.out
    found = digest(Workspace(mine.root), date(2026, 3, 20))
    assert found.subject == "cpra: 1 cannot be read"
    assert not found.is_empty


def test_a_reminder_is_one_line_without_controls(mine: Cpra) -> None:
    mine.ok("--today", "2026-03-03", "remind", "1", "in 3 weeks", "call \x1b[31m\nthe  clerk")
    for words in (("due",), ("remind",)):
        said = mine.ok("--today", "2026-03-24", *words)
        assert "call \ufffd[31m the clerk" in said
        assert "\x1b" not in said


def test_a_reminder_comes_on_its_day_and_goes_when_it_is_done(mine: Cpra) -> None:
    said = mine.ok("--today", "2026-03-03", "remind", "1", "in 3 weeks", "call", "the", "clerk")
    assert "on Tue Mar 24, 2026 you are reminded: call the clerk" in said
    assert "call the clerk" not in mine.ok("--today", "2026-03-04", "remind")
    assert "call the clerk · Tue Mar 24" in mine.ok("--today", "2026-03-20", "remind")
    assert "REMINDERS" in mine.ok("--today", "2026-03-24", "due")
    assert "call the clerk" in mine.ok("--today", "2026-03-30", "remind")
    assert "Done: call the clerk" in mine.ok("--today", "2026-03-30", "remind", "1", "--done")
    assert "call the clerk" not in mine.ok("--today", "2026-03-30", "remind")
    assert "no reminder" in mine.fails(3, "--today", "2026-03-30", "remind", "1", "--done")


def test_a_reminder_of_a_settled_request_comes_too_and_makes_it_neither_late_nor_open(
    mine: Cpra,
) -> None:
    mine.ok("record", "1", "withdrawn", "--on", "2026-03-05")
    mine.ok("--today", "2026-03-06", "remind", "1", "2026-03-10", "thank them")
    assert "thank them" in mine.ok("--today", "2026-03-12", "remind")
    (row,) = mine.json("--today", "2026-03-12", "list")
    assert (row["due"], row["open"]) == ("", False)
    assert "late" not in mine.ok("--today", "2026-03-12", "list")


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("remind", "1", "2026-01-01", "x"), 2, "has passed"),
        (("remind", "1", "tomorrow"), 2, "what is it about"),
        (("remind", "1", "someday", "x"), 2, "is not a date"),
        (("remind", "1"), 2, "when?"),
        (("remind", "9", "tomorrow", "x"), 3, "no request"),
        (("remind", "--done"), 2, "which request?"),
        (("remind", "1", "--done", "--line", "1"), 3, "no reminder in line 1"),
    ],
)
def test_a_reminder_that_cannot_be_is_refused(
    mine: Cpra, words: tuple[str, ...], code: int, why: str
) -> None:
    assert why in mine.fails(code, "--today", "2026-03-03", *words)
    assert kinds(mine, "2026-0001") == ["drafted", "sent"]


def test_run_twice_a_day_it_mails_once(tmp_path: Path, mine: Cpra) -> None:
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        assert "Mailed to records@example.org" in mine.run(*LATE, "remind", "--mail").err
        assert "reminded today already" in mine.run(*LATE, "remind", "--mail").err
        (data,) = mail.messages
        mine.ok(*LATE, "remind", "--mail", "--again")
        mine.ok("--today", "2026-03-21", "remind", "--mail")
        assert len(mail.messages) == 3
    message = message_from_bytes(data, policy=policy.default)
    assert message["Subject"] == "cpra: 1 late"
    assert message["To"] == "records@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "determination was due" in message.get_content()


def test_with_nothing_to_say_no_mail_goes_and_no_password_is_asked_for(
    tmp_path: Path, mine: Cpra
) -> None:
    mine.ok("account", "add", "a", "--address", "me@example.org", "--smtp", "localhost:1",
            "--password-command", "/no/such/program")  # fmt: skip
    assert (
        "Nothing is due: no reminder." in mine.run("--today", "2026-03-03", "remind", "--mail").err
    )
    assert mine.run(*LATE, "remind", "--mail").code == 1
    assert tmp_path.exists()


def test_a_reminder_that_did_not_leave_is_tried_again(mine: Cpra) -> None:
    add_account(mine, 25)
    home = Workspace(mine.root)
    found = digest(home, date(2026, 3, 20))
    outbox: list[Outgoing] = []

    def deliver(outgoing: Outgoing) -> Reply:
        outbox.append(outgoing)
        lost = len(outbox) == 1
        return Reply(Outcome.LATER, "421 busy") if lost else Reply(Outcome.ACCEPTED, "250 OK")

    with pytest.raises(DeliveryFailed, match="421 busy"):
        reminding.by_mail(home, found, deliver, NOW)
    assert reminding.by_mail(home, found, deliver, NOW)
    assert not reminding.by_mail(home, found, deliver, NOW)
    assert len(outbox) == 2


def test_a_reminder_that_comes_back_by_fetch_is_passed_over(tmp_path: Path, mine: Cpra) -> None:
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        mine.ok(*LATE, "remind", "--mail")
        put(tmp_path / "mail", *mail.messages)
    said = mine.json(*LATE, "fetch", "--path", tmp_path / "mail")
    assert (said["waiting"], said["already"]) == ([], 1)


def test_what_waits_in_the_inbox_is_in_the_digest(tmp_path: Path, mine: Cpra) -> None:
    put(tmp_path / "mail", b"From: a@b.example\r\nSubject: x\r\n\r\n.\r\n")
    mine.ok("--today", "2026-03-03", "fetch", "--path", tmp_path / "mail")
    said = mine.ok("--today", "2026-03-03", "remind")
    assert "1 message waits in the inbox: cpra inbox" in said


def test_a_link_that_expires_in_a_message_that_waits_is_in_the_digest(
    tmp_path: Path, mine: Cpra
) -> None:
    put(
        tmp_path / "mail",
        b"From: portal@b.example\r\nDate: Tue, 3 Mar 2026 10:00:00 -0800\r\nSubject: Files\r\n\r\n"
        b"The download link expires in 5 days: https://b.example/1\r\n",
    )
    mine.ok("--today", "2026-03-03", "fetch", "--path", tmp_path / "mail")
    line = "a link in one of them stops working on Sun Mar 8"
    assert line in mine.ok("--today", "2026-03-03", "remind")
    (waiting,) = mine.json("inbox")
    mine.ok("inbox", "aside", waiting["handle"])
    assert line not in mine.ok("--today", "2026-03-03", "remind")


def test_discreet_reminders_name_neither_subject_nor_agency(tmp_path: Path, mine: Cpra) -> None:
    mine.ok("--today", "2026-03-03", "remind", "1", "2026-03-20", "ask about plate readers")
    discreet(mine)
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        said = mine.ok(*LATE, "remind")
        listed = json.dumps(mine.json(*LATE, "remind"))
        mine.ok(*LATE, "remind", "--mail")
        (data,) = mail.messages
    for text in (said, listed, data.decode()):
        assert "2026-0001" in text
        for word in ("ALPR", "plate", "EPD", "Exampleville", "alpr"):
            assert word not in text, text


@contextmanager
def receiver() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Something on this machine that takes notices, as apprise sends them."""
    got: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"json://127.0.0.1:{server.server_port}/", got
        finally:
            server.shutdown()
            thread.join()


def test_a_notice_is_shown_once_a_day(mine: Cpra) -> None:
    pytest.importorskip("apprise")
    with receiver() as (where, got):
        config = mine.root / "requests" / "cpra.toml"
        text = config.read_text("utf-8") + f'\n[remind]\nnotify = "{where}"\n'
        config.write_text(text, encoding="utf-8")
        for _ in range(2):
            mine.ok(*LATE, "remind", "--notify")
    (notice,) = got
    assert notice["title"] == "cpra: 1 late"
    assert "determination was due" in notice["message"]


def test_a_notice_goes_to_no_other_machine_and_holds_no_key() -> None:
    for where in ("json://example.org/", "tgram://bot-token/chat", "json://me:secret@127.0.0.1/"):
        with pytest.raises(Refused):
            notify("x", "y", where)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # by apprise, on Python 3.11
def test_a_notice_that_cannot_be_shown_says_so() -> None:
    pytest.importorskip("apprise")
    with pytest.raises(CpraError, match="could not be shown"):
        notify("x", "y", "json://127.0.0.1:1/")


def test_a_message_of_unknown_outcome_stands_in_the_digest(tmp_path: Path) -> None:
    made = workspace(tmp_path / "records")
    draft(made)
    with smtp(tmp_path / "smtp", manner="drop-after") as mail:
        add_account(made, mail.port)
        made.fails(6, *LATE, "send", "1", "--yes")
    assert "say whether the request left: cpra send 1 --was sent" in made.ok(*LATE, "remind")
    made.ok("send", "1", "--was", "sent")
    assert "say whether" not in made.ok(*LATE, "remind")
