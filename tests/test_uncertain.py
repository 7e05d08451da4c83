"""A date that depends on a law that is not confirmed says so once, wherever it is shown."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.typed import Desk, desk

BILL = "AB 1821 (2026) may give an agency 10 business days"
RUNNING = "Whether AB 1821 (2026), if it is law, governs a period that was running"


@pytest.fixture
def asked(tmp_path: Path) -> Desk:
    """Two requests of January 2027, one that runs into it, and one of before."""
    at = desk(tmp_path, today="2027-01-12")
    at.done("agency", "add", "Exampleville Police Department", "--alias", "EPD")
    for number, day in enumerate(("2027-01-04", "2027-01-05", "2026-12-28", "2026-11-02"), start=1):
        item = "The policy in force on January 1, 2025"
        words = ("--item", item, "--subject", f"Policy {number}", "--no-input", "--tag", "all")
        at.done("new", "general", "--agency", "EPD", *words, today="2026-11-02")
        at.done("sent", number, "--on", day, "--at", "10:00", "--via", "email")
    return at


@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("due",),
        ("due", "--all"),
        ("due", "--within", "14"),
        ("remind",),
        ("list", "--open"),
    ],
)
def test_every_list_says_each_reason_once(asked: Desk, command: tuple[str, ...]) -> None:
    said = " ".join(asked.done(*command).split())
    assert (said.count(BILL), said.count(RUNNING)) == (1, 1)


def test_a_list_that_shows_no_such_date_says_nothing_of_it(asked: Desk) -> None:
    asked.done("record", 1, "withdrawn", "--on", "2027-01-06")
    asked.done("record", 2, "withdrawn", "--on", "2027-01-06")
    asked.done("record", 3, "withdrawn", "--on", "2027-01-06")
    for command in (("list",), ("due", "--all"), ("remind",), ("show", 4), ("explain", 4)):
        said = asked.done(*command)
        assert BILL not in said
        assert RUNNING not in said


@pytest.mark.parametrize("command", ["show", "explain", "timeline"])
def test_one_request_says_it_once(asked: Desk, command: str) -> None:
    said = " ".join(asked.done(command, 1).split())
    assert said.count(BILL) == (command != "timeline")


def test_a_declaration_and_the_next_date_say_it(asked: Desk) -> None:
    assert BILL in " ".join(asked.done("explain", 1, "--paragraph").split())
    said = asked.done("record", 1, "acknowledged", "--on", "2027-01-06")
    assert " ".join(said.split()).count(BILL) == 1


def test_a_reminder_that_names_nothing_says_it_too(asked: Desk) -> None:
    marker = asked.requests / "cpra.toml"
    text = marker.read_text(encoding="utf-8")
    marker.write_text(f"discreet = true\n{text}", encoding="utf-8")
    said = asked.done("remind")
    assert "Policy" not in said
    assert said.count(BILL) == 1


@pytest.mark.parametrize("command", ["due", "list"])
def test_programs_find_it_in_a_field(asked: Desk, command: str) -> None:
    rows = {row["id"]: row["contingent"] for row in json.loads(asked.done(command, "--json"))}
    assert BILL in rows["2026-0001"]
    assert rows["2026-0003"].startswith(RUNNING)
    assert rows["2026-0004"] == ""


def test_every_entry_of_a_calendar_says_it(asked: Desk, tmp_path: Path) -> None:
    asked.done("calendar", "export", tmp_path / "dates.ics")
    text = (tmp_path / "dates.ics").read_text(encoding="utf-8").replace("\n ", "")
    assert text.count("AB 1821 (2026) may give an agency") == 2


def test_a_computed_date_says_it(asked: Desk) -> None:
    assert BILL in asked.done("compute", "cpra.determination", "--from", "2027-01-04")
    assert BILL not in asked.done("compute", "cpra.determination", "--from", "2026-01-05")


def test_a_campaigns_table_says_it(tmp_path: Path) -> None:
    at = desk(tmp_path, today="2027-01-12")
    at.done("agency", "add", "Exampleville Police Department", "--alias", "EPD")
    (tmp_path / "list.csv").write_text("agency\nEPD\n", encoding="utf-8")
    words = ("--agencies", tmp_path / "list.csv", "--name", "spring", "--yes")
    item = ("--item", "The policy in force on January 1, 2025", "--set", "about=Policies")
    at.done("campaign", "new", "general", *words, *item)
    at.done("sent", 1, "--on", "2027-01-04", "--via", "email")
    assert " ".join(at.done("campaign", "show", "spring").split()).count(BILL) == 1
    (row,) = csv.DictReader(io.StringIO(at.done("campaign", "show", "spring", "--csv")))
    assert BILL in row["contingent"]
