"""Token and time-stamp servers that misbehave: bounded, one sentence, no secret, not followed."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote_plus

import pytest

from cpra.archive import stamp
from cpra.errors import BadFile, CpraError
from cpra.mail import oauth
from cpra.mail.account import OAuth
from cpra.mail.secret import Secret
from cpra.mail.web import ask
from tests.servers.program import Cpra, draft, kinds, workspace
from tests.servers.rude_web import RudeWeb, rude_web
from tests.servers.tsa import authority

REFRESH, CLIENT = "refresh-token/1+2", "client secret"


def renew(server: RudeWeb) -> str:
    """The sentence with which a renewal fails."""
    setup = OAuth(client_id="7", authorize_url=server.url, token_url=server.url, scope="mail")
    with pytest.raises(CpraError) as caught:
        oauth.renewed(setup, Secret(REFRESH), Secret(CLIENT))
    return str(caught.value)


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        ("hang", "did not answer in time"),
        ("drip", "did not answer in time"),
        ("headers", "the connection to 127.0.0.1 was lost"),
        ("drop", "the connection to 127.0.0.1"),
        ("giant", "gives an answer without an end"),
    ],
)
def test_an_answer_is_bounded_in_time_and_size(manner: str, why: str) -> None:
    with rude_web(manner) as server, pytest.raises(CpraError, match=why):
        ask(server.url, "POST", body=b"x", patience=1, most=1_000_000)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>no</html>", b"[" * 900_000, b'{"access_token": 7}', b"\xff\xfe{", b"1" * 10_000],
)
@pytest.mark.parametrize("manner", ["good", "bad"])
def test_what_is_no_token_is_one_sentence(manner: str, body: bytes) -> None:
    with rude_web(manner, body) as server:
        said = renew(server)
    assert "\n" not in said
    assert said.startswith("127.0.0.1 ")


@pytest.mark.parametrize("key", [b"error", b"error_description"])
def test_a_reason_is_told_without_the_secrets_that_were_sent(key: bytes) -> None:
    sent = f"{CLIENT} {quote_plus(REFRESH)} {quote_plus(CLIENT)}".encode()
    body = b'{"' + key + b'": "bad: %s ' + sent.replace(b"%", b"%%") + b'\\u001b[2J\\nmore"}'
    with rude_web("echo", body) as server:
        said = renew(server)
    assert "bad: " in said
    assert REFRESH not in said
    assert CLIENT not in said
    assert quote_plus(REFRESH) not in said
    assert quote_plus(CLIENT) not in said
    assert said.isprintable()


def test_a_token_is_not_taken_elsewhere() -> None:
    with rude_web("good", b"{}") as other, rude_web("redirect", elsewhere=other.url) as server:
        assert "did not answer as a provider does (status 307)" in renew(server)
        assert other.asked == []
        assert len(server.asked) == 1


@pytest.fixture
def mine(tmp_path: Path) -> Cpra:
    """A workspace with a request that was sent."""
    made = workspace(tmp_path / "records")
    draft(made)
    made.ok("sent", "1", "--on", "today", "--via", "email")
    return made


@pytest.mark.parametrize(
    ("manner", "body", "code", "why"),
    [
        ("giant", b"", 6, "gives an answer without an end; nothing was written"),
        ("drop", b"", 6, "the connection to 127.0.0.1"),
        ("bad", b"<html>", 6, "did not answer as a time-stamp server does (status 400)"),
        ("redirect", b"", 6, "did not answer as a time-stamp server does (status 307)"),
        ("good", b"<html>", 5, "the time-stamp cannot be read"),
        ("good", b"0\x03\x02\x01\x02" * 100_000, 5, "the time-stamp cannot be read"),
    ],
)
def test_a_time_stamp_server_that_misbehaves_changes_nothing(
    mine: Cpra, manner: str, body: bytes, code: int, why: str
) -> None:
    with rude_web("good") as other, rude_web(manner, body, other.url) as server:
        said = mine.fails(code, "stamp", "1", "--server", server.url)
        assert other.asked == []
    assert why in said
    assert "\n" not in said
    assert "stamped" not in kinds(mine, mine.json("list")[0]["id"])
    assert not list((mine.root / "requests").glob("*/seals"))


def test_an_older_answer_is_not_taken_for_the_one_that_was_asked_for(tmp_path: Path) -> None:
    first, second = stamp.question(b"data"), stamp.question(b"data")
    for chain in (False, True):  # as the library reads it, and as openssl does
        with authority(tmp_path / f"tsa-{chain}", chain=chain) as tsa:
            answer = ask(tsa.url, "POST", body=first.data).body
        roots = tsa.root.read_bytes()
        assert stamp.verified(b"data", answer, roots, first).signed
        assert stamp.verified(b"data", answer, roots).signed
        with pytest.raises(BadFile, match="answers another question"):
            stamp.verified(b"data", answer, roots, second)
