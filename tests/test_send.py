"""Sending: what goes is shown and filed; nothing goes twice; nothing unknown is claimed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpra.actions import sending
from cpra.errors import DeliveryFailed, Refused, WrongUsage
from cpra.folder import find
from cpra.mail.account import find as find_account
from cpra.mail.compose import Paper, Written, composed, new_id, tokens
from cpra.mail.delivery import Outcome, Outgoing, Reply
from cpra.workspace import Workspace
from tests.running import Watch, run
from tests.servers import wait_for
from tests.servers.certificates import made
from tests.servers.dovecot import dovecot
from tests.servers.program import CPRA, Cpra, add_account, draft, kinds, log, workspace
from tests.servers.smtp import LOGIN, Smtp, smtp
from tests.terminal import typed_at_terminal
from tests.test_account import PRINTS

NOW = datetime(2026, 9, 15, 10, 42, tzinfo=ZoneInfo("America/Los_Angeles"))
TODAY = date(2026, 9, 15)


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one draft, to be copied."""
    mine = workspace(tmp_path_factory.mktemp("drafted"))
    draft(mine)
    return mine.root


@pytest.fixture
def mine(tmp_path: Path, drafted: Path) -> Cpra:
    """A workspace with the draft 2026-NNNN, number 1."""
    shutil.copytree(drafted, tmp_path / "records")
    return Cpra(tmp_path / "records")


def request_id(mine: Cpra) -> str:
    return str(mine.json("list")[0]["id"])


def test_what_was_shown_is_what_is_filed_and_what_arrives(tmp_path: Path, mine: Cpra) -> None:
    number = request_id(mine)
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port, "--name", "A Requester", "--reply-to", "answers@example.org")
        shown = mine.ok("send", "1", "--preview")
        assert mail.messages == []
        assert kinds(mine, number) == ["drafted"]
        said = mine.ok("send", "1", "--yes")
        (arrived,) = mail.messages
    assert "250 2.0.0 OK, queued as 000001" in said
    (filed,) = (mine.root / "requests").glob("*/sent/*-request/message.eml")
    assert filed.read_bytes() == arrived
    message = read(arrived)
    assert message["From"] == "A Requester <records@example.org>"
    assert message["To"] == "records@exampleville.example"
    assert message["Reply-To"] == "answers@example.org"
    assert message["Subject"].endswith(f"[{number}]")
    assert message["Message-ID"].startswith(f"<{number}.")
    assert message["Message-ID"].endswith("@example.org>")
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") in shown
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == [f"{number}-request.pdf", f"{number}-request.docx"]
    drafts = filed.parents[2] / "draft"
    forms = [drafts / "letter.pdf", drafts / "letter.docx"]
    assert [p.get_content() for p in message.iter_attachments()] == [f.read_bytes() for f in forms]
    (_, sending_line, sent) = log(mine, number)
    assert sending_line["kind"] == "sending"
    assert list(sending_line["files"]) == [filed.relative_to(filed.parents[2]).as_posix()]
    assert sent["kind"] == "sent"
    assert sent["server"] == "250 2.0.0 OK, queued as 000001"
    assert sent["via"] == "email"
    mine.ok("check")
    assert "only a draft can be sent" in mine.fails(4, "send", "1", "--yes")


def test_nothing_in_the_message_tells_the_name_of_this_machine(tmp_path: Path, mine: Cpra) -> None:
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        mine.ok("send", "1", "--yes")
        (arrived,) = mail.messages
    head = arrived.split(b"\r\n\r\n")[0].decode()
    for name in {os.uname().nodename, os.environ.get("USER", "root")} - {"root"}:
        assert name not in head
    assert "X-Mailer" not in head


def test_outside_a_terminal_nothing_goes_without_yes(tmp_path: Path, mine: Cpra) -> None:
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        assert "nothing was sent" in mine.fails(2, "send", "1")
        assert mail.messages == []


@pytest.mark.parametrize(("key", "code", "count"), [("y\n", 0, 1), ("n\n", 130, 0)])
def test_at_a_terminal_it_shows_the_message_and_asks_once(
    tmp_path: Path, mine: Cpra, key: str, code: int, count: int
) -> None:
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        question = "to records@exampleville.example, 2 files attached? [y/N]"
        ended, seen = typed_at_terminal(["send", "1"], [(question, key)], env=mine.own)
        assert (ended, len(mail.messages)) == (code, count)
    assert "Subject:  California Public Records Act request" in seen
    assert "Attached:" in seen
    assert seen.count("[y/N]") == 1


@pytest.mark.parametrize(
    ("manner", "kind", "words"),
    [
        ("refuse-recipient", "refused", "550 5.1.1 No such mailbox here"),
        ("refuse-data", "refused", "554 5.7.1 We do not like what it says"),
        ("greylist", "refused", "451 4.7.1 Greylisted"),
        ("full", "refused", "452 4.3.1 No room"),
        ("drop-greeting", "refused", "the connection to 127.0.0.1 was lost"),
        ("drop-data", "refused", "the connection to 127.0.0.1 was lost"),
        ("hang-greeting", "refused", "127.0.0.1 did not answer in time"),
        ("drop-after", "outcome-unknown", "after the whole message had been sent"),
        ("hang-after", "outcome-unknown", "did not answer in time after the whole message"),
    ],
)
def test_each_end_of_a_delivery_stands_in_the_log_as_what_it_is(
    tmp_path: Path, mine: Cpra, manner: str, kind: str, words: str
) -> None:
    number = request_id(mine)
    with smtp(tmp_path / "smtp", manner=manner) as mail:
        add_account(mine, mail.port, "--timeout", "1")
        ended = mine.run("send", "1", "--yes")
        delivered = len(mail.messages)
    assert ended.code == 6
    assert words in ended.err
    assert "was sent" not in ended.out
    assert kinds(mine, number) == ["drafted", "sending", kind]
    assert words in log(mine, number)[-1]["server"]
    assert mine.json("list")[0]["status"] == "drafted"
    assert delivered == (kind == "outcome-unknown")
    with smtp(tmp_path / "again") as mail:
        mine.ok("account", "remove", "mine")
        add_account(mine, mail.port)
        again = mine.run("send", "1", "--yes")
        assert len(mail.messages) == (again.code == 0)
    if kind == "refused":
        assert again.code == 0
        assert kinds(mine, number)[-2:] == ["sending", "sent"]
    else:
        assert again.code == 4
        assert "--was sent` or `--was not-sent`" in again.err


def test_where_there_is_an_account_a_draft_says_that_cpra_can_send_it(mine: Cpra) -> None:
    words = ("new", "general", "--agency", "EPD", "--subject", "x", "--item", "The logs of 2026",
             "--no-input")  # fmt: skip
    assert "`cpra send 2`" not in mine.ok(*words)
    add_account(mine, 2525)
    assert "`cpra send 3` from your account" in " ".join(mine.ok(*words).split())


def test_if_one_of_two_recipients_is_refused_nobody_gets_it(tmp_path: Path, mine: Cpra) -> None:
    with smtp(tmp_path / "smtp", manner="refuse-one") as mail:
        add_account(mine, mail.port)
        said = mine.fails(6, "send", "1", "--yes", "--to", "a@example.com", "--to", "b@example.com")
        assert "b@example.com: 550" in said
        assert mail.messages == []


def test_a_message_over_the_servers_size_is_not_even_begun(tmp_path: Path, mine: Cpra) -> None:
    with smtp(tmp_path / "smtp", size=20_000) as mail:
        add_account(mine, mail.port)
        said = mine.fails(6, "send", "1", "--yes")
    assert "takes messages up to 20,000 bytes" in said
    assert kinds(mine, request_id(mine))[-1] == "refused"


def test_after_an_unknown_outcome_the_requester_says_which_it_was(
    tmp_path: Path, mine: Cpra
) -> None:
    number = request_id(mine)
    with smtp(tmp_path / "smtp", manner="drop-after") as mail:
        add_account(mine, mail.port)
        mine.fails(6, "send", "1", "--yes")
    assert "no message of which it is unknown" not in mine.ok("send", "1", "--was", "sent")
    assert kinds(mine, number)[-1] == "sent"
    assert mine.json("list")[0]["status"] == "sent"
    assert "no message of which" in mine.fails(4, "send", "1", "--was", "not-sent")


def test_a_second_send_waits_for_the_first_and_is_refused(tmp_path: Path, mine: Cpra) -> None:
    with smtp(tmp_path / "smtp", manner="hang-after") as mail:
        add_account(mine, mail.port, "--timeout", "3")
        words = [*CPRA, "send", "1", "--yes"]
        with subprocess.Popen(words, env=mine.environment, stderr=subprocess.DEVNULL) as first:
            wait_for(lambda: mail.reached, "the message at the server")
            assert "it is not known whether it left" in mine.fails(4, "send", "1", "--yes")
            assert first.wait() == 6
        assert len(mail.messages) == 1


@pytest.mark.parametrize("manner", ["hang-rcpt", "hang-data", "hang-after"])
def test_killed_while_the_server_speaks_it_neither_claims_nor_sends_again(
    tmp_path: Path, mine: Cpra, manner: str
) -> None:
    number = request_id(mine)
    with smtp(tmp_path / "smtp", manner=manner) as mail:
        add_account(mine, mail.port)
        words = [*CPRA, "send", "1", "--yes"]
        with subprocess.Popen(words, env=mine.environment) as going:
            wait_for(lambda: mail.reached, "the conversation with the server")
            going.send_signal(signal.SIGKILL)
            going.wait()
        assert kinds(mine, number) == ["drafted", "sending"]
        before = len(mail.messages)
        assert "it is not known whether it left" in mine.fails(4, "send", "1", "--yes")
        assert len(mail.messages) == before == (manner == "hang-after")


def stops(drafted: Path, tmp_path: Path, mail: Smtp) -> Iterator[tuple[int, bool, Cpra]]:
    """A run of `send` that is killed at each call that changes the disk, whole and half done."""
    traced = copied(drafted, tmp_path / "traced", mail)
    trace = tmp_path / "trace"
    watch = Watch(root=str(traced.root), trace=str(trace))
    assert run(traced.job("send", "1", "--yes", watch=watch)).code == 0
    calls = trace.read_text(encoding="utf-8").splitlines()
    assert any('"write"' in call and "events.jsonl" in call for call in calls)
    for number, call in enumerate(calls, start=1):
        for half in (False, True) if '"write"' in call else (False,):
            one = copied(drafted, tmp_path / f"stopped-{number}-{half}", mail)
            watch = Watch(root=str(one.root), stop_at=number, half=half)
            assert run(one.job("send", "1", "--yes", watch=watch)).code == -signal.SIGKILL
            yield number, half, one


def copied(drafted: Path, folder: Path, mail: Smtp) -> Cpra:
    shutil.copytree(drafted, folder)
    one = Cpra(folder)
    add_account(one, mail.port)
    return one


def test_killed_at_any_write_it_never_sends_twice_and_never_claims(
    tmp_path: Path, drafted: Path
) -> None:
    outcomes = set()
    with smtp(tmp_path / "smtp") as mail:
        gone = 1  # by the traced run
        for number, half, one in stops(drafted, tmp_path, mail):
            delivered = len(mail.messages) - gone
            assert delivered in (0, 1), (number, half)
            said = kinds(one, request_id(one))
            assert "sent" not in said or delivered == 1, (number, half)
            again = one.run("send", "1", "--yes")
            if again.code == 4 and "whether it left" in again.err:
                assert len(mail.messages) - gone == delivered, (number, half)
                one.ok("send", "1", "--was", "sent" if delivered else "not-sent")
                again = one.run("send", "1", "--yes")
            assert again.code == (4 if delivered else 0), (number, half, again)
            assert len(mail.messages) - gone == 1, (number, half)
            assert kinds(one, request_id(one)).count("sent") == 1, (number, half)
            outcomes.add((delivered, again.code))
            gone += 1
    assert outcomes == {(0, 0), (1, 4)}  # some were killed before it left, some after


def test_what_was_sent_also_stands_in_the_sent_folder(tmp_path: Path, mine: Cpra) -> None:
    certificate = made(tmp_path / "tls")
    mine = mine.but(SSL_CERT_FILE=str(certificate.authority))
    with (
        smtp(tmp_path / "smtp", security="tls", certificate=certificate, auth=True) as mail,
        dovecot(certificate) as box,
    ):
        mine.ok("account", "add", "mine", "--address", LOGIN, "--smtp", f"localhost:{mail.port}",
                "--smtp-security", "tls", "--imap", f"localhost:{box.tls_port}",
                "--imap-security", "tls", "--password-command", PRINTS)  # fmt: skip
        mine.ok("send", "1", "--yes")
        (arrived,) = mail.messages
        kept = [p for p in (box.maildir / ".Sent").glob("*/*") if p.is_file() and "," in p.name]
        assert [p.read_bytes().replace(b"\r\n", b"\n") for p in kept] == [
            arrived.replace(b"\r\n", b"\n")
        ]
        assert kept[0].name.endswith("S")  # read


def test_a_sent_folder_that_does_not_work_makes_no_failure_of_the_sending(
    tmp_path: Path, mine: Cpra
) -> None:
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port, "--imap", "127.0.0.1:1", "--imap-security", "plain")
        ended = mine.run("send", "1", "--yes")
    assert ended.code == 0
    assert "could not be put into the account's Sent folder" in ended.err


def test_a_follow_up_goes_into_the_same_thread(tmp_path: Path, mine: Cpra) -> None:
    number = request_id(mine)
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        assert "goes out before a follow-up" in mine.fails(
            4, "send", "1", "--yes", "--letter", "late"
        )
        mine.ok("--today", "2026-09-15", "send", "1", "--yes")
        mine.ok("--today", "2026-10-01", "follow-up", "1", "late", "--no-input")
        assert "late" in mine.ok("--today", "2026-10-01", "send", "1", "--yes", "--letter", "late")
        first, second = (read(data) for data in mail.messages)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["Subject"] == f"Re: {first['Subject']}"
    assert kinds(mine, number)[-1] == "letter-sent"
    assert log(mine, number)[-1]["letter"] == "late"


def test_a_letter_that_has_become_wrong_is_not_sent(tmp_path: Path, mine: Cpra) -> None:
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        mine.ok("--today", "2026-09-15", "send", "1", "--yes")
        mine.ok("--today", "2026-10-01", "follow-up", "1", "late", "--no-input")
        mine.ok("--today", "2026-10-02", "record", "1", "determined", "--on", "2026-10-02")
        mine.fails(4, "--today", "2026-10-03", "send", "1", "--yes", "--letter", "late")
        assert len(mail.messages) == 1


def test_a_draft_changed_after_its_forms_were_made_is_not_sent(tmp_path: Path, mine: Cpra) -> None:
    (letter,) = (mine.root / "requests").glob("*/draft/letter.md")
    letter.write_text(letter.read_text("utf-8").replace("request", "demand"), encoding="utf-8")
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        assert "makes them again" in mine.fails(4, "send", "1", "--yes")
        assert mail.messages == []


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("nobody", "is no e-mail address"),
        ("a@example.com\r\nBcc: b@example.com", "is no e-mail address"),
        ("a@example.com, b@example.com", "is no e-mail address"),
        ("ünder@example.com", "is no e-mail address"),
    ],
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, mine: Cpra, to: str, why: str) -> None:
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        assert why in mine.fails(2, "send", "1", "--yes", "--to", to)
        assert mail.messages == []
    assert kinds(mine, request_id(mine)) == ["drafted"]


def test_no_cell_of_a_list_of_agencies_reaches_the_headers(tmp_path: Path, mine: Cpra) -> None:
    table = tmp_path / "list.csv"
    evil = "\r\nBcc: thief@evil.example\r\n\r\nAll is withdrawn."
    table.write_text(
        "name,alias,kind,email,address\n"
        f'"Otherville{evil}","OV{evil}",city,clerk@otherville.example,"1 Main St{evil}"\n'
        f'"Third","T",city,"x@third.example{evil}",""\n',
        encoding="utf-8",
        newline="",
    )
    mine.run("agency", "import", table, "--skip-bad")
    (key,) = (one["key"] for one in mine.json("agency", "list") if "Otherville" in one["name"])
    mine.ok("new", "general", "--agency", key, "--subject", "Radios", "--item",
            "The purchase orders for radios", "--no-input")  # fmt: skip
    number = mine.json("list")[-1]["id"]
    with smtp(tmp_path / "smtp") as mail:
        add_account(mine, mail.port)
        mine.ok("send", number, "--yes")
        (sent,) = mail.messages
    message = read(sent)
    assert message["To"] == "clerk@otherville.example"
    assert message["Bcc"] is None
    assert not set(message.keys()) - {
        *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
        *("X-Peer", "X-MailFrom", "X-RcptTo", "Reply-To", "Content-Transfer-Encoding"),
    }
    rows = mine.json("agency", "list")
    assert not [row for row in rows if "thief" in str(row.get("email"))]


def test_ten_thousand_recipients_are_a_mistake() -> None:
    to = tuple(f"a{n}@example.com" for n in range(10_000))
    with pytest.raises(WrongUsage, match="10,000 recipients are too many"):
        composed(Written(sender="me@example.org", to=to, subject="x", body="x"), "<1@x>", NOW)


@given(st.text(max_size=60), st.text(max_size=30))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_subject_and_no_name_can_make_another_header(subject: str, name: str) -> None:
    written = Written(
        sender="me@example.org", sender_name=name, to=("a@example.com",), subject=subject, body="x"
    )
    try:
        data = composed(written, "<1@example.org>", NOW)
    except WrongUsage:
        assert not (subject + name).isprintable()
        return
    head = data.split(b"\r\n\r\n")[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert sorted(names) == sorted(
        [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Content-Type", b"MIME-Version",
         b"Content-Transfer-Encoding"]
    )  # fmt: skip
    assert data.isascii()
    assert " ".join(read(data)["Subject"].split()) == " ".join(subject.split())


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
@settings(max_examples=60, deadline=None)
def test_whatever_the_letter_says_arrives_as_it_is(body: str) -> None:
    paper = Paper("letter.pdf", "application/pdf", b"\x00\r\n.\r\n")
    written = Written(sender="me@example.org", to=("a@b.org",), subject="x", body=body,
                      papers=(paper,))  # fmt: skip
    data = composed(written, new_id("2026-0001", "me@example.org"), NOW)
    message = read(data)
    (attached,) = message.iter_attachments()
    assert attached.get_content() == paper.data
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().removesuffix("\r\n").removesuffix("\n") == body


def test_a_token_in_a_subject_names_its_request() -> None:
    assert tokens("RE: FW: Your request [2026-0012] [External] [2026-0012]") == ("2026-0012",)
    assert tokens("nothing here 2026-0012") == ()


def campaign(tmp_path: Path, count: int) -> Workspace:
    mine = workspace(tmp_path)
    add_account(mine, 25)
    for _ in range(count):
        draft(mine, "--tag", "spring")
    return Workspace(tmp_path)


def test_a_campaign_goes_paced_and_what_was_sent_is_not_sent_again(tmp_path: Path) -> None:
    mine = campaign(tmp_path, 3)
    account = find_account(mine)
    outbox: list[Outgoing] = []
    pauses: list[float] = []

    def deliver(outgoing: Outgoing) -> Reply:
        outbox.append(outgoing)
        lost = len(outbox) == 2
        return Reply(Outcome.LATER, "421 busy") if lost else Reply(Outcome.ACCEPTED, "250 OK")

    def go() -> list[Outcome]:
        paths = sending.drafts(mine, "spring")
        ready = [sending.parcel(mine, path, account, NOW, TODAY) for path in paths]
        every = sending.send_all(mine, ready, deliver, lambda: NOW, TODAY, pauses.append, 20)
        return [done.reply.outcome for done in every]

    assert go() == [Outcome.ACCEPTED, Outcome.LATER, Outcome.ACCEPTED]
    assert pauses == [20, 20]
    assert go() == [Outcome.ACCEPTED]
    assert len(outbox) == 4
    assert go() == []


def test_a_campaign_stops_when_nothing_leaves(tmp_path: Path) -> None:
    mine = campaign(tmp_path, 5)
    paths = sending.drafts(mine, "spring")
    ready = [sending.parcel(mine, p, find_account(mine), NOW, TODAY) for p in paths]
    outbox: list[Outgoing] = []

    def deliver(outgoing: Outgoing) -> Reply:
        outbox.append(outgoing)
        return Reply(Outcome.LATER, "no network")

    with pytest.raises(DeliveryFailed, match="the last 2 were not tried"):
        list(sending.send_all(mine, ready, deliver, lambda: NOW, TODAY, lambda _: None, 0))
    assert len(outbox) == 3


def test_an_outcome_is_that_of_the_last_attempt_of_a_day(tmp_path: Path) -> None:
    mine = campaign(tmp_path, 1)
    path = find(mine, "1")

    def attempt(reply: Reply) -> None:
        ready = sending.parcel(mine, path, find_account(mine), NOW, TODAY)
        sending.send(mine, ready, lambda _: reply, lambda: NOW, TODAY)

    attempt(Reply(Outcome.REFUSED, "550 no"))
    attempt(Reply(Outcome.UNKNOWN, "lost"))
    with pytest.raises(Refused, match="not known whether it left"):
        attempt(Reply(Outcome.ACCEPTED, "250 OK"))
