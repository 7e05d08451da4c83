"""What the address book said before it was changed: from where dates moved, told by files alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import date, time
from pathlib import Path

import pytest

from cpra.agencies import history
from cpra.core.calendar import Closure, Office
from tests.typed import Desk, desk


@pytest.fixture
def asked(tmp_path: Path) -> Desk:
    """One request, sent on October 2; its determination is due on Monday, October 12."""
    at = desk(tmp_path)
    at.done("agency", "add", "Exampleville Police Department", "--alias", "EPD")
    at.done(
        *("new", "general", "--agency", "epd", "--set", "about=Contracts", "--no-input"),
        *("--item", "The contract for body cameras signed in 2025"),
        today="2026-10-02",
    )
    at.done("sent", "1", "--on", "2026-10-02", "--via", "email")
    return at


def due(at: Desk) -> dict[str, str]:
    (entry,) = json.loads(at.done("due", "--all", "--json"))
    return {name: entry[name] for name in ("due", "latest", "was")}


def test_a_move_is_told_by_the_files_alone(asked: Desk) -> None:
    asked.done("agency", "edit", "epd", "--closed", "2026-10-12..2026-10-13")
    shutil.rmtree(asked.workspace.cache)
    assert due(asked) == {"due": "2026-10-14", "latest": "2026-10-14", "was": "2026-10-12"}
    said = "moved from Mon Oct 12: now closed October 12, 2026 to October 13, 2026"
    assert said in asked.done("due")
    asked.done("agency", "edit", "epd", "--reopen", "1")
    shutil.rmtree(asked.workspace.cache)
    assert due(asked)["was"] == ""


def test_a_move_of_the_latest_date_alone_is_told_too(asked: Desk) -> None:
    asked.done("record", "1", "received", "--on", "2026-10-03")
    assert due(asked) == {"due": "2026-10-13", "latest": "2026-10-15", "was": ""}
    asked.done("agency", "edit", "epd", "--receipt", "as-received")
    shutil.rmtree(asked.workspace.cache)
    (entry,) = json.loads(asked.done("due", "--json"))
    assert (entry["latest"], entry["was"], entry["was_latest"]) == ("2026-10-13", "", "2026-10-15")
    assert entry["moved"] == "receipt is now as-received"
    said = "late after Tue Oct 13, no longer after Thu Oct 15: receipt is now as-received"
    assert said in asked.done("due")


def test_what_was_sent_after_a_change_has_not_moved(asked: Desk) -> None:
    asked.done("agency", "edit", "epd", "--closed", "2026-10-12")
    kept = history.place(asked.workspace)
    line = json.loads(kept.read_bytes())
    line["recorded"] = "2020-01-01T09:00:00-08:00"
    kept.write_text(json.dumps(line) + "\n", encoding="utf-8")
    shutil.rmtree(asked.workspace.cache)
    assert due(asked) == {"due": "2026-10-13", "latest": "2026-10-13", "was": ""}


def test_nothing_is_kept_of_an_office_to_which_nothing_is_open(tmp_path: Path) -> None:
    at = desk(tmp_path)
    at.done("agency", "add", "Exampleville Police Department", "--alias", "EPD")
    at.done("agency", "edit", "epd", "--closed", "2026-10-12")
    assert not history.place(at.workspace).exists()


def test_a_line_of_the_books_history_that_cannot_be_read_is_named(asked: Desk) -> None:
    asked.done("agency", "edit", "epd", "--closed", "2026-10-12")
    kept = history.place(asked.workspace)
    kept.write_bytes(kept.read_bytes() + b'{"recorded": "torn')
    assert [problem.line for problem in history.problems(asked.workspace)] == [2]
    assert "agencies.jsonl, line 2: is not what cpra writes there" in asked.done("check")
    asked.done("agency", "edit", "epd", "--closed", "every-friday")
    assert [problem.line for problem in history.problems(asked.workspace)] == [2]
    assert len(history.read(asked.workspace)["epd"]) == 2
    assert due(asked)["was"] == "2026-10-12"


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (
            Office(closures=(Closure(weekly=(4,), source="user", status="V"),)),
            Office(),
            "no longer closed every Friday",
        ),
        (
            Office(closures=(Closure(weekly=(4,), source="https://a.example", status="P"),)),
            Office(closures=(Closure(weekly=(4,), source="https://a.example", status="V"),)),
            "that it is closed every Friday was read at its source",
        ),
        (
            Office(receipt="as-received", cutoff=time(16)),
            Office(),
            "receipt is now not known and when its day ends is not known now",
        ),
        (Office(), Office(cutoff=time(16, 30)), "its day now ends at 16:30"),
        (
            Office(),
            Office(
                closures=tuple(Closure(weekly=(n,), source="user", status="V") for n in range(4))
            ),
            "now closed every Monday, now closed every Tuesday and 2 changes more",
        ),
    ],
)
def test_what_changed_in_an_office_is_said_in_words(before: Office, now: Office, said: str) -> None:
    assert history.changes(before, now) == said


def test_every_form_of_closure_is_kept_as_it_was(tmp_path: Path) -> None:
    space = desk(tmp_path).workspace
    office = Office(
        name="",
        closures=(
            Closure(dates=(date(2026, 10, 12),), name="2026-10-12", source="user", status="V"),
            Closure(ranges=((date(2026, 12, 24), date(2027, 1, 1)),), source="a", status="P"),
            Closure(weekly=(4,), until=date(2026, 6, 30), source="user", status="V"),
            Closure(alternate=date(2026, 1, 9), since=date(2026, 1, 9), source="user", status="V"),
        ),
        receipt="next-open-day",
        cutoff=time(16, 30),
    )
    history.note(space, "epd", office, "2026-10-05T10:00:00-07:00")
    (former,) = history.read(space)["epd"]
    assert former.office == office


def test_a_closure_written_by_hand_is_told_after_an_update_of_cpra_too(asked: Desk) -> None:
    due(asked)
    path = asked.workspace.agencies
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n[[agency.epd.closure]]\nweekly = 'monday'\n", encoding="utf-8")
    moved = {"due": "2026-10-13", "latest": "2026-10-13", "was": "2026-10-12"}
    assert due(asked) == moved
    for version in ("an earlier one", "another"):
        with sqlite3.connect(asked.workspace.cache / "rows.sqlite3") as db:
            db.execute("UPDATE meta SET value = ? WHERE name = 'made by'", (version,))
        db.close()
        assert due(asked) == moved
    path.write_text(text, encoding="utf-8")
    assert due(asked) == {"due": "2026-10-12", "latest": "2026-10-13", "was": ""}


def test_two_appeals_that_are_open_have_not_moved_to_each_others_day(asked: Desk) -> None:
    asked.done("agency", "add", "Federal Example Bureau", "--alias", "FEB", "--kind", "federal")
    asked.done(
        *("new", "general-foia", "--agency", "feb", "--set", "about=Contracts", "--no-input"),
        *("--item", "The contract of 2025", "--item", "The invoices of 2025"),
        today="2026-09-01",
    )
    asked.done("sent", "2", "--on", "2026-09-01", "--via", "email")
    asked.done("record", "2", "denied", "--item", "1", "--on", "2026-09-15")
    asked.done("record", "2", "denied", "--item", "2", "--on", "2026-09-22")
    asked.done("agency", "edit", "epd", "--email", "records@example.org")
    entries = json.loads(asked.done("due", "--all", "--json"))
    appeals = [entry["was"] for entry in entries if entry["rule"] == "foia.appeal"]
    assert appeals == ["", ""]
