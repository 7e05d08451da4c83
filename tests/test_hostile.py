"""What somebody who means harm sends, or leaves in a workspace, starts nothing and reaches nowhere.

Every file here is a real one; what a program of the system would be given is written down by a
program that stands in its place on PATH.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from cpra import folder
from cpra.core.events import Event
from tests.running import cpra
from tests.typed import Desk, desk

DRIVING = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
"""The sorts of signs that move, turn or break what stands around them."""


@pytest.fixture
def space(tmp_path: Path) -> Desk:
    """A workspace with a request that has been sent."""
    made = desk(tmp_path / "records")
    made.done("agency", "add", "Exampleville Police Department", "--alias", "EPD", "--kind", "city")
    item = "The policy on tow trucks in force on March 1, 2026"
    made.done("new", "general", "--agency", "EPD", "--item", item, "--no-input")
    made.done("sent", 1, "--on", "2026-09-15", "--via", "email")
    return made


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere another program opens files"
)
@pytest.mark.parametrize(
    ("name", "content", "opened"),
    [
        ("answer.txt", b"The records are enclosed.\n", True),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, True),
        ("run.desktop", b"[Desktop Entry]\nExec=sh\n", False),
        ("run.bat", b"start calc.exe\n", False),
        ("run.terminal", b"<?xml version='1.0'?><plist/>", False),
        ("run", b"[Desktop Entry]\nExec=sh\n", False),
        ("page.html", b"<html><script src='https://example.org/'></script></html>", False),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", False),
        ("page.html", b"%PDF-1.4\n<html><script></script></html>", False),
        ("run.jar", b"PK\x05\x06" + b"\0" * 18, False),
    ],
)
def test_open_shows_documents_and_starts_nothing(
    *,
    space: Desk,
    tmp_path: Path,
    name: str,
    content: bytes,
    opened: bool,
) -> None:
    programs, seen = tmp_path / "programs", tmp_path / "seen"
    programs.mkdir()
    os.mkfifo(seen)
    starter = programs / "xdg-open"
    starter.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}\n')
    starter.chmod(0o755)
    paper = tmp_path / name
    paper.write_bytes(content)
    space.cpra("file", 1, paper, "--as", "records", "--on", "2026-09-28")

    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    ran = cpra("open", "1", name, cwd=space.workspace.root, env={"PATH": path})

    if opened:
        assert ran.code == 0
        assert seen.read_text().endswith(name)
    else:
        assert ran.code == 4
        assert "cpra does not open it" in ran.err


def extended(log: Path, *events: Event) -> None:
    """Write events into a log as another program could, past every check of `record`."""
    folder.extend(log.parent, events)


RECORDED = "2026-09-20T10:00:00-07:00"


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(
            Event(kind="received", on=date(9999, 12, 31), recorded=RECORDED), id="the last day"
        ),
        pytest.param(
            Event(kind="received", on=date(1, 1, 1), recorded=RECORDED), id="the first day"
        ),
        pytest.param(
            Event(
                kind="reminder",
                on=date(2026, 9, 20),
                recorded=RECORDED,
                text="\ud800",
                due=date(9999, 12, 31),
            ),
            id="half a character",
        ),
    ],
)
def test_a_line_that_no_list_can_take_in_costs_the_others_nothing(
    space: Desk, tmp_path: Path, event: Event
) -> None:
    item = "The policy on parking in force on March 1, 2026"
    space.done("new", "general", "--agency", "EPD", "--item", item, "--no-input")
    space.done("sent", 2, "--on", "2026-09-15", "--via", "email")
    extended(next(space.requests.glob("2026-0001-*")) / "events.jsonl", event)

    for command in ("due", "list", "remind"):
        said = space.cpra(command).out
        assert "0002" in said
        assert "determination" in said
    space.done("show", 2)
    space.done("calendar", "export", tmp_path / "dates.ics")
    assert "2026-0002" in (tmp_path / "dates.ics").read_text(encoding="utf-8")


def test_nothing_in_somebody_elses_workspace_drives_the_terminal(space: Desk) -> None:
    path = next(space.requests.glob("2026-0001-*"))
    facts = path / "request.toml"
    driving = r"\u001b[31m\u0007\u202egnp\n2026-0009 \u2028complete\u2029"
    text = facts.read_text(encoding="utf-8").replace('subject = "', f'subject = "{driving}', 1)
    facts.write_text(text, encoding="utf-8")
    book = space.workspace.agencies
    written = book.read_text(encoding="utf-8").replace('name = "', f'name = "{driving}')
    book.write_text(written, encoding="utf-8")
    extended(
        path / "events.jsonl",
        Event(
            kind="acknowledged",
            on=date(2026, 9, 20),
            recorded=RECORDED,
            reference="\x1b[2J\u202e\u2028\u2029x\ud800",
        ),
        Event(
            kind="extended",
            on=date(2026, 9, 21),
            recorded=RECORDED,
            grounds=("\u2028we are\u2029short of \u202estaff",),
            until=date(2026, 12, 1),
            reasons="\u2028so\u2029",
            signed_by="\u2028A\u2029\x1b[2J",
        ),
    )
    shutil.copytree(path, space.requests / "2026-0003-\x1b]0;me\x07")

    for words in (("list",), ("due",), ("show", 1), ("timeline", 1), ("explain", 1), ("check",)):
        typed = space.cpra(*words)
        said = f"{typed.out}{typed.err}"
        assert "gnp" in said or words == ("check",)
        assert not {c for c in said if unicodedata.category(c) in DRIVING} - {"\n"}
        assert not [line for line in said.splitlines() if line.startswith("2026-0009")]
        as_json = space.cpra(*words, "--json").out
        assert not {c for c in as_json if unicodedata.category(c) in DRIVING} - {"\n"}
    assert "rename the folder" in space.cpra("check").out


@pytest.mark.parametrize("year", ["9999", "0001"])
def test_a_mail_from_another_age_is_fetched_and_listed(
    space: Desk, tmp_path: Path, year: str
) -> None:
    mail = tmp_path / "mail.eml"
    mail.write_text(
        "From: clerk@exampleville.example\nTo: me@example.org\n"
        f"Subject: License plate policy\nDate: Fri, 31 Dec {year} 23:59:59 -0000\n\n"
        "We extend the time to respond because of unusual circumstances. The link expires in 30 "
        "days: https://files.example.org/a?Signature=x&Expires=253402300799\n"
    )
    space.done("fetch", "--path", mail)
    handle = space.cpra("inbox", "--json").json[0]["handle"]
    assert "extension" in space.done("inbox", "show", handle)
    space.done("inbox", "file", handle, 1, "--as", "letter")
    assert "9999" not in space.done("due")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
@pytest.mark.parametrize("place", ["answers", "unfinished-lines.txt", ".lock", "draft/letter.md"])
def test_nothing_is_written_through_a_link_that_came_with_a_workspace(
    space: Desk, tmp_path: Path, place: str
) -> None:
    path = next(space.requests.glob("2026-0001-*"))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ".partial-mine").write_text("precious")
    there = path / place
    if there.is_dir():
        there.rmdir()
    else:
        there.unlink(missing_ok=True)
    there.symlink_to(outside if place == "answers" else outside / "new")
    paper = tmp_path / "a.txt"
    paper.write_text("words")

    typed = space.cpra("file", 1, paper, "--as", "records", "--on", "2026-09-28")

    assert typed.code == 4
    assert "is a link to another place" in typed.err
    assert [one.name for one in outside.iterdir()] == [".partial-mine"]
    assert "is a link to another place" in space.cpra("check").out


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_a_document_that_became_a_link_is_named_and_not_handed_out(
    space: Desk, tmp_path: Path
) -> None:
    path = next(space.requests.glob("2026-0001-*"))
    letter = next(path.glob("sent/*/letter.txt"))
    private = tmp_path / "private.txt"
    private.write_bytes(letter.read_bytes())
    letter.unlink()
    letter.symlink_to(private)

    assert "no longer the file" in space.cpra("check").out
    typed = space.cpra("export", 1, "--to", tmp_path / "out")
    assert typed.code == 4
    assert not (tmp_path / "out").exists()
