"""One e-mail, read defensively: headers, words and attachments; the file stays the truth."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from cpra.archive.mime import Part, parts, uuencoded
from cpra.archive.mime_text import decoded_words, eight_bit

MESSAGE_ID = re.compile(r"<[^<>\s]+>")
ADDRESS = re.compile(r"[^\s<>()\[\]\",;:]{1,128}@[^\s<>()\[\]\",;:]{1,255}")
"""No longer than any address may be, or the search for one in a long line would never end."""
LONGEST_ADDRESSES = 50_000
"""Characters of one header in which addresses are looked for: about a thousand of them."""
_WORD, _EMAIL = r"[\w.+'&/=?*-]+", r"[\w.+-]{1,128}@[\w.-]{1,255}"
PLAIN = re.compile(rf'("?)({_WORD}(?: {_WORD})*)\1 ?<({_EMAIL})>|({_EMAIL})', re.ASCII)
"""An address as almost all are written: `a@b`, `Name <a@b>` or `"Name" <a@b>`."""
WORDLESS = frozenset(
    {"message/delivery-status", "text/rfc822-headers", "message/disposition-notification"}
)
"""Parts of a report about delivery, which are read as part of its words."""


@dataclass(frozen=True)
class Address:
    """A name and an e-mail address, either of which may be empty."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message: the sender's name for it, what it is said to be, and its bytes."""

    name: str
    media: str
    data: bytes
    inline: bool = False
    """Shown within the text, such as the seal in a signature, rather than attached."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """An e-mail as far as it can be read; what is missing is empty, never an error."""

    headers: tuple[tuple[str, str], ...]
    """Every header in its order, the name in small letters, encoded words read."""
    subject: str
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    date: datetime | None
    """As the sender's program wrote it, with its zone where it gave one."""
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    body: str
    """The words, quoted text kept; empty when there is only HTML."""
    html: str
    """The HTML form, where there is one."""
    attachments: tuple[Attachment, ...]
    problems: tuple[str, ...]

    def header(self, name: str) -> str:
        """The first header of this name, or nothing."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every header of this name, for those that stand once for each server: `Received` …"""
        return tuple(value for key, value in self.headers if key == name.lower())


def message(source: Path | bytes) -> Message:
    """The message in this file, or in these bytes.

    Raises OSError when the file cannot be read, and nothing else whatever stands in it.
    """
    data = source if isinstance(source, bytes) else source.read_bytes()
    found = parts(data)
    top = found[0]
    headers = tuple(
        (name, decoded_words(value) if "=?" in value else value) for name, value in top.headers
    )
    words, html, attachments, problems = _contents(found)
    return Message(
        headers=headers,
        subject=decoded_words(top.header("subject")),
        sender=next(iter(_addresses(top, "from")), Address("", "")),
        to=_addresses(top, "to"),
        cc=_addresses(top, "cc"),
        reply_to=_addresses(top, "reply-to"),
        date=_date(top.header("date")),
        message_id=next(iter(_ids(top.header("message-id"))), ""),
        in_reply_to=_ids(top.header("in-reply-to")),
        references=_ids(top.header("references")),
        body=words,
        html=html,
        attachments=attachments,
        problems=problems,
    )


def _contents(
    found: tuple[Part, ...],
) -> tuple[str, str, tuple[Attachment, ...], tuple[str, ...]]:
    """The words, the HTML, the attachments and what was wrong."""
    words: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    problems: list[str] = []
    for number, part in enumerate(found):
        if part.unsplit:
            problems.append("a part of the message is too broken or too deep to be taken apart")
            words.append(part.text)
        elif part.media.startswith("multipart/"):
            continue
        elif _is_words(part):
            text, files = _without_files(part)
            attachments += files
            (html if part.media == "text/html" else words).append(text)
        else:
            attachments.append(_attachment(part, number))
    return (
        "\n".join(text for text in words if text.strip()),
        "\n".join(text for text in html if text.strip()),
        tuple(attachments),
        tuple(problems),
    )


def _is_words(part: Part) -> bool:
    """Whether a part is the message's own text rather than a file sent with it."""
    if part.media in WORDLESS:
        return True
    plain = part.media in ("text/plain", "text/html", "text/enriched", "text/richtext")
    return plain and not part.filename and not part.is_attachment


def _without_files(part: Part) -> tuple[str, list[Attachment]]:
    """The text of a part, and the files that an old-fashioned program wrote into it."""
    if b"begin" not in part.raw:
        return part.text, []
    content, files, kept, start = part.content, [], [], 0
    for file in uuencoded(content):
        if file.data:
            media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            files.append(Attachment(file.name, media, file.data))
            kept.append(content[start : file.start])
            start = file.end
    if not files:
        return part.text, []
    kept.append(content[start:])
    return eight_bit(b"".join(kept)), files


def _attachment(part: Part, number: int) -> Attachment:
    """A part as a file, with a name of ours where the sender gave none."""
    data = part.content
    name = part.filename
    if not name and part.media in ("message/rfc822", "message/global"):
        subject = decoded_words(parts(data)[0].header("subject")) if data else ""
        name = f"{subject.strip()[:60] or f'message-{number}'}.eml"
    if not name:
        if part.media in ("application/ms-tnef", "application/vnd.ms-tnef"):
            return Attachment("winmail.dat", part.media, data)
        ending = mimetypes.guess_extension(part.media, strict=False) or ".bin"
        name = f"{part.media.split('/')[0]}-{number}{ending}"
    inline = not part.is_attachment and bool(part.header("content-id"))
    return Attachment(name, part.media, data, inline)


def _addresses(part: Part, header: str) -> tuple[Address, ...]:
    values = [value[:LONGEST_ADDRESSES] for key, value in part.headers if key == header]
    if not values:
        return ()
    return tuple(Address(decoded_words(name).strip(), email) for name, email in _pairs(values))


def _pairs(values: list[str]) -> list[tuple[str, str]]:
    """The names and addresses in the headers of one name."""
    plain = [PLAIN.fullmatch(one) for value in values for one in value.split(", ")]
    if all(plain):
        # Where nothing is out of the ordinary, the slow reader would find just these.
        return [(found[2] or "", found[3] or found[4]) for found in plain if found]
    try:
        pairs = getaddresses(values)
    except (ValueError, IndexError, AttributeError, TypeError, RecursionError):
        pairs = []
    pairs = [pair for pair in pairs if ADDRESS.fullmatch(pair[1])]
    return pairs or [("", found) for value in values for found in ADDRESS.findall(value)]


def _date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError, RecursionError):
        return None


def _ids(value: str) -> tuple[str, ...]:
    return tuple(MESSAGE_ID.findall(value))
