"""A workspace under git: cloned, written to in two places, merged; and met by another version."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cpra import checks, folder
from cpra.checks import Report
from cpra.core.request import Request
from cpra.workspace import Workspace
from tests.needs import needs_program
from tests.running import TODAY, cpra, done

NEW = ("new", "general", "--agency", "lapd", "--item", "The contract", "--no-input")
ANNA, BELA = "anna", "bela"


def git(root: Path, *words: str, fails: bool = False) -> str:
    """Run git as a person whose line ends git would like to change."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{
            f"GIT_{who}_{what}": "a@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }
    command = [needs_program("git"), "-c", "core.autocrlf=true", "-c", "init.defaultBranch=main"]
    ran = subprocess.run(
        [*command, *words], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert fails or ran.returncode == 0, ran
    return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a request that was sent and answered, under git."""
    root = tmp_path_factory.mktemp("start") / "records"
    root.mkdir()
    done("init", cwd=root)
    now(root, *NEW, "--set", "about=towing")
    now(root, "sent", "1", "--on", "2026-09-15", "--via", "email")
    now(root, "file", "1", paper(root, "logs.txt", "logs\r\n"), "--on", "2026-09-20")
    git(root, "init", "-q")
    git(root, "add", "--all")
    git(root, "commit", "-q", "-m", "start")
    return root


@pytest.fixture
def two(start: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two clones of it, on other paths than the first."""
    for name in (ANNA, BELA):
        git(tmp_path, "clone", "-q", str(start), name)
    return tmp_path / ANNA, tmp_path / BELA


def now(root: Path, *words: str) -> None:
    """A command that ends well."""
    done("--today", TODAY, *words, cwd=root)


def paper(root: Path, name: str, text: str) -> str:
    """A document outside of the workspace."""
    path = root.parent / f"papers of {root.name}" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return str(path)


def merged(into: Path, other: Path, fails: bool = False) -> str:
    """Commit both and merge the other's work into the first."""
    for root in (into, other):
        git(root, "add", "--all")
        git(root, "commit", "-q", "-m", "work")
    return git(into, "pull", "-q", "--no-rebase", "--no-edit", str(other), "main", fails=fails)


def check(root: Path) -> Report:
    """What is wrong in a clone."""
    return checks.check(Workspace(root))


def assert_whole(root: Path) -> None:
    """Nothing is."""
    report = check(root)
    assert (report.damage, report.unfinished, report.notices) == ((), (), ())


def request(root: Path, name: str = "2026-0001") -> Request:
    """A request of a clone."""
    return folder.read(folder.find(Workspace(root), name))


def test_git_takes_the_documents_and_logs_and_nothing_derived(start: Path) -> None:
    tracked = git(start, "ls-files").splitlines()
    assert "requests/.gitattributes" in tracked
    assert any(name.endswith("/events.jsonl") for name in tracked)
    assert any(name.endswith("/letter.pdf") for name in tracked)
    assert not [name for name in tracked if ".cache" in name or ".lock" in name]
    done("list", cwd=start)
    assert git(start, "status", "--porcelain") == ""


def test_a_clone_on_another_path_is_whole_and_can_be_worked_in(two: tuple[Path, Path]) -> None:
    here, _ = two
    assert_whole(here)
    assert not (here / "templates").exists()  # git keeps no empty folders
    now(here, "record", "1", "acknowledged", "--on", "2026-09-21")
    now(here, *NEW, "--set", "about=cameras")
    now(here, "sent", "2", "--on", "2026-09-22", "--via", "mail")
    now(here, "file", "2", paper(here, "a.txt", "a"), "--on", "2026-09-23")
    assert_whole(here)


def test_line_ends_in_documents_and_logs_stay_as_they_came(two: tuple[Path, Path]) -> None:
    here, _ = two
    assert next(here.glob("requests/*/answers/*/logs.txt")).read_bytes() == b"logs\r\n"
    assert b"\r" not in next(here.glob("requests/*/events.jsonl")).read_bytes()


@pytest.mark.parametrize("turned", [False, True])
def test_two_logs_that_git_has_merged_are_one(two: tuple[Path, Path], turned: bool) -> None:
    one, other = two[::-1] if turned else two
    now(one, "record", "1", "extended", "--on", "2026-09-24", "--until", "2026-10-09")
    now(one, "record", "1", "promised", "--on", "2026-11-01", "--estimated", "2026-12-01")
    now(other, "record", "1", "acknowledged", "--on", "2026-09-16")
    now(other, "record", "1", "determined", "--on", "2026-10-09")
    merged(one, other)
    assert_whole(one)
    kinds = [event.kind for event in request(one).events]
    assert kinds == [
        *("sent", "acknowledged", "produced", "extended", "determined", "promised", "drafted")
    ]
    now(one, "record", "1", "denied", "--on", "2026-11-20")
    assert_whole(one)
    git(other, "pull", "-q", "--no-rebase", "--no-edit", str(one), "main")
    assert_whole(other)


def test_a_line_that_one_clone_takes_back_is_out_in_both(two: tuple[Path, Path]) -> None:
    here, there = two
    now(here, "record", "1", "voided", "--on", TODAY, "--line", "3", "--reason", "another case")
    now(there, "record", "1", "fee-quoted", "--on", "2026-10-02", "--amount", "20")
    merged(there, here)
    assert_whole(there)
    assert request(there).status == "sent"


def test_both_may_take_back_the_same_line(two: tuple[Path, Path]) -> None:
    for root in two:
        now(root, "record", "1", "voided", "--on", TODAY, "--line", "3", "--reason", root.name)
    merged(*two)
    assert_whole(two[0])
    assert request(two[0]).status == "sent"


def test_documents_of_one_day_from_both_clones_are_all_there(two: tuple[Path, Path]) -> None:
    for root in two:
        now(root, "file", "1", paper(root, f"{root.name}.txt", root.name), "--on", "2026-10-02")
    merged(*two)
    assert_whole(two[0])
    (place,) = two[0].glob("requests/*/answers/2026-10-02-records")
    assert sorted(path.name for path in place.iterdir()) == ["anna.txt", "bela.txt"]
    now(two[0], "file", "1", paper(two[0], "third.txt", "third"), "--on", "2026-10-02")
    assert_whole(two[0])
    assert len(list(two[0].glob("requests/*/answers/2026-10-02-records-2/third.txt"))) == 1


def test_two_documents_under_one_name_are_a_conflict_and_the_lost_one_is_named(
    two: tuple[Path, Path],
) -> None:
    for root in two:
        now(root, "file", "1", paper(root, "answer.txt", root.name), "--on", "2026-10-02")
    assert "CONFLICT" in merged(*two, fails=True)
    git(two[0], "checkout", "--ours", "--", "requests")
    git(two[0], "add", "--all")
    git(two[0], "commit", "-q", "-m", "ours")
    (problem,) = check(two[0]).damage
    assert problem.path.endswith("answers/2026-10-02-records/answer.txt")
    assert problem.text == "this file is not what it was when it was filed"
    ran = cpra("check", cwd=two[0])
    assert ran.code == 5
    assert "answer.txt" in ran.out


def test_an_id_that_both_clones_gave_is_named(two: tuple[Path, Path]) -> None:
    here, there = two
    now(here, *NEW, "--set", "about=cameras")
    now(there, *NEW, "--set", "about=jails")
    merged(here, there)
    (problem,) = check(here).damage
    assert "the id 2026-0002 is used twice; 2026-0002-lapd-" in problem.text
    assert cpra("show", "2", cwd=here).code == 3
    assert cpra("show", "jails", cwd=here).code == 0
    now(here, *NEW, "--set", "about=drones")
    assert (here / "requests" / "2026-0003-lapd-drones").is_dir()


def test_clones_that_merge_back_and_forth_stay_whole(two: tuple[Path, Path]) -> None:
    here, there = two
    for round_ in range(3):
        for n, root in enumerate(two):
            note = f"round {round_} by {root.name}"
            day = f"2026-10-{10 + 2 * round_ + n}"
            now(root, "record", "1", "clarification-asked", "--on", day, "--note", note)
        merged(here, there)
        git(there, "pull", "-q", "--no-rebase", "--no-edit", str(here), "main")
        assert_whole(here)
        assert_whole(there)
    for root in two:
        assert len(request(root).all("clarification-asked")) == 6


# Other machines, other versions


def test_a_folder_copied_to_another_machine_goes_on_there(start: Path, tmp_path: Path) -> None:
    there = shutil.copytree(start, tmp_path / "elsewhere", ignore=shutil.ignore_patterns(".git"))
    assert_whole(there)
    now(there, "record", "1", "acknowledged", "--on", "2026-09-21")
    listed = json.loads(done("--today", TODAY, "list", "--json", cwd=there).out)
    assert [row["status"] for row in listed] == ["producing"]
    assert_whole(there)


def test_one_request_copied_into_another_workspace_is_whole_there(
    start: Path, tmp_path: Path
) -> None:
    done("init", cwd=tmp_path)
    (source,) = start.glob("requests/2026-0001-*")
    shutil.copytree(source, tmp_path / "requests" / source.name)
    shutil.copy(start / "requests" / "agencies.toml", tmp_path / "requests" / "agencies.toml")
    assert_whole(tmp_path)
    assert "2026-0001" in done("list", cwd=tmp_path).out
    now(tmp_path, *NEW, "--set", "about=cameras")
    assert (tmp_path / "requests" / "2026-0002-lapd-cameras").is_dir()


def test_a_folder_that_a_person_renamed_is_the_same_request(start: Path, tmp_path: Path) -> None:
    there = shutil.copytree(start, tmp_path / "elsewhere", ignore=shutil.ignore_patterns(".git"))
    (old,) = there.glob("requests/2026-0001-*")
    old.rename(there / "requests" / "the towing case")
    now(there, "record", "1", "acknowledged", "--on", "2026-09-21")
    now(there, *NEW, "--set", "about=cameras")
    assert_whole(there)
    assert {row["id"] for row in json.loads(done("list", "--json", cwd=there).out)} == {
        *("2026-0001", "2026-0002")
    }


def test_what_a_newer_version_logged_is_kept_through_a_merge(two: tuple[Path, Path]) -> None:
    here, there = two
    (log_path,) = there.glob("requests/*/events.jsonl")
    line = '{"kind":"mediated","on":"2026-10-05","mediator":"A. Person"}'
    with log_path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(line + "\n")
    now(here, "record", "1", "acknowledged", "--on", "2026-09-21")
    merged(here, there)
    now(here, "record", "1", "denied", "--on", "2026-11-20")
    (merged_log,) = here.glob("requests/*/events.jsonl")
    assert line in merged_log.read_text(encoding="utf-8").split("\n")
    report = check(here)
    assert report.damage == ()
    assert len(report.notices) == 3
    ran = cpra("check", cwd=here)
    assert ran.code == 0
    assert 'the event "mediated" is from a newer version; it is kept and not counted' in ran.out
    assert 'the field "mediator" is from a newer version; it is kept and not used' in ran.out
    assert request(here).status == "partly denied"


def test_a_workspace_of_a_newer_format_is_left_alone(start: Path, tmp_path: Path) -> None:
    there = shutil.copytree(start, tmp_path / "elsewhere", ignore=shutil.ignore_patterns(".git"))
    (there / "requests" / "cpra.toml").write_text("format = 2\n", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in there.rglob("*")}
    for words in (("list",), ("check",), ("record", "1", "acknowledged", "--on", "2026-09-21")):
        ran = cpra("--today", TODAY, *words, cwd=there)
        assert ran.code == 5
        assert "knows formats up to 1; update cpra to work here" in ran.err
    assert {path: path.stat().st_mtime_ns for path in there.rglob("*")} == before
