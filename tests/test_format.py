"""The ten rules of the format, each on a real disk by the real commands (see cpra/format.md)."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpra import folder
from tests.refusing import NEW, ON, now, refused, request, state, workspace
from tests.running import TODAY, Job, cpra, run_at_once


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A workspace: request 1 was sent and answered, request 2 is a draft."""
    with workspace(tmp_path / "records") as made:
        yield made


def lines(root: Path, number: int = 1) -> list[str]:
    """The log of a request, line by line."""
    text = (request(root, number) / "events.jsonl").read_text(encoding="utf-8")
    assert text.endswith("\n")
    return text.removesuffix("\n").split("\n")


def status(root: Path, number: int = 1) -> str:
    """Where a request stands, as the list says."""
    rows = json.loads(now(root, "list", "--json").out)
    return next(str(row["status"]) for row in rows if row["number"] == number)


def test_rule_1_files_are_the_truth_and_nothing_computed_stands_in_them(root: Path) -> None:
    names = {name for line in lines(root) for name in json.loads(line)}
    facts = (request(root) / "request.toml").read_text(encoding="utf-8")
    names |= set(re.findall(r"^(\w+) =", facts, re.MULTILINE))
    assert not names & {"status", "due", "latest", "late", "open", "deadline"}
    before = (now(root, "list").out, now(root, "due", "--all").out, now(root, "show", "1").out)
    shutil.rmtree(root / "requests" / ".cache")
    assert (
        now(root, "list").out,
        now(root, "due", "--all").out,
        now(root, "show", "1").out,
    ) == before


def test_rule_2_what_is_written_down_late_still_happened_early(root: Path) -> None:
    now(root, "record", "1", "closed", "--on", "2026-10-01")
    now(root, "record", "1", "acknowledged", "--on", "2026-09-16")
    last = json.loads(lines(root)[-1])
    assert last["on"] == "2026-09-16"
    assert last["recorded"] > "2026-09-17"
    assert status(root) == "closed"


def test_rule_3_a_correction_is_an_event_and_no_line_is_changed(root: Path) -> None:
    now(root, "record", "1", "denied", *ON)
    before = lines(root)
    assert status(root) == "partly denied"
    ran = now(root, "record", "1", "voided", "--on", TODAY, "--line", "4", "--reason", "misread")
    assert ran.code == 0
    assert lines(root)[:-1] == before
    taken_back = json.loads(lines(root)[-1])
    assert taken_back["line"] == hashlib.sha256(before[3].encode()).hexdigest()
    assert taken_back["why"] == "misread"
    assert status(root) == "producing"


def test_rule_4_documents_come_first_and_the_log_line_last(root: Path) -> None:
    """What a crash leaves is in test_crash.py; here: a file without a line is named."""
    place = request(root) / "answers" / "2026-09-22-records"
    place.mkdir()
    shutil.copy(root / "in" / "more.txt", place)
    ran = now(root, "check")
    assert ran.code == 1
    assert (
        f"{place.relative_to(root).as_posix()}/more.txt: no log line speaks of this file" in ran.out
    )
    # Filing the same again takes the folder as it is: it is what an interrupted run left.
    assert now(root, "file", "1", "in/more.txt", *ON).code == 0
    assert now(root, "check").code == 0
    assert [path.name for path in place.parent.iterdir()].count("2026-09-22-records-2") == 0


def test_rule_5_only_the_line_that_says_sent_means_sent(root: Path) -> None:
    """The three steps of a sending are in test_send.py; here: what each means alone."""
    log = request(root, 2) / "events.jsonl"
    for kind in ("sending", "outcome-unknown"):
        with log.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f'{{"kind":"{kind}","on":"2026-11-20","recorded":""}}\n')
        assert status(root, 2) == "drafted"
    assert now(root, "sent", "2", "--on", "2026-11-20", "--via", "email").code == 0
    assert status(root, 2) == "sent"


def test_rule_6_the_log_holds_the_checksums_and_each_line_names_the_one_before(root: Path) -> None:
    previous = None
    for line in lines(root):
        event = json.loads(line)
        assert event["previous"] == previous
        previous = hashlib.sha256(line.encode("utf-8")).hexdigest()
        for name, sha in event.get("files", {}).items():
            assert hashlib.sha256((request(root) / name).read_bytes()).hexdigest() == sha
    assert now(root, "check").code == 0
    log = request(root) / "events.jsonl"
    whole = log.read_text(encoding="utf-8")
    log.write_text(whole.replace("hello", "hullo").replace('"via":"email"', '"via":"fax"'))
    assert "line 2: this line was changed after it was written" in now(root, "check").out
    log.write_text("".join(whole.splitlines(keepends=True)[1:]), encoding="utf-8")
    assert "changed or removed" in now(root, "check").out
    log.write_text("".join(reversed(whole.splitlines(keepends=True))), encoding="utf-8")
    assert now(root, "check").code == 0


def test_rule_7_what_arrives_is_kept_byte_for_byte_with_what_was_in_it(root: Path) -> None:
    with zipfile.ZipFile(root / "Réponse finale?.zip", "w") as file:
        file.writestr("minutes/June: final.txt", "the minutes\r\n")
        file.writestr("again.txt", "hello world\n")
    raw = (root / "Réponse finale?.zip").read_bytes()
    ran = now(root, "file", "1", "Réponse finale?.zip", *ON)
    assert ran.code == 0, ran
    place = request(root) / "answers" / "2026-09-22-records"
    kept = {p.relative_to(place).as_posix(): p for p in place.rglob("*") if p.is_file()}
    assert kept["Réponse finale_.zip"].read_bytes() == raw
    assert kept["Réponse finale_/minutes/June_ final.txt"].read_bytes() == b"the minutes\r\n"
    assert all(not path.stat().st_mode & stat.S_IWUSR for path in kept.values())
    names = json.loads(lines(root)[-1])["names"]
    assert names == {
        "answers/2026-09-22-records/Réponse finale_.zip": "Réponse finale?.zip",
        "answers/2026-09-22-records/Réponse finale_/minutes/June_ final.txt": (
            "minutes/June: final.txt"
        ),
    }
    assert "again.txt is already here" in ran.out
    assert kept["Réponse finale_/again.txt"].read_bytes() == b"hello world\n"


def test_rule_7_a_hostile_container_is_kept_closed_and_a_higher_limit_opens_it(root: Path) -> None:
    with zipfile.ZipFile(root / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(20_000_000))
    ran = now(root, "file", "1", "bomb.zip", *ON)
    assert ran.code == 1
    assert "it is kept as it came and nothing in it was unpacked" in ran.err
    place = request(root) / "answers" / "2026-09-22-records"
    assert [path.name for path in place.iterdir()] == ["bomb.zip"]
    assert now(root, "file", "1", "bomb.zip", *ON, "--limit", "1GB").code == 0
    assert [p.stat().st_size for p in place.parent.rglob("zeros")] == [20_000_000]


def test_rule_8_a_line_ends_at_a_line_feed_and_what_is_newer_is_kept_and_named(root: Path) -> None:
    note = "one\u2028two\u2029three"
    now(root, "record", "1", "acknowledged", *ON, "--note", note)
    assert json.loads(lines(root)[-1])["note"] == note
    newer = '{"kind":"mediated","on":"2026-10-01","recorded":"","mediator":"A. Person"}'
    with (request(root) / "events.jsonl").open("a", encoding="utf-8", newline="\n") as file:
        file.write(newer + "\n")
    assert now(root, "record", "1", "denied", "--on", "2026-10-02").code == 0
    assert newer in lines(root)
    ran = now(root, "check")
    assert ran.code == 0
    assert (
        'line 5: the event "mediated" is from a newer version; it is kept and not counted'
        in ran.out
    )
    assert status(root) == "partly denied"


def test_rule_9_two_at_once_lose_nothing_and_a_number_is_enough(root: Path) -> None:
    words = ("--today", TODAY, *NEW, "--set")
    jobs = [Job(words=(*words, f"about={about}"), cwd=root) for about in ("jails", "drones")]
    assert [ran.code for ran in run_at_once(jobs)] == [0, 0]
    assert {request(root, n).name[15:] for n in (3, 4)} == {"jails", "drones"}
    for typed in ("3", "0003", "2026-0003", request(root, 3).name, request(root, 3).name[15:]):
        assert json.loads(now(root, "show", typed, "--json").out)["id"] == "2026-0003"
    shutil.copytree(request(root, 3), root / "requests" / "2026-0003-copied")
    ran = now(root, "check")
    assert ran.code == 5
    assert "the id 2026-0003 is used twice; 2026-0003-copied has it too" in ran.out
    refused(root, "show", "3", code=3, says='"3" fits 2 requests: ')


def test_rule_10_every_wrong_key_is_said_at_once_with_its_line_and_the_nearest(root: Path) -> None:
    facts = request(root) / "request.toml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(
        text.replace("subject =", "subjekt =").replace('law = "cpra"', "law = 1"), encoding="utf-8"
    )
    before = state(root)
    ran = now(root, "record", "1", "acknowledged", *ON)
    assert ran.code == 5
    name = re.escape(str(facts))
    for words in (
        rf"{name}, line 1: the key \"subject\" is missing; it is text in quotation marks",
        rf"{name}, line 3: \"law\" must be text in quotation marks, not 1",
        rf"{name}, line 4: there is no key \"subjekt\" here; did you mean \"subject\"\?",
    ):
        assert re.search(words, ran.err), ran.err
    assert state(root) == before


def test_the_format_is_written_into_every_workspace(root: Path) -> None:
    text = (root / "requests" / "README.md").read_text(encoding="utf-8")
    assert "This is format 1" in text
    assert folder.read_lines(request(root) / "events.jsonl") == lines(root)
    assert cpra("list", cwd=root).code == 0
