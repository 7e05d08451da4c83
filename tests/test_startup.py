"""Quick to start: a command loads what it needs and no more; help and completion are whole."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cpra import folder, workspace
from cpra.cli import COMMANDS, cli
from cpra.core.events import Event
from tests.needs import needs_program

HEAVY = frozenset(
    {
        "cpra.core.deadlines",
        "cpra.core.law",
        "docx",
        "filelock",
        "jinja2",
        "keyring",
        "lxml",
        "pendulum",
        "pypdfium2",
        "requests",
        "rich",
        "tantivy",
        "tomlkit",
        "typst",
        "urllib.request",
    }
)

CPRA = str(Path(sys.executable).with_name("cpra"))

FACTS = """\
id = "2026-0001"
agency = "epd"
law = "cpra"
subject = "Towing contracts"

[[item]]
n = 1
text = "The contract in force."
"""

MODULES = """
import json, sys
from cpra.cli import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A workspace with one request that was sent."""
    workspace.init(tmp_path, "")
    request = tmp_path / "requests" / "2026-0001-epd-towing"
    request.mkdir()
    (request / "request.toml").write_text(FACTS, encoding="utf-8")
    folder.append(request, Event(kind="sent", on=date(2026, 9, 15), via="email"))
    return tmp_path


def run(
    *words: str, where: Path, program: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    """Run Python, or another program, with the installed `cpra` first on PATH."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.run(
        [program, *words],
        cwd=where,
        env={**os.environ, "PATH": path, "HOME": str(where)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )


def modules_after(*words: str, where: Path) -> frozenset[str]:
    """What Python has loaded when the command is done."""
    return frozenset(json.loads(run("-c", MODULES, *words, where=where).stderr.splitlines()[-1]))


@pytest.mark.parametrize("command", ["due", "list"])
def test_the_daily_screens_load_nothing_heavy_once_the_rows_are_there(
    records: Path, command: str
) -> None:
    assert "Towing contracts" in run(command, where=records, program=CPRA).stdout
    assert HEAVY & modules_after(command, where=records) == set()


def test_help_loads_no_command_at_all(tmp_path: Path) -> None:
    loaded = modules_after("--help", where=tmp_path)
    assert {name for name in loaded if name.startswith("cpra.")} == {"cpra.cli", "cpra.errors"}
    assert HEAVY & loaded == set()


def family(name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and every command below it, with what is typed to call it."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    yield name, command
    if isinstance(command, click.Group):
        for below, subcommand in command.commands.items():
            yield f"{name} {below}", subcommand


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    for typed, command in family(name):
        shown = CliRunner().invoke(cli, [*typed.split(), "--help"], prog_name="cpra")
        assert shown.exit_code == 0
        assert f"Usage: cpra {typed}" in shown.output
        assert command.help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_ends_with_an_example_that_the_command_takes(name: str) -> None:
    for typed, command in family(name):
        if isinstance(command, click.Group):
            continue
        start, _, example = (command.epilog or "").partition(f"Example: cpra {typed}")
        assert (typed, start) == (typed, "")
        words = shlex.split(example.partition("\n")[0])
        words = list(takewhile(lambda word: word not in (">", ">>"), words))
        try:
            command.make_context(typed, words)
        except click.BadParameter as error:
            if "does not exist" not in error.message:  # a file that the example names
                raise


def test_every_line_of_the_overview_says_what_the_command_says_of_itself() -> None:
    done = CliRunner().invoke(cli, ["--help"], prog_name="cpra")
    assert done.exception is None
    shown = done.output
    for name, (_, said) in COMMANDS.items():
        assert f"  {name} " in shown
        assert said in " ".join(shown.split())


def test_bash_completes_commands_and_requests(records: Path) -> None:
    script = """
    eval "$(cpra completion bash)"
    complete -p cpra
    COMP_WORDS=(cpra expl) COMP_CWORD=1; _cpra_completion cpra
    COMP_WORDS=(cpra show 20) COMP_CWORD=2; _cpra_completion cpra
    echo "${COMPREPLY[@]}"
    """
    said = run("--norc", "-c", script, where=records, program=needs_program("bash")).stdout
    assert said.splitlines()[1:] == ["explain 2026-0001"]


def test_fish_completes_commands_and_requests(records: Path) -> None:
    script = """
    cpra completion fish | source
    complete --do-complete "cpra expl"
    complete --do-complete "cpra show 20"
    """
    said = run("--no-config", "-c", script, where=records, program=needs_program("fish")).stdout
    assert [line.split("\t")[0] for line in said.splitlines()] == ["explain", "2026-0001"]
    assert "Every date with its reckoning" in said


def test_zsh_completes_commands_and_requests(records: Path) -> None:
    script = """
    compdef() { print registered: $* }
    _describe() { print -l ${(P)3} }
    eval "$(cpra completion zsh)"
    words=(cpra expl) CURRENT=2; _cpra_completion
    words=(cpra show 20) CURRENT=3; _cpra_completion
    """
    said = run("--no-rcs", "-c", script, where=records, program=needs_program("zsh")).stdout
    assert said.splitlines() == [
        "registered: _cpra_completion cpra",
        "explain:Every date with its reckoning and authority.",
        "2026-0001:2026-0001-epd-towing",
    ]


def test_completion_outside_a_workspace_offers_nothing_and_says_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from cpra.cli import main; main()"],
        cwd=tmp_path,
        env={
            **os.environ,
            "_CPRA_COMPLETE": "bash_complete",
            "COMP_WORDS": "cpra show 1",
            "COMP_CWORD": "2",
        },
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"\n", b"")
