"""Keep a calendar on a server in step with the dates; what you changed there yourself stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cpra import disk
from cpra.core import schema
from cpra.errors import CpraError
from cpra.mail import caldav, secret
from cpra.mail.caldav import Calendar, Session, resource
from cpra.mail.secret import Secret
from cpra.mail.server import check_url
from cpra.reports.calendar import Entry, calendar
from cpra.workspace import MARKER, Setting, Workspace, drop_settings, lock, put_settings

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Pushed:
    """What a push has done."""

    put: int = 0
    removed: int = 0
    unchanged: int = 0
    problems: list[str] = field(default_factory=list)


def connect(
    workspace: Workspace, url: str, login: str, command: tuple[str, ...], password: Secret | None
) -> Calendar:
    """Name the calendar in cpra.toml, and keep its password in the keyring."""
    config = workspace.requests / MARKER
    one = Calendar(url=check_url(url), login=login, password_command=command, config=config)
    if command:
        secret.allow(command, config)
    elif password is not None:
        caldav.keep_password(one, password)
    elif login:
        secret.check_keyring()
    found: dict[str, Setting] = {"url": url}
    if login:
        found["login"] = login
    if command:
        found["password_command"] = list(command)
    with lock(workspace.requests), disk.telling("writing to cpra.toml"):
        put_settings(workspace, ("calendar",), found)
    return one


def disconnect(workspace: Workspace) -> None:
    """Take the calendar out of cpra.toml and its password out of the keyring; entries stay."""
    one = caldav.calendar(workspace)
    try:
        caldav.forget_password(one)
    finally:
        with lock(workspace.requests), disk.telling("writing to cpra.toml"):
            drop_settings(workspace, ("calendar",))


def push(
    workspace: Workspace,
    session: Session,
    entries: Iterable[Entry],
    url: str,
    progress: Progress | None = None,
) -> Pushed:
    """Make, replace and take away entries until the calendar agrees with the dates.

    An entry that has not changed since the last push is left alone, also when it was changed there.
    """
    done = Pushed()
    wanted: dict[str, bytes] = {}
    gone: set[str] = set()
    for entry in entries:
        if entry.cancelled:
            gone.add(resource(entry.uid))
        else:
            wanted[resource(entry.uid)] = calendar(iter((entry,)), method="")
    with lock(workspace.cache if workspace.cache.is_dir() else workspace.requests):
        memory = _memory(workspace, url)
        there = session.listed()
        gone |= set(memory) - set(wanted)
        steps = [*wanted, *sorted(gone & set(there))]
        for number, name in enumerate(steps, start=1):
            try:
                if name in wanted:
                    _put(session, name, wanted[name], there, memory, done)
                elif session.delete(name, there[name]):
                    memory.pop(name, None)
                    done.removed += 1
                else:
                    done.problems.append(f"{name} was changed there just now, and stays")
            except CpraError as error:
                _remember(workspace, url, memory)
                raise CpraError(f"{error} (after {number - 1} of {len(steps)})") from error
            if progress:
                progress(number, len(steps), name)
        for name in gone - set(there):
            memory.pop(name, None)
        _remember(workspace, url, memory)
    return done


def _put(
    session: Session,
    name: str,
    data: bytes,
    there: dict[str, str],
    memory: dict[str, str],
    done: Pushed,
) -> None:
    digest = hashlib.sha256(data).hexdigest()
    if name in there and memory.get(name) == digest:
        done.unchanged += 1
        return
    etag = session.put(name, data, there.get(name))
    if etag is None:
        # Somebody was quicker: look again, once.
        etag = session.put(name, data, session.listed().get(name))
    if etag is None:
        done.problems.append(f"{name} is being changed by somebody else; the next push tries again")
        return
    memory[name] = digest
    done.put += 1


def _memory(workspace: Workspace, url: str) -> dict[str, str]:
    """What was pushed last; derived: without it every entry is put once more."""
    try:
        found: schema.Data = json.loads((workspace.cache / "calendar.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return dict(found["pushed"]) if found.get("url") == url else {}


def _remember(workspace: Workspace, url: str, memory: dict[str, str]) -> None:
    workspace.cache.mkdir(exist_ok=True)
    text = json.dumps({"url": url, "pushed": memory})
    with disk.telling("remembering what is in the calendar"):
        disk.replace(workspace.cache / "calendar.json", text.encode())
