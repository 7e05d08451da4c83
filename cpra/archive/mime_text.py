"""The text in a mail message: coded words and parameters of its headers, and its charsets.

Nothing here raises on any input: what cannot be read is shown as it stands.
"""

from __future__ import annotations

import binascii
import codecs
import re
import string
from urllib.parse import unquote_to_bytes

PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)')
SECTION = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*?)$")
ENCODED_WORD = re.compile(r"=\?([^?\s]*)\?([bBqQ])\?([^?]*)\?=(?:\s+(?==\?))?")
LINE_BREAKS = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")
HALF = re.compile("[\ud800-\udfff]")

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


def parameters(value: str) -> dict[str, str]:
    """`charset`, `boundary`, `filename` … of a header, with RFC 2231 pieces put together."""
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for found in PARAMETER.finditer(value):
        name, text = found[1].lower(), found[2].strip()
        if text.startswith('"'):
            text = text.strip('"')
            text = re.sub(r"\\(.)", r"\1", text) if "\\" in text else text
        section = SECTION.match(name) if "*" in name else None
        if section is None:
            pieces.setdefault(name, []).append((0, False, text))
        else:
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
            data = from_base64(raw)
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


def from_base64(data: bytes) -> bytes:
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
