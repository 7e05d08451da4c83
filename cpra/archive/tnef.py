"""The files in a winmail.dat, which Outlook sends in place of attachments."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from cpra.archive.mime_text import eight_bit
from cpra.archive.rtf import unsqueezed

SIGNATURE = 0x223E9F78
NEW_FILE, TITLE, DATA, FILE_PROPERTIES = 0x69002, 0x18010, 0x6800F, 0x69005
BODY, MESSAGE_PROPERTIES = 0x2800C, 0x69003
DEEPEST = 10

LONG_NAME, SHORT_NAME, CONTENT, DISPLAY_NAME = 0x3707, 0x3704, 0x3701, 0x3001
PLAIN_BODY, HTML_BODY, RTF_BODY = 0x1000, 0x1013, 0x1009
EMBEDDED = bytes.fromhex("0703020000000000c000000000000046")
"""The interface of a message within the message, before its own stream."""
FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
TEXT, WIDE_TEXT, BINARY, OBJECT = 0x1E, 0x1F, 0x102, 0xD


@dataclass(frozen=True, slots=True)
class TnefFile:
    """A file that was in it, and the sender's name for it."""

    name: str
    data: bytes


@dataclass(slots=True)
class _Attachment:
    title: str = ""
    data: bytes = b""
    properties: dict[int, bytes] = field(default_factory=dict)


def tnef_files(data: bytes, depth: int = 0) -> tuple[TnefFile, ...]:
    """The attachments, and the message's own words where they are only in here.

    Raises ValueError when it is no such file; one that breaks off gives what came before.
    """
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        raise ValueError("it does not begin as a winmail.dat does")
    attachments: list[_Attachment] = []
    words: dict[int, bytes] = {}
    for attribute, value in _attributes(data):
        if attribute == NEW_FILE:
            attachments.append(_Attachment())
        elif attribute == MESSAGE_PROPERTIES:
            words |= _properties(value)
        elif attribute == BODY:
            words.setdefault(PLAIN_BODY, value.rstrip(b"\0"))
        elif not attachments:
            continue
        elif attribute == TITLE:
            attachments[-1].title = eight_bit(value).strip("\0 ")
        elif attribute == DATA:
            attachments[-1].data = value
        elif attribute == FILE_PROPERTIES:
            attachments[-1].properties = _properties(value)
    files = [*_bodies(words)]
    for number, attachment in enumerate(attachments, start=1):
        files += _files(attachment, number, depth)
    return tuple(files)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 6
    while place + 9 <= len(data):
        attribute, length = struct.unpack_from("<II", data, place + 1)
        value = data[place + 9 : place + 9 + length]
        yield attribute, value
        place += 9 + length + 2


def _files(attachment: _Attachment, number: int, depth: int) -> Iterator[TnefFile]:
    properties = attachment.properties
    name = next(
        (
            found
            for key in (LONG_NAME, SHORT_NAME, DISPLAY_NAME)
            if (found := _text(properties.get(key, b"")))
        ),
        attachment.title or f"attachment-{number}",
    )
    content = properties.get(CONTENT, b"")
    if content.startswith(EMBEDDED) and depth < DEEPEST:
        try:
            inner = tnef_files(content[16:], depth + 1)
        except ValueError:
            inner = ()
        for file in inner:
            yield TnefFile(f"{name}/{file.name}", file.data)
        if inner:
            return
    if attachment.data or content:
        yield TnefFile(name, attachment.data or content)


def _bodies(words: dict[int, bytes]) -> Iterator[TnefFile]:
    """The words of a message that has nothing but this file."""
    if words.get(HTML_BODY):
        yield TnefFile("message.html", words[HTML_BODY])
    elif words.get(RTF_BODY):
        try:
            yield TnefFile("message.rtf", unsqueezed(words[RTF_BODY]))
        except ValueError:
            yield TnefFile("message.rtf.bin", words[RTF_BODY])
    elif words.get(PLAIN_BODY):
        yield TnefFile("message.txt", _text(words[PLAIN_BODY]).encode())


def _properties(data: bytes) -> dict[int, bytes]:
    """The values of MAPI properties by their number; text as it stands, with its width marked."""
    found: dict[int, bytes] = {}
    try:
        count = struct.unpack_from("<I", data)[0]
        place = 4
        for _ in range(min(count, 10_000)):
            kind, number = struct.unpack_from("<HH", data, place)
            place += 4
            if number >= 0x8000:
                place = _after_name(data, place)
            values, place = _values(data, place, kind)
            if values and number not in found:
                found[number] = (b"\xff\xfe" if kind & 0xFFF == WIDE_TEXT else b"") + values[0]
    except (struct.error, KeyError):
        return found
    return found


def _after_name(data: bytes, place: int) -> int:
    """A property with a name of its own has it before the value."""
    if struct.unpack_from("<I", data, place + 16)[0] == 0:
        return place + 24
    length: int = struct.unpack_from("<I", data, place + 20)[0]
    return place + 24 + length + (-length % 4)


def _values(data: bytes, place: int, kind: int) -> tuple[list[bytes], int]:
    count, base = 1, kind & 0xFFF
    varying = base in (TEXT, WIDE_TEXT, BINARY, OBJECT)
    if varying or kind & 0x1000:
        count = struct.unpack_from("<I", data, place)[0]
        place += 4
    values = []
    for _ in range(min(count, 10_000)):
        if varying:
            length = struct.unpack_from("<I", data, place)[0]
            place += 4
        else:
            length = FIXED[base]
        values.append(data[place : place + length])
        place += length + (-length % 4)
        if place > len(data):
            break
    return values, place


def _text(value: bytes) -> str:
    if value.startswith(b"\xff\xfe"):
        return value[2:].decode("utf-16-le", "replace").split("\0")[0]
    return eight_bit(value.split(b"\0")[0])
