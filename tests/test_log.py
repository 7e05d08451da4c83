"""A log's lines: an event to JSON and back, and every way in which a line can be wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpra.core import log
from cpra.core.events import KINDS, Event
from tests.logs import lines

LOG = lines("""
    2026-03-02T10:40 sent via=email
    2026-03-12 received
    2026-03-12 determined estimated=2026-04-01
    2026-04-01 produced items=1,2
""")

TEXT = st.text(max_size=20)
FROM_A_COMMAND_LINE = st.binary(max_size=5).map(lambda b: b.decode("utf-8", "surrogateescape"))
PATHS = st.text(st.characters(blacklist_characters='/\\:."\x00', blacklist_categories=["Cs"]))
PLACES = st.lists(PATHS.filter(bool), min_size=1, max_size=3).map("/".join)
DATES = st.dates(min_value=date(1, 1, 1))
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(sorted(KINDS)) | TEXT,
    on=DATES,
    at=st.none() | st.times().map(lambda at: at.replace(microsecond=0)),
    recorded=TEXT,
    previous=st.none() | TEXT,
    via=TEXT,
    reference=TEXT,
    to=TEXT,
    until=st.none() | DATES,
    estimated=st.none() | DATES,
    grounds=st.lists(TEXT, max_size=3).map(tuple),
    signed_by=TEXT,
    reasons=TEXT,
    disclosable=TEXT,
    items=st.lists(st.integers(), max_size=3).map(tuple),
    installment=st.none() | st.integers(),
    complete=st.booleans(),
    exemptions=st.lists(TEXT, max_size=3).map(tuple),
    amount=TEXT,
    letter=TEXT,
    text=TEXT,
    due=st.none() | DATES,
    server=TEXT,
    line=TEXT,
    why=TEXT,
    note=TEXT | FROM_A_COMMAND_LINE,
    files=st.dictionaries(PLACES, TEXT, max_size=3),
    names=st.dictionaries(PLACES, TEXT, max_size=3),
)


@given(EVENTS)
def test_any_event_comes_back_from_its_line_as_it_was(event: Event) -> None:
    line = log.encode(event, event.previous)
    (back,), problems = log.decode([line], "events.jsonl")
    assert [p for p in problems if "newer version" not in p.text] == []
    assert replace(back, hash="", number=0) == event


@given(EVENTS)
def test_an_event_is_one_line_of_utf8_whatever_stands_in_it(event: Event) -> None:
    line = log.encode(event, None)
    assert "\n" not in line
    assert json.loads(line.encode("utf-8"))["kind"] == event.kind


@given(EVENTS)
def test_the_sum_and_the_hash_are_what_sha256sum_says(event: Event) -> None:
    line = log.encode(event, None)
    body, _, last = line.rpartition(',"sum":"')
    assert hashlib.sha256(f"{body}}}".encode()).hexdigest() == last.removesuffix('"}')
    assert log.digest(line) == hashlib.sha256(line.encode()).hexdigest()


def test_what_was_not_said_is_not_written() -> None:
    line = log.encode(Event(kind="received", on=date(2026, 3, 12), recorded="now"), "9f2c")
    assert list(json.loads(line)) == ["kind", "on", "recorded", "previous", "sum"]


def test_installment_zero_is_written_though_it_is_nothing() -> None:
    line = log.encode(Event(kind="produced", on=date(2026, 3, 12), installment=0), None)
    assert log.decode([line], "x")[0][0].installment == 0


def test_a_time_of_day_is_written_to_the_minute_or_the_second() -> None:
    morning = Event(kind="sent", on=date(2026, 3, 2), at=time(10, 40))
    assert '"on":"2026-03-02T10:40"' in log.encode(morning, None)
    assert '"on":"2026-03-02T10:40:07"' in log.encode(replace(morning, at=time(10, 40, 7)), None)


def test_a_zone_in_a_line_is_read_as_the_clock_on_the_wall() -> None:
    (event,), _ = log.decode(['{"kind":"sent","on":"2026-03-02T23:30:00-08:00"}'], "x")
    assert (event.on, event.at) == (date(2026, 3, 2), time(23, 30))


def test_empty_lines_are_passed_over_and_the_others_keep_their_numbers() -> None:
    events, problems = log.decode(["", LOG[0], "  ", LOG[1]], "x")
    assert [event.number for event in events] == [2, 4]
    assert problems == ()
    assert log.chain_problems(["", LOG[0], "  ", LOG[1]], "x") == ()


def test_a_kind_and_a_field_from_a_newer_version_are_kept_and_named() -> None:
    line = '{"kind":"mediated","on":"2026-03-02","recorded":"","mediator":"A. Person","note":"x"}'
    (event,), problems = log.decode([line], "events.jsonl")
    assert (event.kind, event.note) == ("mediated", "x")
    assert [str(problem) for problem in problems] == [
        'events.jsonl, line 1: the event "mediated" is from a newer version; it is kept and not '
        "counted",
        'events.jsonl, line 1: the field "mediator" is from a newer version; it is kept and not '
        "used",
    ]


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "3", "null", "x", '{"kind":"sent"', "[" * 100_000, "1" * 5000, "\udcff", "{}{}"],
)
def test_a_line_that_is_no_json_object_is_named_by_its_number(line: str) -> None:
    events, problems = log.decode([LOG[0], line, LOG[1]], "events.jsonl")
    assert [event.kind for event in events] == ["sent", "received"]
    (problem,) = problems
    assert str(problem) == ("events.jsonl, line 2: this is not a line of the log (a JSON object)")


@pytest.mark.parametrize("line", ["[" * n + "]" * n for n in (400, 800, 900, 950, 990, 1000)])
def test_a_deep_nest_in_a_field_stops_nothing(line: str) -> None:
    events, problems = log.decode([f'{{"kind":"sent","on":"2026-03-02","note":{line}}}'], "x")
    assert len(problems) == 1
    assert len(events) in (0, 1)


@pytest.mark.parametrize(
    "members",
    [
        "",
        '"kind":"sent"',
        '"on":"2026-03-02"',
        '"kind":3,"on":"2026-03-02"',
        '"kind":"sent","on":3',
        '"kind":"sent","on":"soon"',
        '"kind":"sent","on":"2026-02-30"',
        '"kind":"sent","on":"2026-03-02T25:00"',
    ],
)
def test_a_line_without_a_kind_or_a_day_is_named(members: str) -> None:
    events, (problem,) = log.decode([f"{{{members}}}"], "x")
    assert events == ()
    assert problem.text == ('a line needs "kind" and "on" (a date like 2026-03-02, or with T10:40)')


@pytest.mark.parametrize(
    "member",
    [
        '"until":"soon"',
        '"until":null',
        '"estimated":20260401',
        '"grounds":"voluminous"',
        '"grounds":["a",3]',
        '"exemptions":{}',
        '"items":"1"',
        '"items":[1,"2"]',
        '"items":[true]',
        '"installment":"2"',
        '"installment":true',
        '"complete":1',
        '"complete":"yes"',
        '"note":3',
        '"via":null',
        '"files":["a"]',
        '"files":{"a":3}',
        '"names":"a"',
    ],
)
def test_a_value_that_cannot_be_is_named_and_not_used(member: str) -> None:
    (event,), (problem,) = log.decode([f'{{"kind":"sent","on":"2026-03-02",{member}}}'], "x")
    assert event.kind == "sent"
    assert problem.text.endswith(", which cannot be; it is not used")
    name = member.split('"')[1]
    assert getattr(event, name) == getattr(Event(kind="sent", on=event.on), name)


@pytest.mark.parametrize(
    "path",
    ["", ".", "..", "/", "/etc/hosts", "a/../../b", "a//b", "./a", "a/.", "C:/a", "c:a", "a\\b"],
)
@pytest.mark.parametrize("name", ["files", "names"])
def test_a_path_that_leads_elsewhere_is_no_file_of_the_request(name: str, path: str) -> None:
    members = {"kind": "sent", "on": "2026-03-02", name: {path: "41ab"}}
    (event,), (problem,) = log.decode([json.dumps(members)], "x")
    assert not getattr(event, name)
    assert problem.text.startswith(f'"{name}" is ')


@pytest.mark.parametrize("path", ["a\x00b", "a\ud800b"])
def test_a_path_that_no_disk_can_hold_is_no_file_of_the_request(path: str) -> None:
    line = json.dumps({"kind": "sent", "on": "2026-03-02", "files": {path: "41ab"}})
    (event,), (problem,) = log.decode([line], "x")
    assert event.files == {}
    assert problem.line == 1


@pytest.mark.parametrize("path", ["a", "a/b", ".a", "..a", "a..", "a.", "...", "answers/x/.b"])
def test_dots_in_a_name_lead_nowhere(path: str) -> None:
    line = json.dumps({"kind": "sent", "on": "2026-03-02", "files": {path: "41ab"}})
    (event,), problems = log.decode([line], "x")
    assert event.files == {path: "41ab"}
    assert problems == ()


def test_members_of_another_type_where_text_belongs_are_read_as_nothing() -> None:
    (event,), _ = log.decode(['{"kind":"sent","on":"2026-03-02","recorded":0,"previous":7}'], "x")
    assert (event.recorded, event.previous) == ("", None)


def test_a_whole_log_has_no_problem() -> None:
    assert log.chain_problems(LOG, "events.jsonl") == ()


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_line_taken_out_before_another_is_found(gone: int) -> None:
    left = [line for n, line in enumerate(LOG) if n != gone]
    (problem,) = log.chain_problems(left, "events.jsonl")
    assert (problem.line, problem.text) == (
        gone + 1,
        "the line that stood before this one was changed or removed",
    )


def test_the_loss_of_the_newest_lines_leaves_no_trace() -> None:
    assert log.chain_problems(LOG[:2], "events.jsonl") == ()
    assert log.chain_problems([], "events.jsonl") == ()


def test_lines_in_another_order_are_no_problem() -> None:
    assert log.chain_problems(LOG[::-1], "events.jsonl") == ()


def test_two_lines_after_the_same_one_are_no_problem() -> None:
    here = log.encode(Event(kind="acknowledged", on=date(2026, 4, 2)), log.digest(LOG[-1]))
    there = log.encode(Event(kind="promised", on=date(2026, 4, 3)), log.digest(LOG[-1]))
    assert log.chain_problems([*LOG, here, there], "events.jsonl") == ()
    assert log.chain_problems([*LOG, there, here], "events.jsonl") == ()


def test_a_line_written_by_hand_without_a_sum_is_no_problem() -> None:
    by_hand = '{"kind":"acknowledged","on":"2026-04-02"}'
    assert log.chain_problems([*LOG, by_hand], "events.jsonl") == ()


def test_a_sum_that_stands_elsewhere_than_at_the_end_was_changed() -> None:
    moved = '{"sum":"9f2c","kind":"acknowledged","on":"2026-04-02"}'
    (problem,) = log.chain_problems([*LOG, moved], "events.jsonl")
    assert (problem.line, problem.text) == (5, "this line was changed after it was written")


def test_the_newest_line_is_proved_by_its_own_sum() -> None:
    changed = LOG[-1].replace("2026-04-01", "2026-03-01")
    (problem,) = log.chain_problems([*LOG[:-1], changed], "events.jsonl")
    assert (problem.line, problem.text) == (4, "this line was changed after it was written")


def test_a_line_without_a_sum_is_no_damage_but_named_as_unproved() -> None:
    """What a single flipped byte cannot do, a person can; what was there a time-stamp shows."""
    bare = LOG[-1].rpartition(',"sum":')[0].replace("2026-04-01", "2026-03-01") + "}"
    assert log.chain_problems([*LOG[:-1], bare], "events.jsonl") == ()
    assert log.unproved(LOG) == ()
    assert log.unproved([*LOG[:-1], bare]) == (4,)


def test_taking_the_sum_off_an_older_line_is_found_by_the_line_after_it() -> None:
    bare = LOG[2].rpartition(',"sum":')[0] + "}"
    (problem,) = log.chain_problems([*LOG[:2], bare, LOG[3]], "events.jsonl")
    assert (problem.line, problem.text) == (
        4,
        "the line that stood before this one was changed or removed",
    )


def flipped(line: str) -> Iterator[bytes]:
    """The line with each of its bits turned over, one at a time."""
    raw = line.encode()
    for place in range(len(raw)):
        for bit in range(8):
            yield raw[:place] + bytes([raw[place] ^ (1 << bit)]) + raw[place + 1 :]


@pytest.mark.parametrize("number", range(len(LOG)))
def test_a_flipped_bit_in_any_line_is_found(number: int) -> None:
    """As damage to the chain, or as a line that can no longer be read, which is damage too."""
    unreadable_only = set()
    for raw in flipped(LOG[number]):
        changed = raw.decode("utf-8", "surrogateescape").split("\n")
        after = [*LOG[:number], *changed, *LOG[number + 1 :]]
        events, _ = log.decode(after, "x")
        if not log.chain_problems(after, "x"):
            assert len(events) < len(after), raw
            unreadable_only.add(raw)
    # In every line but the newest, the chain alone finds every one of them.
    assert number == len(LOG) - 1 or not unreadable_only


@given(st.data())
def test_a_byte_changed_to_any_other_in_any_line_is_found(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(LOG) - 1))
    raw = LOG[number].encode()
    place = data.draw(st.integers(0, len(raw) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != raw[place]))
    changed = raw[:place] + bytes([byte]) + raw[place + 1 :]
    after = [*LOG[:number], *changed.decode("utf-8", "surrogateescape").split("\n")]
    after += LOG[number + 1 :]
    assert log.chain_problems(after, "x") or len(log.decode(after, "x")[0]) < len(after)


@pytest.mark.parametrize("line", LOG)
def test_a_line_cut_anywhere_was_never_finished(line: str) -> None:
    assert not log.unfinished(line)
    assert not log.unfinished(f"{line}\n")
    for end in range(len(line)):
        assert log.unfinished(line[:end])
    assert not log.unfinished("{ not ours }\n")


def test_halves_of_characters_are_written_out_where_they_name_something() -> None:
    line = '{"kind":"s\\udcff","on":"2026-03-02","v\\ud800":1,"files":{"a":"4\\udc80"}}'
    (event,), problems = log.decode([line], "x")
    assert event.kind == "s\\udcff"
    assert event.files == {"a": "4\\udc80"}
    for problem in problems:
        problem.text.encode("utf-8")


def test_what_a_power_cut_left_of_the_last_writing_does_not_stand() -> None:
    first, second, third, _ = (f"{line}\n".encode() for line in LOG)
    promising = log.encode(
        replace(log.decode(lines("2026-05-01 received"), "")[0][0], more=1), None
    )
    promise = f"{promising}\n".encode()
    assert log.finished(first + second) == len(first + second)
    assert log.finished(first + second + third[:20]) == len(first + second)
    assert log.finished(first + second.rstrip(b"\n")) == len(first + second) - 1
    assert log.finished(first + promise) == len(first)
    assert log.finished(promise) == 0
    named = first + f'{{"previous":"{log.digest(promising)}"}}\n'.encode() + promise
    assert log.finished(named) == len(named)


@pytest.mark.parametrize(
    "about",
    [
        '["sent/letter.md"]',
        '{"../letter.md":{"size":1}}',
        '{"sent/letter.md":{"size":"1"}}',
        '{"sent/letter.md":{"size":true}}',
        '{"sent/letter.md":[1]}',
        '{"sent/letter.md":{"size":1,"kind":2}}',
    ],
)
def test_what_is_known_of_a_document_is_taken_whole_or_named(about: str) -> None:
    line = f'{{"kind":"sent","on":"2026-09-15","about":{about}}}'
    (event,), problems = log.decode([line], "events.jsonl")
    assert event.about == {}
    assert len(problems) == 1
    assert "about" in problems[0].text


def test_a_line_that_was_read_before_is_not_read_again_while_it_stands() -> None:
    before, _ = log.decode(LOG, "x")
    again, problems = log.decode(LOG, "x", before)
    assert all(one is other for one, other in zip(before, again, strict=True))
    assert problems == ()
    moved, _ = log.decode(["", *LOG], "x", before)
    assert [event.number for event in moved] == [event.number + 1 for event in before]
    changed = LOG[0].replace("2026", "2025")
    assert (
        log.decode([changed, *LOG[1:]], "x", before)[0] == log.decode([changed, *LOG[1:]], "x")[0]
    )


def test_a_line_says_how_many_of_the_same_writing_follow_it() -> None:
    line = log.encode(Event(kind="received", on=date(2026, 3, 12)), None, 2)
    assert log.decode([line], "x")[0][0].more == 2
