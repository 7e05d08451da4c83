"""A fault in the shipped law data: named with file and line, and only what needs it is missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cpra
from tests.logs import written

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a copy of cpra, in a workspace with a request to a city, received on a Friday."""
    copied = tmp_path / "code" / "cpra"
    shutil.copytree(
        Path(cpra.__file__).parent, copied, ignore=shutil.ignore_patterns("__pycache__")
    )
    place = tmp_path / "place" / "requests"
    place.mkdir(parents=True)
    (place / "cpra.toml").write_text("format = 1\n", encoding="utf-8")
    book = '[agency.epd]\nname = "Exampleville Police Department"\nkind = "city"\n'
    (place / "agencies.toml").write_text(book, encoding="utf-8")
    written(place / "2026-0007-epd-logs", "2026-10-02 sent via=email", own="2026-0007")
    surroundings = {**os.environ, "PYTHONPATH": str(copied.parent)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cpra", "--today", "2026-10-05", *words],
            cwd=place,
            env=surroundings,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


def change(tmp_path: Path, name: str, before: str, after: str) -> int:
    """Change a file of the copy's law data once; the number of the changed line."""
    path = tmp_path / "code" / "cpra" / "statutes" / name
    head, found, tail = path.read_text(encoding="utf-8").partition(before)
    assert found
    path.write_text(head + after + tail, encoding="utf-8")
    return f"{head}{before}".rstrip("\n").count("\n") + 1


def test_law_without_a_fault_is_said_to_have_none(run: Run) -> None:
    assert "determination due Mon Oct 12" in run("due").stdout
    assert run("law", "check").returncode == 0


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("quote = true\n", "quotes = true\n", 'there is no key "quotes" here'),
        (
            'authority = "Gov. Code § 7922.535(a)"\nstatus = "V"\n',
            'status = "V"\n',
            "needs an authority",
        ),
        ("since = 2023-01-01\n", "since = 2022-12-01\n", "two versions"),
        ("due = 2026-09-28\n", "due = 2026-09-29\n", "due is 2026-09-28, not 2026-09-29"),
    ],
    ids=["unknown-key", "no-authority", "overlap", "failing-example"],
)
def test_a_date_that_cannot_be_reckoned_is_missed_aloud(
    run: Run, tmp_path: Path, before: str, after: str, words: str
) -> None:
    change(tmp_path, "cpra.toml", before, after)
    for command in (("due",), ("explain", "7"), ("remind",)):
        done = run(*command)
        assert done.returncode == 5, command
        assert "The law data has a fault" in done.stdout + done.stderr.replace("the law", "The law")
        assert "Nothing is due" not in done.stdout
        assert "No date runs yet" not in done.stdout
    listed = run("due").stderr
    assert "cpra.toml, line " in listed
    assert words in listed
    checked = run("law", "check")
    assert checked.returncode == 5
    assert words in checked.stderr
    assert run("compute", "cpra.determination", "--from", "2026-10-02").returncode == 5
    assert run("compute", "foia.determination", "--from", "2026-10-02").returncode == 0
    (missing, *_) = json.loads(run("explain", "7", "--json").stdout)["missing"]
    assert missing.startswith("cpra.toml, line ")


def test_a_fault_in_another_law_keeps_no_date_of_this_one(run: Run, tmp_path: Path) -> None:
    change(tmp_path, "foia.toml", "quote = false\n", "quotes = false\n")
    done = run("due")
    assert (done.returncode, done.stderr) == (0, "")
    assert "determination due Mon Oct 12" in done.stdout
    assert run("explain", "7").returncode == 0
    checked = run("law", "check")
    assert checked.returncode == 5
    assert 'foia.toml, line 11: there is no key "quotes" here; did you mean "quote"?' in (
        checked.stderr
    )


def test_a_mended_fault_is_forgotten(run: Run, tmp_path: Path) -> None:
    change(tmp_path, "cpra.toml", "due = 2026-09-28\n", "due = 2026-09-29\n")
    assert run("due").returncode == 5
    change(tmp_path, "cpra.toml", "due = 2026-09-29\n", "due = 2026-09-28\n")
    assert run("due").returncode == 0
