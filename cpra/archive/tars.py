"""What is in a tar, and in a file squeezed with gzip, bzip2 or xz; read as a stream, never at once.

The standard library's tarfile reads a header of any length into memory and makes links; this reader
knows the few sorts of entries that hold files and leaves the rest.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cpra.archive.limits import size_in_words
from cpra.archive.member import (
    BLOCK,
    DAMAGE,
    Budget,
    Damaged,
    Member,
    NotUnpacked,
    reading,
    reason,
    safe_parts,
)
from cpra.archive.sniffer import is_tar

LONGEST_HEADER = 1 << 20
"""Bytes of a long name or of extended attributes."""
FILES = b"0\x007"
LINKS = b"12"
MEMORY = 256 << 20
"""Bytes that xz may take to unpack."""


@dataclass(slots=True)
class _Entry:
    name: str
    sort: bytes
    size: int


class _Stream:
    """The bytes that come out of a container, counted against what may come out."""

    def __init__(self, file: IO[bytes], packed: int, budget: Budget) -> None:
        self._file = file
        self._packed = packed
        self._budget = budget
        self._out = 0
        self._ahead = b""

    def peek(self, size: int) -> bytes:
        """The next bytes, which will come again."""
        while len(self._ahead) < size and (more := self._next(size - len(self._ahead))):
            self._ahead += more
        return self._ahead[:size]

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end."""
        pieces, self._ahead = [self._ahead[:size]], self._ahead[size:]
        missing = size - len(pieces[0])
        while missing and (more := self._next(missing)):
            pieces.append(more)
            missing -= len(more)
        return b"".join(pieces)

    def blocks(self, size: int | None = None) -> Iterator[bytes]:
        """All that follows, or so many bytes of it, block by block."""
        while size is None or size > 0:
            block = self.read(BLOCK if size is None else min(BLOCK, size))
            if not block:
                if size is not None:
                    raise Damaged("it ends too early")
                return
            if size is not None:
                size -= len(block)
            yield block

    def _next(self, size: int) -> bytes:
        try:
            block = self._file.read(min(size, BLOCK))
        except DAMAGE as error:
            raise Damaged(reason(error)) from error
        self._out += len(block)
        self._budget.take_bytes(len(block))
        limits = self._budget.limits
        most = max(limits.spared, limits.ratio * self._packed)
        if limits.ratio and self._out > most:
            raise NotUnpacked(
                f"would unpack to more than {size_in_words(most)}, {limits.ratio} times its own "
                f"size (the limit is {limits.ratio} times)",
                needs=-1,
            )
        return block


def tar_members(path: Path, budget: Budget) -> Iterator[Member]:
    """The files of a tar."""
    with path.open("rb") as file:
        yield from _entries(_Stream(file, path.stat().st_size, budget), budget)


def stream_members(path: Path, budget: Budget) -> Iterator[Member]:
    """The one file in a .gz, .bz2 or .xz; or the files of the tar that it is."""
    with reading():
        file = _opened(path)
    with file:
        stream = _Stream(file, path.stat().st_size, budget)
        try:
            if is_tar(stream.peek(512)):
                yield from _entries(stream, budget)
                return
        except Damaged as error:
            raise NotUnpacked(f"is damaged ({error})") from error
        budget.take_entry()
        name = path.name.rpartition(".")[0] or path.name
        parts, notice = safe_parts(name)
        yield Member(name, parts, stream.blocks, notice)


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        magic = file.read(6)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.open(path)  # type: ignore[return-value]  # GzipFile reads as IO[bytes] does
    if magic.startswith(b"BZh"):
        return bz2.open(path)
    return lzma.open(_limited(path))


def _limited(path: Path) -> Path:
    """xz names the memory it wants in its head; lzma.open would take any amount."""
    with path.open("rb") as file:
        head = file.read(65_536)
    try:
        lzma.LZMADecompressor(memlimit=MEMORY).decompress(head, max_length=1)
    except lzma.LZMAError as error:
        raise NotUnpacked(f"is damaged or would take too much memory ({reason(error)})") from error
    return path


def _entries(stream: _Stream, budget: Budget) -> Iterator[Member]:
    """The files in order. What is not read by the receiver is skipped before the next header."""
    try:
        for entry in _headers(stream):
            left = _Left(stream, entry.size)
            if entry.sort in LINKS:
                parts, _ = safe_parts(entry.name)
                yield Member(entry.name, parts, None, "is a link to another place and was not made")
            elif entry.sort in FILES:
                budget.take_entry()
                parts, notice = safe_parts(entry.name)
                yield Member(entry.name, parts, left.blocks, notice)
            elif entry.sort != b"5":
                parts, _ = safe_parts(entry.name)
                yield Member(entry.name, parts, None, "is no ordinary file and was not unpacked")
            left.skip()
    except Damaged as error:
        raise NotUnpacked(f"is damaged ({error})") from error


class _Left:
    """What is left of one entry."""

    def __init__(self, stream: _Stream, size: int) -> None:
        self._stream = stream
        self._left = size
        self._padding = -size % 512

    def blocks(self) -> Iterator[bytes]:
        """Its bytes, once."""
        for block in self._stream.blocks(self._left):
            self._left -= len(block)
            yield block

    def skip(self) -> None:
        """Go on to the next header."""
        for _ in self.blocks():
            pass
        self._stream.read(self._padding)


def _headers(stream: _Stream) -> Iterator[_Entry]:
    """Each entry's name, sort and size, long names and extended attributes put in."""
    more: dict[str, str] = {}
    empty = 0
    while empty < 2:
        block = stream.read(512)
        if len(block) < 512:
            return
        if not block.strip(b"\0"):
            empty += 1
            continue
        if not is_tar(block):
            raise Damaged("a header is not what it should be")
        empty = 0
        sort, size = block[156:157], _number(block[124:136])
        if sort in (b"L", b"K", b"x", b"g", b"X"):
            if size > LONGEST_HEADER:
                raise Damaged("a header is longer than any honest one")
            data = stream.read(size)
            stream.read(-size % 512)
            more |= _extended(sort, data)
            continue
        said = more.get("size", "")
        size = int(said) if said.isdecimal() and len(said) < 20 else size
        yield _Entry(more.get("path") or _plain_name(block), sort, size if sort != b"5" else 0)
        more = {}


def _extended(sort: bytes, data: bytes) -> dict[str, str]:
    """What a long-name or pax entry says of the one after it."""
    if sort == b"L":
        return {"path": data.rstrip(b"\0").decode("utf-8", "surrogateescape")}
    if sort != b"x":
        return {}
    found: dict[str, str] = {}
    while data:
        length, _, _ = data.partition(b" ")
        if not length.isdigit() or len(length) > 9 or not 0 < int(length) <= len(data):
            break
        record, data = data[: int(length)], data[int(length) :]
        key, _, value = record[len(length) + 1 : -1].partition(b"=")
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
    return found


def _plain_name(block: bytes) -> str:
    name = block[:100].split(b"\0")[0]
    prefix = block[345:500].split(b"\0")[0] if block[257:262] == b"ustar" else b""
    whole = prefix + b"/" + name if prefix and block[257:265] == b"ustar\x0000" else name
    return whole.decode("utf-8", "surrogateescape")


def _number(field: bytes) -> int:
    """Octal, or with the first bit set the bytes themselves."""
    if field[0] & 0x80:
        return int.from_bytes(bytes((field[0] & 0x7F,)) + field[1:], "big")
    digits = field.split(b"\0")[0].strip()
    try:
        return int(digits or b"0", 8)
    except ValueError:
        raise Damaged("a size is not a number") from None
