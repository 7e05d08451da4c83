"""A workspace that was damaged by hand: file and line are said, and the rest goes on."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cpra import checks
from cpra.workspace import Workspace
from tests.refusing import (
    NEW,
    ON,
    RECORD,
    now,
    refused,
    request,
    state,
    workspace,
)
from tests.running import FORKS, TODAY, done

POSIX = pytest.mark.skipif(not FORKS, reason="Windows has neither these files nor these limits")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A workspace for one test."""
    with workspace(tmp_path / "records") as made:
        yield made


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda raw: b"junk\n" + raw, "request.toml, line 1: this is not valid TOML"),
        (lambda raw: b"agncy = 'x'\n" + raw, 'line 1: there is no key "agncy" here; did you mean'),
        (lambda raw: raw.replace(b'"cpra"', b"3"), 'line 3: "law" must be text in quotation marks'),
        (lambda raw: raw.replace(b"2026-0001", b"1"), '"id" is "1"; it is like "2026-0007"'),
        (lambda raw: b"\xff" + raw, "request.toml: this is not UTF-8"),
        (lambda raw: raw[:0], 'request.toml, line 1: the key "id" is missing'),
        (lambda raw: raw + b"x = " + b"[" * 99_999, "request.toml: this is not valid TOML"),
    ],
)
def test_damaged_facts(root: Path, damage: Callable[[bytes], bytes], says: str) -> None:
    facts = request(root) / "request.toml"
    facts.write_bytes(damage(facts.read_bytes()))
    _assert_damage_is_told(root, "request.toml", says)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda raw: raw + b"junk\n", "events.jsonl, line 4: this is not a line of the log"),
        (lambda raw: raw.replace(b'"kind":"sent"', b'"kind":"sent', 1), "events.jsonl, line 2: "),
        (lambda raw: raw.replace(b"2026-09-15", b"2026-19-15"), 'line 2: a line needs "kind" and'),
        (lambda raw: raw + b'{"a":' + b"[" * 99_999 + b"\n", "events.jsonl, line 4: this is not a"),
        (lambda raw: raw[:0], "events.jsonl: the log is empty"),
    ],
)
def test_a_damaged_log(root: Path, damage: Callable[[bytes], bytes], says: str) -> None:
    log = request(root) / "events.jsonl"
    log.write_bytes(damage(log.read_bytes()))
    _assert_damage_is_told(root, "events.jsonl", says)


@pytest.mark.parametrize("name", ["events.jsonl", "request.toml"])
def test_a_missing_log_or_facts(root: Path, name: str) -> None:
    (request(root) / name).unlink()
    before = state(root)
    ran = now(root, "check")
    assert ran.code == 5
    assert f"requests/2026-0001-lapd-towing/{name}" in ran.out
    assert now(root, *RECORD).code in (3, 5)
    assert state(root) == before


def _assert_damage_is_told(root: Path, name: str, says: str) -> None:
    """Every command that needs the request says file and line; the others go on without it."""
    for words in (
        RECORD,
        ("file", "1", "in/more.txt", *ON),
        ("show", "1"),
        ("timeline", "1"),
        ("explain", "1"),
    ):
        refused(root, *words, code=5, says=says)
    before = state(root)
    lists: list[tuple[str, ...]] = [("list",), ("due",), ("list", "--json")]
    for listing in lists:
        ran = now(root, *listing)
        assert ran.code == 5, ran
        assert says in ran.err
        assert "Traceback" not in ran.err
    ran = now(root, "check")
    assert ran.code == 5
    assert f"requests/2026-0001-lapd-towing/{name}" in ran.out
    assert state(root) == before
    assert now(root, "show", "2").code == 0
    assert now(root, "sent", "2", "--on", TODAY, "--via", "email").code == 0


def test_a_line_of_the_log_that_was_changed_is_found_by_check(root: Path) -> None:
    log = request(root) / "events.jsonl"
    log.write_bytes(log.read_bytes().replace(b"2026-09-15", b"2026-09-14"))
    ran = now(root, "check")
    assert ran.code == 5
    assert "line 2: this line was changed after it was written" in ran.out
    assert "line 3: the line that stood before this one was changed or removed" in ran.out


def test_a_log_that_names_files_elsewhere_leads_nowhere(root: Path) -> None:
    with (request(root) / "events.jsonl").open("ab") as file:
        file.write(
            b'{"kind":"produced","on":"2026-09-22","files":{"../../../in/more.txt":"0",'
            b'"/etc/hostname":"0","a\\u0000b":"0"}}\n'
        )
    for words, code in ((("check",), 0), (("show", "1"), 0), (("list",), 0), (("due",), 0)):
        ran = now(root, *words)
        assert (ran.code, "which cannot be; it is not used" in ran.out + ran.err) == (code, True)
    assert now(root, "search", "more").code == 1
    assert "hostname" not in now(root, "timeline", "1").out


def test_a_damaged_address_book(root: Path) -> None:
    book = root / "requests" / "agencies.toml"
    for raw, says in (
        (b"[agency.x]\nnmae = 1\n", 'agencies.toml, line 2: there is no key "nmae" here; did you'),
        (b"\xff", "agencies.toml is not UTF-8; save it as UTF-8"),
    ):
        book.write_bytes(raw)
        for words in (
            (*NEW, "--set", "about=x"),
            RECORD,
            ("file", "1", "in/more.txt", *ON),
            ("sent", "2", "--on", TODAY, "--via", "email"),
            ("agency", "add", "Exampleville Police"),
            ("list",),
            ("show", "1"),
        ):
            refused(root, *words, code=5, says=says)
        ran = now(root, "check")
        assert ran.code == 5
        assert "requests/agencies.toml" in ran.out


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("general.md", b"To {{", "general.md, line 1: "),
        ("general.md", b"\xff", "general.md, line 1: this is not UTF-8; save it as UTF-8"),
        ("letterhead.docx", b"junk", "letterhead.docx is not a Word document that can be used"),
    ],
)
def test_a_damaged_template_of_ones_own(root: Path, name: str, raw: bytes, says: str) -> None:
    (root / "templates" / name).write_bytes(raw)
    refused(root, *NEW, "--set", "about=x", code=5, says=says)


def test_a_folder_whose_name_is_no_text(root: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux lets a file have such a name")
    request(root).rename(root / "requests" / os.fsdecode(b"2026-0001-caf\xe9"))
    assert now(root, "show", "1").code == 3
    assert now(root, "list").code == 0
    ran = now(root, "check")
    assert ran.code == 5
    assert "this name is not UTF-8, or has signs that no list shows; rename the folder" in ran.out
    done("--today", TODAY, *NEW, "--set", "about=x", cwd=root)
    assert (root / "requests" / "2026-0003-lapd-x").is_dir()


def test_what_is_derived_may_be_anything(root: Path) -> None:
    cache = root / "requests" / ".cache"
    (cache / "rows.sqlite3").write_bytes(b"junk" * 1000)
    assert now(root, "list").code == 0
    (cache / "rows.sqlite3").unlink()
    (cache / "rows.sqlite3").mkdir()
    assert now(root, *RECORD).code == 0
    shutil.rmtree(cache)
    cache.write_bytes(b"a file")
    assert now(root, "record", "1", "determined", *ON).code == 0
    assert "producing" in now(root, "list").out
    assert checks.check(Workspace(root)).damage == ()
