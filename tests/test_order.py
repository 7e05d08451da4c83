"""An order of events that cannot have been is named, and the request still stands somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpra.core.events import live
from cpra.core.log import decode
from cpra.core.order import order_problems
from tests.typed import Desk, desk


def problems(*lines: str) -> list[tuple[int | None, str]]:
    """What is wrong with a log of `day kind` lines."""
    written = []
    for line in lines:
        day, kind = line.split()
        written.append(f'{{"kind":"{kind}","on":"{day}","recorded":"","previous":null}}')
    events, wrong = decode(written, "log")
    assert wrong == ()
    return [(problem.line, problem.text) for problem in order_problems(live(events), "log")]


def test_a_determination_before_the_request_was_sent_is_named_with_both_lines() -> None:
    assert problems("2026-03-02 sent", "2026-03-01 determined") == [
        (2, '"determined" on 2026-03-01 comes before the request was sent (line 1, 2026-03-02)')
    ]


def test_an_answer_to_a_request_that_was_never_sent_is_named() -> None:
    assert problems("2026-03-01 drafted", "2026-03-04 denied") == [
        (2, '"denied" stands here, but no line says that the request was sent')
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("clarification-asked", "clarification-answered"),
        ("fee-quoted", "fee-paid"),
        ("appeal-filed", "appeal-decided"),
        ("closed", "reopened"),
    ],
)
def test_what_answers_something_comes_after_it(first: str, second: str) -> None:
    assert problems("2026-03-02 sent", f"2026-03-05 {first}", f"2026-03-05 {second}") == []
    assert problems("2026-03-02 sent", f"2026-03-04 {second}", f"2026-03-05 {first}") == [
        (2, f'"{second}" on 2026-03-04 comes before "{first}" (line 3, 2026-03-05)')
    ]
    assert problems("2026-03-02 sent", f"2026-03-04 {second}") == [
        (2, f'"{second}" stands here, but no line says "{first}"')
    ]


@pytest.mark.parametrize("first", ["withdrawn", "denied", "none-found", "produced"])
def test_whatever_was_settled_can_be_reopened(first: str) -> None:
    assert problems("2026-03-02 sent", f"2026-03-05 {first}", "2026-03-06 reopened") == []


def test_an_incident_and_a_draft_written_down_late_are_in_order() -> None:
    assert problems("2026-03-02 sent", "2026-01-01 incident-known", "2026-03-03 drafted") == []


def test_the_lists_and_the_check_say_it_and_go_on(tmp_path: Path) -> None:
    at: Desk = desk(tmp_path / "records", today="2026-10-20")
    item = "The fee schedule in force on June 1, 2026"
    at.done("new", "general", "--agency", "lapd", "--item", item, "--no-input")
    at.done("sent", "1", "--on", "2026-10-05", "--via", "email")
    (log,) = at.requests.glob("*/events.jsonl")
    with log.open("a", encoding="utf-8", newline="") as file:
        file.write('{"kind":"determined","on":"2026-09-01","recorded":"","previous":null}\n')

    for command in ("due", "list", "show 1", "check"):
        typed = at.cpra(*command.split())
        assert typed.code == 0
        assert "comes before the request was sent (line 2, 2026-10-05)" in typed.out + typed.err
    assert at.cpra("show", "1", "--json").json["status"] == "determined"
