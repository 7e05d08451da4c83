"""What bzip2 and LZMA squeezed into a zip, a block at a time.

The standard library undoes these two all at once: two kilobytes became three gigabytes of memory.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cpra.archive.limits import size_in_words
from cpra.archive.member import BLOCK

METHODS = frozenset({zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
LARGEST_DICTIONARY = 256 << 20
"""Bytes of memory that one LZMA stream may ask for; four gigabytes is an attack."""


def squeezed_blocks(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of one entry, never more than its list says; ValueError or worse if it lies."""
    size = check = 0
    with path.open("rb") as file:
        file.seek(entry.header_offset + 26)
        name, extra = struct.unpack("<HH", file.read(4))
        file.seek(name + extra, 1)
        for block in _undone(file, entry):
            size += len(block)
            check = zlib.crc32(block, check)
            if size > entry.file_size:
                raise ValueError("it holds more than its list says")
            yield block
    if size != entry.file_size or check != entry.CRC:
        raise ValueError("it is not what its list says")


def _undone(file: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    left, out = entry.compress_size, 0
    if entry.compress_type == zipfile.ZIP_BZIP2:
        stream: bz2.BZ2Decompressor | lzma.LZMADecompressor = bz2.BZ2Decompressor()
    else:
        stream = _lzma(file.read(9))
        left -= 9
    # An LZMA stream may have no mark of its end: then the size in the list is its end.
    while not stream.eof and out < entry.file_size:
        data = b""
        if stream.needs_input:
            data = file.read(min(BLOCK, left))
            left -= len(data)
            if not data:
                raise EOFError("it ends too early")
        block = stream.decompress(data, BLOCK)
        out += len(block)
        if block:
            yield block


def _lzma(head: bytes) -> lzma.LZMADecompressor:
    """By the five bytes of settings that stand before the stream."""
    length, settings, dictionary = struct.unpack("<2xHBI", head)
    if length != 5 or settings >= 9 * 5 * 5:
        raise ValueError("its settings are none")
    if dictionary > LARGEST_DICTIONARY:
        raise ValueError(f"would take {size_in_words(dictionary)} of memory to unpack")
    chosen = {
        "id": lzma.FILTER_LZMA1,
        "dict_size": max(dictionary, 4096),
        "lc": settings % 9,
        "lp": settings // 9 % 5,
        "pb": settings // 45,
    }
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[chosen])
