"""`cpra check`: every change on disk is found and named, and nothing else is."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from cpra import checks, disk, folder
from cpra.actions.starting import start
from cpra.checks import Report
from cpra.core.events import Event
from cpra.workspace import Workspace
from tests.logs import lines
from tests.running import cpra

REQUEST = "2026-0007-epd-alpr"
ANSWER = "answers/2026-03-12-records"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A workspace with one request, to which two documents came."""
    start(tmp_path)
    made(Workspace(tmp_path), REQUEST, "2026-0007")
    book = Workspace(tmp_path).agencies
    book.write_text('[agency.epd]\nname = "Exampleville Police"\nkind = "city"\n', "utf-8")
    return Workspace(tmp_path)


def made(space: Workspace, name: str, own: str) -> Path:
    """A request with a log of four lines and two documents."""
    path = space.requests / name
    answer = path / ANSWER
    answer.mkdir(parents=True)
    (path / "request.toml").write_text(
        f'id = "{own}"\nagency = "epd"\nlaw = "cpra"\nsubject = "ALPR access logs"\n',
        encoding="utf-8",
    )
    text = "2026-03-01 drafted\n2026-03-02 sent via=email\n2026-03-05 acknowledged"
    raw = "".join(f"{line}\n" for line in lines(text))
    (path / "events.jsonl").write_text(raw, encoding="utf-8", newline="\n")
    (answer / "logs.pdf").write_bytes(b"%PDF-1.7")
    (answer / "audit.csv").write_bytes(b"a,b\n")
    files = {f"{ANSWER}/{p.name}": disk.sha256(p) for p in sorted(answer.iterdir())}
    folder.append(path, Event(kind="produced", on=date(2026, 3, 12), files=files))
    return path


def damage(report: Report) -> list[str]:
    """What is damaged, as the requester reads it."""
    assert report.unfinished == ()
    return [str(problem) for problem in report.damage]


def test_what_is_as_it_was_filed_has_no_problem(space: Workspace) -> None:
    report = checks.check(space)
    assert (report.requests, report.files, report.size) == (1, 2, 12)
    assert (report.damage, report.unfinished, report.notices) == ((), (), ())


def test_the_progress_is_told_in_bytes(space: Workspace) -> None:
    told: list[tuple[int, int, str]] = []
    checks.check(space, progress=lambda *args: told.append(args))
    assert sorted(name for _, _, name in told) == ["audit.csv", "logs.pdf"]
    assert told[-1][:2] == (12, 12)


def test_what_is_the_users_own_is_not_checked(space: Workspace) -> None:
    path = space.requests / REQUEST
    (path / "notes.md").write_text("mine", encoding="utf-8")
    (path / "draft").mkdir()
    (path / "draft" / "letter.md").write_text("mine", encoding="utf-8")
    (space.requests / "inbox" / "letter.eml").write_bytes(b"x")
    (space.requests / ".cache").mkdir()
    (space.root / "thesis.doc").write_bytes(b"x")
    report = checks.check(space)
    assert (report.damage, report.unfinished) == ((), ())


def test_a_changed_document_is_named(space: Workspace) -> None:
    (space.requests / REQUEST / ANSWER / "logs.pdf").write_bytes(b"%PDF-1.8")
    assert damage(checks.check(space)) == [
        f"requests/{REQUEST}/{ANSWER}/logs.pdf: this file is not what it was when it was filed"
    ]


def test_every_flipped_bit_of_a_document_is_found(space: Workspace) -> None:
    path = space.requests / REQUEST / ANSWER / "audit.csv"
    raw = path.read_bytes()
    for place in range(len(raw)):
        for bit in range(8):
            path.write_bytes(raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :])
            assert len(damage(checks.check(space))) == 1


def test_a_missing_document_is_named(space: Workspace) -> None:
    (space.requests / REQUEST / ANSWER / "logs.pdf").unlink()
    assert damage(checks.check(space)) == [
        f"requests/{REQUEST}/{ANSWER}/logs.pdf: this file is missing"
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only administrators make links")
def test_something_else_where_a_document_was_is_named(space: Workspace) -> None:
    path = space.requests / REQUEST / ANSWER
    for name in ("logs.pdf", "audit.csv"):
        (path / name).unlink()
    (path / "logs.pdf").mkdir()
    (path / "audit.csv").symlink_to("audit.csv")
    assert damage(checks.check(space)) == [
        f"requests/{REQUEST}/{ANSWER}/audit.csv: this is a link to another place, and no longer "
        "the file",
        f"requests/{REQUEST}/{ANSWER}/logs.pdf: this is no longer a file",
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_a_pipe_where_a_document_was_is_named_and_not_waited_for(space: Workspace) -> None:
    path = space.requests / REQUEST / ANSWER / "logs.pdf"
    path.unlink()
    os.mkfifo(path)
    assert damage(checks.check(space)) == [
        f"requests/{REQUEST}/{ANSWER}/logs.pdf: this is no longer a file"
    ]


def test_a_changed_log_line_is_named_by_its_number(space: Workspace) -> None:
    path = space.requests / REQUEST / "events.jsonl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2026-03-05", "2026-03-04"), encoding="utf-8", newline="\n")
    assert damage(checks.check(space)) == [
        f"requests/{REQUEST}/events.jsonl, line 3: this line was changed after it was written",
        f"requests/{REQUEST}/events.jsonl, line 4: the line that stood before this one was "
        "changed or removed",
    ]


def test_every_flipped_bit_of_a_log_is_found(space: Workspace) -> None:
    """In the end of the newest line it makes that a line that was never finished; named too."""
    path = space.requests / REQUEST / "events.jsonl"
    raw = path.read_bytes()
    unfinished = set()
    for place in sorted({*range(0, len(raw), 9), *range(len(raw) - 80, len(raw))}):
        for bit in (0, 5, 7):
            path.write_bytes(raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :])
            report = checks.check(space)
            if not report.damage:
                assert report.unfinished, (place, bit)
                unfinished.add(place)
    assert unfinished == {len(raw) - 1}


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_line_removed_from_the_middle_is_found(space: Workspace, gone: int) -> None:
    path = space.requests / REQUEST / "events.jsonl"
    kept = path.read_bytes().splitlines(keepends=True)
    del kept[gone]
    path.write_bytes(b"".join(kept))
    assert damage(checks.check(space)) == [
        f"requests/{REQUEST}/events.jsonl, line {gone + 1}: the line that stood before this one "
        "was changed or removed"
    ]


def test_the_loss_of_the_newest_line_leaves_its_documents_without_one(space: Workspace) -> None:
    path = space.requests / REQUEST / "events.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    report = checks.check(space)
    assert report.damage == ()
    assert [problem.path for problem in report.unfinished] == [
        f"requests/{REQUEST}/{ANSWER}/audit.csv",
        f"requests/{REQUEST}/{ANSWER}/logs.pdf",
    ]


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("events.jsonl", b"", "events.jsonl: the log is empty"),
        ("events.jsonl", b"hello\n", "events.jsonl, line 1: this is not a line of the log"),
        ("request.toml", b"id = 7\n", "request.toml, line 1: "),
        ("request.toml", b"\xff", "request.toml: this is not UTF-8"),
    ],
)
def test_damaged_facts_and_logs_are_named(
    space: Workspace, name: str, raw: bytes, words: str
) -> None:
    (space.requests / REQUEST / name).write_bytes(raw)
    report = checks.check(space)
    assert any(str(p).startswith(f"requests/{REQUEST}/{words}") for p in report.damage)


@pytest.mark.parametrize("name", ["events.jsonl", "request.toml"])
def test_a_missing_log_or_facts_is_named_once(space: Workspace, name: str) -> None:
    (space.requests / REQUEST / name).unlink()
    report = checks.check(space)
    assert [p.path for p in report.damage] == [f"requests/{REQUEST}/{name}"]


def test_a_folder_that_holds_no_request_is_named(space: Workspace) -> None:
    (space.requests / "loose").mkdir()
    report = checks.check(space)
    assert [p.path for p in report.damage] == [
        "requests/loose/events.jsonl",
        "requests/loose/request.toml",
    ]


def test_a_document_that_no_line_speaks_of_is_named(space: Workspace) -> None:
    path = space.requests / REQUEST
    (path / ANSWER / "report.partial-1.pdf").write_bytes(b"x")
    (path / "sent" / "2026-03-02-request").mkdir(parents=True)
    (path / "sent" / "2026-03-02-request" / "letter.md").write_bytes(b"x")
    (path / "answers" / "by-hand.pdf").write_bytes(b"x")
    report = checks.check(space)
    assert report.damage == ()
    assert [str(problem) for problem in report.unfinished] == [
        f"requests/{REQUEST}/{name}: no log line speaks of this file; file it again, or move it "
        "away"
        for name in (
            f"{ANSWER}/report.partial-1.pdf",
            "answers/by-hand.pdf",
            "sent/2026-03-02-request/letter.md",
        )
    ]


def test_what_an_interrupted_run_left_is_named_once(space: Workspace) -> None:
    path = space.requests / REQUEST
    late = path / "draft" / "late"
    inner = (path / name for name in ("answers", "sent", "seals", "draft"))
    for place in (space.requests, space.requests / "inbox", path, *inner, late):
        place.mkdir(exist_ok=True)
        (place / ".partial-0a1b").mkdir()
        (place / ".partial-0a1b" / "letter.md").write_bytes(b"x")
    report = checks.check(space)
    assert report.damage == ()
    assert [problem.path for problem in report.unfinished] == [
        "requests/.partial-0a1b",
        f"requests/{REQUEST}/.partial-0a1b",
        f"requests/{REQUEST}/answers/.partial-0a1b",
        f"requests/{REQUEST}/draft/.partial-0a1b",
        f"requests/{REQUEST}/draft/late/.partial-0a1b",
        f"requests/{REQUEST}/seals/.partial-0a1b",
        f"requests/{REQUEST}/sent/.partial-0a1b",
        "requests/inbox/.partial-0a1b",
    ]


def test_a_line_that_was_never_finished_is_named(space: Workspace) -> None:
    with (space.requests / REQUEST / "events.jsonl").open("ab") as file:
        file.write(b'{"kind":"deni')
    report = checks.check(space)
    assert report.damage == ()
    assert [str(problem) for problem in report.unfinished] == [
        f"requests/{REQUEST}/events.jsonl: the last line was never finished; the next event puts "
        "it into unfinished-lines.txt"
    ]


def test_taking_back_a_line_that_is_not_there_is_named(space: Workspace) -> None:
    path = space.requests / REQUEST
    folder.append(path, Event(kind="voided", on=date(2026, 3, 20), line="9f2c"))
    assert damage(checks.check(space)) == [
        f"requests/{REQUEST}/events.jsonl, line 5: it takes back a line that is not in this log"
    ]


def test_what_a_newer_version_wrote_is_a_notice_and_no_damage(space: Workspace) -> None:
    with (space.requests / REQUEST / "events.jsonl").open("ab") as file:
        file.write(b'{"kind":"mediated","on":"2026-04-01"}\n')
    report = checks.check(space)
    assert report.damage == ()
    newer, bare = map(str, report.notices)
    assert newer == (
        f'requests/{REQUEST}/events.jsonl, line 5: the event "mediated" is from a newer version; '
        "it is kept and not counted"
    )
    assert f"requests/{REQUEST}/events.jsonl, line 5: this line has no checksum" in bare


def test_an_agency_that_left_the_address_book_is_a_notice(space: Workspace) -> None:
    space.agencies.unlink()
    report = checks.check(space)
    assert (report.damage, report.unfinished) == ((), ())
    assert [str(notice) for notice in report.notices] == [
        f'requests/{REQUEST}/request.toml: the agency "epd" is not in the address book, so the '
        "days on which it is closed move no date; `cpra agency add` adds it"
    ]


def test_an_id_that_is_used_twice_is_named(space: Workspace) -> None:
    made(space, "2026-0007-sfpd-general", "2026-0007")
    assert damage(checks.check(space)) == [
        "requests/2026-0007-sfpd-general/request.toml: the id 2026-0007 is used twice; "
        f"{REQUEST} has it too"
    ]


def test_a_folder_whose_name_has_another_id_is_named(space: Workspace) -> None:
    made(space, "2026-0008-sfpd-general", "2026-0009")
    made(space, "the-long-case", "2026-0010")
    assert damage(checks.check(space)) == [
        "requests/2026-0008-sfpd-general/request.toml: the id is 2026-0009, but the folder's "
        "name says 2026-0008"
    ]


def test_two_documents_that_a_merge_put_under_one_name_are_both_looked_for(
    space: Workspace,
) -> None:
    """Each clone filed another `logs.pdf`; git kept one, so the other is lost and that is said."""
    path = space.requests / REQUEST
    other = {f"{ANSWER}/logs.pdf": "0" * 64}
    folder.append(path, Event(kind="produced", on=date(2026, 3, 12), files=other))
    (problem,) = damage(checks.check(space))
    assert problem.endswith("logs.pdf: this file is not what it was when it was filed")
    (path / ANSWER / "logs.pdf").write_bytes(b"neither")
    assert len(damage(checks.check(space))) == 2


def test_one_request_is_checked_by_itself(space: Workspace) -> None:
    other = made(space, "2026-0008-sfpd-general", "2026-0008")
    (other / ANSWER / "logs.pdf").unlink()
    (space.requests / ".partial-0a1b").mkdir()
    report = checks.check(space, space.requests / REQUEST)
    assert (report.requests, report.damage, report.unfinished) == (1, (), ())
    assert len(checks.check(space, other).damage) == 1


def test_a_folder_copied_to_another_place_is_as_good_there(
    space: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("another machine") / "records"
    shutil.copytree(space.root, elsewhere)
    report = checks.check(Workspace(elsewhere))
    assert (report.files, report.damage, report.unfinished) == (2, (), ())


def test_of_very_many_files_without_a_line_a_few_are_shown(space: Workspace) -> None:
    answer = space.requests / REQUEST / "answers" / "2026-04-01-records"
    answer.mkdir()
    for number in range(25):
        (answer / f"{number:02}.txt").write_bytes(b"x")
    ran = cpra("check", cwd=space.root)
    assert ran.code == 1
    assert ran.out.count("no log line speaks of this file") == 11
    assert "(and 15 more there; `--json` names all)" in ran.out
    assert len(json.loads(cpra("check", "--json", cwd=space.root).out)["unfinished"]) == 25
