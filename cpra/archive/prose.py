"""What kind of text a file is: mail, a web page, a table, or plain words."""

from __future__ import annotations

import re
from itertools import repeat
from pathlib import Path

from cpra.archive.kinds import Kind

SAMPLE = 8_192
"""How much of a text is looked at for rows of a table, in bytes."""
CONTROLS = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27})
"""Bytes that hardly stand in any text."""
FROM_LINE = re.compile(rb"(?:\A|(?<=\n))From [^\r\n]{3,200} \d{4}\b[^\r\n]*\r?\n(?=[!-9;-~]+:)")
HEADER_LINE = re.compile(rb"([!-9;-~]{1,100}):(?=[ \t]|\r*(?:\n|\Z))([^\n]*)")
"""A name, and what stands behind it in the same line."""
MOST_LINES = 200
"""Lines of a header that are looked at."""
MAIL_HEADERS = frozenset(
    {
        *(b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"received", b"return-path"),
        *(b"mime-version", b"content-type", b"delivered-to", b"reply-to", b"in-reply-to"),
        *(b"x-received", b"dkim-signature", b"x-original-to", b"sender", b"bcc", b"references"),
        *(b"x-mailer", b"arc-seal", b"envelope-to", b"status", b"x-from-line"),
    }
)

LETTER_HEADERS = frozenset({b"from", b"to", b"cc", b"date", b"subject"})
"""With these a letter or a memorandum on paper begins too."""


def is_text(head: bytes) -> bool:
    """Whether these bytes are words in some encoding, rather than data."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    sample = head[:8192]
    if b"\0" in sample:
        # UTF-16 without a mark: nearly every second byte of western text is zero.
        odd, even = sample[1::2].count(0), sample[0::2].count(0)
        half = max(1, len(sample) // 2)
        return max(odd, even) > 0.7 * half and min(odd, even) < 0.05 * half
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    return controls <= len(sample) // 50


def kind_of_text(head: bytes, path: Path | None) -> Kind:
    """Which kind of text begins with these bytes; `data` when they are no text."""
    if not is_text(head):
        return Kind.DATA
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2048]
    lower = start.lower()
    if FROM_LINE.match(start) and is_mail(start.split(b"\n", 1)[1]):
        # One message with the line of a mailbox before it is still one message.
        return Kind.MBOX if path is not None and _holds_more_mail(path) else Kind.EML
    if lower.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or (
        b"<html" in lower[:1024] and start.startswith(b"<")
    ):
        return Kind.HTML
    if start.startswith(b"<?xml") or lower.startswith(b"<svg"):
        return Kind.SVG if b"<svg" in lower else Kind.XML
    if start.startswith(b"BEGIN:VCALENDAR"):
        return Kind.ICS
    if start.startswith(b"BEGIN:VCARD"):
        return Kind.VCF
    if start[:1] in (b"{", b"[") and re.match(rb'[\[{]\s*(?:["\[{\]}]|-?\d)', start):
        return Kind.JSON
    return Kind.CSV if _is_table(head) else Kind.TXT


def is_mail(head: bytes) -> bool:
    """Whether it begins with header lines, two of which (or one of a multipart) mail has.

    Lines that a letter has as well make it mail only where one of them holds an address.
    """
    known: set[bytes] = set()
    begun = has_address = False
    start = len(head) - len(head.lstrip(b"\r\n"))
    for _ in range(MOST_LINES):
        if not begun or not head.startswith((b" ", b"\t"), start):
            found = HEADER_LINE.match(head, start)
            if found is None:
                return False
            begun = True
            name, value = found[1].lower(), found[2]
            if name in MAIL_HEADERS:
                known.add(name)
                has_address |= b"@" in value
            if len(known) >= 2 and (has_address or not known <= LETTER_HEADERS):
                return True  # whatever follows
            if name == b"content-type" and b"multipart/" in value.lower():
                return True
        start = head.find(b"\n", start) + 1
        if not start:
            return False
    return False


def _is_table(head: bytes) -> bool:
    """Whether nearly all of the first rows have the same number of cells, two or more."""
    text = head[:SAMPLE].decode("utf-8", "replace")
    first = text.lstrip().split("\n", 1)[0]
    for separator in (",", "\t", ";"):
        if separator not in first:
            continue
        cuts, ends = _rows(text, separator)
        if len(head) > SAMPLE or not text.endswith("\n"):
            cuts = cuts[:-1] or cuts
            ends = ends[:-1] or ends
        if len(cuts) < 2:
            continue
        usual = max(set(cuts), key=cuts.count)
        if usual < 1 or cuts.count(usual) < 0.9 * len(cuts):
            continue
        stops = usual == 1 and ("." in text or ":" in text)
        if not stops or not any(end.endswith((".", ":")) for end in ends):
            return True
    return False


def _rows(text: str, separator: str) -> tuple[list[int], list[str]]:
    """How often each row that is not empty is cut into cells, and what each ends with."""
    lines = text.splitlines()
    if '"' not in text:
        # Nothing is quoted: every line is a row, and every separator cuts it.
        ends = list(filter(None, lines))
        return list(map(str.count, ends, repeat(separator))), ends
    import csv

    try:
        rows = [row for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return [], []
    return [len(row) - 1 for row in rows], [row[-1] for row in rows]


def _holds_more_mail(path: Path) -> bool:
    """Whether a second message follows the first, so that it is a mailbox."""
    first, tail = True, b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found = FROM_LINE.search(tail + block, 1 if first else 0)
            if found is not None:
                return True
            first, tail = False, block[-300:]
    return False
