"""A message as cpra writes it: the letter as its text, the letter's forms attached.

No field can smuggle in another header: a line break or control character is refused by name.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from cpra.errors import WrongUsage

MOST_RECIPIENTS = 20
"""A request goes to one office; a list longer than this is a mistake."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_TOKEN = re.compile(r"\[(\d{4}-\d{4,6})\]")


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that goes with the message."""

    name: str
    media: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a message says, to whom."""

    sender: str
    sender_name: str = ""
    to: tuple[str, ...]
    reply_to: str = ""
    subject: str
    body: str
    papers: tuple[Paper, ...] = ()
    answers: tuple[str, ...] = ()
    """the Message-IDs of the thread it belongs to, the newest last"""
    automatic: str = ""
    """what it is, where no person sends it: nobody's program answers it then"""


def check_address(text: str) -> str:
    """One plain e-mail address, or a sentence that says what it is not."""
    local, _, domain = text.rpartition("@")
    if not _ADDRESS.fullmatch(text) or "." not in domain or ".." in text or local.endswith("."):
        shown = "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text)[:80]
        raise WrongUsage(f'"{shown}" is no e-mail address; expected something like you@example.org')
    return text


def token(request_id: str) -> str:
    """What stands in the subject, so that an answer finds its request: `[2026-0012]`."""
    return f"[{request_id}]"


def tokens(subject: str) -> tuple[str, ...]:
    """The requests that a subject names."""
    return tuple(dict.fromkeys(_TOKEN.findall(subject)))


def new_id(request_id: str, sender: str) -> str:
    """A Message-ID of our own: it tells the request and nothing about this machine."""
    return f"<{request_id}.{secrets.token_hex(8)}@{sender.rpartition('@')[2].lower()}>"


def composed(written: Written, message_id: str, moment: datetime) -> bytes:
    """The message in full, as it is filed and as it goes."""
    if len(written.to) > MOST_RECIPIENTS:
        raise WrongUsage(
            f"{len(written.to):,} recipients are too many (the limit is {MOST_RECIPIENTS}); a "
            "request goes to one office, and a campaign makes one request for each agency"
        )
    if not written.to:
        raise WrongUsage("the message has no recipient; name one with --to")
    for name, value in (("subject", written.subject), ("name", written.sender_name)):
        _check_line(name, value)
    for address in (written.sender, *written.to, *filter(None, [written.reply_to])):
        check_address(address)
    message = EmailMessage(policy=SMTP)
    # A header with a line break in it raises ValueError; _check_line has said so in words before.
    message["From"] = Address(written.sender_name, addr_spec=written.sender)
    message["To"] = [Address(addr_spec=address) for address in written.to]
    if written.reply_to and written.reply_to != written.sender:
        message["Reply-To"] = Address(addr_spec=written.reply_to)
    message["Subject"] = written.subject
    message["Date"] = format_datetime(moment.replace(microsecond=0))
    message["Message-ID"] = message_id
    if written.answers:
        message["In-Reply-To"] = written.answers[-1]
        message["References"] = " ".join(written.answers[-20:])
    if written.automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Cpra"] = written.automatic
    cte = "7bit" if written.body.isascii() else "quoted-printable"
    message.set_content(written.body, cte=cte)
    for paper in written.papers:
        main, _, sub = paper.media.partition("/")
        message.add_attachment(paper.data, maintype=main, subtype=sub, filename=paper.name)
    return message.as_bytes()


def _check_line(name: str, value: str) -> None:
    for c in value:
        if not c.isprintable():
            raise WrongUsage(
                f"the {name} has U+{ord(c):04X} in it, a line break or an invisible character, "
                "which could smuggle something into the message; take it out"
            )
