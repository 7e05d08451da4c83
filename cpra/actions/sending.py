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

from cpra import agencies, disk, folder
from cpra.actions import drafting, following, keeping
from cpra.archive.intake import Filed
from cpra.archive.kinds import Kind
from cpra.archive.message import message
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.core.wording import Finding
from cpra.errors import CpraError, DeliveryFailed, NotFound, Refused
from cpra.index import rows
from cpra.letters import template
from cpra.letters.forms import read_letter
from cpra.letters.text import text
from cpra.mail.account import Account
from cpra.mail.compose import Paper, Written, composed, new_id, token
from cpra.mail.delivery import Deliver, Outcome, Outgoing, Reply
from cpra.workspace import Workspace, lock

STEPS = ("sending", "sent", "letter-sent", "refused", "outcome-unknown")
"""What the log says of a message on its way."""

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

GIVE_UP_AFTER = 3
"""Messages in a row that did not leave, before the rest of a campaign waits for another time."""

Wait = Callable[[float], None]
"""Let so many seconds pass between two messages of a campaign."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that is ready to go: what it says, to whom, and its very bytes."""

    path: Path
    """the request's folder"""
    request: Request
    letter: str
    """the follow-up's name; empty for the request itself"""
    written: Written
    data: bytes
    findings: tuple[Finding, ...]

    @property
    def outgoing(self) -> Outgoing:
        """What is handed to the server."""
        return Outgoing(self.written.sender, self.written.to, self.data)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a parcel: the server's answer, and what the log now says."""

    parcel: Parcel
    reply: Reply
    event: Event
    place: Path
    """the folder with the message"""


def parcel(
    workspace: Workspace,
    path: Path,
    account: Account,
    moment: datetime,
    today: date,
    *,
    letter: str = "",
    to: Sequence[str] = (),
) -> Parcel:
    """Make the message of a draft, ready to be looked at; nothing is written and nothing leaves."""
    request = folder.read(path)
    _check(request, letter)
    if letter:
        _check_letter(workspace, path, letter, today)
    agency = agencies.read(workspace).get(request.agency)
    recipients = tuple(to) or ((agency.email,) if agency.email else ())
    if not recipients:
        raise NotFound(
            f"the address book has no e-mail address of {agency.name}; name one with --to, or put "
            "it into the book"
        )
    body, papers = _forms(path / "draft" / letter, request)
    written = Written(
        sender=account.address,
        sender_name=account.name,
        to=recipients,
        reply_to=account.reply_to,
        subject=_subject(request, letter),
        body=body,
        papers=papers,
        answers=_thread(path, request) if letter else (),
    )
    data = composed(written, new_id(request.id, account.address), moment)
    findings = () if letter else drafting.lint(workspace, path)
    return Parcel(path, request, letter, written, data, findings)


def send(
    workspace: Workspace, ready: Parcel, deliver: Deliver, now: Callable[[], datetime], today: date
) -> Sent:
    """File the message, log that it is going, deliver it, log what became of it.

    The request is locked all the while, so a second `send` waits and is then refused.
    """
    path = ready.path
    with lock(path):
        _check(keeping.request(workspace, path), ready.letter)
        begun = _event("sending", ready, now(), today)
        with disk.telling(f"filing the message to be sent for {path.name}"):
            parent = keeping.parent_folder(path, "sent")
            with disk.staging(parent) as built:
                disk.write_new(built / "message.eml", ready.data, 0o444)
                sha = hashlib.sha256(ready.data).hexdigest()
                size = len(ready.data)
                filed = Filed("message.eml", sha, size, Kind.EML, "message.eml")
                name = disk.safe_name(ready.letter) if ready.letter else "request"
                kept = keeping.keep(path, begun, built, (filed,), "sent", name)
        reply = deliver(ready.outgoing)
        with disk.telling(f"writing to the log of {path.name}"):
            event = folder.append(path, _outcome(ready, reply, now(), today))
    rows.touch(workspace, path)
    assert kept.place is not None  # noqa: S101 (it was given a message)
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


def unsettled(request: Request, letter: str = "") -> Event | None:
    """The message of which nobody knows whether it left; None when that is known of all."""
    # By line, not by day: two attempts on one day stand in the order in which they were written.
    steps = [
        e
        for e in sorted(request.events, key=lambda event: event.number)
        if e.kind in STEPS and e.letter == letter
    ]
    last = steps[-1] if steps else None
    return last if last is not None and last.kind in ("sending", "outcome-unknown") else None


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


def _check(request: Request, letter: str) -> None:
    """Refuse to send what has left, may have left, or cannot leave yet."""
    if going := unsettled(request, letter):
        more = f" --letter {letter}" if letter else ""
        raise Refused(
            f"{request.id} was being sent on {going.on.isoformat()}"
            f"{f' at {going.at:%H:%M}' if going.at else ''} to {going.to}, and it is not known "
            "whether it left. Look into the account's Sent folder or ask the agency, then say: "
            f"`cpra send {request.number}{more} --was sent` or `--was not-sent`"
        )
    first = request.first("sent")
    if letter and first is None:
        raise Refused(f"{request.id} is {request.status}; its request goes out before a follow-up")
    if not letter and first is not None:
        raise Refused(
            f"{request.id} was sent on {first.on.isoformat()}; only a draft can be sent. "
            f"A follow-up goes with --letter NAME (`cpra follow-up {request.number}`)"
        )


def _check_letter(workspace: Workspace, path: Path, letter: str, today: date) -> None:
    """Refuse a letter that has become wrong since it was drafted, or is for the requester only."""
    try:
        found = template.find(letter, workspace.templates)
    except NotFound:
        return  # the requester's own letter, whose template is gone
    if found.internal:
        raise Refused(f"{letter} is for you and not for the agency; it is not sent")
    following.plan(workspace, path, letter, today)


def _forms(draft: Path, request: Request) -> tuple[str, tuple[Paper, ...]]:
    """The letter as the message's text, and its two other forms; they must all say the same."""
    letter = draft / "letter.md"
    if not letter.is_file():
        raise NotFound(f"{request.id} has no {draft.name}/letter.md to send")
    made = letter.with_suffix(".txt")
    if not made.is_file() or made.read_bytes() != text(read_letter(letter)).encode("utf-8"):
        raise Refused(
            f"{letter.name} was changed after the Word, PDF and text forms were made; "
            f"`cpra edit {request.number}` makes them again"
        )
    name = f"{request.id}-{draft.name if draft.name != 'draft' else 'request'}"
    papers = [
        Paper(f"{name}{suffix}", media, letter.with_suffix(suffix).read_bytes())
        for suffix, media in ((".pdf", "application/pdf"), (".docx", DOCX))
        if letter.with_suffix(suffix).is_file()
    ]
    return made.read_text(encoding="utf-8"), tuple(papers)


def _subject(request: Request, letter: str) -> str:
    """`California Public Records Act request: ALPR access logs [2026-0012]`."""
    law = agencies.LAW_NAMES.get(request.law, "Public records")
    whole = f"{law} request: {request.subject} {token(request.id)}"
    return f"Re: {whole}" if letter else whole


def _thread(path: Path, request: Request) -> tuple[str, ...]:
    """The Message-IDs of what was sent before and of what came, so that mail programs thread it."""
    ids = []
    for event in request.events:
        for name in event.files:
            file = path / name
            if name.endswith(".eml") and name.count("/") == 2 and file.is_file():
                ids.append(message(file).message_id)
    return tuple(dict.fromkeys(i for i in ids if i))


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
