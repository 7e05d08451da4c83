"""The schedule: text that a person can read, which the system's own programs accept."""

from __future__ import annotations

import plistlib
import subprocess
import sys
from collections.abc import Sequence
from datetime import time
from pathlib import Path

import pytest

from cpra.actions import scheduling
from cpra.actions.scheduling import Plan, Way, plan
from cpra.errors import NotFound
from cpra.workspace import Workspace
from tests.needs import needs_program
from tests.servers.program import Cpra, add_account, workspace

TIMES = (time(8, 30), time(16, 45))


@pytest.fixture
def mine(tmp_path: Path) -> Cpra:
    """A workspace whose path has a space, a percent sign and a quote in it."""
    return workspace(tmp_path / "my 100% own' records")


def made(mine: Cpra, way: Way) -> Plan:
    return plan(Workspace(mine.root), way, [["fetch"], ["remind", "--mail"]], TIMES)


def test_systemd_accepts_the_units_and_means_these_times(tmp_path: Path, mine: Cpra) -> None:
    analyze = needs_program("systemd-analyze")
    paths = []
    for path, text in made(mine, Way.SYSTEMD).files:
        paths.append(tmp_path / path.name)
        paths[-1].write_text(text, encoding="utf-8")
    checked = subprocess.run(
        [analyze, "--user", "verify", *map(str, paths)],
        env={**mine.environment, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in checked.stderr.splitlines() if "cpra-" in line]
    assert (checked.returncode, said) == (0, [])
    timer = paths[1].read_text("utf-8")
    whens = [line.partition("=")[2] for line in timer.splitlines() if "OnCalendar" in line]
    assert whens == ["*-*-* 08:30:00", "*-*-* 16:45:00"]
    for when in whens:
        subprocess.run([analyze, "calendar", when], check=True, capture_output=True)
    service = paths[0].read_text("utf-8")
    assert "my 100%% own' records" in service
    assert service.count("ExecStart=-") == 2


def test_a_crontab_keeps_what_is_in_it_and_has_the_lines_once(mine: Cpra) -> None:
    one = made(mine, Way.CRON)
    before = "# mine\n0 5 * * * backup\n"
    after = scheduling.with_lines(before, one)
    assert scheduling.with_lines(after, one) == after
    lines = after.splitlines()
    assert lines[:2] == before.splitlines()
    assert [line.split(" * * * ")[0] for line in lines[2:]] == ["30 8", "45 16"]
    assert "100\\% own" in after
    assert scheduling.without_lines(after, one) == before


def test_a_line_of_the_crontab_runs_as_the_shell_reads_it(mine: Cpra) -> None:
    (line, _) = scheduling.cron_lines(plan(Workspace(mine.root), Way.CRON, [["list"]], TIMES))
    command = line.split(" * * * ", 1)[1].replace("\\%", "%")
    done = subprocess.run(["/bin/sh", "-c", command], env=mine.environment, capture_output=True,
                          text=True, check=True)  # fmt: skip
    assert "There are no requests yet" in done.stdout


def test_a_launchd_file_is_a_property_list_with_these_times(mine: Cpra) -> None:
    ((path, text),) = made(mine, Way.LAUNCHD).files
    found = plistlib.loads(text.encode())
    assert path.name == f"{found['Label']}.plist"
    assert found["StartCalendarInterval"] == [
        {"Hour": 8, "Minute": 30},
        {"Hour": 16, "Minute": 45},
    ]
    assert found["ProgramArguments"][:2] == ["/bin/sh", "-c"]


def test_windows_gets_a_task_for_each_time(mine: Cpra) -> None:
    one = made(mine, Way.TASK)
    ((path, text),) = one.files
    assert path.suffix == ".cmd"
    assert "100%% own" in text
    assert [command[command.index("/ST") + 1] for command in one.start] == ["08:30", "16:45"]
    assert len({command[command.index("/TN") + 1] for command in one.start}) == 2
    assert [command[-1] for command in one.stop] == [c[c.index("/TN") + 1] for c in one.start]


def test_it_is_written_shown_and_removed_and_what_did_not_start_is_said(
    tmp_path: Path, mine: Cpra, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    one = made(mine, Way.SYSTEMD)
    asked: list[Sequence[str]] = []

    def broken(command: Sequence[str], _given: str) -> None:
        asked.append(command)

    assert not scheduling.installed(one, broken)
    done = scheduling.install(one, broken)
    assert scheduling.installed(one, broken)
    assert done.by_hand[-1].startswith("systemctl --user enable --now cpra-")
    assert [path.exists() for path, _ in one.files] == [True, True]
    scheduling.remove(one, broken)
    assert not any(path.exists() for path, _ in one.files)
    with pytest.raises(NotFound, match="nothing is scheduled"):
        scheduling.remove(one, broken)
    assert len(asked) == 3


def test_cron_is_changed_through_its_own_program(mine: Cpra) -> None:
    held = ["0 5 * * * backup\n"]

    def crontab(command: Sequence[str], given: str) -> str:
        if command == ("crontab", "-l"):
            return held[0]
        held[0] = given
        return ""

    one = made(mine, Way.CRON)
    assert scheduling.install(one, crontab).by_hand == ()
    assert scheduling.installed(one, crontab)
    scheduling.remove(one, crontab)
    assert held == ["0 5 * * * backup\n"]


def test_a_line_to_be_added_by_hand_is_known_again(mine: Cpra) -> None:
    one = made(mine, Way.CRON)
    (first, _) = scheduling.install(one, lambda _command, _given: None).by_hand
    line = first.removeprefix("crontab -e, and add: ")
    assert line.endswith(f"  # {one.name}")
    assert scheduling.without_lines(f"{line}\n", one) == ""


def test_the_schedule_is_found_by_whatever_way_it_was_installed(tmp_path: Path) -> None:
    mine = workspace(tmp_path / "records")
    tab, program = tmp_path / "tab", tmp_path / "bin" / "crontab"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$1" = -l ] && exec cat {tab}\nexec cat > {tab}\n', "utf-8")
    program.chmod(0o755)
    theirs = mine.but(PATH=f"{program.parent}:{mine.environment['PATH']}")
    assert "Nothing is scheduled" in theirs.ok("schedule", "status")
    assert "Scheduled." in theirs.ok("schedule", "install", "--way", "cron")
    assert "Scheduled with cron" in theirs.ok("schedule", "status")
    assert "Removed." in theirs.ok("schedule", "remove")
    assert tab.read_text("utf-8") == ""
    program.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    said = theirs.fails(1, "schedule", "install", "--way", "cron")
    assert "nothing was scheduled: `crontab` did not work" in said


def test_the_command_shows_what_it_would_write(tmp_path: Path, mine: Cpra) -> None:
    add_account(mine, 25, "--imap", "127.0.0.1:1", "--imap-security", "plain")
    words = ("schedule", "install", "--way", "systemd", "--at", "7:15", "--dry-run")
    said = mine.ok(*words)
    assert "OnCalendar=*-*-* 07:15:00" in said
    assert '"fetch"' in said
    assert '"remind" "--mail"' in said
    assert f'"{sys.executable}" "-m" "cpra"' in said
    assert not (tmp_path / "config").exists()
    assert mine.json("schedule", "status", "--way", "systemd")["installed"] is False
    assert "nothing is scheduled" in mine.fails(3, "schedule", "remove", "--way", "launchd")


def test_each_workspace_has_a_name_of_its_own(tmp_path: Path) -> None:
    names = {
        plan(Workspace(tmp_path / place / "records"), Way.CRON, [["remind"]], TIMES).name
        for place in ("a", "b")
    }
    assert len(names) == 2
