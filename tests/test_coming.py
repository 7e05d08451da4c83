"""Messages that are read by another process: the same comes of it, whatever happens to it."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from cpra.actions.sorting import lore
from cpra.errors import CpraError, NotFound, Problem
from cpra.mail.beside import beside
from cpra.mail.coming import (
    Came,
    Coming,
    Opened,
    Source,
    beside_this,
    understood,
    within_this,
)
from cpra.mail.match import Known
from cpra.mail.matching import Requests, words_of
from cpra.mail.understanding import Arrival, Understanding

forked = pytest.mark.skipif(sys.platform != "linux", reason="no process is forked here")
here_and_beside = pytest.mark.parametrize(
    "way", [within_this, pytest.param(beside_this, marks=forked)]
)
Way = Callable[[Source, Opened, Callable[[], None]], AbstractContextManager[Coming]]


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
    return Arrival(data, hashlib.sha256(data).hexdigest(), "INBOX", uid=number)


def came(source: Source, folders: Path, known: set[str], way: Way) -> tuple[list[Came], Coming]:
    """Everything that comes of a source."""
    with way(source, partial(understood, understanding(folders), known), hang_up) as mails:
        found = list(mails)
    assert mails.is_beside == (way is beside_this)
    return found, mails


def hang_up() -> None:
    """Nothing: these sources wait for nobody."""


@forked
def test_in_another_process_the_same_comes_of_it(tmp_path: Path) -> None:
    arrivals = [arrival(number, size=number * 1_000) for number in range(250)]
    here, _ = came(iter(arrivals), tmp_path, set(), within_this)
    beside_, _ = came(iter(arrivals), tmp_path, set(), beside_this)
    assert beside_ == here
    assert [one.arrival for one in here] == arrivals
    assert {one.understood.folder for one in here if one.understood} == {
        "2026-0001-exampleville-towing"
    }
    assert all(
        one.understood and one.understood.reading.proposals[0].until is not None for one in here
    )


@forked
def test_a_process_that_is_ended_from_outside_is_told_of(tmp_path: Path) -> None:
    def source() -> Iterator[Arrival]:
        yield from map(arrival, range(100))
        os.kill(os.getpid(), signal.SIGKILL)
        yield arrival(100)

    found, mails = came(source(), tmp_path, set(), beside_this)
    assert len(found) in (0, 100)
    assert "was ended from outside" in str(mails.lost)
    assert "the next fetch goes on from there" in str(mails.lost)


@forked
def test_a_process_beside_is_gone_when_nobody_wants_what_it_makes(tmp_path: Path) -> None:
    def endless() -> Iterator[Arrival]:
        number = 0
        while True:
            number += 1
            yield arrival(number, size=100_000)

    opened = partial(understood, understanding(tmp_path), set())
    with beside_this(endless(), opened, hang_up) as mails:
        first = next(iter(mails))
        assert multiprocessing.active_children()
    assert first.arrival.uid == 1
    assert not multiprocessing.active_children()


@forked
def test_a_program_that_is_killed_leaves_no_process_behind() -> None:
    program = """
import os, signal
from cpra.mail.beside import beside
def work():
    yield os.getpid()
    signal.pause()
with beside(work) as other:
    import pickle
    print(pickle.loads(next(other.results)), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    # The other process has this pipe too: it is at its end when both of them are gone.
    said, _ = run.communicate(timeout=60)
    assert run.returncode == -signal.SIGKILL
    assert int(said) != run.pid


@forked
def test_what_goes_wrong_beside_is_raised_here_with_its_place() -> None:
    def work() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError("in our own code")

    with beside(work) as other:
        results = other.results
        assert next(results)
        with pytest.raises(ZeroDivisionError, match="in our own code") as caught:
            next(results)
    assert "in work" in str(caught.value.__cause__)


@pytest.mark.parametrize("error", [NotFound("it is not there"), CpraError("it was lost")])
@forked
def test_a_sentence_for_the_requester_comes_through_as_it_is(error: CpraError) -> None:
    def work() -> Iterator[int]:
        yield from ()
        raise error

    with beside(work) as other, pytest.raises(type(error), match=str(error)) as caught:
        next(other.results)
    assert caught.value.exit_code == error.exit_code


def test_the_next_message_of_a_thread_follows_the_one_before_it(tmp_path: Path) -> None:
    knows = understanding(tmp_path)
    first = knows.of(arrival(1))
    second = arrival(2, "Re: our letter", "In-Reply-To: <1@exampleville.example>\r\n")
    assert knows.of(second).folder == first.folder
    assert understanding(tmp_path).of(second).folder == ""


@here_and_beside
def test_what_is_known_by_its_bytes_is_not_looked_into(tmp_path: Path, way: Way) -> None:
    one, two = arrival(1), arrival(2)
    found, mails = came(iter((one, two, one)), tmp_path, {two.sha256}, way)
    assert [each.arrival for each in found] == [one, two, one]
    assert [each.understood is None for each in found] == [False, True, True]
    assert mails.lost is None


@here_and_beside
def test_what_cannot_be_had_is_told_of_and_the_rest_comes(tmp_path: Path, way: Way) -> None:
    problem = Problem("a.eml", None, "cannot be read")
    found, mails = came(iter((arrival(1), problem, arrival(2))), tmp_path, set(), way)
    assert [each.arrival.uid for each in found] == [1, 2]
    assert mails.problems == [problem]


@here_and_beside
def test_what_came_before_a_connection_broke_is_handed_out(tmp_path: Path, way: Way) -> None:
    def source() -> Iterator[Arrival]:
        yield arrival(1)
        raise CpraError("the server hung up")

    found, mails = came(source(), tmp_path, set(), way)
    assert [each.arrival.uid for each in found] == [1]
    assert str(mails.lost) == "the server hung up"


@here_and_beside
def test_a_fault_of_our_own_is_not_taken_for_the_end(tmp_path: Path, way: Way) -> None:
    def source() -> Iterator[Arrival]:
        yield arrival(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        came(source(), tmp_path, set(), way)
