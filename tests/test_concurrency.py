"""Several cpra at once in one workspace: nothing is lost, and no id is given twice."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from cpra import checks, folder
from cpra.core import log
from cpra.workspace import Workspace
from tests.running import TODAY, Job, done, run_at_once

NEW = ("new", "general", "--agency", "lapd", "--item", "The contract", "--no-input")


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two requests that were sent."""
    root = tmp_path_factory.mktemp("start")
    done("init", cwd=root)
    for number, about in ((1, "towing"), (2, "cameras")):
        done("--today", TODAY, *NEW, "--set", f"about={about}", cwd=root)
        words = ("sent", str(number), "--on", "2026-09-15", "--via", "email")
        done("--today", TODAY, *words, cwd=root)
    return root


@pytest.fixture
def root(start: Path, tmp_path: Path) -> Path:
    """The same, for one test."""
    return shutil.copytree(start, tmp_path / "records")


def job(root: Path, *words: str) -> Job:
    """One command in this workspace."""
    return Job(words=("--today", TODAY, *words), cwd=root)


def paper(root: Path, number: int) -> str:
    """A document unlike every other, under a name like every other."""
    path = root / "papers" / str(number) / "letter.txt"
    path.parent.mkdir(parents=True)
    path.write_text(f"document {number}\n" * 2000, encoding="utf-8")
    return str(path)


def texts(root: Path) -> set[str]:
    """The first line of everything that lies under answers/."""
    return {
        path.read_text(encoding="utf-8").partition("\n")[0]
        for path in root.glob("requests/*/answers/*/*")
    }


def assert_whole(root: Path) -> None:
    """No damage, nothing unfinished, and in each log one line after the other."""
    report = checks.check(Workspace(root))
    assert (report.damage, report.unfinished, report.notices) == ((), (), ())
    for path in folder.paths(Workspace(root)):
        previous = None
        for line in folder.read_lines(path / "events.jsonl"):
            assert json.loads(line)["previous"] == previous
            previous = log.digest(line)


def test_two_that_file_into_one_request_lose_nothing(root: Path) -> None:
    jobs = [
        job(root, "file", "1", paper(root, n), "--as", "records", "--on", "2026-11-02")
        for n in range(8)
    ]
    ran = run_at_once(jobs)
    assert [one.code for one in ran] == [0] * 8, ran
    assert texts(root) == {f"document {n}" for n in range(8)}
    (first,) = root.glob("requests/2026-0001-*")
    names = sorted(path.name for path in (first / "answers").iterdir())
    assert names == ["2026-11-02-records", *(f"2026-11-02-records-{n}" for n in range(2, 9))]
    assert_whole(root)


def test_two_that_file_into_different_requests_lose_nothing(root: Path) -> None:
    jobs = [
        job(root, "file", str(n % 2 + 1), paper(root, n), "--as", "records", "--on", "2026-11-02")
        for n in range(8)
    ]
    ran = run_at_once(jobs)
    assert [one.code for one in ran] == [0] * 8, ran
    assert texts(root) == {f"document {n}" for n in range(8)}
    assert_whole(root)


def test_two_that_write_into_one_log_stand_one_after_the_other(root: Path) -> None:
    kinds = ("acknowledged", "extended", "determined", "promised", "fee-quoted", "received")
    ran = run_at_once([job(root, "record", "1", kind, "--on", "2026-11-02") for kind in kinds])
    assert [one.code for one in ran] == [0] * len(kinds), ran
    loaded = folder.load(next(root.glob("requests/2026-0001-*")))
    assert sorted(event.kind for event in loaded.log) == sorted(["drafted", "sent", *kinds])
    assert_whole(root)


def test_two_that_draft_at_once_get_different_ids(root: Path) -> None:
    abouts = ("jails", "drones", "fees", "grants")
    jobs = [job(root, *NEW, "--set", f"about={about}", "--json") for about in abouts]
    ran = run_at_once(jobs)
    assert [one.code for one in ran] == [0] * 4, ran
    ids = [re.findall(r'"id": "([0-9-]+)"', one.out)[0] for one in ran]
    assert sorted(ids) == ["2026-0003", "2026-0004", "2026-0005", "2026-0006"]
    assert sorted(path.name[:9] for path in folder.paths(Workspace(root))) == [
        *("2026-0001", "2026-0002"),
        *sorted(ids),
    ]
    assert_whole(root)


def test_two_that_draft_to_an_agency_that_is_not_in_the_book_yet_add_it_once(root: Path) -> None:
    words = ("new", "general", "--agency", "lasd", "--item", "The contract", "--no-input")
    jobs = [job(root, *words, "--set", f"about={about}") for about in ("jails", "drones")]
    ran = run_at_once(jobs)
    assert [one.code for one in ran] == [0, 0], ran
    book = (root / "requests" / "agencies.toml").read_text(encoding="utf-8")
    assert book.count("[agency.lasd]") == 1
    assert_whole(root)


def test_a_letter_that_two_say_was_sent_was_sent_once(root: Path) -> None:
    done("--today", TODAY, *NEW, "--set", "about=jails", cwd=root)
    words = ("sent", "3", "--on", "2026-11-02", "--via", "email")
    ran = run_at_once([job(root, *words), job(root, *words), job(root, *words)])
    assert sorted(one.code for one in ran) == [0, 4, 4], ran
    assert_whole(root)


def test_the_lists_know_all_that_was_written_at_once(root: Path) -> None:
    """Also when all of them find the rows of an older version, or none, and make them anew."""
    (root / "requests" / ".cache" / "rows.sqlite3").unlink()
    jobs = [job(root, *NEW, "--set", f"about={about}") for about in ("jails", "drones")]
    jobs += [job(root, "list", "--json"), job(root, "due", "--json")]
    jobs += [job(root, "record", str(n), "acknowledged", "--on", "2026-11-02") for n in (1, 2)]
    ran = run_at_once(jobs)
    assert [one.code for one in ran] == [0] * len(jobs), ran
    listed = json.loads(done("--today", TODAY, "list", "--json", cwd=root).out)
    assert [(row["id"], row["status"]) for row in listed] == [
        ("2026-0001", "acknowledged"),
        ("2026-0002", "acknowledged"),
        ("2026-0003", "drafted"),
        ("2026-0004", "drafted"),
    ]


def test_one_that_reads_while_another_writes_sees_a_whole_workspace(root: Path) -> None:
    jobs = []
    for n in range(4):
        jobs.append(job(root, "file", "1", paper(root, n), "--on", "2026-11-02"))
        jobs.append(job(root, "show", "1", "--json"))
        jobs.append(job(root, "search", "document"))
    ran = run_at_once(jobs)
    assert {one.code for one in ran} <= {0, 1}, ran  # 1: a search that came before the filing
    assert not any("Traceback" in one.err for one in ran), ran
    for one in ran[1::3]:
        assert one.code == 0, one
    assert_whole(root)
    words = ("search", "document", "--json", "--limit", "1000")
    found = json.loads(done("--today", TODAY, *words, cwd=root).out)
    assert len({hit["path"] for hit in found["hits"]}) == 4
