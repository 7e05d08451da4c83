"""A message that is ready to go, made from a draft; what may not go is refused here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cpra import agencies, folder
from cpra.actions import drafting, following
from cpra.core.outbox import unsettled
from cpra.core.request import Request
from cpra.core.wording import Finding
from cpra.errors import NotFound, Refused
from cpra.letters import template
from cpra.letters.by_hand import changed_by_hand
from cpra.letters.forms import read_letter
from cpra.letters.text import text
from cpra.mail.account import Account
from cpra.mail.compose import Paper, Written, composed, new_id, token
from cpra.mail.delivery import Outgoing
from cpra.mail.known import own_ids
from cpra.workspace import Workspace

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


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
    check(request, letter)
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


def check(request: Request, letter: str) -> None:
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
    again = f"cpra edit {request.number}"
    again += f" --letter {draft.name}" if draft.name != "draft" else ""
    made = letter.with_suffix(".txt")
    if not made.is_file() or made.read_bytes() != text(read_letter(letter)).encode("utf-8"):
        raise Refused(
            f"{letter.name} was changed after the Word, PDF and text forms were made; "
            f"`{again}` makes them again"
        )
    if changed_by_hand(letter):
        raise Refused(
            "letter.docx was changed by hand and does not say what letter.md says; write that into "
            f"letter.md too, and `{again}` makes all forms again and keeps yours beside them"
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
    return tuple(dict.fromkeys(i for event in request.events for i in own_ids(path, event)))
