"""Send a letter by e-mail: the message is filed, the log says that it is going, then it goes.

Three steps stand in the log (`sending`, then `sent`, `refused` or `outcome-unknown`), so that a
crash at any point neither sends twice nor claims to have sent. After `sending` alone, or
`outcome-unknown`, nothing is sent until the requester says which it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from cpra import disk, folder
from cpra.actions import keeping
from cpra.actions.parcels import Parcel, check, parcel
from cpra.archive.intake import Filed
from cpra.archive.kinds import Kind
from cpra.core import names
from cpra.core.events import Event
from cpra.core.outbox import unsettled
from cpra.errors import CpraError, DeliveryFailed, NotFound, Refused
from cpra.index import rows
from cpra.mail.account import Account
from cpra.mail.delivery import Deliver, Outcome, Reply
from cpra.workspace import Workspace, lock

__all__ = ["Parcel", "Sent", "drafts", "parcel", "put_into_sent", "send", "send_all", "settle"]

GIVE_UP_AFTER = 3
"""Messages in a row that did not leave, before the rest of a campaign waits for another time."""

Wait = Callable[[float], None]
"""Let so many seconds pass between two messages of a campaign."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a parcel: the server's answer, and what the log now says."""

    parcel: Parcel
    reply: Reply
    event: Event
    place: Path
    """the folder with the message"""


def send(
    workspace: Workspace, ready: Parcel, deliver: Deliver, now: Callable[[], datetime], today: date
) -> Sent:
    """File the message, log that it is going, deliver it, log what became of it.

    The request is locked all the while, so a second `send` waits and is then refused.
    """
    path = ready.path
    with lock(path):
        check(keeping.request(workspace, path), ready.letter)
        begun = _event("sending", ready, now(), today)
        with disk.telling(f"filing the message to be sent for {path.name}"):
            parent = keeping.parent_folder(path, "sent")
            with disk.staging(parent) as built:
                disk.write_new(built / "message.eml", ready.data, 0o444)
                sha = hashlib.sha256(ready.data).hexdigest()
                size = len(ready.data)
                filed = Filed("message.eml", sha, size, Kind.EML, "message.eml")
                name = names.safe_name(ready.letter) if ready.letter else "request"
                kept = keeping.keep(path, begun, built, (filed,), "sent", name)
        reply = deliver(ready.outgoing)
        with disk.telling(f"writing to the log of {path.name}"):
            event = folder.append(path, _outcome(ready, reply, now(), today))
    rows.touch(workspace, path)
    return Sent(ready, reply, event, kept.place)


def send_all(
    workspace: Workspace,
    parcels: Sequence[Parcel],
    deliver: Deliver,
    now: Callable[[], datetime],
    today: date,
    wait: Wait,
    pace: float,
) -> Iterator[Sent]:
    """Send one after the other with a pause between them; stop when nothing leaves any more.

    What was sent stays sent: doing it again goes on with the rest.
    """
    in_vain = 0
    for number, ready in enumerate(parcels):
        if number:
            wait(pace)
        done = send(workspace, ready, deliver, now, today)
        yield done
        in_vain = 0 if done.reply.is_accepted else in_vain + 1
        if in_vain >= GIVE_UP_AFTER:
            left = len(parcels) - number - 1
            raise DeliveryFailed(
                f"{GIVE_UP_AFTER} messages in a row did not leave, so the last {left} were not "
                "tried; nothing of them was sent. Do it again when the reason is gone"
            )


def settle(
    workspace: Workspace, path: Path, recorded: str, *, was_sent: bool, letter: str = ""
) -> Event:
    """Write down what the requester has found out about a message whose outcome was unknown."""
    with lock(path), disk.telling(f"writing to the log of {path.name}"):
        request = folder.read(path)
        going = unsettled(request, letter)
        if going is None:
            raise Refused(f"{request.id} has no message of which it is unknown whether it left")
        kind = ("letter-sent" if letter else "sent") if was_sent else "refused"
        event = folder.append(
            path,
            Event(
                kind=kind,
                on=going.on,
                at=going.at,
                recorded=recorded,
                via="email",
                to=going.to,
                letter=letter,
                note="as the requester found out",
            ),
        )
    rows.touch(workspace, path)
    return event


def drafts(workspace: Workspace, tag: str) -> list[Path]:
    """The requests with that tag that have not been sent, by id: what is left of a campaign."""
    found = rows.rows(workspace)
    try:
        listed = [row for row in found.requests() if tag in row.tags.split()]
    finally:
        found.close()
    if not listed:
        raise NotFound(f'no request has the tag "{tag}"; `cpra list --json` shows them')
    return [workspace.requests / row.folder for row in listed if not row.sent]


def _event(kind: str, ready: Parcel, moment: datetime, today: date) -> Event:
    return Event(
        kind=kind,
        on=today,
        at=moment.time().replace(microsecond=0),
        recorded=moment.isoformat(timespec="seconds"),
        via="email",
        to=", ".join(ready.written.to),
        letter=ready.letter,
    )


def _outcome(ready: Parcel, reply: Reply, moment: datetime, today: date) -> Event:
    kinds = {
        Outcome.ACCEPTED: "letter-sent" if ready.letter else "sent",
        Outcome.UNKNOWN: "outcome-unknown",
    }
    kind = kinds.get(reply.outcome, "refused")
    note = "nothing left; it may be sent again" if reply.outcome is Outcome.LATER else ""
    return replace(_event(kind, ready, moment, today), server=reply.text, note=note)


def put_into_sent(account: Account, ready: Parcel, moment: datetime) -> str:
    """Put what was sent into the account's Sent folder; a sentence where that did not work."""
    if account.imap is None or not account.save_sent:
        return ""
    from cpra.mail import imap

    try:
        imap.put_sent(account, ready.data, moment)
    except CpraError as error:
        return f"it could not be put into the account's Sent folder: {error}"
    return ""
