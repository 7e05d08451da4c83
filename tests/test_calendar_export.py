"""The dates in a calendar: one entry a deadline, that a second import replaces."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest

from tests.typed import Desk, desk


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    """A request to the LAPD that was received on October 2, 2026."""
    here = desk(tmp_path / "records", today="2026-10-05")
    here.done(
        *("new", "general", "--agency", "lapd", "--subject", "Towing fees"),
        *("--item", "The fee schedule for towed cars in force on June 1, 2026", "--no-input"),
    )
    here.done("sent", "1", "--on", "2026-10-02", "--at", "10:00", "--via", "email")
    return here


def exported(at: Desk) -> dict[str, Any]:
    """The entries of the calendar, by UID."""
    target = at.workspace.root / "dates.ics"
    at.done("calendar", "export", target)
    found = icalendar.Calendar.from_ical(target.read_bytes())
    listed: list[Any] = list(found.walk("VEVENT"))
    by_uid = {str(entry["uid"]): entry for entry in listed}
    assert len(by_uid) == len(listed)
    return by_uid


def test_a_deadline_is_a_whole_day_with_alarms_and_the_authority(at: Desk) -> None:
    (entry,) = exported(at).values()

    assert entry["dtstart"].dt == date(2026, 10, 12)
    assert entry["dtend"].dt == date(2026, 10, 13)
    assert str(entry["summary"]) == "Determination due · LAPD: Towing fees"
    assert "Gov. Code § 7922.535(a)" in str(entry["description"])
    assert "Late only after October 13, 2026" in str(entry["description"])
    assert [alarm["trigger"].dt for alarm in entry.walk("VALARM")] == [
        timedelta(hours=-15),
        timedelta(hours=9),
    ]


def test_what_moved_keeps_its_uid_and_gets_a_higher_sequence(at: Desk) -> None:
    before = exported(at)
    at.done("agency", "edit", "lapd", "--closed", "2026-10-12")
    a_second_later = at.workspace.agencies.stat().st_mtime + 1
    os.utime(at.workspace.agencies, (a_second_later, a_second_later))
    after = exported(at)

    assert list(after) == list(before)
    ((uid, entry),) = after.items()
    assert entry["dtstart"].dt == date(2026, 10, 13)
    assert int(entry["sequence"]) > int(before[uid]["sequence"])


def test_what_was_met_or_replaced_is_cancelled_and_not_left_behind(at: Desk) -> None:
    (first,) = exported(at)
    at.done("record", "1", "extended", "--on", "2026-10-05", "--until", "2026-10-20")
    extended = exported(at)

    assert [str(entry["status"]) for uid, entry in extended.items() if uid == first] == [
        "CANCELLED"
    ]
    assert sorted(str(entry["status"]) for entry in extended.values()) == [
        "CANCELLED",
        "CONFIRMED",
    ]
    at.done("record", "1", "produced", "--on", "2026-10-05", "--complete")
    assert {str(entry["status"]) for entry in exported(at).values()} == {"CANCELLED"}


def test_a_discreet_calendar_names_no_subject_and_no_agency(at: Desk) -> None:
    settings = at.workspace.requests / "cpra.toml"
    text = settings.read_text(encoding="utf-8").replace("format = 1", "format = 1\ndiscreet = true")
    settings.write_text(text, encoding="utf-8")
    (entry,) = exported(at).values()

    written = entry.to_ical().decode()
    assert str(entry["summary"]) == "Determination due · 2026-0001"
    assert "Towing" not in written
    assert "LAPD" not in written
