"""What a person types into an option is text that every page can show, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpra.cli.typed import LONGEST
from tests.typed import Desk, desk

NEW = ("new", "general", "--agency", "EPD", "--no-input")
ITEM = "The policy on tow trucks in force on March 1, 2026"


@pytest.fixture
def sent(tmp_path: Path) -> Desk:
    """A request that was sent."""
    at = desk(tmp_path / "records", today="2026-03-20")
    at.done("agency", "add", "Exampleville Police Department", "--alias", "EPD", "--kind", "city")
    at.done(*NEW, "--item", ITEM)
    at.done("sent", "1", "--on", "2026-03-02", "--via", "email")
    return at


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*NEW, "--item", "the \x1b[31m policy"), "it holds the invisible sign U+001B"),
        ((*NEW, "--item", ITEM, "--subject", "tow\x00ing"), "it holds the invisible sign U+0000"),
        (
            ("record", "1", "acknowledged", "--on", "today", "--reference", "9" * (LONGEST + 1)),
            "it has 2,001 characters; 2,000 is the most",
        ),
        (
            ("record", "1", "fee-quoted", "--on", "today", "--amount", "a lot"),
            '"a lot" is not an amount; it looks like 25 or $25.00',
        ),
        (
            ("record", "1", "fee-quoted", "--on", "today", "--amount", "-5"),
            '"-5" is not an amount',
        ),
        (("agency", "add", "Zwei\x1b", "--kind", "city"), "the name holds the invisible sign"),
        (("agency", "add", "Zwei\nDrei", "--kind", "city"), "the name has to stand on one line"),
        (("agency", "add", "x" * 501, "--kind", "city"), "the name has 501 characters"),
        (("agency", "add", "Zwei", "--email", "nonsense"), '"nonsense" is not one e-mail address'),
        (("agency", "edit", "EPD", "--email", "nonsense"), '"nonsense" is not one e-mail address'),
        (("agency", "edit", "EPD", "--portal", "at the desk"), "is no address of a portal"),
        (("due", "--within", "-1"), "-1 is not 0 or more"),
    ],
)
def test_what_no_page_can_show_is_refused_and_changes_nothing(
    sent: Desk, words: tuple[str, ...], says: str
) -> None:
    def files() -> dict[Path, bytes]:
        found = (p for p in sent.requests.rglob("*") if p.is_file() and ".cache" not in p.parts)
        return {p: p.read_bytes() for p in found if p.name != ".lock"}

    before = files()
    typed = sent.cpra(*words)
    assert (typed.code, says in typed.err) == (2, True), typed.err
    assert files() == before


def test_line_breaks_become_spaces_but_in_a_note(sent: Desk) -> None:
    sent.done(*NEW, "--item", "The policy\n  on tow trucks\tin force on March 1, 2026")
    assert "1. The policy on tow trucks in force" in sent.done("show", "2")
    sent.done("record", "1", "fee-quoted", "--on", "today", "--amount", "$0.10 a page", "--note",
              "first line\nsecond line")  # fmt: skip
    (log,) = sent.requests.glob("2026-0001-*/events.jsonl")
    assert '"note":"first line\\nsecond line"' in log.read_text("utf-8")
    assert '"amount":"$0.10 a page"' in log.read_text("utf-8")


def test_a_year_that_was_mistyped_is_said_at_once(sent: Desk) -> None:
    sent.done(*NEW, "--item", "The policy on bicycles in force on March 1, 2026")
    said = sent.done("sent", "2", "--on", "1999-01-01", "--via", "email")
    assert "No date is counted: 1999-01-01 is outside 2015 to 2040" in said
    assert "(`cpra timeline 2026-0002`)" in said


def test_a_name_that_is_too_long_for_the_disk_is_said(sent: Desk) -> None:
    typed = sent.cpra("calendar", "export", f"{'x' * 300}.ics")
    assert typed.code == 1
    assert "the name is too long for this disk; choose a shorter one" in typed.err
