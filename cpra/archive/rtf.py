"""The words of an RTF file, and RTF as Outlook squeezes it; nothing in it is run or fetched."""

from __future__ import annotations

import re
import struct

SQUEEZED, PLAIN = 0x75465A4C, 0x414C454D
PRELOADED = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
LARGEST = 200 * 10**6

TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])"
    rb"|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
UNSEEN = frozenset(
    {
        *(b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"datastore"),
        *(b"themedata", b"colorschememapping", b"latentstyles", b"listtable", b"rsidtbl"),
        *(b"listoverridetable", b"generator", b"xmlnstbl", b"fldinst", b"filetbl", b"revtbl"),
    }
)
SIGNS = {
    **dict.fromkeys((b"par", b"line", b"row", b"sect", b"page"), "\n"),
    **dict.fromkeys((b"tab", b"cell"), "\t"),
    **{b"emdash": "\u2014", b"endash": "\u2013", b"bullet": "\u2022", b"lquote": "\u2018"},
    **{b"rquote": "\u2019", b"ldblquote": "\u201c", b"rdblquote": "\u201d"},
}


def rtf_words(data: bytes) -> str:
    """The text of an RTF file, a line for each paragraph."""
    out: list[str] = []
    stack: list[tuple[bool, int]] = []
    hidden, skip, codepage, left = False, 1, "cp1252", 0
    for found in TOKEN.finditer(data):
        word, number, code, sign, brace, text = found.groups()
        if brace == b"{":
            stack.append((hidden, skip))
        elif brace == b"}":
            hidden, skip = stack.pop() if stack else (False, 1)
            left = 0
        elif word is not None:
            if word in UNSEEN:
                hidden = True
            elif word == b"ansicpg":
                codepage = f"cp{int(number or 1252)}"
            elif word == b"uc":
                skip = max(0, int(number or 1))
            elif word == b"u" and not hidden:
                out.append(chr(int(number or 63) % 65_536))
                left = skip
            elif word in SIGNS and not hidden:
                out.append(SIGNS[word])
        elif code is not None:
            if left:
                left -= 1
            elif not hidden:
                out.append(_sign(bytes.fromhex(code.decode()), codepage))
        elif sign is not None:
            if sign == b"*":
                hidden = True
            elif not hidden:
                out.append({b"~": " ", b"_": "-", b"\n": "\n", b"\r": "\n"}.get(sign, ""))
                if sign in b"\\{}":
                    out.append(sign.decode())
        elif text is not None and not hidden:
            out.append(text[left:].decode("cp1252", "replace"))
            left = max(0, left - len(text))
    # Signs beyond the first 65,536 come as two halves.
    whole = "".join(out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", "").strip()


def unsqueezed(data: bytes) -> bytes:
    """RTF from the form in which Outlook keeps it; ValueError when it is not that."""
    if len(data) < 16:
        raise ValueError("too short")
    size, magic = struct.unpack_from("<II", data, 4)
    if magic == PLAIN:
        return data[16 : 16 + size]
    if magic != SQUEEZED or size > LARGEST:
        raise ValueError("not squeezed RTF")
    window = bytearray(PRELOADED.ljust(4096, b"\0"))
    write, place, out = len(PRELOADED), 16, bytearray()
    while place < len(data) and len(out) < size:
        flags = data[place]
        place += 1
        for bit in range(8):
            if not flags >> bit & 1:
                if place >= len(data):
                    return bytes(out[:size])
                piece = data[place : place + 1]
                place += 1
            else:
                if place + 2 > len(data):
                    return bytes(out[:size])
                pair = data[place] << 8 | data[place + 1]
                place += 2
                offset, length = pair >> 4, (pair & 15) + 2
                if offset == write % 4096:
                    return bytes(out[:size])
                piece = b""
                for step in range(length):
                    byte = window[(offset + step) % 4096]
                    window[(write + step) % 4096] = byte
                    piece += bytes((byte,))
                out += piece
                write += length
                continue
            window[write % 4096] = piece[0]
            write += 1
            out += piece
    return bytes(out[:size])


def _sign(raw: bytes, codepage: str) -> str:
    try:
        return raw.decode(codepage)
    except (LookupError, UnicodeDecodeError):
        return raw.decode("cp1252", "replace")
