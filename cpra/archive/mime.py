"""The parts of a mail message as exact slices of its bytes, however badly it was written.

The standard library's parser raises on hostile mail, recurses without end and cannot give back the
bytes of an attached message. This one splits by boundary lines only, to a stated depth, and never
raises on any input.
"""

from __future__ import annotations

import binascii
import codecs
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

DEEPEST = 50
"""Multiparts within multiparts that are looked into; mail programs make five or six."""
MOST = 10_000
"""Parts of one message that are looked at."""

HEADER = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]?([^\n]*(?:\n[ \t][^\n]*)*)\n?")
PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)')
SECTION = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*?)$")
ENCODED_WORD = re.compile(r"=\?([^?\s]*)\?([bBqQ])\?([^?]*)\?=(?:\s+(?==\?))?")
UNNAMED_BOUNDARY = re.compile(rb"^--(\S[^\r\n]{0,69})\r?\nContent-[A-Za-z-]+:", re.MULTILINE)
LINE_BREAKS = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")
HALF = re.compile("[\ud800-\udfff]")
UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]+)\r?\n", re.MULTILINE)

NOT_BASE64 = bytes(set(range(256)) - set(string.ascii_letters.encode() + b"0123456789+/="))

# What mail programs call an encoding that Python knows by another name, or a wider one they mean.
ALIASES = {
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "ansi"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e"), "iso-8859-8"),
    **dict.fromkeys(("ks_c_5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("unicode-1-1-utf-7",), "utf-7"),
    **dict.fromkeys(("shift_jis", "x-sjis"), "cp932"),
    **dict.fromkeys(("windows-874",), "cp874"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message: its header lines, its body as it stands, and what it is said to be."""

    headers: tuple[tuple[str, str], ...]
    raw: bytes
    within: str = ""
    """The multipart it stands in: `mixed`, `alternative`, …"""
    unsplit: bool = False
    """A multipart that was not looked into, because it is too deep or has no boundary."""

    def header(self, name: str) -> str:
        """The first header of this name as it stands, unfolded, or nothing."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    @property
    def media(self) -> str:
        """What it is said to be, `text/plain` when it says nothing sensible."""
        found = re.match(r"\s*([\w.+-]+/[\w.+-]+)", self.header("content-type"))
        if found is not None:
            return found[1].lower()
        return "message/rfc822" if self.within == "digest" else "text/plain"

    @property
    def filename(self) -> str:
        """The name that the sender gave it, decoded, or nothing."""
        for header, key in (("content-disposition", "filename"), ("content-type", "name")):
            name = parameters(self.header(header)).get(key, "")
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
            return _from_base64(self.raw)
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
            yield Part(headers, b"" if slices is not None else body, within, slices is None)
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
        value = re.sub(r"\r?\n[ \t]+", " ", eight_bit(found[2])).strip()
        headers.append((found[1].decode("ascii").lower(), value))
        position = found.end()
    if data.startswith(b"\r\n", position):
        position += 2
    elif data.startswith(b"\n", position):
        position += 1
    return tuple(headers), data[position:]


def _between(body: bytes, boundary: str) -> list[bytes] | None:
    """The slices between the boundary lines; None when there is no such line at all."""
    mark = boundary.encode("utf-8", "surrogateescape")
    # Without the line break in front, which is looked at afterwards, the search is a plain one:
    # that matters in a message of fifty megabytes.
    line = re.compile(b"--" + re.escape(mark) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    slices: list[bytes] = []
    start: int | None = None
    for found in line.finditer(body):
        end = found.start()
        if end and body[end - 1] != 0x0A:
            continue
        end -= (end > 0) + (end > 1 and body[end - 2] == 0x0D)
        if start is not None:
            slices.append(body[start : max(start, end)])
        start = None if found[1] else _after_line(body, found.end())
    if start is not None:
        slices.append(body[start:])
    return slices or None


def _after_line(body: bytes, end: int) -> int:
    """Where the next line begins; its line break is left to a boundary that follows at once."""
    return end + (2 if body.startswith(b"\r\n", end) else 1)


def parameters(value: str) -> dict[str, str]:
    """`charset`, `boundary`, `filename` … of a header, with RFC 2231 pieces put together."""
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for found in PARAMETER.finditer(value):
        text = found[2].strip()
        if text.startswith('"'):
            text = re.sub(r"\\(.)", r"\1", text.strip('"'))
        section = SECTION.match(found[1].lower())
        if section is not None:
            pieces.setdefault(section[1], []).append((int(section[2] or 0), bool(section[3]), text))
    return {name: _put_together(sorted(found)) for name, found in pieces.items()}


def _put_together(pieces: list[tuple[int, bool, str]]) -> str:
    """One value from its RFC 2231 sections: percent-encoded ones name the encoding in the first."""
    if not any(encoded for _, encoded, _ in pieces):
        return "".join(text for _, _, text in pieces)
    charset, data = "", b""
    for place, (_, encoded, text) in enumerate(pieces):
        if encoded and place == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if encoded else raw
    return decoded(data, charset)


def decoded_words(value: str) -> str:
    """A header with its `=?utf-8?q?…?=` words read; what cannot be read stays as it is."""

    def word(found: re.Match[str]) -> str:
        raw = found[3].encode("utf-8", "surrogateescape")
        if found[2] in "bB":
            data = _from_base64(raw)
        else:
            data = binascii.a2b_qp(raw.replace(b"_", b" "), header=True)
        return one_line(decoded(data, found[1].split("*")[0]))

    return ENCODED_WORD.sub(word, value) if "=?" in value else value


def one_line(text: str) -> str:
    """The text without line breaks, which would pass for another line of a list or a header."""
    return LINE_BREAKS.sub(" ", text)


def decoded(data: bytes, charset: str) -> str:
    """Bytes as text: in the named encoding, else UTF-8, else as Windows wrote them."""
    name = charset.strip().strip("\"'")
    name = ALIASES.get(name.lower(), name)
    if name.lower().startswith(("utf-16", "utf-32")) and b"\0" not in data:
        name = "utf-8"
    for candidate in ("utf-8", name) if name == "cp1252" else (name, "utf-8"):
        try:
            if candidate and codecs.lookup(candidate).name not in ("punycode", "idna"):
                return whole(data.decode(candidate)).replace("\0", "")
        except (LookupError, UnicodeError, ValueError):
            continue
    return eight_bit(data)


def whole(text: str) -> str:
    """Text without halves of characters, which some encodings can name and no file can hold."""
    if text.isascii() or HALF.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def eight_bit(data: bytes) -> str:
    """Bytes that name no encoding, as text: UTF-8 if they are that, else as Windows wrote them."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return text.replace("\0", "")


def _from_base64(data: bytes) -> bytes:
    """Base64 with whatever stands between its letters, and with its end missing."""
    end = data.find(b"=")
    if end < 0 or not data[end:].strip(b"=\r\n\t "):
        # One run, as almost all are: decoded without a copy of it.
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            pass  # cut off in the middle: read as far as it goes below
    letters = data.translate(None, NOT_BASE64)
    pieces = []
    # Some programs encode in runs, each ended by its own "=": read on after them.
    for run in re.findall(rb"[A-Za-z0-9+/]+", letters):
        whole = run[: len(run) - 1] if len(run) % 4 == 1 else run
        pieces.append(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)))
    return b"".join(pieces)


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
