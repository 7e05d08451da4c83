"""The rows behind the lists: derived, in step with the folders, made anew whenever in doubt."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from cpra import folder
from cpra.actions.starting import start
from cpra.core.events import Event
from cpra.errors import BadFile, CpraError
from cpra.index import rows
from cpra.index.row import RequestRow
from cpra.index.rows import UNREADABLE
from cpra.workspace import Workspace
from tests.logs import written

SENT = "2026-03-01 drafted\n2026-03-02 sent via=email"
CLOSED = f"{SENT}\n2026-05-01 closed"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A workspace with an open request and a settled one."""
    start(tmp_path)
    space = Workspace(tmp_path)
    written(space.requests / "2026-0001-epd-open", SENT, "2026-0001")
    written(space.requests / "2026-0002-epd-closed", CLOSED, "2026-0002")
    return space


def listed(space: Workspace, every: bool = False) -> list[tuple[str, str]]:
    """The id and status of every request, as the lists have them."""
    found = rows.rows(space, every=every)
    result = [(row.id, row.status) for row in found.requests()]
    found.close()
    return result


def one(space: Workspace, own: str = "2026-0001") -> RequestRow:
    """The row of one request."""
    found = rows.rows(space)
    (row,) = (row for row in found.requests() if row.id == own)
    found.close()
    return row


def log(space: Workspace, name: str, event: Event) -> Path:
    """Write an event as another cpra would, without telling the rows."""
    path = space.requests / name
    folder.append(path, event)
    return path


def test_each_request_has_a_row(space: Workspace) -> None:
    assert listed(space) == [("2026-0001", "sent"), ("2026-0002", "closed")]
    row = one(space)
    assert (row.folder, row.number, row.agency, row.open) == ("2026-0001-epd-open", 1, "epd", 1)
    assert (row.sent, row.last, row.due, row.label) == (
        *("2026-03-02", "2026-03-02"),
        *("2026-03-12", "determination"),
    )


def test_an_open_request_has_its_dates_and_a_settled_one_has_none(space: Workspace) -> None:
    found = rows.rows(space)
    assert [(row.id, row.label, row.due) for row in found.dates()] == [
        ("2026-0001", "determination", "2026-03-12")
    ]
    found.close()


def test_an_event_in_an_open_request_is_noticed(space: Workspace) -> None:
    listed(space)
    log(space, "2026-0001-epd-open", Event(kind="determined", on=date(2026, 3, 10)))
    assert listed(space) == [("2026-0001", "determined"), ("2026-0002", "closed")]


def test_what_an_action_writes_to_a_settled_request_is_noticed(space: Workspace) -> None:
    listed(space)
    reopened = Event(kind="reopened", on=date(2026, 6, 1))
    path = log(space, "2026-0002-epd-closed", reopened)
    assert listed(space)[1] == ("2026-0002", "closed")
    rows.touch(space, path)
    assert listed(space)[1] == ("2026-0002", "sent")


def test_an_edit_by_hand_to_a_settled_request_is_noticed_when_everything_is_looked_at(
    space: Workspace,
) -> None:
    listed(space)
    log(space, "2026-0002-epd-closed", Event(kind="reopened", on=date(2026, 6, 1)))
    assert listed(space)[1] == ("2026-0002", "closed")
    assert listed(space, every=True)[1] == ("2026-0002", "sent")


def test_a_change_of_the_facts_is_noticed(space: Workspace) -> None:
    listed(space)
    facts = space.requests / "2026-0001-epd-open" / "request.toml"
    text = facts.read_text(encoding="utf-8").replace("Request 2026-0001", "Towing")
    facts.write_text(text, encoding="utf-8")
    assert one(space).subject == "Towing"


def test_new_renamed_and_removed_folders_are_noticed(space: Workspace) -> None:
    listed(space)
    written(space.requests / "2026-0003-epd-new", SENT, "2026-0003")
    assert [own for own, _ in listed(space)] == ["2026-0001", "2026-0002", "2026-0003"]
    (space.requests / "2026-0003-epd-new").rename(space.requests / "the towing case")
    shutil.rmtree(space.requests / "2026-0002-epd-closed")
    assert [own for own, _ in listed(space)] == ["2026-0001", "2026-0003"]
    assert one(space, "2026-0003").folder == "the towing case"


def test_what_is_no_request_has_no_row(space: Workspace) -> None:
    (space.requests / ".partial-0a1b").mkdir()
    (space.requests / ".partial-0a1b" / "request.toml").write_text("x", encoding="utf-8")
    (space.requests / "inbox" / "request.toml").write_text("x", encoding="utf-8")
    (space.requests / "loose").mkdir()
    assert len(listed(space)) == 2


def test_a_damaged_request_has_a_row_that_says_so(space: Workspace) -> None:
    listed(space)
    (space.requests / "2026-0001-epd-open" / "events.jsonl").write_text("{\n", encoding="utf-8")
    found = rows.rows(space)
    assert found.unreadable() == 1
    (problem,) = (p for p in found.problems() if p.line)
    assert str(problem).startswith("requests/2026-0001-epd-open/events.jsonl, line 1: ")
    found.close()
    assert listed(space)[0] == ("2026-0001", UNREADABLE)
    assert one(space).open == 1


def test_a_damaged_request_is_read_again_when_it_was_put_right(space: Workspace) -> None:
    path = space.requests / "2026-0001-epd-open" / "events.jsonl"
    whole = path.read_bytes()
    path.write_bytes(b"{\n")
    assert listed(space)[0][1] == UNREADABLE
    path.write_bytes(whole)
    assert listed(space)[0][1] == "sent"


@pytest.mark.parametrize(
    "line",
    [
        b'{"kind":"sent","on":"2026-03-02","v\xff\xfea":"email"}\n',
        b'{"kind":"s\xffnt","on":"2026-03-02","files":{"a":"\\udcff"}}\n',
        b'{"kind":"sent","on":"2026-03-02","until":"\\ud800"}\n',
    ],
)
def test_bytes_that_are_no_text_stop_no_list(space: Workspace, line: bytes) -> None:
    with (space.requests / "2026-0001-epd-open" / "events.jsonl").open("ab") as file:
        file.write(line)
    found = rows.rows(space)
    assert found.problems() != []
    found.close()


def test_a_change_of_the_address_book_reckons_open_dates_again(space: Workspace) -> None:
    assert one(space).due == "2026-03-12"
    space.agencies.write_text(
        '[agency.epd]\nname = "Exampleville Police"\n[[agency.epd.closure]]\n'
        "dates = [2026-03-12]\n",
        encoding="utf-8",
    )
    assert (one(space).due, one(space).short) == ("2026-03-13", "EPD")
    found = rows.rows(space)
    assert [row.was for row in found.dates()] == ["2026-03-12"]
    found.close()


def test_a_damaged_address_book_is_said_and_the_old_rows_are_kept(space: Workspace) -> None:
    listed(space)
    sound = space.agencies.read_bytes()
    space.agencies.write_text("[agency]\nepd = 1\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"agencies\.toml, line 2: "):
        rows.rows(space)
    space.agencies.write_bytes(sound)
    assert len(listed(space)) == 2


# Documents


def test_every_filed_document_has_a_row_and_its_first_copy_is_found(space: Workspace) -> None:
    files = {"answers/2026-03-20-records/a.pdf": "41ab"}
    for name, day in (("2026-0001-epd-open", 20), ("2026-0002-epd-closed", 10)):
        rows.touch(
            space, log(space, name, Event(kind="produced", on=date(2026, 3, day), files=files))
        )
    found = rows.rows(space)
    assert len(found.files()) == 2
    assert [row.folder for row in found.files("2026-0001-epd-open")] == ["2026-0001-epd-open"]
    first = found.first_of("41ab")
    assert first is not None
    assert (first.folder, first.happened) == ("2026-0002-epd-closed", "2026-03-10")
    assert found.first_of("9f2c") is None
    found.close()


NOTES = {"2026-0001-epd-open": 7, "2026-0002-epd-closed": 9}
"""What the notes on each request look like."""
noted = NOTES.__getitem__


def test_notes_that_changed_are_to_be_searched_again(space: Workspace) -> None:
    found = rows.rows(space)
    found.mark_searched(found.stamps(), NOTES, "index a")
    edited = {**NOTES, "2026-0002-epd-closed": 8}
    assert found.unsearched("index a", edited.__getitem__) == ["2026-0002-epd-closed"]
    found.close()


def test_a_request_is_to_be_searched_until_its_documents_are(space: Workspace) -> None:
    found = rows.rows(space)
    assert found.unsearched("index a", noted) == ["2026-0001-epd-open", "2026-0002-epd-closed"]
    found.mark_searched(found.stamps(), NOTES, "index a")
    assert found.unsearched("index a", noted) == []
    found.close()


def test_a_new_search_index_has_no_request_yet(space: Workspace) -> None:
    found = rows.rows(space)
    both = ["2026-0001-epd-open", "2026-0002-epd-closed"]
    stamps = found.stamps()
    found.mark_searched(stamps, NOTES, "index a")
    assert found.unsearched("index b", noted) == both
    assert found.unsearched("", noted) == both
    found.mark_searched({both[0]: stamps[both[0]]}, NOTES, "index b")
    assert found.unsearched("index b", noted) == both[1:]
    found.close()


def test_what_another_filed_in_the_meantime_is_still_to_be_searched(space: Workspace) -> None:
    found = rows.rows(space)
    before = found.stamps()
    path = log(space, "2026-0001-epd-open", Event(kind="produced", on=date(2026, 3, 20)))
    rows.touch(space, path)
    found.mark_searched(before, NOTES, "index a")
    assert "2026-0001-epd-open" in found.unsearched("index a", noted)
    found.close()


# Derived


def test_the_rows_may_be_deleted_at_any_moment(space: Workspace) -> None:
    before = listed(space)
    shutil.rmtree(space.cache)
    assert listed(space) == before


@pytest.mark.parametrize("raw", [b"", b"not a database", b"SQLite format 3\x00" + bytes(5000)])
def test_a_torn_file_is_made_anew(space: Workspace, raw: bytes) -> None:
    before = listed(space)
    (space.cache / "rows.sqlite3").write_bytes(raw)
    assert listed(space) == before


def test_a_file_cut_anywhere_is_made_anew(space: Workspace) -> None:
    before = listed(space)
    path = space.cache / "rows.sqlite3"
    whole = path.read_bytes()
    for end in range(0, len(whole), 3001):
        path.write_bytes(whole[:end])
        assert listed(space) == before, end


def test_rows_of_another_version_are_dropped(space: Workspace) -> None:
    before = listed(space)
    with sqlite3.connect(space.cache / "rows.sqlite3") as db:
        db.execute("UPDATE meta SET value = 'another' WHERE name = 'made by'")
        db.execute("UPDATE request SET status = 'invented'")
        db.execute("CREATE TABLE from_the_future (a)")
    db.close()
    assert listed(space) == before


def test_a_foreign_file_with_our_mark_is_made_anew(space: Workspace) -> None:
    before = listed(space)
    with sqlite3.connect(space.cache / "rows.sqlite3") as db:
        db.execute("DROP TABLE request")
    db.close()
    assert listed(space) == before


def test_the_progress_is_told_when_many_are_read(space: Workspace) -> None:
    for n in range(3, 110):
        written(space.requests / f"2026-{n:04d}-epd", SENT, f"2026-{n:04d}")
    told: list[tuple[int, int]] = []
    rows.rows(space, lambda *args: told.append(args)).close()
    assert told == [(100, 109)]


def test_a_busy_file_is_said(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(space)
    monkeypatch.setattr(rows, "PATIENCE", 0.05)
    log(space, "2026-0001-epd-open", Event(kind="acknowledged", on=date(2026, 3, 5)))
    other = sqlite3.connect(space.cache / "rows.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(CpraError, match="another cpra has been reading the folders for"):
        rows.rows(space)
    other.close()
    assert listed(space)[0] == ("2026-0001", "acknowledged")
