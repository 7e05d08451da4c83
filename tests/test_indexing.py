"""The search has every request's documents, whatever was interrupted, deleted or read before."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from cpra import folder, workspace
from cpra.actions.indexing import index
from cpra.actions.reading import read
from cpra.core.events import Event
from cpra.disk import sha256
from cpra.index import pages
from cpra.workspace import Workspace

FACTS = """\
id = "2026-000{n}"
agency = "epd"
law = "cpra"
subject = "Towing contracts"

[[item]]
n = 1
text = "The contract in force."
"""
ANSWER = "answers/2026-09-20-records/letter.txt"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """Three requests, each with one answer that has the word "towing"."""
    workspace.init(tmp_path, "")
    made = workspace.find(tmp_path)
    for n in (1, 2, 3):
        request = made.requests / f"2026-000{n}-epd-towing"
        (request / ANSWER).parent.mkdir(parents=True)
        (request / ANSWER).write_text(f"towing number {n}", encoding="utf-8")
        (request / "request.toml").write_text(FACTS.format(n=n), encoding="utf-8")
        folder.append(request, Event(kind="sent", on=date(2026, 9, 15), via="email"))
        filed = {ANSWER: sha256(request / ANSWER)}
        folder.append(request, Event(kind="produced", on=date(2026, 9, 20), files=filed))
    return made


def found(space: Workspace) -> list[str]:
    """The requests in which the word is found."""
    return sorted(hit.request for hit in pages.search(space.cache, "towing").hits)


ALL = ["2026-0001", "2026-0002", "2026-0003"]


def test_every_request_is_indexed_once(space: Workspace) -> None:
    assert index(space, batch_size=1).indexed == 3
    assert found(space) == ALL
    assert index(space) == pages.Updated(0, 0, (), ())


def test_what_was_indexed_before_an_interruption_is_not_indexed_again(space: Workspace) -> None:
    names: list[str] = []

    def interrupt(_done: int, _total: int, name: str) -> None:
        names.append(name)
        if len(names) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index(space, interrupt, batch_size=1)
    assert found(space) == ALL[:1]
    assert index(space).indexed == 2
    assert found(space) == ALL


def test_an_index_begun_for_one_request_is_completed_by_the_next_search(space: Workspace) -> None:
    index(space)
    shutil.rmtree(space.cache / "pages")
    read(space, space.requests / "2026-0002-epd-towing")
    assert found(space) == ["2026-0002"]
    index(space)
    assert found(space) == ALL


def test_the_progress_goes_from_the_first_file_to_the_last(space: Workspace) -> None:
    seen: list[tuple[int, int]] = []
    index(space, lambda done, total, _name: seen.append((done, total)), batch_size=1)
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_notes_edited_by_hand_are_found_by_the_next_search(space: Workspace) -> None:
    index(space)
    notes = space.requests / "2026-0002-epd-towing" / "notes.md"
    notes.write_text("Ask about the drone", encoding="utf-8")
    assert index(space).indexed == 1
    assert [hit.path for hit in pages.search(space.cache, "drone").hits] == ["notes.md"]
    notes.write_text("Ask about the helicopter", encoding="utf-8")
    assert index(space).indexed == 1
    assert pages.search(space.cache, "drone").hits == ()
    assert [hit.path for hit in pages.search(space.cache, "helicopter").hits] == ["notes.md"]
    assert index(space) == pages.Updated(0, 0, (), ())
    notes.unlink()
    assert index(space).removed == 1
    assert pages.search(space.cache, "helicopter").hits == ()
