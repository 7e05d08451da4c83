"""The workspace: found upwards, made around what is there, refused when it is from the future."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cpra import workspace
from cpra.actions.starting import start
from cpra.core.request import Requester
from cpra.errors import BadFile, CpraError, NotFound
from cpra.workspace import Workspace
from tests.running import cpra, done

WHO = '\n[requester]\nname = "A. Person"\nemail = "records@example.org"\n'


def made(root: Path) -> Workspace:
    """A fresh workspace."""
    start(root)
    return workspace.find(root)


def test_a_workspace_is_the_nearest_folder_upwards_with_the_marker(tmp_path: Path) -> None:
    made(tmp_path)
    deep = tmp_path / "requests" / "2026-0001-lapd" / "answers"
    deep.mkdir(parents=True)
    assert workspace.find(deep).root == tmp_path
    made(tmp_path / "requests" / "2026-0001-lapd")
    assert workspace.find(deep).root == tmp_path / "requests" / "2026-0001-lapd"


def test_without_a_workspace_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"there is no workspace in .*; `cpra init` makes one here"):
        workspace.find(tmp_path)
    (tmp_path / "requests" / "cpra.toml").mkdir(parents=True)
    with pytest.raises(NotFound):
        workspace.find(tmp_path)


def test_a_workspace_that_is_named_is_taken_from_anywhere(tmp_path: Path) -> None:
    made(tmp_path / "mine")
    made(tmp_path / "here")
    here = tmp_path / "here"
    assert workspace.find(here, str(tmp_path / "mine")).root == tmp_path / "mine"
    with pytest.raises(NotFound, match=r"there is no workspace in .*nowhere; `cpra init"):
        workspace.find(here, str(tmp_path / "nowhere"))


def test_the_option_beats_the_environment_and_both_beat_the_folder(tmp_path: Path) -> None:
    for name in ("here", "env", "option"):
        made(tmp_path / name)
        kind = {"here": "city", "env": "county", "option": "state"}[name]
        done("agency", "add", name.title(), "--kind", kind, cwd=tmp_path / name)
    here, env = tmp_path / "here", {"CPRA_WORKSPACE": str(tmp_path / "env")}
    assert "Here" in done("agency", "list", cwd=here).out
    assert "Env" in done("agency", "list", cwd=here, env=env).out
    words = ("--workspace", str(tmp_path / "option"), "agency", "list")
    assert "Option" in done(*words, cwd=here, env=env).out


def test_init_writes_what_a_workspace_needs(tmp_path: Path) -> None:
    files = start(tmp_path / "records")
    requests = tmp_path / "records" / "requests"
    assert {path.name for path in files} == {path.name for path in requests.iterdir()} - {"inbox"}
    assert (tmp_path / "records" / "templates").is_dir()
    assert (requests / ".gitattributes").read_text() == (
        "* -text\nevents.jsonl merge=union\nagencies.jsonl merge=union\n"
    )
    assert "What is in this folder" in (requests / "README.md").read_text(encoding="utf-8")
    assert files[-1].name == "cpra.toml"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_what_lies_in_a_new_workspace_is_for_its_owner_only(tmp_path: Path) -> None:
    made(tmp_path / "new")
    made(tmp_path / "new")
    assert (tmp_path / "new" / "requests").stat().st_mode & 0o777 == 0o700
    checkout = tmp_path / "checkout" / "requests"
    checkout.mkdir(parents=True)
    (checkout / "README.md").write_text("the format", encoding="utf-8")
    made(checkout.parent)
    assert checkout.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_workspace_that_others_were_let_into_stays_so(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "requests").chmod(0o770)
    made(tmp_path)
    assert (tmp_path / "requests").stat().st_mode & 0o777 == 0o770


def test_init_again_changes_nothing(tmp_path: Path) -> None:
    start(tmp_path)
    config = tmp_path / "requests" / "cpra.toml"
    config.write_text(f"format = 1\n{WHO}", encoding="utf-8")
    assert start(tmp_path) == ()
    assert workspace.find(tmp_path).requester() == Requester(
        name="A. Person", email="records@example.org"
    )


def test_init_leaves_what_is_there_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "requests").mkdir()
    (tmp_path / "requests" / "README.md").write_text("mine", encoding="utf-8")
    (tmp_path / "thesis.doc").write_bytes(b"x")
    start(tmp_path)
    assert (tmp_path / "requests" / "README.md").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "thesis.doc").read_bytes() == b"x"
    assert workspace.find(tmp_path).root == tmp_path


def test_init_finishes_what_an_interrupted_init_began(tmp_path: Path) -> None:
    start(tmp_path)
    (tmp_path / "requests" / "cpra.toml").unlink()
    (tmp_path / "requests" / "agencies.toml").unlink()
    with pytest.raises(NotFound):
        workspace.find(tmp_path)
    assert {path.name for path in start(tmp_path)} == {"agencies.toml", "cpra.toml"}
    assert workspace.find(tmp_path).requester() == Requester()


def test_a_file_where_a_folder_belongs_is_said(tmp_path: Path) -> None:
    (tmp_path / "requests").write_bytes(b"x")
    ran = cpra("init", cwd=tmp_path)
    assert ran.code != 0
    assert ran.err.startswith("Error: ")
    assert (tmp_path / "requests").read_bytes() == b"x"


# The settings


def test_a_newer_format_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    space = made(tmp_path)
    (space.requests / "cpra.toml").write_text("format = 2\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"has format 2, .*knows formats up to 1; update cpra"):
        workspace.find(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 'line 1: the key "format" is missing'),
        ("format = '1'\n", "line 1: \"format\" must be a whole number, not '1'"),
        (f"format = 1\n{WHO}nmae = 1\n", 'line 6: there is no key "nmae" here; did you mean'),
        ("format = \n", "line 1: this is not valid TOML"),
    ],
)
def test_damaged_settings_are_said_with_file_and_line(
    tmp_path: Path, text: str, words: str
) -> None:
    space = made(tmp_path)
    (space.requests / "cpra.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        workspace.find(tmp_path)
    assert f"{space.requests / 'cpra.toml'}, {words}" in str(caught.value)


def test_settings_that_are_no_text_are_said(tmp_path: Path) -> None:
    space = made(tmp_path)
    (space.requests / "cpra.toml").write_bytes(b"format = 1 # \xff\n")
    with pytest.raises(BadFile, match=r"cpra\.toml cannot be read"):
        workspace.find(tmp_path)


def test_settings_that_a_windows_editor_saved_are_read(tmp_path: Path) -> None:
    space = made(tmp_path)
    text = "\ufeffformat = 1\r\n" + WHO.replace("\n", "\r\n")
    (space.requests / "cpra.toml").write_bytes(text.encode())
    assert workspace.find(tmp_path).requester().name == "A. Person"


# Locks

HOLDS = """
import sys
from pathlib import Path
from cpra.workspace import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_waits_and_then_says_for_whom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "PATIENCE", 0.05)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CpraError, match="another cpra has been writing to"):
            workspace.lock(tmp_path).__enter__()
        holder.communicate()
    with workspace.lock(tmp_path):
        assert (tmp_path / ".lock").exists()


def test_a_lock_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    with workspace.lock(tmp_path):
        assert (tmp_path / ".lock").exists()


def test_a_place_that_cannot_be_locked_is_said(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with pytest.raises(CpraError, match="cannot be written to"):
        workspace.lock(tmp_path).__enter__()


# Ids


@pytest.mark.parametrize(
    ("ids", "following"),
    [
        ((), "2026-0001"),
        (("2026-0001", "2026-0007", "2025-0099"), "2026-0008"),
        (("2026-9999",), "2026-10000"),
        (("2026-10000", "2026-9999"), "2026-10001"),
    ],
)
def test_the_next_id_follows_the_highest_of_its_year(ids: tuple[str, ...], following: str) -> None:
    assert workspace.next_id(2026, ids) == following


def test_a_path_is_shown_from_the_workspace(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    assert workspace.shown(tmp_path / "requests" / "a", space) == "requests/a"
    elsewhere = tmp_path.parent / "b"
    assert workspace.shown(elsewhere, space) == os.fspath(elsewhere)
