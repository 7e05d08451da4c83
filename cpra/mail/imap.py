"""Reading a mailbox on a server: byte for byte, without marking anything as seen.

The server is not believed: only messages that were asked for are taken, and what it does not hand
over is named and asked for again the next time.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from cpra.core.spans import MONTHS
from cpra.errors import CpraError, WrongUsage
from cpra.mail.account import Account
from cpra.mail.imap_login import signed_in, told

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

CHUNK = 100
"""Messages asked for at once …"""
CHUNK_BYTES = 8 * 1024 * 1024
"""… as long as they are not larger than this together."""
LARGEST = 250 * 1024 * 1024
"""Bytes of one message; a larger one is left on the server and named."""

SENT_NAMES = ("sent", "sent items", "sent messages", "sent mail", "inbox.sent", "[gmail]/sent mail")

_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")
_ARRIVED = re.compile(
    rb'\bINTERNALDATE " ?(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d\d)(\d\d)"'
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Listed:
    """A message that the server says it has."""

    uid: int
    size: int
    arrived: datetime | None
    """when the server took it in"""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as the server has it."""

    uid: int
    data: bytes
    arrived: datetime | None


class Mailbox:
    """One mailbox, opened for reading only."""

    def __init__(self, box: BaseMailBox, host: str, name: str) -> None:
        self._box = box
        self._host = host
        self.name = name
        with told(host):
            box.folder.set(name, readonly=True)
            said = box.client.response("UIDVALIDITY")[1]
        found = said[0] if said else None
        if not isinstance(found, bytes) or not found.isdigit():
            raise CpraError(f"{host} does not number the messages in {name}; nothing was fetched")
        self.validity = int(found)
        """changes when the server numbers its messages anew"""
        self.is_over = False
        """the conversation has been ended"""

    def numbers(self, first: int, since: date | None) -> list[int]:
        """The messages from that number on, and if asked only those that arrived since a day."""
        asked = [f"UID {first}:*"]
        if since is not None:
            # English month names, whatever the requester's own language is.
            asked.append(f"SINCE {since.day}-{MONTHS[since.month - 1]}-{since.year}")
        with told(self._host):
            uids = self._box.uids(" ".join(asked), charset=None)
        # "9:*" also gives the last message when its number is lower.
        return sorted({int(uid) for uid in uids if uid.isdigit() and int(uid) >= first})

    def listed(self, numbers: Sequence[int]) -> list[Listed]:
        """How large these messages are, and when they arrived; one that is gone is not listed."""
        found: dict[int, Listed] = {}
        for some in _chunks(numbers, 1000):
            asked_for = set(some)
            for meta, _ in self._fetched(some, "(UID RFC822.SIZE INTERNALDATE)"):
                uid, size = _number(_UID, meta), _number(_SIZE, meta)
                if uid in asked_for and uid is not None and size is not None:
                    found[uid] = Listed(uid, size, _arrived(meta))
        return [found[uid] for uid in numbers if uid in found]

    def heads(self, wanted: Sequence[Listed]) -> Iterator[Mail]:
        """Only the headers of messages, to see what they are about."""
        for start in range(0, len(wanted), CHUNK):
            yield from self._mails(wanted[start : start + CHUNK], "BODY.PEEK[HEADER]")

    def mails(self, wanted: Sequence[Listed]) -> Iterator[Mail]:
        """The messages, as many at once as fit."""
        some: list[Listed] = []
        size = 0
        for one in wanted:
            if some and (len(some) >= CHUNK or size + one.size > CHUNK_BYTES):
                yield from self._mails(some, "BODY.PEEK[]")
                some, size = [], 0
            some.append(one)
            size += one.size
        if some:
            yield from self._mails(some, "BODY.PEEK[]")

    def hang_up(self) -> None:
        """End the conversation at once, in the middle of an answer too."""
        self.is_over = True
        with suppress(OSError):
            # Not by way of TLS: another thread may be reading just now.
            socket.socket.shutdown(self._box.client.sock, socket.SHUT_RDWR)

    def _mails(self, some: Sequence[Listed], what: str) -> Iterator[Mail]:
        left = {one.uid: one for one in some}
        for meta, data in self._fetched(list(left), f"(UID {what})"):
            uid = _number(_UID, meta)
            if uid is not None and uid in left and data is not None:
                yield Mail(uid, data, left.pop(uid).arrived)

    def _fetched(self, uids: Sequence[int], what: str) -> Iterator[tuple[bytes, bytes | None]]:
        """What the server says of each message, and the literal that came with it."""
        with told(self._host):
            kind, said = self._box.client.uid("FETCH", _ranges(uids), what)
        if kind != "OK":
            raise CpraError(f"{self._host} did not hand over what it has in {self.name}")
        pieces: list[Any] = list(said)
        while pieces:
            piece = pieces.pop(0)
            if isinstance(piece, tuple):
                # Some servers put the number behind the message.
                after = pieces[0] if pieces and isinstance(pieces[0], bytes) else b""
                yield piece[0] + b" " + after, piece[1]
            elif isinstance(piece, bytes):
                yield piece, None


def mailbox(box: BaseMailBox, account: Account, name: str) -> Mailbox:
    """Open a mailbox for reading; the name is one that the server knows."""
    assert account.imap is not None  # noqa: S101 (it is signed in)
    if not name or _CONTROL.search(name):
        raise WrongUsage(f"{name!r} is no name of a mailbox")
    return Mailbox(box, account.imap.host, name)


def counts(box: BaseMailBox, account: Account) -> list[tuple[str, int]]:
    """Each mailbox that the account reads, and how many messages it holds."""
    assert account.imap is not None  # noqa: S101 (it is signed in)
    with told(account.imap.host):
        return [
            (name, box.folder.status(name, ["MESSAGES"]).get("MESSAGES", 0))
            for name in account.mailboxes
        ]


def put_sent(account: Account, data: bytes, moment: datetime) -> str:
    """Put what was sent into the account's Sent folder; gives the folder's name."""
    with signed_in(account) as box:
        assert account.imap is not None  # noqa: S101 (it is signed in)
        with told(account.imap.host):
            name = account.sent_folder or _sent_folder(box)
            box.append(data, name, dt=moment, flag_set=["\\Seen"])
    return name


def _sent_folder(box: BaseMailBox) -> str:
    """The folder that the server itself calls Sent, or one with such a name."""
    every = box.folder.list()
    for folder in every:
        if "\\Sent" in folder.flags:
            return str(folder.name)
    for folder in every:
        if folder.name.lower() in SENT_NAMES:
            return str(folder.name)
    raise CpraError("the account has no Sent folder that cpra knows; name it with --sent-folder")


def _ranges(uids: Sequence[int]) -> str:
    """`1:4,7`: runs of numbers written short."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(f"{a}:{b}" if a != b else str(a) for a, b in runs)


def _chunks(numbers: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def _number(pattern: re.Pattern[bytes], meta: bytes) -> int | None:
    found = pattern.search(meta)
    return int(found[1]) if found else None


def _arrived(meta: bytes) -> datetime | None:
    found = _ARRIVED.search(meta)
    if found is None:
        return None
    day, month, year, hour, minute, second, zone, minutes = (one.decode() for one in found.groups())
    try:
        offset = timezone(timedelta(hours=int(zone), minutes=int(f"{zone[0]}{minutes}")))
        number = MONTHS.index(month) + 1
        return datetime(
            int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=offset
        )
    except ValueError:
        return None
