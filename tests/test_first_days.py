"""What a person meets in the first days: what it says, and what it lets them do next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.typed import Desk, desk


@pytest.fixture
def space(tmp_path: Path) -> Desk:
    """A workspace with a police department of a city and a federal office."""
    made = desk(tmp_path / "records")
    made.done("agency", "add", "Exampleville Police Department", "--alias", "EPD", "--kind", "city")
    made.done("agency", "add", "Example Bureau", "--alias", "EB", "--kind", "federal")
    return made


def drafted(space: Desk, template: str, agency: str) -> None:
    """A request in one's own words for one policy."""
    item = "The policy on tow trucks in force on March 1, 2026"
    space.done("new", template, "--agency", agency, "--item", item, "--no-input")


def test_a_federal_agency_passing_a_request_on_is_explained_and_on_no_list(space: Desk) -> None:
    drafted(space, "general-foia", "EB")
    said = space.done("sent", 1, "--on", "2026-09-01", "--via", "email")

    assert "Next: determination was due Wed Sep 30, 2026, late after Thu Oct 15, 2026" in said
    for command in (("due",), ("list",), ("show", 1)):
        assert "routing" not in space.done(*command, today="2026-12-01")
    explained = space.done("explain", 1)
    assert "Routing of the request" in explained
    assert "nothing to act on" in explained
    assert "routing" not in space.done("explain", 1, "--paragraph")
