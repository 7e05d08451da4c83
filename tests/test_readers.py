"""Messages that are read in another process: the same comes of it, whatever happens to it."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cpra.actions.sorting import lore
from cpra.errors import CpraError
from cpra.mail.ahead import Ahead
from cpra.mail.journal import Line
from cpra.mail.match import Known
from cpra.mail.matching import Requests, words_of
from cpra.mail.readers import LARGE, WORTH, Readers
from cpra.mail.understanding import Arrival, Understanding, Understood


def understanding(folders: Path) -> Understanding:
    """Two requests to one agency, neither of which has a folder to read."""
    every = tuple(
        Known(
            id=f"2026-000{number}",
            number=number,
            folder=f"2026-000{number}-exampleville-{word}",
            agency="exampleville",
            agency_names=("Exampleville",),
            email="records@exampleville.example",
            subject=word,
            words=words_of([word]),
            sent=date(2026, 3, 2),
        )
        for number, word in ((1, "towing"), (2, "drones"))
    )
    for one in every:
        (folders / one.folder).mkdir(exist_ok=True)
    return Understanding(Requests(every), lore(), folders)


def arrival(number: int, subject: str = "", more: str = "", size: int = 0) -> Arrival:
    """One answer, to the first request unless its subject says otherwise."""
    data = (
        "From: records@exampleville.example\r\nTo: you@example.org\r\n"
        f"Subject: {subject or f'Answer {number} [2026-0001]'}\r\n"
        f"Message-ID: <{number}@exampleville.example>\r\n{more}"
        "Date: Thu, 12 Mar 2026 10:00:00 -0700\r\n\r\n"
        f"The City extends the time to respond by fourteen days, to April {number % 20 + 1}, 2026, "
        f"because of unusual circumstances: {number} boxes must be searched.\r\n{'x' * size}"
    ).encode()
    return Arrival(data, hashlib.sha256(data).hexdigest(), "INBOX")


def test_in_another_process_the_same_comes_of_it(tmp_path: Path) -> None:
    arrivals = [arrival(number) for number in range(20)]
    knows = understanding(tmp_path)
    here = [knows.of(one) for one in arrivals]
    assert {one.folder for one in here} == {"2026-0001-exampleville-towing"}
    assert all(one.reading.proposals and one.reading.proposals[0].until for one in here)
    readers = Readers(understanding(tmp_path))
    readers.expect(WORTH)
    try:
        handed = readers.hand(arrivals)
        assert handed.promise is not None
        assert readers.understood(handed) == here
    finally:
        readers.close()


def test_a_process_that_is_ended_from_outside_costs_nothing(tmp_path: Path) -> None:
    readers = Readers(understanding(tmp_path))
    readers.expect(WORTH)
    try:
        before = multiprocessing.active_children()
        assert before
        arrivals = [arrival(number) for number in range(50)]
        handed = [readers.hand(arrivals[:25]), readers.hand(arrivals[25:])]
        for process in before:
            process.kill()
        found = [one for some in handed for one in readers.understood(some)]
        found += readers.understood(readers.hand([arrival(50)]))
    finally:
        readers.close()
    assert [one.incoming.message.message_id for one in found] == [
        f"<{number}@exampleville.example>" for number in range(51)
    ]


def test_few_messages_and_large_ones_are_read_here(tmp_path: Path) -> None:
    readers = Readers(understanding(tmp_path))
    readers.expect(WORTH - 1)
    assert readers.hand([arrival(1)]).promise is None
    readers.expect(WORTH)
    try:
        assert readers.hand([arrival(2, size=LARGE)]).promise is None
    finally:
        readers.close()


def test_the_next_message_of_a_thread_follows_the_one_before_it(tmp_path: Path) -> None:
    knows = understanding(tmp_path)
    first = knows.of(arrival(1))
    second = arrival(2, "Re: our letter", "In-Reply-To: <1@exampleville.example>\r\n")
    assert knows.of(second).folder == first.folder
    assert understanding(tmp_path).of(second).folder == ""


def came(
    source: Iterator[tuple[Arrival, Line]], folders: Path, known: set[str]
) -> tuple[list[tuple[str, Understood | None]], CpraError | None]:
    """What comes of a source, by the SHA-256, and why there is no more."""
    with Ahead(source, Readers(understanding(folders)), known) as ahead:
        found = [(one.arrival.sha256, one.understood) for one in ahead]
    return found, ahead.lost


def test_what_is_known_by_its_bytes_is_not_looked_into(tmp_path: Path) -> None:
    one, two = arrival(1), arrival(2)
    lines = [(each, Line(recorded="now", sha256=each.sha256)) for each in (one, two, one)]
    found, lost = came(iter(lines), tmp_path, {two.sha256})
    assert [sha for sha, _ in found] == [one.sha256, two.sha256, one.sha256]
    assert [said is None for _, said in found] == [False, True, False]
    assert lost is None


def test_what_came_before_a_connection_broke_is_handed_out(tmp_path: Path) -> None:
    def source() -> Iterator[tuple[Arrival, Line]]:
        yield arrival(1), Line(recorded="now")
        raise CpraError("the server hung up")

    found, lost = came(source(), tmp_path, set())
    assert len(found) == 1
    assert str(lost) == "the server hung up"


def test_a_fault_of_our_own_is_not_taken_for_the_end(tmp_path: Path) -> None:
    def source() -> Iterator[tuple[Arrival, Line]]:
        yield arrival(1), Line(recorded="now")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        came(source(), tmp_path, set())
