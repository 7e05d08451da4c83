"""Text files, tables and mail as pages of words, whatever encoding they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from cpra.archive import html
from cpra.archive.message import Message, message
from cpra.archive.mime_text import eight_bit
from cpra.archive.outlook import outlook_message
from cpra.archive.rtf import rtf_words

PAGE = 3_000
"""Characters of a stretch of text that has no pages of its own."""
SAMPLE = 1 << 18

Stretch = tuple[str, str]
"""Words and a label."""


def text_pages(path: Path) -> Iterator[Stretch]:
    """A text or table file, by its form feeds if it has them, else by so many lines."""
    yield from stretches(text_of(path.read_bytes()))


def html_pages(path: Path) -> Iterator[Stretch]:
    """A web page."""
    yield from stretches(html.words(path.read_bytes()))


def xml_pages(path: Path) -> Iterator[Stretch]:
    """The words of an XML file, or the file itself when it is not well formed."""
    data = path.read_bytes()
    plain = re.sub(r"<[^>]{0,4000}>", " ", text_of(data))
    yield from stretches(re.sub(r"[ \t]+", " ", plain))


def mail_pages(path: Path) -> Iterator[Stretch]:
    """A message: who, to whom, when and about what, then the words with quoted text kept.

    Its attachments are files of their own.
    """
    yield from _message_pages(message(path))


def outlook_pages(path: Path) -> Iterator[Stretch]:
    """An Outlook message, as any other."""
    yield from _message_pages(outlook_message(path))


def rtf_pages(path: Path) -> Iterator[Stretch]:
    """An RTF file."""
    yield from stretches(rtf_words(path.read_bytes()))


def _message_pages(found: Message) -> Iterator[Stretch]:
    shown = ("from", "to", "cc", "date", "subject")
    head = "\n".join(
        f"{name.capitalize()}: {value}" for name in shown if (value := found.header(name))
    )
    body = found.body if found.body.strip() else html.words(found.html)
    names = "\n".join(f"Attachment: {file.name}" for file in found.attachments if not file.inline)
    yield from stretches("\n\n".join(piece for piece in (head, body, names) if piece.strip()))


def text_of(data: bytes) -> str:
    """Bytes as text: by their mark, as UTF-8, else as charset-normalizer judges."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace").replace("\0", "")
    try:
        return data.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError:
        pass
    sample = data[:SAMPLE]
    zeros = sample[1::2].count(0), sample[0::2].count(0)
    if max(zeros) > 0.7 * (len(sample) // 2):
        order = "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
        return data.decode(order, "replace").replace("\0", "")
    letters = sum(byte > 127 for byte in sample)
    if letters * 8 < len(sample):
        # Mostly plain letters and a few others: as Windows writes it here; guessing errs on these.
        return eight_bit(data)
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample).best()
    if best is None:
        return eight_bit(data)
    return data.decode(best.encoding, "replace").replace("\0", "")


def stretches(text: str) -> Iterator[Stretch]:
    """Pages of a text that has none: at form feeds, else whole lines up to a fixed length."""
    if "\f" in text:
        for page in text.split("\f"):
            yield from _by_length(page, label=False)
        return
    yield from _by_length(text, label=len(text) > PAGE)


def _by_length(text: str, *, label: bool) -> Iterator[Stretch]:
    lines: list[str] = []
    size, first, number = 0, 1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        for start in range(0, max(1, len(line)), PAGE):
            piece = line[start : start + PAGE]
            if size and size + len(piece) > PAGE:
                yield "\n".join(lines), f"lines {first}-{max(first, number - 1)}" if label else ""
                lines, size, first = [], 0, number
            lines.append(piece)
            size += len(piece) + 1
    if lines or not text:
        yield "\n".join(lines), f"lines {first}-{number}" if label else ""
