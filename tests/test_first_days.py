"""What a person meets in the first days: what it says, and what it lets them do next."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cpra.cli import COMMANDS, cli
from tests.terminal import typed_at_terminal
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


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show"], "cpra show needs ID. Example: `cpra show 12`"),
        (["sent", "1"], "cpra sent needs --on DATE. Example: `cpra sent 12 --on today"),
        (["agency", "lst"], 'there is no command "agency lst". Did you mean "list"?'),
        (["campaign", "xyzzy"], 'there is no command "campaign xyzzy". There are: new, '),
    ],
)
def test_what_is_missing_is_named_with_an_example(space: Desk, words: list[str], says: str) -> None:
    typed = space.cpra(*words)
    assert typed.code == 2
    assert typed.err.startswith(f"Error: {says}")


def test_the_overview_is_in_parts_and_leaves_no_command_out() -> None:
    import cpra.cli.list  # noqa: F401 (a module that is called as a builtin function)

    shown = CliRunner().invoke(cli, ["--help"]).output

    assert "Keep what comes:" in shown
    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []


def test_an_error_on_the_screen_cuts_no_word_and_no_command() -> None:
    code, screen = typed_at_terminal(["show"], [], columns=44)

    assert code == 2
    assert screen.split("\n")[:2] == ["Error: cpra show needs ID. Example:", "  `cpra show 12`"]
