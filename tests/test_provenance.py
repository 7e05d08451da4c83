"""The log says of each document what it is, what it was called, where it came from and how."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cpra import checks, folder
from cpra.core import log
from cpra.core.events import Event, Paper
from cpra.disk import sha256
from cpra.workspace import Workspace
from tests.running import cpra, done, sent_request


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one request, sent."""
    return sent_request(tmp_path)


def last(root: Path) -> Any:
    """The log's newest line."""
    (path,) = root.glob("requests/2026-0001-*/events.jsonl")
    return json.loads(path.read_text(encoding="utf-8").splitlines()[-1])


def filed(root: Path, *words: str, code: int = 0) -> Any:
    """File on one day; the line that the log has now."""
    ran = cpra("file", "1", *words, "--on", "2026-04-01", cwd=root)
    assert ran.code == code, ran
    return last(root)


def packed(path: Path, **entries: str) -> Path:
    """A zip with these texts in it, each called by its name and `.txt`."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in entries.items():
            archive.writestr(f"{name}.txt", text)
    return path


def test_each_document_has_its_size_its_real_kind_and_its_container_in_the_log(
    root: Path,
) -> None:
    packed(root / "answer.zip", report="words")
    line = filed(root, "answer.zip", "--installment", "2")
    place = "answers/2026-04-01-records"
    size = (root / "answer.zip").stat().st_size
    assert line["about"] == {
        f"{place}/answer.zip": {"size": size, "kind": "zip"},
        f"{place}/answer/report.txt": {"size": 5, "kind": "txt", "in": "answer.zip"},
    }
    assert line["files"][f"{place}/answer/report.txt"] == hashlib.sha256(b"words").hexdigest()
    assert line["installment"] == 2


def test_the_log_says_where_a_document_was_taken_from_and_when(root: Path, tmp_path: Path) -> None:
    (tmp_path / "Downloads").mkdir()
    (tmp_path / "Downloads" / "a.txt").write_text("a", encoding="utf-8")
    whole = (tmp_path / "Downloads" / "a.txt").as_posix()
    line = filed(root, whole)
    assert line["source"] == [whole]
    assert line["on"] == "2026-04-01"
    assert line["recorded"]
    env = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    (tmp_path / "Downloads" / "b.txt").write_text("b", encoding="utf-8")
    done("file", "1", "../Downloads/b.txt", "--on", "2026-04-01", cwd=root, env=env)
    assert last(root)["source"] == ["~/Downloads/b.txt"]


def test_of_very_many_files_the_folders_are_named(root: Path) -> None:
    (root / "in").mkdir()
    for number in range(30):
        (root / "in" / f"{number}.txt").write_text(str(number), encoding="utf-8")
    line = filed(root, *(f"in/{number}.txt" for number in range(30)))
    assert line["source"] == [(root / "in").as_posix()]
    assert len(line["files"]) == 30


@pytest.mark.parametrize(
    ("name", "content", "way"),
    [
        ("m.eml", "From: a@example.org\nTo: b@example.org\nSubject: x\n\nwords\n", "email"),
        ("W012129-020926_Message_History.txt", "words", "portal"),
        ("Scan.txt", "words", None),
    ],
)
def test_the_way_is_noted_where_the_documents_show_it(
    root: Path, name: str, content: str, way: str | None
) -> None:
    (root / name).write_text(content, encoding="utf-8")
    assert filed(root, name).get("via") == way


def test_what_the_requester_says_of_the_way_goes_before(root: Path) -> None:
    (root / "m.eml").write_text("From: a@example.org\nTo: b@example.org\n\nwords\n", "utf-8")
    assert filed(root, "m.eml", "--via", "hand")["via"] == "hand"


def test_show_and_timeline_tell_it(root: Path) -> None:
    (root / "W012129-020926_Policy.txt").write_text("words", encoding="utf-8")
    filed(root, "W012129-020926_Policy.txt")
    shown: Any = done("show", "1", "--json", cwd=root).result
    (row,) = [one for one in shown["files"] if one["event"] == "produced"]
    assert (row["size"], row["kind"], row["via"], row["on"]) == (5, "txt", "portal", "2026-04-01")
    assert row["source"][0].endswith("/W012129-020926_Policy.txt")
    assert "taken from" in done("timeline", "1", cwd=root).out


def test_a_container_that_is_opened_later_names_the_copy_that_was_kept(root: Path) -> None:
    with zipfile.ZipFile(root / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.bin", bytes(30_000_000))
    filed(root, "a.zip", code=1)
    line = filed(root, "a.zip", "--limit", "1GB")
    assert line["source"] == ["answers/2026-04-01-records/a.zip"]
    assert list(line["about"].values()) == [{"size": 30_000_000, "kind": "data", "in": "a.zip"}]


def test_the_same_command_done_again_files_nothing_twice(root: Path) -> None:
    (root / "a.txt").write_text("words", encoding="utf-8")
    filed(root, "a.txt")
    before = sorted(root.glob("requests/**/*"))
    ran = done("file", "1", "a.txt", "--on", "2026-04-01", cwd=root)
    assert "Filed before: the same 1 file as on 2026-04-01" in ran.out
    again: Any = done("file", "1", "a.txt", "--on", "2026-04-01", "--json", cwd=root).result
    assert again["filed_before"] is True
    assert sorted(root.glob("requests/**/*")) == before
    report = checks.check(Workspace(root))
    assert (report.damage, report.unfinished) == ((), ())
    # On another day, or said to be something else, it came again: that is kept.
    done("file", "1", "a.txt", "--on", "2026-04-02", cwd=root)
    done("file", "1", "a.txt", "--on", "2026-04-01", "--installment", "2", cwd=root)
    assert len(list(root.glob("requests/*/answers/*/a.txt"))) == 3


@pytest.mark.parametrize(
    "about",
    [
        [],
        {"a.txt": "txt"},
        {"a.txt": {"kind": "txt"}},
        {"a.txt": {"size": True}},
        {"a.txt": {"size": 1, "kind": 2}},
        {"../a.txt": {"size": 1}},
    ],
)
def test_what_cannot_be_known_of_a_document_is_named_and_not_used(about: object) -> None:
    members = {"kind": "produced", "on": "2026-04-01", "about": about}
    (event,), (problem,) = log.decode([json.dumps(members)], "x")
    assert dict(event.about) == {}
    assert '"about"' in problem.text


def test_what_is_known_of_a_document_is_read_back() -> None:
    about = {"a/b.txt": {"size": 0, "kind": "empty", "in": "b.zip"}}
    members = {"kind": "produced", "on": "2026-04-01", "about": about}
    (event,), problems = log.decode([json.dumps(members)], "x")
    assert (problems, event.about) == ((), {"a/b.txt": Paper(0, "empty", "b.zip")})
    assert '"about":{"a/b.txt":{"size":0,"kind":"empty","in":"b.zip"}}' in log.encode(event, None)


def test_a_log_from_before_these_were_written_is_whole_and_serves(root: Path) -> None:
    (request,) = root.glob("requests/2026-*")
    answer = request / "answers" / "2026-04-01-records"
    answer.mkdir(parents=True)
    (answer / "letter.txt").write_text("The tidewater memo", encoding="utf-8")
    with zipfile.ZipFile(answer / "a.zip", "w") as archive:
        archive.writestr("b.txt", "words")
    files = {f"{answer.relative_to(request).as_posix()}/{p.name}": sha256(p)
             for p in sorted(answer.iterdir())}  # fmt: skip
    folder.append(request, Event(kind="produced", on=date(2026, 4, 1), files=files))
    assert '"about"' not in (request / "events.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert "1 request, 6 files" in done("check", cwd=root).out
    for words in (("show", "1"), ("timeline", "1"), ("audit", "1"), ("text", "1")):
        done(*words, cwd=root)
    assert done("manifest", "1", cwd=root).out.count("2026-04-01-records/") == 2
    assert "[tidewater]" in done("search", "tidewater", cwd=root).out
    done("export", "1", "--to", "out", "--bag", cwd=root)
    again = done("file", "1", str(answer / "letter.txt"), "--on", "2026-04-02", cwd=root)
    assert "is already here" in again.out
