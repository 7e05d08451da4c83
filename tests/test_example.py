"""The worked workspace in docs/example: whole, readable, and what the manual says of it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from cpra import checks, folder
from cpra.core.request import Status
from cpra.reports.agenda import Group, entries
from cpra.workspace import Workspace, find
from tests.conftest import ROOT


@pytest.fixture
def example(tmp_path: Path) -> Workspace:
    """A copy, since looking at a workspace makes its cache."""
    shutil.copytree(ROOT / "docs" / "example", tmp_path / "example")
    return find(tmp_path / "example")


def test_every_byte_of_the_example_is_what_its_log_says(example: Workspace) -> None:
    report = checks.check(example)

    assert report.requests == 3
    assert report.files > 10
    assert not report.damage
    assert not report.unfinished
    assert not report.notices


def test_the_example_shows_a_promise_a_denial_and_a_draft(example: Workspace) -> None:
    stands = [folder.read(path).status for path in folder.paths(example)]

    assert stands == [Status.PRODUCING, Status.DENIED, Status.DRAFTED]


def test_the_example_has_one_promise_that_was_not_kept(example: Workspace) -> None:
    (entry,) = entries(example, date(2026, 5, 1))

    assert (entry.number, entry.group, entry.due) == (1, Group.PROMISED, date(2026, 4, 17))


def test_the_format_is_described_in_the_example_and_in_the_checkout(example: Workspace) -> None:
    described = (ROOT / "cpra" / "format.md").read_bytes()

    assert (example.requests / "README.md").read_bytes() == described
    assert (ROOT / "requests" / "README.md").read_bytes() == described
