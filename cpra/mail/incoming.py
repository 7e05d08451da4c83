"""A message that came: what it says in its own words, apart from what it quotes of ours."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cpra.archive.message import Message, message

CALIFORNIA = ZoneInfo("America/Los_Angeles")

LONGEST = 200_000
"""Characters of a message's words that are looked at."""
LONGEST_SUBJECT = 1_000
YEARS = range(1980, 2200)
"""Another year in a message is a mistake or a trick, and stands for no date at all."""

_QUOTED = re.compile(
    r"^[ \t]*(?:"
    r"-{2,} ?(?:original message|forwarded message|original appointment) ?-{2,}"
    r"|_{10,}[ \t]*\n[ \t]*(?:from|sent|to):"
    r"|on [^\n]{6,200}\n?[^\n]{0,120}wrote:[ \t]*$"
    r"|from: [^\n]{1,200}\n+[ \t]*(?:sent|date|to): "
    r"|begin forwarded message:"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTING = (
    "original message",
    "original appointment",
    "forwarded message",
    "_" * 10,
    "wrote:",
    "from:",
)
"""One of these stands in every text in which something is quoted."""
_ABOVE = re.compile(
    r"^.{0,40}(?:write|reply|type|respond)[^\n]{0,20} above this line.*$", re.I | re.M
)
_HREF = re.compile(r"""href\s*=\s*["']?(https?://[^"'\s<>]{4,2000})""", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"'\])}]{4,2000}", re.IGNORECASE)
_ID = re.compile(
    rb"^(?:original-)?message-id:[ \t]*(<[^<>\s]{3,200}>)", re.IGNORECASE | re.MULTILINE
)
_ARRIVED = re.compile(r";\s*([^;]{10,60})$")


@dataclass(frozen=True)
class Incoming:
    """One message, as it came from a server or a file."""

    data: bytes
    message: Message
    source: str
    """where it came from, for the log: `INBOX of records@example.org`"""
    delivered: datetime | None = None
    """when the server took it in, where it says so"""
    suffix: str = ".eml"
    sizes: tuple[int, ...] = ()
    """of its attachments, whose bytes are not kept in memory: they are in `data`"""

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of its bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def subject(self) -> str:
        """Its subject, as much as any honest one has."""
        return self.message.subject[:LONGEST_SUBJECT]

    @cached_property
    def text(self) -> str:
        """All its words, those of its HTML where it has no others."""
        words = self.message.body
        if not words.strip() and self.message.html:
            from cpra.archive.html import words as html_words

            words = html_words(self.message.html)
        return words.replace("\r\n", "\n").replace("\xa0", " ")[:LONGEST]

    @cached_property
    def words(self) -> str:
        """What its sender wrote, without what is quoted below it."""
        return own_words(self.text)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The web addresses in it, each once."""
        found: list[str] = []
        # Most messages have no link: that is told quickly.
        if "://" in (page := self.message.html[:1_000_000]):
            import html

            found += [html.unescape(link) for link in _HREF.findall(page)]
        if "://" in self.text:
            found += [link.rstrip(".,;:!?") for link in _URL.findall(self.text)]
        return tuple(dict.fromkeys(found))

    @cached_property
    def carried_ids(self) -> frozenset[str]:
        """The Message-IDs of messages that stand in it, as a report of a failed delivery has."""
        data = self.data[:1_000_000]
        found = {one.decode("ascii", "replace") for one in _ids(data)}
        return frozenset(found - {self.message.message_id})

    @cached_property
    def moment(self) -> datetime | None:
        """When it arrived: by the server, by its last `Received` line, or by its own date."""
        stamps = [self.delivered, self._received, self.message.date]
        return next((local(stamp) for stamp in stamps if stamp and stamp.year in YEARS), None)

    @property
    def _received(self) -> datetime | None:
        """The newest hop: the line that the requester's own server wrote."""
        hops = self.message.all("received")
        found = _ARRIVED.search(hops[0]) if hops else None
        try:
            return parsedate_to_datetime(found[1]) if found else None
        except (ValueError, TypeError, IndexError, OverflowError):
            return None

    @cached_property
    def on(self) -> date | None:
        """The day it was sent, if its own date is near its arrival; otherwise that of arrival."""
        arrived = self.moment
        stamp = self.message.date
        written = local(stamp) if stamp and stamp.year in YEARS else None
        if arrived is None or written is None:
            return arrived.date() if arrived else None
        near = timedelta(days=-1) <= arrived - written <= timedelta(days=5)
        return written.date() if near else arrived.date()

    @cached_property
    def domain(self) -> str:
        """What stands behind the @ of its sender."""
        return self.message.sender.email.rpartition("@")[2].lower().rstrip(".")


def read(
    data: bytes, source: str, delivered: datetime | None = None, *, path: Path | None = None
) -> Incoming:
    """A message from its bytes; `path` is where an Outlook file lies, which cannot be read else."""
    if path is not None and path.suffix.lower() == ".msg":
        from cpra.archive.member import DAMAGE
        from cpra.archive.outlook import outlook_message

        try:
            return _incoming(data, outlook_message(path), source, delivered, ".msg")
        except DAMAGE:
            pass  # kept like any other; its words are those that can be read
    return _incoming(data, message(data), source, delivered, ".eml")


def _incoming(
    data: bytes, found: Message, source: str, delivered: datetime | None, suffix: str
) -> Incoming:
    if not found.attachments:
        return Incoming(data, found, source, delivered, suffix)
    sizes = tuple(len(attachment.data) for attachment in found.attachments)
    named = tuple(replace(attachment, data=b"") for attachment in found.attachments)
    return Incoming(data, replace(found, attachments=named), source, delivered, suffix, sizes)


def _ids(data: bytes) -> Iterator[bytes]:
    """What `_ID` finds, looked for only where its letters are: that is quick."""
    small = data.lower()
    place = small.find(b"message-id:")
    while place >= 0:
        before = len(b"original-") if small.endswith(b"original-", 0, place) else 0
        if match := _ID.match(data, place - before):
            yield match[1]
        place = small.find(b"message-id:", place + 1)


def own_words(text: str) -> str:
    """A text without the older message that it quotes; all of it when nothing else is left."""
    small = text.lower()
    if "above this line" in small:
        text = _ABOVE.sub("", text)
    found = _QUOTED.search(text) if any(map(small.__contains__, _QUOTING)) else None
    above = text[: found.start()] if found else text
    kept = above.splitlines()
    if ">" in above:
        kept = [line for line in kept if not line.lstrip().startswith(">")]
    if found and not any(line.strip() for line in kept):
        # Written below the quotation, as some people do.
        rest = text[found.end() :].splitlines()
        kept = [line for line in rest if not line.lstrip().startswith(">")]
    words = "\n".join(kept).strip()
    return words or text.strip()


def local(moment: datetime) -> datetime:
    """A moment on the agency's wall clock; without a zone it is taken as written there."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=CALIFORNIA)
    try:
        return moment.astimezone(CALIFORNIA)
    except (OverflowError, ValueError):
        return moment.replace(tzinfo=UTC).replace(year=min(max(moment.year, 2), 9998))


def host(link: str) -> str:
    """The machine that a web address names, in small letters."""
    try:
        return (urlsplit(link).hostname or "").lower()
    except ValueError:
        return ""
