"""A request's folder: facts, log, and how a person finds it; damage is named by file and line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from inspect import cleandoc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpra import folder
from cpra.core import log
from cpra.core.events import Event
from cpra.core.items import Item
from cpra.core.request import Request, Requester, Status
from cpra.core.signs import harmless
from cpra.errors import BadFile, NotFound
from cpra.workspace import Workspace
from tests.logs import lines

FACTS = cleandoc("""
    id = "2026-0007"
    agency = "epd"
    law = "cpra"
    subject = "ALPR access logs"
    tags = ["alpr"]
    [[item]]
    n = 1
    text = "Access records"
    [[item]]
    n = 2
    text = "Audits"
""")

SENT = """
    2026-03-01 drafted
    2026-03-02 sent via=email
"""


def made(place: Path, text: str = SENT, facts: str = FACTS) -> Path:
    """A request's folder with these facts and this log."""
    place.mkdir(parents=True)
    (place / "request.toml").write_text(facts, encoding="utf-8")
    raw = "".join(f"{line}\n" for line in lines(text))
    (place / "events.jsonl").write_text(raw, encoding="utf-8", newline="\n")
    return place


def test_a_request_is_its_facts_and_its_log(tmp_path: Path) -> None:
    request = folder.read(made(tmp_path / "a"))
    assert (request.id, request.agency, request.law) == ("2026-0007", "epd", "cpra")
    assert request.items == (Item(1, "Access records"), Item(2, "Audits"))
    assert request.tags == ("alpr",)
    assert request.status is Status.SENT


def test_an_event_becomes_the_newest_line_and_names_the_one_before(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    event = folder.append(path, Event(kind="received", on=date(2026, 3, 3)))
    text = (path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(text[2])["previous"] == log.digest(text[1])
    assert (event.hash, event.number) == (log.digest(text[2]), 3)
    assert event == folder.load(path).log[-1]


def test_the_first_event_makes_the_log(tmp_path: Path) -> None:
    event = folder.append(tmp_path, Event(kind="drafted", on=date(2026, 3, 3)))
    assert event.number == 1
    assert '"previous":null' in (tmp_path / "events.jsonl").read_text(encoding="utf-8")


def test_a_log_that_a_person_left_without_a_line_end_gets_it_first(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    whole = (path / "events.jsonl").read_bytes()
    (path / "events.jsonl").write_bytes(whole.removesuffix(b"\n"))
    event = folder.append(path, Event(kind="received", on=date(2026, 3, 3)))
    assert (path / "events.jsonl").read_bytes().startswith(whole)
    assert event.number == 3
    assert [one.number for one in folder.load(path).log] == [1, 2, 3]


def test_empty_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    text = (path / "events.jsonl").read_text(encoding="utf-8")
    (path / "events.jsonl").write_text(f"\n{text}\n\n", encoding="utf-8", newline="\n")
    event = folder.append(path, Event(kind="received", on=date(2026, 3, 3)))
    assert event.number == 6
    assert [one.number for one in folder.load(path).log] == [2, 3, 6]


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    note = "one\u2028two\u2029three\x85four\x0bfive\r\nsix"
    folder.append(path, Event(kind="received", on=date(2026, 3, 3), note=note))
    loaded = folder.load(path)
    assert loaded.log[-1].note == note
    assert not loaded.damaged
    assert len((path / "events.jsonl").read_bytes().split(b"\n")) == 4


@pytest.mark.parametrize("left", [1, 20, 100, -2])
def test_a_torn_last_line_is_not_counted_and_the_next_event_puts_it_aside(
    tmp_path: Path, left: int
) -> None:
    path = made(tmp_path / "a", SENT + "    2026-03-05 acknowledged\n")
    whole = (path / "events.jsonl").read_bytes()
    end = whole.rstrip(b"\n").rfind(b"\n") + 1
    torn = whole[end:][:left]
    (path / "events.jsonl").write_bytes(whole[:end] + torn)
    assert folder.torn(path / "events.jsonl")
    assert folder.read(path).status is Status.SENT
    event = folder.append(path, Event(kind="received", on=date(2026, 3, 3)))
    assert event.number == 3
    assert (path / "unfinished-lines.txt").read_bytes() == torn + b"\n"
    assert not folder.torn(path / "events.jsonl")
    assert log.chain_problems(folder.read_lines(path / "events.jsonl"), "x") == ()


def test_a_last_line_that_lacks_only_its_end_counts(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    whole = (path / "events.jsonl").read_bytes()
    (path / "events.jsonl").write_bytes(whole.removesuffix(b"\n"))
    assert not folder.torn(path / "events.jsonl")
    assert folder.read(path).status is Status.SENT


THREE = [Event(kind=kind, on=date(2026, 3, 3)) for kind in ("received", "acknowledged", "denied")]


def test_lines_that_were_written_together_stand_together_or_not_at_all(tmp_path: Path) -> None:
    """A power cut may keep any part of one writing: the whole lines in front are no news either."""
    path = made(tmp_path / "a")
    file = path / "events.jsonl"
    before = file.read_bytes()
    folder.extend(path, THREE)
    whole = file.read_bytes()
    assert [one.more for one in folder.load(path).log[2:]] == [2, 1, None]
    for left in range(len(before), len(whole) - 1):
        file.write_bytes(whole[:left])
        assert folder.torn(file) == (left > len(before)), left
        assert folder.read(path).status is Status.SENT, left
    file.write_bytes(whole[:-2])
    event = folder.append(path, THREE[0])
    assert event.number == 3
    assert file.read_bytes().startswith(before)
    assert (path / "unfinished-lines.txt").read_bytes() == whole[len(before) : -2] + b"\n"
    assert not folder.torn(file)


def test_lines_of_one_writing_count_in_any_order_that_a_merge_gives_them(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    folder.extend(path, THREE)
    file = path / "events.jsonl"
    file.write_bytes(b"".join(reversed(file.read_bytes().splitlines(keepends=True))))
    assert len(folder.load(path).log) == 5
    assert not folder.torn(file)


# Damage


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ('agency = "epd"\n' + FACTS, "request.toml, line 3: this is not valid TOML"),
        (FACTS.replace("subject", "subjekt"), 'request.toml, line 4: there is no key "subjekt"'),
        (FACTS.replace("n = 2", 'n = "2"'), 'line 10: "n" must be a whole number'),
        (FACTS.replace('"2026-0007"', '"7"'), 'line 1: "id" is "7"; it is like "2026-0007"'),
        (FACTS.replace('"2026-0007"', '"2026-0007-"'), '"id" is "2026-0007-"'),
        (FACTS.replace('"2026-0007"', '"2026-0007-x"'), '"id" is "2026-0007-x"'),
        (FACTS.replace('"2026-0007"', '"\u0662026-0007"'), '"id" is "\u0662026-0007"'),
        ("", 'request.toml, line 1: the key "id" is missing'),
    ],
)
def test_damaged_facts_are_said_with_file_and_line(tmp_path: Path, facts: str, words: str) -> None:
    path = made(tmp_path / "a", facts=facts)
    with pytest.raises(BadFile) as caught:
        folder.read(path)
    assert words in str(caught.value)
    assert "Nothing was changed." in str(caught.value)


def test_facts_that_are_missing_or_no_text_are_said(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    (path / "request.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadFile, match=r"request\.toml: this is not UTF-8"):
        folder.read(path)
    (path / "request.toml").unlink()
    with pytest.raises(BadFile, match=r"request\.toml: it cannot be read"):
        folder.read(path)


def test_a_damaged_line_is_said_with_its_number_and_the_others_are_read(tmp_path: Path) -> None:
    path = made(tmp_path / "a", SENT + "    2026-03-05 acknowledged\n")
    text = (path / "events.jsonl").read_text(encoding="utf-8")
    (path / "events.jsonl").write_text(text.replace('"sent"', '"sent'), encoding="utf-8")
    loaded = folder.load(path)
    assert loaded.damaged
    assert [event.kind for event in loaded.log] == ["drafted", "acknowledged"]
    with pytest.raises(BadFile, match=r"events\.jsonl, line 2: this is not a line of the log"):
        folder.read(path)


def test_a_missing_log_is_damage_and_no_new_one_is_begun(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    (path / "events.jsonl").unlink()
    with pytest.raises(BadFile, match=r"events\.jsonl: the log is missing"):
        folder.read(path)


@pytest.mark.parametrize("raw", [b"", b"\n\n", b'{"kind":"dra'])
def test_a_log_without_a_whole_line_is_damage(tmp_path: Path, raw: bytes) -> None:
    path = made(tmp_path / "a")
    (path / "events.jsonl").write_bytes(raw)
    with pytest.raises(BadFile, match=r"events\.jsonl: the log is empty"):
        folder.read(path)


def test_a_log_that_cannot_be_read_is_damage(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    (path / "events.jsonl").unlink()
    (path / "events.jsonl").mkdir()
    with pytest.raises(BadFile, match=r"events\.jsonl: it cannot be read \("):
        folder.read(path)
    assert not folder.torn(path / "events.jsonl")


def test_bytes_in_the_log_that_are_no_text_are_damage_to_their_line_only(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    raw = (path / "events.jsonl").read_bytes()
    (path / "events.jsonl").write_bytes(raw.replace(b"email", b"e\xff\xfel"))
    read = folder.read_lines(path / "events.jsonl")
    (problem,) = log.chain_problems(read, "events.jsonl")
    assert problem.line == 2
    assert folder.read(path).status is Status.SENT


def test_what_a_newer_version_wrote_is_kept_and_named(tmp_path: Path) -> None:
    path = made(tmp_path / "a")
    with (path / "events.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"kind":"mediated","on":"2026-04-01","mediator":"A. Person"}\n')
    before = (path / "events.jsonl").read_bytes()
    loaded = folder.load(path)
    assert not loaded.damaged
    assert len(loaded.problems) == 2
    assert folder.read(path).status is Status.SENT
    folder.append(path, Event(kind="determined", on=date(2026, 4, 2)))
    assert (path / "events.jsonl").read_bytes().startswith(before)
    assert folder.read(path).status is Status.DETERMINED


# Writing the facts


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(harmless)
REQUESTS = st.builds(
    Request,
    id=st.just("2026-0007"),
    agency=TEXT,
    law=TEXT,
    subject=TEXT.map(lambda text: " ".join(text.split())),
    template=TEXT,
    items=st.lists(TEXT, max_size=3).map(
        lambda texts: tuple(Item(n, text) for n, text in enumerate(texts, start=1))
    ),
    tags=st.lists(TEXT, max_size=3).map(tuple),
    requester=st.builds(Requester, name=TEXT, email=TEXT, address=TEXT),
)


@given(REQUESTS, st.dictionaries(TEXT, TEXT, max_size=3))
def test_any_facts_come_back_from_their_file_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, asked: Request, blanks: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("facts")
    text = folder.facts_text(asked, blanks)
    (path / "request.toml").write_bytes(text.encode("utf-8"))
    folder.append(path, Event(kind="drafted", on=date(2026, 3, 1)))
    assert replace(folder.read(path), events=()) == asked
    assert folder.values(path) == blanks


def test_a_folder_without_facts_has_no_values(tmp_path: Path) -> None:
    assert folder.values(tmp_path) == {}


# Finding a request


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A workspace with some requests; `requests/` also holds what is none."""
    for name, own in (
        ("2025-0012-lapd-body-cameras", "2025-0012"),
        ("2026-0007-lapd-alpr-access-logs", "2026-0007"),
        ("2026-0008-lasd-alpr-access-logs", "2026-0008"),
        ("2026-0012-jric-governance", "2026-0012"),
        ("the-long-case", "2026-0031"),
    ):
        made(tmp_path / "requests" / name, facts=FACTS.replace("2026-0007", own))
    for name in ("inbox", ".cache", "2026-0099-without-facts"):
        (tmp_path / "requests" / name).mkdir()
    (tmp_path / "requests" / "README.md").write_text("x", encoding="utf-8")
    return Workspace(tmp_path)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("7", "2026-0007-lapd-alpr-access-logs"),
        ("0007", "2026-0007-lapd-alpr-access-logs"),
        ("12", "2026-0012-jric-governance"),
        ("2025-0012", "2025-0012-lapd-body-cameras"),
        ("2026-0012-jric-governance", "2026-0012-jric-governance"),
        ("body", "2025-0012-lapd-body-cameras"),
        ("JRIC", "2026-0012-jric-governance"),
        ("31", "the-long-case"),
        ("2026-0031", "the-long-case"),
        ("long", "the-long-case"),
        ("lasd", "2026-0008-lasd-alpr-access-logs"),
    ],
)
def test_a_person_may_type_the_number_the_id_or_a_piece_of_the_name(
    space: Workspace, typed: str, found: str
) -> None:
    assert folder.find(space, typed).name == found


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("99", 'there is no request "99"; `cpra list` shows them all'),
        ("zzz", 'there is no request "zzz"'),
        ("²", 'there is no request "²"'),
        ("\u0667", 'there is no request "\u0667"'),
        ("alpr", '"alpr" fits 2 requests: 2026-0007-lapd-alpr-access-logs, 2026-0008-lasd'),
        ("", '"" fits 5 requests: '),
    ],
)
def test_what_fits_no_request_or_several_is_said(space: Workspace, typed: str, words: str) -> None:
    with pytest.raises(NotFound) as caught:
        folder.find(space, typed)
    assert str(caught.value).startswith(words)


def test_a_number_is_never_a_piece_of_a_name(space: Workspace) -> None:
    with pytest.raises(NotFound, match='there is no request "20"'):
        folder.find(space, "20")


def test_an_id_that_two_folders_have_fits_both(space: Workspace) -> None:
    made(space.requests / "2026-0007-epd-general")
    for typed in ("7", "2026-0007"):
        with pytest.raises(NotFound, match=r"fits 2 requests: .*; give the id"):
            folder.find(space, typed)
    assert folder.find(space, "epd").name == "2026-0007-epd-general"


def test_more_than_five_that_fit_are_counted(space: Workspace) -> None:
    for n in range(40, 46):
        made(space.requests / f"2026-00{n}-many", facts=FACTS.replace("2026-0007", f"2026-00{n}"))
    with pytest.raises(NotFound, match=r"fits 6 requests: .* and 1 more; give the id"):
        folder.find(space, "many")


def test_only_folders_with_facts_are_requests(space: Workspace) -> None:
    assert [path.name for path in folder.paths(space)] == [
        "2025-0012-lapd-body-cameras",
        "2026-0007-lapd-alpr-access-logs",
        "2026-0008-lasd-alpr-access-logs",
        "2026-0012-jric-governance",
        "the-long-case",
    ]


def test_an_id_stays_taken_when_its_folder_is_renamed_or_damaged(space: Workspace) -> None:
    (space.requests / "2026-0012-jric-governance").rename(space.requests / "2026-0003-jric")
    (space.requests / "the-long-case" / "request.toml").write_text(
        'id = "2026-0031"\nnot toml', encoding="utf-8"
    )
    assert set(folder.ids(space)) >= {"2026-0003", "2026-0012", "2026-0031", "2026-0099"}


def test_what_an_interrupted_run_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".partial-0a1b" / "inside").mkdir(parents=True)
    (tmp_path / ".partial-2c3d").write_bytes(b"x")
    (tmp_path / "answer").mkdir()
    folder.clear_partials(tmp_path)
    folder.clear_partials(tmp_path / "nowhere")
    assert [path.name for path in tmp_path.iterdir()] == ["answer"]
