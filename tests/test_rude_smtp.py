"""A mail server that misbehaves: bounded, told as what it is, never "sent" unless it said so."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpra.mail.account import Account
from cpra.mail.delivery import Outcome, Outgoing, Reply
from cpra.mail.server import Security, Server
from cpra.mail.smtp import delivery
from tests.servers.program import add_account, draft, kinds, log, workspace
from tests.servers.rude import rude

BEFORE = ("greeting", "ehlo", "mail", "rcpt", "data")
"""The steps up to the last line of the message: whatever goes wrong, nothing has left."""

LETTER = Outgoing("me@example.org", ("you@example.com",), b"Subject: x\r\n\r\nHello.\r\n")


def reply(step: str, manner: str, security: Security = Security.PLAIN) -> tuple[Reply, list[str]]:
    """What becomes of a letter at such a server, and the steps it came to."""
    with rude(step, manner) as server:
        here = Server("127.0.0.1", server.port, security, timeout=0.5)
        deliver = delivery(Account(key="a", address="me@example.org", smtp=here))
        return deliver(LETTER), server.heard


@pytest.mark.parametrize("manner", ["long", "endless", "drip", "drop", "rubbish", "hang"])
@pytest.mark.parametrize("step", BEFORE)
def test_before_the_last_line_nothing_has_left(step: str, manner: str) -> None:
    found, heard = reply(step, manner)
    assert found.outcome is Outcome.LATER
    assert "dot" not in heard
    assert len(found.text) < 600


@pytest.mark.parametrize("manner", ["long", "endless", "drip", "drop", "rubbish", "hang"])
def test_after_the_last_line_nobody_knows(manner: str) -> None:
    found, heard = reply("dot", manner)
    assert found.outcome is Outcome.UNKNOWN
    assert heard.count("dot") == 1


@pytest.mark.parametrize("step", [*BEFORE, "dot"])
@pytest.mark.parametrize(
    ("said", "outcome"), [("451 not now", Outcome.LATER), ("550 never", Outcome.REFUSED)]
)
def test_a_no_is_a_no_at_each_step(step: str, said: str, outcome: Outcome) -> None:
    found, _ = reply(step, said)
    assert found.outcome is outcome
    assert said in found.text


@pytest.mark.parametrize("said", ["354 go on", "200 fine", "120 wait", "999 ?", "25 OK", "250OK"])
def test_only_the_word_for_taken_over_means_sent(said: str) -> None:
    found, _ = reply("dot", said)
    assert found.outcome is Outcome.UNKNOWN
    assert said in found.text


@pytest.mark.parametrize("manner", ["long", "endless", "drip", "drop", "rubbish", "550 no", "hang"])
def test_what_is_said_at_parting_changes_nothing(manner: str) -> None:
    found, _ = reply("quit", manner)
    assert found == Reply(Outcome.ACCEPTED, "250 queued as 7")


def test_an_answer_before_the_question_is_not_believed() -> None:
    found, heard = reply("data", "early")
    assert found.outcome is Outcome.LATER
    assert found.text == "127.0.0.1 said something that it was not asked"
    assert "dot" not in heard


def test_what_stands_in_clear_behind_the_word_for_encryption_is_not_taken() -> None:
    found, heard = reply("starttls", "injected", Security.STARTTLS)
    assert found.outcome is Outcome.LATER
    assert found.text == "127.0.0.1 said something that it was not asked"
    assert heard[-1] == "starttls"


def test_an_unknown_outcome_ends_with_its_code_and_is_not_sent_again(tmp_path: Path) -> None:
    mine = workspace(tmp_path / "records")
    number = draft(mine)
    with rude("dot", "endless") as server:
        add_account(mine, server.port, "--timeout", "1")
        assert "NOBODY KNOWS" in mine.fails(6, "send", "1", "--yes")
        assert "it is not known whether it left" in mine.fails(4, "send", "1", "--yes")
        assert server.heard.count("dot") == 1
    assert kinds(mine, number) == ["drafted", "sending", "outcome-unknown"]
    assert "an answer without an end" in log(mine, number)[-1]["server"]
