"""The same request for the next period: values, own items and tags are kept, the dates move on."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from cpra import folder
from cpra.actions.repeating import Period
from tests.typed import Desk, desk


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    """ALPR access logs of January to March 2026, with an item in one's own words."""
    here = desk(tmp_path, today="2026-04-10")
    here.done(
        *("new", "alpr-access-logs", "--agency", "lapd", "--no-input", "--tag", "alpr"),
        *("--set", "from=2026-01-01", "--set", "to=2026-03-31", "--set", "units=the IT Bureau"),
        *("--item", "The contract for the ALPR system in effect on March 31, 2026"),
        *("--tag", "campaign:spring"),
    )
    here.done("sent", "1", "--on", "2026-04-10", "--via", "email")
    return Desk(here.workspace, today="2026-07-06")


def test_the_next_period_is_as_long_and_begins_the_day_after(at: Desk) -> None:
    out = at.done("again", "1")
    assert "2026-04-01 to 2026-06-30" in out
    new = at.requests / "2026-0002-lapd-alpr-access-logs"
    assert folder.values(new) == {
        "from": "2026-04-01",
        "to": "2026-06-30",
        "units": "the IT Bureau",
    }
    request = folder.read(new)
    assert request.subject == "ALPR access logs, April to June 2026"
    assert request.tags == ("alpr", "again:2026-0001")
    assert len(request.items) == 4
    assert request.items[3].text.startswith("The contract for the ALPR system")


def test_the_same_period_is_not_asked_for_twice(at: Desk) -> None:
    at.done("again", "1")
    typed = at.cpra("again", "1")
    assert typed.code == 4
    assert "2026-0002 asks for 2026-04-01 to 2026-06-30 already; `cpra show 2`" in typed.err
    assert len(list(at.requests.glob("2026-*"))) == 2
    at.done("again", "1", "--from", "2026-07-01")


def test_what_may_not_fit_the_new_period_is_said(at: Desk) -> None:
    typed = at.cpra("again", "1", "--set", "units=the unit formed in 2026")
    assert "item 4 is in your own words and names a time" in typed.err
    assert "units" not in typed.err
    typed = at.cpra("again", "1", "--to", "2026-07-31", "--preview")
    assert "the period ends on 2026-07-31, which has not passed yet" in typed.err


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ((), "2026-04-01", "2026-06-30"),
        (("--from", "2026-06-01"), "2026-06-01", "2026-08-31"),
        (("--from", "2026-06-15"), "2026-06-15", "2026-09-12"),
        (("--to", "2026-04-30"), "2026-04-01", "2026-04-30"),
        (("--from", "2025-10-01", "--to", "2025-12-31"), "2025-10-01", "2025-12-31"),
    ],
)
def test_dates_that_are_given_count(
    at: Desk, words: tuple[str, ...], first: str, last: str
) -> None:
    assert json.loads(at.done("again", "1", *words, "--preview", "--json")) == {
        "first": first,
        "last": last,
    }
    assert len(list(folder.paths(at.workspace))) == 1


@pytest.mark.parametrize(
    ("first", "last", "next_first", "next_last"),
    [
        ("2026-01-01", "2026-03-31", "2026-04-01", "2026-06-30"),
        ("2026-02-01", "2026-02-28", "2026-03-01", "2026-03-31"),
        ("2025-01-01", "2025-12-31", "2026-01-01", "2026-12-31"),
        ("2026-01-15", "2026-01-21", "2026-01-22", "2026-01-28"),
        ("2026-01-15", "2026-01-31", "2026-02-01", "2026-02-17"),
        ("2023-02-01", "2024-01-31", "2024-02-01", "2025-01-31"),
    ],
)
def test_whole_months_are_followed_by_as_many_and_days_by_days(
    first: str, last: str, next_first: str, next_last: str
) -> None:
    old = Period(date.fromisoformat(first), date.fromisoformat(last))
    following = Period(date.fromisoformat(next_first), date.fromisoformat(next_last))
    assert old.moved(following.first) == following


def test_a_repeat_of_a_repeat_names_the_last_one(at: Desk) -> None:
    at.done("again", "1")
    at.done("again", "2")
    third = folder.read(at.requests / "2026-0003-lapd-alpr-access-logs")
    assert third.tags == ("alpr", "again:2026-0002")
    assert "July to September 2026" in third.subject


def test_a_letter_that_was_edited_by_hand_is_not_copied_and_that_is_said(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at.done("again", "1")
    draft = at.requests / "2026-0002-lapd-alpr-access-logs" / "draft" / "letter.md"
    draft.write_text(draft.read_text("utf-8") + "\nP.S.\n", encoding="utf-8")
    monkeypatch.setenv("EDITOR", "true")
    at.done("edit", "2")
    typed = at.cpra("again", "2")
    assert "2026-0002 was edited by hand, and those edits are not carried over" in typed.err


def test_a_request_without_a_period_has_no_next_one(at: Desk) -> None:
    words = ("--item", "The contract for body cameras signed in 2025", "--no-input")
    at.done("new", "general", "--agency", "lapd", *words)
    typed = at.cpra("again", "2")
    assert (typed.code, "named no period; give --from and --to" in typed.err) == (2, True)
    typed = at.cpra("again", "2", "--from", "2026-04-01")
    assert typed.code == 2
    at.done("again", "2", "--from", "2026-04-01", "--to", "2026-06-30")
    third = folder.read(folder.find(at.workspace, "3"))
    assert third.items[0].text == "The contract for body cameras signed in 2025"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--from", "2026-07-01", "--to", "2026-06-01"), "before it begins"),
        (("--to", "2026-12-31"), "is more than 92 days after from"),
        (("--set", "unit=x"), 'has no blank called "unit"'),
    ],
)
def test_a_period_that_makes_no_sense_drafts_nothing(
    at: Desk, words: tuple[str, ...], sentence: str
) -> None:
    typed = at.cpra("again", "1", *words)
    assert (typed.code, sentence in typed.err) == (2, True), typed.err
    assert len(list(folder.paths(at.workspace))) == 1


def test_a_letter_that_has_no_period_cannot_be_repeated(at: Desk) -> None:
    own = at.workspace.templates / "mine.md"
    own.write_text(
        '+++\ntitle = "Mine"\nlaw = "cpra"\nsubject = "Policies"\n\n'
        '[[item]]\ntext = "The policy manual in effect on March 31, 2026."\n+++\n'
        '{% extends "parts/request.md" %}\n',
        encoding="utf-8",
    )
    at.done("new", "mine", "--agency", "lapd", "--no-input")
    typed = at.cpra("again", "2")
    assert (typed.code, "mine asks for no period" in typed.err) == (4, True), typed.err
