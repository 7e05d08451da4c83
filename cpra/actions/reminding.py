"""Remind: once a day by mail and by a notice, whenever it is run; and reminders of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cpra import disk, folder
from cpra.core import schema
from cpra.core.events import Event
from cpra.errors import CpraError, DeliveryFailed, NotFound, WrongUsage
from cpra.index import rows
from cpra.mail.account import Account, find
from cpra.mail.compose import Written, check_address, composed, new_id
from cpra.mail.delivery import Deliver, Outgoing
from cpra.reports.digest import Digest
from cpra.workspace import Workspace, lock, settings

MARK = "reminder"
"""What the header X-Cpra of such a mail says: a fetch passes it over."""

Show = Callable[[str, str], None]
"""Show a notice: its title and its text."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the requester wants to be reminded."""

    to: str = ""
    account: str = ""
    notify: str = "desktop"


def wishes(workspace: Workspace) -> Settings:
    """What cpra.toml says of reminders."""
    own: schema.Data = settings(workspace).get("remind", {})
    return Settings(**own)


def remember(
    workspace: Workspace, path: Path, due: date, text: str, recorded: str, day: date
) -> Event:
    """Set a reminder for a request."""
    words = " ".join(text.split())
    if not words:
        raise WrongUsage("what is it about? Give the reminder's words after the date")
    if due < day:
        raise WrongUsage(f"{due.isoformat()} has passed; a reminder is for a day to come")
    with lock(path), disk.telling(f"writing to the log of {path.name}"):
        folder.read(path)
        event = folder.append(
            path, Event(kind="reminder", on=day, recorded=recorded, text=words, due=due)
        )
    rows.touch(workspace, path)
    return event


def done(
    workspace: Workspace, path: Path, line: int | None, recorded: str, day: date
) -> Sequence[Event]:
    """Take the reminders of a request off that have come due, or the one of a line."""
    with lock(path), disk.telling(f"writing to the log of {path.name}"):
        request = folder.read(path)
        due = [
            event
            for event in request.all("reminder")
            if (event.number == line if line is not None else event.due and event.due <= day)
        ]
        if not due:
            what = f"reminder in line {line}" if line is not None else "reminder that has come due"
            raise NotFound(f"{request.id} has no {what}; `cpra timeline {request.number}` has all")
        folder.extend(
            path,
            [
                Event(kind="voided", on=day, recorded=recorded, line=event.hash, why="done")
                for event in due
            ],
        )
    rows.touch(workspace, path)
    return due


def by_mail(
    workspace: Workspace, found: Digest, deliver: Deliver, moment: datetime, *, again: bool = False
) -> bool:
    """Mail the digest to oneself, once a day; False when it was sent before or says nothing."""
    account, to = recipient(workspace)
    if found.is_empty or not (again or _is_new(workspace, "mail", found.today)):
        return False
    written = Written(
        sender=account.address,
        to=(to,),
        subject=found.subject,
        body="\n".join(found.lines()) + "\n",
        automatic=MARK,
    )
    data = composed(written, new_id("reminder", account.address), moment)
    reply = deliver(Outgoing(account.address, (to,), data))
    if not reply.is_accepted:
        raise DeliveryFailed(f"the reminder did not leave ({reply.text}); it is tried again")
    _note(workspace, "mail", found.today)
    return True


def by_notice(workspace: Workspace, found: Digest, show: Show, *, again: bool = False) -> bool:
    """Show the digest on the desktop, once a day."""
    if found.is_empty or not (again or _is_new(workspace, "notice", found.today)):
        return False
    show(found.subject, "\n".join(found.lines()))
    _note(workspace, "notice", found.today)
    return True


def recipient(workspace: Workspace) -> tuple[Account, str]:
    """The account that sends reminders, and where they go: to oneself."""
    wanted = wishes(workspace)
    account = find(workspace, wanted.account)
    return account, check_address(wanted.to or account.address)


def _memory(workspace: Workspace) -> Path:
    return workspace.cache / "reminded.json"


def _is_new(workspace: Workspace, channel: str, day: date) -> bool:
    return _reminded(workspace).get(channel) != day.isoformat()


def _note(workspace: Workspace, channel: str, day: date) -> None:
    """Remember that it was done; with the cache deleted one reminder may come a second time."""
    known = {**_reminded(workspace), channel: day.isoformat()}
    try:
        disk.replace(_memory(workspace), json.dumps(known).encode())
    except OSError as error:
        raise CpraError(
            f"the reminder went out, but that cannot be remembered ({error.strerror}), so it may "
            "come again today"
        ) from error


def _reminded(workspace: Workspace) -> dict[str, str]:
    try:
        found = json.loads(_memory(workspace).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
