"""What a court asks of an e-mail is shown with the timeline; the message itself is untouched."""

from __future__ import annotations

from pathlib import Path

from cpra.mail.evidence import evidence
from tests.servers.program import Cpra, draft, workspace
from tests.test_fetch import put

HEADS = (
    "Return-Path: <bounce@exampleville.example>\r\n"
    "Received: from mx.exampleville.example by mx.example.org; Thu, 12 Mar 2026 10:00:05 -0700\r\n"
    "Received: from desk by mx.exampleville.example; Thu, 12 Mar 2026 10:00:01 -0700\r\n"
    "Authentication-Results: mx.example.org; spf=pass (sender is\r\n allowed)"
    " smtp.mailfrom=exampleville.example; dkim=fail\r\n header.d=exampleville.example;"
    " dmarc=none\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; d=exampleville.example; s=k; b=abc\r\n"
    "From: =?utf-8?q?Jos=C3=A9?= <records@exampleville.example>\r\nTo: me@example.org\r\n"
    "Date: Thu, 12 Mar 2026 10:00:00 -0700\r\nMessage-ID: <1@exampleville.example>\r\n"
)


def filed(mine: Cpra, tmp_path: Path, heads: str) -> bytes:
    draft(mine)
    mine.ok("sent", "1", "--on", "2026-03-02", "--via", "email")
    data = f"{heads}Subject: Re: [2026-0001]\r\n\r\nHello.\r\n".encode()
    year = mine.json("list")[0]["id"][:4]
    data = data.replace(b"2026-0001", f"{year}-0001".encode())
    mine.ok("--today", "2026-03-20", "fetch", "--path", put(tmp_path / "mail", data))
    return data


def test_the_timeline_gives_the_headers_that_matter(tmp_path: Path) -> None:
    mine = workspace(tmp_path / "records")
    data = filed(mine, tmp_path, HEADS)
    said = mine.ok("timeline", "1")
    for line in (
        "message.eml, untouched:",
        "From: José <records@exampleville.example>",
        "Message-ID: <1@exampleville.example>",
        "Received: through 2 servers; last: from mx.exampleville.example by mx.example.org;",
        "spf=pass (exampleville.example), as found by mx.example.org",
        "dkim=fail (exampleville.example), as found by mx.example.org",
        "dmarc=none, as found by mx.example.org",
        "carries a DKIM signature of exampleville.example",
    ):
        assert line in " ".join(said.split()), said
    (row,) = (r for r in mine.json("timeline", "1") if r["kind"] == "answered")
    assert (next((mine.root / "requests").glob("*/")) / row["messages"][0]["path"]).name
    (kept,) = (mine.root / "requests").glob(f"*/{row['messages'][0]['path']}")
    assert kept.read_bytes() == data
    assert "spf=pass" in mine.ok("show", "1")
    assert mine.json("show", "1")["messages"][0]["hops"] == 2


def test_a_message_without_results_says_that_there_are_none(tmp_path: Path) -> None:
    mine = workspace(tmp_path / "records")
    filed(
        mine,
        tmp_path,
        "From: records@exampleville.example\r\nDate: Thu, 12 Mar 2026 10:00:00 -0700\r\n",
    )
    assert "no SPF, DKIM or DMARC result was written down" in mine.ok("timeline", "1")
    assert "no SPF or DKIM result" in mine.ok("show", "1")


def test_hostile_headers_break_nothing(tmp_path: Path) -> None:
    for number, data in enumerate(
        (
            b"",
            b"Authentication-Results: ;;;=\r\nReceived-SPF:\r\nDKIM-Signature: d=\r\n\r\n",
            b"Authentication-Results: x; spf=" + b"a" * 100_000 + b"\r\n\r\n",
            b"From: \xff\xfe\x00\r\nReceived: \r\n\r\n",
        )
    ):
        (tmp_path / f"{number}.eml").write_bytes(data)
        found = evidence(tmp_path, f"{number}.eml")
        assert found is not None
        assert all(len(line) < 500 for line in found.lines() if "spf=" not in line)
    assert evidence(tmp_path, "nothing.eml") is None
