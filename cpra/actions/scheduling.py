"""Have the machine fetch and remind every day: systemd, cron, launchd or the Task Scheduler.

What is installed is text that a person can read: it is shown, written where the system looks for
it, and started; where that does not work, the commands to do it by hand are shown.
"""

from __future__ import annotations

import hashlib
import os
import plistlib
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from pathlib import Path

from cpra import disk
from cpra.core import names
from cpra.errors import CpraError, NotFound
from cpra.workspace import Workspace

MORNING, AFTERNOON = time(8, 30), time(16, 30)


class Way(StrEnum):
    """What starts a program by the clock."""

    SYSTEMD = "systemd"
    CRON = "cron"
    LAUNCHD = "launchd"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to run, when, and by what."""

    way: Way
    name: str
    """of the units, the line or the task: one for each workspace"""
    commands: tuple[tuple[str, ...], ...]
    times: tuple[time, ...]
    files: tuple[tuple[Path, str], ...] = ()
    """what is written where"""
    start: tuple[tuple[str, ...], ...] = ()
    """the commands that start it"""
    stop: tuple[tuple[str, ...], ...] = ()
    """the commands that stop it, before its files go"""


@dataclass(frozen=True, slots=True)
class Done:
    """What was written or removed, and what has to be done by hand."""

    plan: Plan
    by_hand: tuple[str, ...] = ()


Run = Callable[[Sequence[str], str], str | None]
"""Run a system's program with an input; what it printed, or None where it did not work."""


def run(command: Sequence[str], given: str = "") -> str | None:
    """Run one of the system's own programs."""
    try:
        ended = subprocess.run(
            list(command), input=given, capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ended.stdout if ended.returncode == 0 else None


def ways() -> tuple[Way, ...]:
    """What this system may start programs with, the usual one first."""
    if sys.platform == "win32":
        return (Way.TASK,)
    if sys.platform == "darwin":
        return (Way.LAUNCHD, Way.CRON)
    both = (Way.SYSTEMD, Way.CRON)
    return both if shutil.which("systemctl") else both[::-1]


def plan(
    workspace: Workspace, way: Way, commands: Sequence[Sequence[str]], times: Sequence[time]
) -> Plan:
    """What would be installed; nothing is written."""
    root = workspace.root.resolve()
    name = f"cpra-{names.slug(root.name, 20) or 'records'}-{_short(root)}"
    program = (sys.executable, "-m", "cpra", "--workspace", str(root))
    lines = tuple((*program, *command) for command in commands)
    made = Plan(way, name, lines, tuple(times))
    return {
        Way.SYSTEMD: _systemd,
        Way.CRON: _cron,
        Way.LAUNCHD: _launchd,
        Way.TASK: _task,
    }[way](made)


def install(made: Plan, run: Run) -> Done:
    """Write the files and start it; what did not start is given as commands to type."""
    with disk.telling("writing the schedule"):
        for path, text in made.files:
            path.parent.mkdir(parents=True, exist_ok=True)
            disk.replace(path, text.encode("utf-8"))
    if made.way is Way.CRON:
        before = run(("crontab", "-l"), "") or ""
        after = with_lines(before, made)
        worked = run(("crontab", "-"), after) is not None
        lines = with_lines("", made).splitlines()
        return Done(made, () if worked else tuple(f"crontab -e, and add: {x}" for x in lines))
    failed = [shlex.join(command) for command in made.start if run(command, "") is None]
    return Done(made, tuple(failed))


def remove(made: Plan, run: Run) -> Done:
    """Stop it and take its files away; `NotFound` when there is none."""
    if not installed(made, run):
        raise NotFound(f"nothing is scheduled for this workspace ({made.way})")
    if made.way is Way.CRON:
        left = without_lines(run(("crontab", "-l"), "") or "", made)
        if run(("crontab", "-"), left) is None:
            raise CpraError("the crontab could not be changed; take the line out with crontab -e")
        return Done(made)
    failed = [shlex.join(command) for command in made.stop if run(command, "") is None]
    with disk.telling("removing the schedule"):
        for path, _ in made.files:
            path.unlink(missing_ok=True)
    return Done(made, tuple(failed) if made.way is Way.TASK else ())


def installed(made: Plan, run: Run) -> bool:
    """True when it is there."""
    if made.way is Way.CRON:
        return f"# {made.name}" in (run(("crontab", "-l"), "") or "")
    if made.way is Way.TASK:
        return run(("schtasks", "/Query", "/TN", made.name), "") is not None
    return any(path.exists() for path, _ in made.files)


def with_lines(crontab: str, made: Plan) -> str:
    """A crontab with this workspace's lines, once."""
    lines = (f"{line}  # {made.name}\n" for line in cron_lines(made))
    return without_lines(crontab, made) + "".join(lines)


def without_lines(crontab: str, made: Plan) -> str:
    """A crontab without it; everything else as it is."""
    lines = [line for line in crontab.splitlines() if not line.endswith(f"# {made.name}")]
    return "".join(f"{line}\n" for line in lines)


def cron_lines(made: Plan) -> tuple[str, ...]:
    """A line for each time: these commands, one after the other."""
    # In a crontab a percent sign is the end of the line.
    commands = "; ".join(shlex.join(command).replace("%", "\\%") for command in made.commands)
    return tuple(f"{at.minute} {at.hour} * * * {commands}" for at in made.times)


def _systemd(made: Plan) -> Plan:
    base = Path.home() / ".config"
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or base) / "systemd" / "user"
    starts = "".join(f"ExecStart={_unit_words(command)}\n" for command in made.commands)
    whens = "".join(f"OnCalendar=*-*-* {at:%H:%M}:00\n" for at in made.times)
    service = (
        f"[Unit]\nDescription=cpra: collect answers and remind ({made.name})\n\n"
        # One that fails, as a fetch without a network does, does not keep the others from running.
        f"[Service]\nType=oneshot\n{starts.replace('ExecStart=', 'ExecStart=-')}"
    )
    timer = (
        f"[Unit]\nDescription=cpra: every day ({made.name})\n\n"
        f"[Timer]\n{whens}Persistent=true\nRandomizedDelaySec=60\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    unit = f"{made.name}.timer"
    return _with(
        made,
        files=((folder / f"{made.name}.service", service), (folder / unit, timer)),
        start=(
            ("systemctl", "--user", "daemon-reload"),
            ("systemctl", "--user", "enable", "--now", unit),
        ),
        stop=(("systemctl", "--user", "disable", "--now", unit),),
    )


def _cron(made: Plan) -> Plan:
    return made


def _launchd(made: Plan) -> Plan:
    label = f"org.cpra.{made.name}"
    path = Path.home() / "Library" / "LaunchAgents" / f"{label}.plist"
    script = "; ".join(shlex.join(command) for command in made.commands)
    text = plistlib.dumps(
        {
            "Label": label,
            "ProgramArguments": ["/bin/sh", "-c", script],
            "StartCalendarInterval": [{"Hour": t.hour, "Minute": t.minute} for t in made.times],
        }
    ).decode("utf-8")
    return _with(
        made,
        files=((path, text),),
        start=(("launchctl", "load", "-w", str(path)),),
        stop=(("launchctl", "unload", "-w", str(path)),),
    )


def _task(made: Plan) -> Plan:
    """One task for each time; Windows starts one program, so the commands stand in a file."""
    base = Path(os.environ.get("APPDATA") or Path.home())
    path = base / "cpra" / f"{made.name}.cmd"
    lines = "".join(f"{subprocess.list2cmdline(command)}\r\n" for command in made.commands)
    create = tuple(
        ("schtasks", "/Create", "/F", "/SC", "DAILY", "/ST", f"{at:%H:%M}", "/TN",
         made.name if number == 0 else f"{made.name}-{number + 1}", "/TR", f'"{path}"')
        for number, at in enumerate(made.times)
    )  # fmt: skip
    delete = tuple(("schtasks", "/Delete", "/F", "/TN", command[8]) for command in create)
    text = "@echo off\r\n" + lines.replace("%", "%%")
    return _with(made, files=((path, text),), start=create, stop=delete)


def _with(
    made: Plan,
    *,
    files: tuple[tuple[Path, str], ...],
    start: tuple[tuple[str, ...], ...],
    stop: tuple[tuple[str, ...], ...],
) -> Plan:
    return Plan(made.way, made.name, made.commands, made.times, files, start, stop)


def _unit_words(command: Sequence[str]) -> str:
    """A command as a unit file has it: quoted, without specifiers and variables."""
    words = []
    for word in command:
        plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
        words.append(f'"{plain}"')
    return " ".join(words)


def _short(root: Path) -> str:
    return hashlib.sha256(str(root).encode()).hexdigest()[:6]
