"""Workspaces in places with odd names, and what interrupted runs left in the inbox."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cpra.mail import inbox
from cpra.mail.incoming import read
from cpra.workspace import Workspace
from tests.running import cpra, done


@pytest.mark.skipif(sys.platform != "linux", reason="only there may a name be any bytes")
def test_in_a_folder_whose_name_is_no_text_all_but_the_search_works(tmp_path: Path) -> None:
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xe9cords"))
    root.mkdir()
    done("init", cwd=root)
    done("agency", "add", "Testville", "--kind", "city", cwd=root)
    done("new", "general", "--agency", "testville", "--no-input", "--subject", "Logs",
         "--item", "Access logs of 2026", cwd=root)  # fmt: skip
    done("sent", "1", "--on", "2026-03-02", "--via", "portal", cwd=root)
    (root / "a.txt").write_text("words", encoding="utf-8")
    done("file", "1", "a.txt", "--on", "2026-04-01", cwd=root)
    done("check", cwd=root)
    ran = cpra("search", "words", cwd=root)
    assert ran.code == 1
    assert "a name in this path is not UTF-8; rename that folder" in ran.err


def test_what_an_interrupted_run_left_in_the_inbox_is_cleared_by_the_next(tmp_path: Path) -> None:
    done("init", cwd=tmp_path)
    space = Workspace(tmp_path)
    left = space.requests / "inbox" / ".partial-0a1b"
    left.write_bytes(b"half a message")
    assert "an interrupted run left this" in cpra("check", cwd=tmp_path).out
    message = read(b"From: a@example.org\r\nSubject: x\r\n\r\nwords\r\n", "INBOX")
    (kept,) = inbox.keep(space, [message])
    assert list((space.requests / "inbox").glob("*")) == [kept]
    assert not left.exists()
    done("check", cwd=tmp_path)
