"""What somebody who means harm sends, or leaves in a workspace, starts nothing and reaches nowhere.

Every file here is a real one; what a program of the system would be given is written down by a
program that stands in its place on PATH.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.running import cpra
from tests.typed import Desk, desk


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
