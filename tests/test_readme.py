"""What the README and the manual show is what cpra does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click
import pytest

from cpra.cli import COMMANDS, cli
from tests.needs import needs_program
from tests.shown import agrees, commands, differences

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
MEANT_TO_RUN = "<!-- run -->"
"""stands in a page of the manual whose commands are run; the README's always are"""

SETUP = (
    "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/cpra demo",
    r"py -m venv .venv; .venv\Scripts\pip install -q .; .venv\Scripts\cpra demo",
    "python3 tests/run.py",
    r"py tests\run.py",
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_shows(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    # The answer that the demo files too: a mail with a zip, as it might lie in one's downloads.
    shutil.copy(ROOT / "cpra" / "demo" / "answer.eml", tmp_path)
    if page == README or MEANT_TO_RUN in text:
        assert differences(text, tmp_path, needs_program("bash")) == []


def test_the_readme_has_the_four_lines_that_begin_everything() -> None:
    lines = {line.strip() for line in README.read_text(encoding="utf-8").splitlines()}
    assert [line for line in SETUP if line not in lines] == []


def test_the_command_table_has_every_command_and_only_options_that_exist() -> None:
    _, _, after = README.read_text(encoding="utf-8").partition("\n## Commands\n")
    table = after.partition("\n## ")[0]
    rows = re.findall(r"^\| `(?:cpra )?([a-z-]+)([^|]*)\|", table, re.MULTILINE)
    assert sorted({name for name, _ in rows}) == sorted(COMMANDS)
    context = click.Context(cli)
    for name, rest in rows:
        command = cli.get_command(context, name)
        assert command is not None
        group = command.commands.values() if isinstance(command, click.Group) else ()
        known = {opt for one in (command, *group) for param in one.params for opt in param.opts}
        assert (name, set(re.findall(r"--[a-z-]+", rest)) - known) == (name, set())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"`cpra ([a-z][a-z-]+)[ `]", page.read_text(encoding="utf-8"))
    assert set(named) - set(COMMANDS) == set()


def test_a_page_is_read_as_it_is_meant() -> None:
    page = """
<!-- today: 2026-10-01 -->
```console
$ cpra init ~/records
Your workspace …
$ cd ~/records
```
<!-- not run: needs a mail server -->
```console
$ cpra send 1
```
```sh
$ rm -r everything
```
"""
    first, second = commands(page)
    assert (first.command, first.expected) == ("cpra init ~/records", ("Your workspace …",))
    assert (second.command, second.expected) == ("cd ~/records", ())
    assert first.today == "2026-10-01"


@pytest.mark.parametrize(
    ("printed", "expected", "same"),
    [
        ("one\ntwo", ("one", "two"), True),
        ("one\ntwo", ("one",), False),
        ("one\ntwo\nthree", ("one", "…"), True),
        ("one\ntwo\nthree", ("…", "three"), True),
        ("one\ntwo\nthree", ("…", "two"), False),
        ("filed 3 files", ("filed … files",), True),
        ("filed 3 files", ("filed … file",), False),
        ("one  ", ("one", ""), True),
    ],
)
def test_dots_stand_for_anything_and_nothing_else_does(
    printed: str, expected: tuple[str, ...], same: bool
) -> None:
    assert agrees(printed, expected) is same


def test_a_page_that_says_something_untrue_is_caught(tmp_path: Path) -> None:
    bash = needs_program("bash")
    assert differences("```console\n$ cpra --version\ncpra …\n```\n", tmp_path, bash) == []
    for untrue in ("$ cpra --version\ncpra 0.0.0", "$ cpra due", "$ cpra --version\nError: no"):
        assert differences(f"```console\n{untrue}\n```\n", tmp_path, bash)
