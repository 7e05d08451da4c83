"""The text of every document once, compressed, by SHA-256; derived, so it may be deleted.

A file of the store is a line that names its form, then blocks of a few pages each (so that one page
of a long document is read without the others), then the places of the blocks, and a summary.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from cpra.archive.kinds import Kind

MAGIC = b"cpra text 2\n"
HEAD = struct.Struct("<IHI")
"""Before each page of a block: its number, and the bytes of its label and of its words."""
TAIL = struct.Struct("<QQII8s")
END = b"cpratxt2"
BLOCK = 2_000
"""Characters after which a block of pages is closed: a page of print is one block."""
WHOLE = 1 << 15
"""Bytes of a document's file that are read at once."""
LEVEL = 6


@dataclass(frozen=True, slots=True)
class Page:
    """One page, sheet or stretch of a document, counted from 1, and its words."""

    number: int
    text: str
    label: str = ""
    """What it is when it is not simply a page: a sheet's name, "notes", "lines 1-80" …"""


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of a document's text beside the text."""

    problems: tuple[str, ...] = ()
    """What is wrong with it, each a sentence without a subject."""
    unread: tuple[int, ...] = ()
    """Pages that show something but have no words: only OCR could read them."""
    tried: tuple[int, ...] = ()
    """Pages that OCR has been tried on: their words come from it, or it found none."""

    @property
    def waiting(self) -> tuple[int, ...]:
        """Unread pages that OCR has not been tried on."""
        return tuple(number for number in self.unread if number not in set(self.tried))


@dataclass(frozen=True, slots=True)
class Unread:
    """A document whose words are wanted."""

    path: Path
    sha256: str
    kind: Kind


class Stored:
    """The text of one document in the store, read page by page; close it after use."""

    def __init__(self, path: str | Path) -> None:
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115, PTH123 - a search opens twenty
        self.count = 0
        """Pages."""
        try:
            size = self._file.seek(0, os.SEEK_END)
            # A short document is read at once, of a long one the end, where its places stand.
            self._from = max(0, size - WHOLE)
            self._file.seek(self._from)
            self._end = self._file.read(WHOLE)
            offset, length, blocks, self.count, end = TAIL.unpack_from(self._end, -TAIL.size)
            if end != END:
                raise ValueError("not a whole file of the store")
            firsts = offset + 8 * (blocks + 1)
            about = firsts + 4 * blocks
            self._offsets = array("Q", self._bytes(offset, firsts))
            self._firsts = array("I", self._bytes(firsts, about))
            self._about = self._bytes(about, about + length)
        except (OSError, ValueError, struct.error):
            self._file.close()
            raise
        self._block: tuple[int, list[Page]] = (-1, [])

    @property
    def summary(self) -> Summary:
        """Problems and unread pages."""
        found = json.loads(self._about)
        return Summary(*(tuple(found[name]) for name in ("problems", "unread", "tried")))

    def page(self, number: int) -> Page:
        """The page of this number; IndexError when there is none."""
        if not 1 <= number <= self.count:
            raise IndexError(number)
        place = bisect_right(self._firsts, number) - 1
        return self._read(place)[number - self._firsts[place]]

    def __iter__(self) -> Iterator[Page]:
        """All pages in order, a few in memory at a time."""
        for place in range(len(self._firsts)):
            yield from self._read(place)

    def __enter__(self) -> Stored:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _read(self, place: int) -> list[Page]:
        if self._block[0] != place:
            data = self._bytes(self._offsets[place], self._offsets[place + 1])
            self._block = (place, _unpacked(zlib.decompress(data)))
        return self._block[1]

    def _bytes(self, start: int, end: int) -> bytes:
        if start >= self._from:
            return self._end[start - self._from : end - self._from]
        self._file.seek(start)
        return self._file.read(end - start)


class Store:
    """The folder that holds the texts: `requests/.cache/text`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the text of the document with this SHA-256 is, or would be."""
        return self.folder / sha256[:2] / sha256

    def read_at(self, sha256: str) -> int:
        """When the text of a document was last written, in nanoseconds; 0 when it was not."""
        try:
            return self.path(sha256).stat().st_mtime_ns
        except OSError:
            return 0

    def has(self, sha256: str) -> bool:
        """Whether the text of a document is here, whole and of this form."""
        try:
            with open(f"{self.folder}/{sha256[:2]}/{sha256}", "rb", buffering=0) as file:  # noqa: PTH123 - as above
                file.seek(-len(END), os.SEEK_END)
                return file.read() == END
        except OSError:
            return False

    def open(self, sha256: str) -> Stored | None:
        """The text of a document, or None when it has not been read (or the file is damaged)."""
        try:
            return Stored(f"{self.folder}/{sha256[:2]}/{sha256}")
        except (OSError, ValueError, struct.error):
            return None

    def write(self, sha256: str, pages: Iterable[Page], summary: Summary | Summaries) -> None:
        """Put the text of a document in its place; readers see the old one or this one.

        `pages` may come one by one; a `Summaries` is asked only when the last has come.
        """
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".partial-{os.urandom(4).hex()}")
        try:
            with partial.open("wb") as file:
                file.write(MAGIC)
                place, count = len(MAGIC), 0
                offsets, firsts = array("Q", [place]), array("I")
                for block in _blocks(pages):
                    place += file.write(zlib.compress(_packed(block), LEVEL))
                    firsts.append(count + 1)
                    offsets.append(place)
                    count += len(block)
                about = json.dumps(_as_dict(summary)).encode()
                file.write(offsets.tobytes() + firsts.tobytes() + about)
                file.write(TAIL.pack(place, len(about), len(firsts), count, END))
            os.replace(partial, target)  # noqa: PTH105 - the crash test wraps os.replace
        finally:
            with suppress(FileNotFoundError):
                partial.unlink()


class Summaries:
    """A summary that grows while the pages come."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.unread: list[int] = []
        self.tried: list[int] = []

    def whole(self) -> Summary:
        """What has been gathered."""
        return Summary(tuple(self.problems), tuple(self.unread), tuple(self.tried))


def _as_dict(summary: Summary | Summaries) -> dict[str, object]:
    whole = summary.whole() if isinstance(summary, Summaries) else summary
    return {"problems": whole.problems, "unread": whole.unread, "tried": whole.tried}


def _blocks(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """Pages in order, gathered until they are worth compressing together."""
    block: list[Page] = []
    size = 0
    for page in pages:
        block.append(page)
        size += len(page.text)
        if size >= BLOCK or len(block) >= 64:
            yield block
            block, size = [], 0
    if block:
        yield block


def _packed(block: Iterable[Page]) -> bytes:
    pieces = []
    for page in block:
        # A page may hold half a surrogate pair, which a PDF is free to contain.
        label = page.label.encode("utf-8", "replace")[:60_000]
        text = page.text.encode("utf-8", "replace")
        pieces += [HEAD.pack(page.number, len(label), len(text)), label, text]
    return b"".join(pieces)


def _unpacked(data: bytes) -> list[Page]:
    pages, place = [], 0
    while place < len(data):
        number, label, text = HEAD.unpack_from(data, place)
        middle = place + HEAD.size + label
        place = middle + text
        words = data[middle:place].decode("utf-8", "replace")
        name = data[middle - label : middle].decode("utf-8", "replace") if label else ""
        pages.append(Page(number, words, name))
    return pages
