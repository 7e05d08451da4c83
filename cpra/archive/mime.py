"""The parts of a mail message as exact slices of its bytes, however badly it was written.

The standard library's parser raises on hostile mail, recurses without end and cannot give back the
bytes of an attached message. This one splits by boundary lines only, to a stated depth, and never
raises on any input.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cpra.archive.mime_text import (
    decoded,
    decoded_words,
    eight_bit,
    from_base64,
    one_line,
    parameters,
)

DEEPEST = 50
"""Multiparts within multiparts that are looked into; mail programs make five or six."""
MOST = 10_000
"""Parts of one message that are looked at."""

MEDIA = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")
FOLD = re.compile(r"\r?\n[ \t]+")
HEADER = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]?([^\n]*(?:\n[ \t][^\n]*)*)\n?")
BOUNDARY_END = re.compile(rb"(--)?[ \t]*(?=\r?\n|\Z)")
UNNAMED_BOUNDARY = re.compile(rb"^--(\S[^\r\n]{0,69})\r?\nContent-[A-Za-z-]+:", re.MULTILINE)
UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]+)\r?\n", re.MULTILINE)


@dataclass(slots=True)
class Part:
    """One part of a message: its header lines, its body as it stands, and what it is said to be."""

    headers: tuple[tuple[str, str], ...]
    raw: bytes
    within: str = ""
    """The multipart it stands in: `mixed`, `alternative`, …"""
    unsplit: bool = False
    """A multipart that was not looked into, because it is too deep or has no boundary."""
    media: str = field(init=False)
    """What it is said to be, `text/plain` when it says nothing sensible."""
    _first: dict[str, str] = field(init=False, repr=False)
    """The first header of each name."""

    def __post_init__(self) -> None:
        self._first = dict(reversed(self.headers))
        found = MEDIA.match(self.header("content-type"))
        if found is not None:
            self.media = found[1].lower()
        else:
            self.media = "message/rfc822" if self.within == "digest" else "text/plain"

    def header(self, name: str) -> str:
        """The first header of this name, in small letters, as it stands, unfolded, or nothing."""
        return self._first.get(name, "")

    @property
    def filename(self) -> str:
        """The name that the sender gave it, decoded, or nothing."""
        for header, key in (("content-disposition", "filename"), ("content-type", "name")):
            value = self.header(header)
            name = parameters(value).get(key, "") if "name" in value.lower() else ""
            if name.strip():
                return one_line(decoded_words(name)).strip()
        return ""

    @property
    def is_attachment(self) -> bool:
        """Whether the sender said that it is one."""
        return self.header("content-disposition").strip().lower().startswith("attachment")

    @property
    def content(self) -> bytes:
        """The body with its transfer encoding undone; what cannot be undone is left as it is."""
        encoding = self.header("content-transfer-encoding").split(";")[0].strip().lower()
        if encoding == "base64":
            return from_base64(self.raw)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self.raw)
        if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            found = list(uuencoded(self.raw))
            return found[0].data if found else self.raw
        return self.raw

    @property
    def text(self) -> str:
        """The body as text, in the encoding it claims if that is possible."""
        return decoded(self.content, parameters(self.header("content-type")).get("charset", ""))


@dataclass(frozen=True, slots=True)
class Uuencoded:
    """A file written into the text of an old-fashioned message."""

    name: str
    data: bytes
    start: int
    end: int


def parts(data: bytes) -> tuple[Part, ...]:
    """The message (headers only, when it is a multipart) and then every leaf in it, in order."""
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    return tuple(_walk(data))


def _walk(data: bytes) -> Iterator[Part]:
    """Depth first, without recursion."""
    top, count = True, 0
    waiting: list[tuple[bytes, str, int]] = [(data, "", 0)]
    while waiting and count < MOST:
        block, within, depth = waiting.pop()
        headers, body = split_headers(block)
        part = Part(headers, body, within)
        count += 1
        if not part.media.startswith("multipart/"):
            yield part
            top = False
            continue
        boundary = parameters(part.header("content-type")).get("boundary", "")
        slices = _between(body, boundary.rstrip()) if boundary and depth < DEEPEST else None
        if slices is None and depth < DEEPEST and (found := UNNAMED_BOUNDARY.search(body)):
            slices = _between(body, eight_bit(found[1]))
        if top or slices is None:
            part.unsplit = slices is None
            part.raw = b"" if slices is not None else body
            yield part
        top = False
        inside = part.media.removeprefix("multipart/")
        waiting += [(slice_, inside, depth + 1) for slice_ in reversed(slices or [])]


def split_headers(data: bytes) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """The header lines, names in small letters, and the bytes after them."""
    position = 0
    if data.startswith((b"From ", b">From ")):
        position = data.find(b"\n") + 1 or len(data)
    headers: list[tuple[str, str]] = []
    while position < len(data):
        found = HEADER.match(data, position)
        if found is None:
            break
        value = eight_bit(found[2])
        if "\n" in value:
            value = FOLD.sub(" ", value)
        headers.append((found[1].decode("ascii").lower(), value.strip()))
        position = found.end()
    if data.startswith(b"\r\n", position):
        position += 2
    elif data.startswith(b"\n", position):
        position += 1
    return tuple(headers), data[position:]


def _between(body: bytes, boundary: str) -> list[bytes] | None:
    """The slices between the boundary lines; None when there is no such line at all."""
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    slices: list[bytes] = []
    start: int | None = None
    for end in _lines(body, mark):
        found = BOUNDARY_END.match(body, end + len(mark))
        if found is None:
            continue
        end -= (end > 0) + (end > 1 and body[end - 2] == 0x0D)
        if start is not None:
            slices.append(body[start : max(start, end)])
        start = None if found[1] else _after_line(body, found.end())
    if start is not None:
        slices.append(body[start:])
    return slices or None


def _lines(body: bytes, mark: bytes) -> Iterator[int]:
    """Where the lines begin that begin with these bytes, found by a plain search: it is quick."""
    if body.startswith(mark):
        yield 0
    mark = b"\n" + mark
    place = body.find(mark)
    while place >= 0:
        yield place + 1
        place = body.find(mark, place + 1)


def _after_line(body: bytes, end: int) -> int:
    """Where the next line begins; its line break is left to a boundary that follows at once."""
    return end + (2 if body.startswith(b"\r\n", end) else 1)


def uuencoded(data: bytes) -> Iterator[Uuencoded]:
    """The files that stand in a text as `begin 644 name … end`."""
    position = 0
    while (found := UU_BEGIN.search(data, position)) is not None:
        position = found.end()
        rows: list[bytes] = []
        while position < len(data):
            stop = data.find(b"\n", position) + 1 or len(data)
            row, position = data[position:stop].rstrip(b"\r\n"), stop
            if row.strip() == b"end":
                break
            if not row or row[0] == 0x60 or (row[0] == 0x20 and not row.strip()):
                continue
            decoded_row = _uu_row(row)
            if decoded_row is None:
                break
            rows.append(decoded_row)
        yield Uuencoded(eight_bit(found[1]).strip(), b"".join(rows), found.start(), position)


def _uu_row(row: bytes) -> bytes | None:
    """One line of it; some programs count the bytes wrongly, as uudecode forgives."""
    try:
        return binascii.a2b_uu(row)
    except binascii.Error:
        length = (((row[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(row[:length])
        except binascii.Error:
            return None
