"""`cpra open` hands a filed document to the system's program, and never what that would run."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cpra.archive.kinds import Kind
from cpra.archive.viewing import why_not_shown
from tests.drawn import one_page, words
from tests.running import FORKS, cpra, done, sent_request

pytestmark = pytest.mark.skipif(not FORKS, reason="the programs of the test are shell scripts")


@pytest.mark.parametrize(
    ("name", "real"),
    [
        ("a.pdf", Kind.PDF), ("A.PDF", Kind.PDF), ("a.docx", Kind.DOCX), ("a.jpeg", Kind.JPEG),
        ("a.txt", Kind.TXT), ("a.csv", Kind.TXT), ("a.txt", Kind.EML), ("a.eml", Kind.EML),
        ("a.json", Kind.JSON), ("a.mov", Kind.MOV), ("a.zip", Kind.ZIP),
    ],
)  # fmt: skip
def test_what_is_what_it_says_and_only_shown_is_opened(name: str, real: Kind) -> None:
    assert why_not_shown(name, real) == ""


@pytest.mark.parametrize(
    ("name", "real", "why"),
    [
        ("a.pdf", Kind.PROGRAM, "is a program or of no known kind"),
        ("a.exe", Kind.TXT, 'is txt, but its name ends in ".exe"'),
        ("a.bat", Kind.TXT, 'is txt, but its name ends in ".bat"'),
        ("a.html", Kind.EML, 'is eml, but its name ends in ".html"'),
        ("a", Kind.PDF, "is pdf, but its name has no ending"),
        ("a.html", Kind.HTML, "runs and fetches what it names"),
        ("a.svg", Kind.SVG, "runs and fetches what it names"),
        ("a.desktop", Kind.TXT, 'its name ends in ".desktop"'),
    ],
)
def test_what_could_be_run_is_not_opened(name: str, real: Kind, why: str) -> None:
    assert why in why_not_shown(name, real)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a PDF, a text and a script; the system's programs only write down names."""
    made = sent_request(tmp_path)
    (made / "report.pdf").write_bytes(one_page(words("Report")))
    (made / "memo.txt").write_text("A memo", encoding="utf-8")
    (made / "setup.sh").write_text("#!/bin/sh\necho run\n", encoding="utf-8")
    files = ("report.pdf", "memo.txt", "setup.sh")
    cpra("file", "1", *files, "--on", "2026-04-01", cwd=made)
    for name in ("browser", "xdg-open"):
        program = tmp_path / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\necho "$1" > "{tmp_path}/opened"\n', encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return made


def environment(root: Path) -> dict[str, str]:
    """The programs of the test before all others."""
    programs = root.parent / "programs"
    return {"PATH": f"{programs}:{os.environ['PATH']}", "BROWSER": str(programs / "browser")}


def test_a_pdf_is_opened_at_its_page(root: Path) -> None:
    done("open", "1", "report", "--page", "1", cwd=root, env=environment(root))
    opened = (root.parent / "opened").read_text(encoding="utf-8").strip()
    assert opened.startswith("file:///")
    assert opened.endswith("/answers/2026-04-01-records/report.pdf#page=1")


def test_another_file_is_opened_by_the_systems_program(root: Path) -> None:
    os.mkfifo(root.parent / "opened")  # cpra does not wait for that program, but the test does
    done("open", "1", "memo.txt", cwd=root, env=environment(root))
    opened = Path((root.parent / "opened").read_text(encoding="utf-8").strip())
    assert opened.read_text(encoding="utf-8") == "A memo"


def test_a_script_is_left_closed_and_where_it_lies_is_said(root: Path) -> None:
    ran = cpra("open", "1", "setup", cwd=root, env=environment(root))
    assert ran.code == 4
    assert "so cpra does not open it; `cpra text` shows words that it has" in ran.err
    assert "answers/2026-04-01-records/setup.sh" in ran.err
    assert not (root.parent / "opened").exists()
