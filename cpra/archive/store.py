"""The text of every document once, compressed, by SHA-256; derived, so it may be deleted.

A file of the store is a line that names its form, then blocks of a few pages each (so that one page
of a long document is read without the others), then the places of the blocks, and a summary.
"""

from __future__ import annotations

import json
import os
import secrets
import struct
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

MAGIC = b"cpra text 1\n"
TAIL = struct.Struct("<QQII8s")
END = b"cpratext"
BLOCK = 6_000
"""Characters after which a block of pages is closed."""
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


class Stored:
    """The text of one document in the store, read page by page; close it after use."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.count = 0
        """Pages."""
        try:
            self._file.seek(-TAIL.size, 2)
            offset, length, blocks, self.count, end = TAIL.unpack(self._file.read())
            if end != END:
                raise ValueError("not a whole file of the store")
            self._file.seek(offset)
            self._offsets = array("Q", self._file.read(8 * (blocks + 1)))
            self._firsts = array("I", self._file.read(4 * blocks))
            self._about = self._file.read(length)
        except (OSError, ValueError, struct.error):
            self._file.close()
            raise
        self._block: tuple[int, list[tuple[int, str, str]]] = (-1, [])

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
        return Page(*self._read(place)[number - self._firsts[place]])

    def __iter__(self) -> Iterator[Page]:
        """All pages in order, a few in memory at a time."""
        for place in range(len(self._firsts)):
            for row in self._read(place):
                yield Page(*row)

    def __enter__(self) -> Stored:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _read(self, place: int) -> list[tuple[int, str, str]]:
        if self._block[0] != place:
            self._file.seek(self._offsets[place])
            data = self._file.read(self._offsets[place + 1] - self._offsets[place])
            self._block = (place, json.loads(zlib.decompress(data)))
        return self._block[1]


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

    def open(self, sha256: str) -> Stored | None:
        """The text of a document, or None when it has not been read (or the file is damaged)."""
        try:
            return Stored(self.path(sha256))
        except (OSError, ValueError, struct.error):
            return None

    def write(self, sha256: str, pages: Iterable[Page], summary: Summary | Summaries) -> None:
        """Put the text of a document in its place; readers see the old one or this one.

        `pages` may come one by one; a `Summaries` is asked only when the last has come.
        """
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".partial-{secrets.token_hex(4)}")
        try:
            with partial.open("wb") as file:
                file.write(MAGIC)
                offsets, firsts, count = array("Q", [len(MAGIC)]), array("I"), 0
                for block in _blocks(pages):
                    rows = [(page.number, page.text, page.label) for page in block]
                    data = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
                    # A page may hold half a surrogate pair, which a PDF is free to contain.
                    file.write(zlib.compress(data.encode("utf-8", "replace"), LEVEL))
                    firsts.append(count + 1)
                    offsets.append(file.tell())
                    count += len(block)
                about = json.dumps(_as_dict(summary)).encode()
                place = file.tell()
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
