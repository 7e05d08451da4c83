"""An Outlook .msg file, read into the same Message as any other mail."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cpra.archive.message import Attachment, Message, message
from cpra.archive.mime_text import eight_bit
from cpra.archive.rtf import rtf_words, unsqueezed

if TYPE_CHECKING:
    from oxmsg.storage import Storage

SUBJECT, BODY, HTML, RTF, HEADERS = 0x37, 0x1000, 0x1013, 0x1009, 0x7D
SENDER, SENDER_MAIL, SENDER_SMTP = 0xC1A, 0xC1F, 0x5D01
NAME, MAIL, SMTP = 0x3001, 0x3003, 0x39FE
LONG_NAME, SHORT_NAME, MEDIA, CONTENT, CONTENT_ID = 0x3707, 0x3704, 0x370E, 0x3701, 0x3712
SENT, ARRIVED, ADDRESSEE = 0x39, 0xE06, 0xC15
EMBEDDED = "__substg1.0_3701000D"
DEEPEST = 10


def outlook_message(path: Path) -> Message:
    """The message in this file. Raises ValueError, OSError or another of `member.DAMAGE`.

    A message attached to it stands below its words, and its attachments among the others.
    """
    from olefile import OleFileIO
    from oxmsg.storage import Storage

    with OleFileIO(str(path)) as ole:
        root = Storage.from_ole(ole)
    return storage_message(root)


def storage_message(storage: Storage, depth: int = 0) -> Message:
    """The message whose properties are in this folder of the file."""
    found = message(_headers(storage, depth))
    attachments: list[Attachment] = []
    words = [_words(storage)]
    for number, inner in enumerate(storage.iter_attachment_storages(), start=1):
        embedded = next((part for part in inner.storages if part.name == EMBEDDED), None)
        if embedded is None or depth >= DEEPEST:
            attachments += _attachment(inner, number)
            continue
        below = storage_message(embedded, depth + 1)
        title = below.subject or _text(inner, NAME) or f"message-{number}"
        head = f"From: {below.header('from')}\nSubject: {below.subject}"
        words.append(f"[attached message]\n{head}\n\n{below.body}")
        folder = title.replace("/", "-").replace("\\", "-")
        attachments += [replace(file, name=f"{folder}/{file.name}") for file in below.attachments]
    return replace(
        found,
        body="\n\n".join(text for text in words if text.strip()),
        html=_html(storage),
        attachments=tuple(attachments),
    )


def _headers(storage: Storage, depth: int) -> bytes:
    """The header lines that came over the net; without them, such as the properties give."""
    own = _text(storage, HEADERS).split("\r\n\r\n")[0].strip()
    lines = [] if not own else [own.replace("\r\n", "\n")]
    known = {line.split(":")[0].lower() for line in own.splitlines() if ":" in line}
    sender = _text(storage, SENDER_SMTP) or _text(storage, SENDER_MAIL)
    date = _date(storage, 32 if depth == 0 else 24)
    for name, value in (
        ("Subject", _text(storage, SUBJECT)),
        ("From", _address(_text(storage, SENDER), sender)),
        ("To", ", ".join(_addressees(storage, 1))),
        ("Cc", ", ".join(_addressees(storage, 2))),
        ("Date", date.strftime("%a, %d %b %Y %H:%M:%S +0000") if date else ""),
    ):
        if value and name.lower() not in known:
            lines.append(f"{name}: {' '.join(value.split())}")
    return ("\n".join(lines) + "\n\n").encode("utf-8", "replace")


def _addressees(storage: Storage, wanted: int) -> Iterator[str]:
    for person in storage.iter_recipient_storages():
        if _whole_number(person, ADDRESSEE, 8, 1) == wanted:
            yield _address(_text(person, NAME), _text(person, SMTP) or _text(person, MAIL))


def _address(name: str, mail: str) -> str:
    if "@" not in mail:
        return name
    return f'"{name.replace(chr(34), "")}" <{mail}>' if name and name != mail else mail


def _words(storage: Storage) -> str:
    text = _text(storage, BODY)
    if not text.strip() and not _html(storage).strip():
        squeezed = _bytes(storage, RTF, 0x102)
        if squeezed:
            try:
                return rtf_words(unsqueezed(squeezed))
            except ValueError:
                return ""
    return text.replace("\r\n", "\n")


def _html(storage: Storage) -> str:
    return _text(storage, HTML) or eight_bit(_bytes(storage, HTML, 0x102))


def _attachment(storage: Storage, number: int) -> Iterator[Attachment]:
    data = _bytes(storage, CONTENT, 0x102)
    name = _text(storage, LONG_NAME) or _text(storage, SHORT_NAME) or _text(storage, NAME)
    if data or name:
        media = _text(storage, MEDIA) or "application/octet-stream"
        inline = bool(_text(storage, CONTENT_ID))
        yield Attachment(name or f"attachment-{number}", media, data, inline)


def _text(storage: Storage, number: int) -> str:
    wide = _bytes(storage, number, 0x1F)
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return eight_bit(_bytes(storage, number, 0x1E).rstrip(b"\0"))


def _bytes(storage: Storage, number: int, kind: int) -> bytes:
    name = f"__substg1.0_{number:04X}{kind:04X}"
    return next((bytes(part.bytes_) for part in storage.streams if part.name == name), b"")


def _date(storage: Storage, offset: int) -> datetime | None:
    """When it was sent or, without that, when it arrived; in UTC."""
    for number in (SENT, ARRIVED):
        ticks = _whole_number(storage, number, offset, 0, kind=0x40)
        if ticks:
            try:
                return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
            except OverflowError:
                continue
    return None


def _whole_number(
    storage: Storage, number: int, offset: int, default: int, *, kind: int = 3
) -> int:
    """A number from the stream of properties with a fixed length."""
    stream = next((s.bytes_ for s in storage.streams if s.name == "__properties_version1.0"), b"")
    for place in range(offset, len(stream) - 15, 16):
        found_kind, found = struct.unpack_from("<HH", stream, place)
        if found == number and found_kind == kind:
            value: int = struct.unpack_from("<Q" if kind == 0x40 else "<I", stream, place + 8)[0]
            return value
    return default
