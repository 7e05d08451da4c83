"""The SHA-256 of many files, as fast as the disk gives them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from cpra import disk

SOME = 16
LARGE = 1 << 22
"""Files that are hashed in one go, and the bytes of one that ends such a row."""


def hashes(files: Sequence[tuple[Path, int]]) -> Iterator[tuple[str, str]]:
    """The SHA-256 of each file, given with its size, or nothing and why it cannot be read.

    On several threads: hashlib lets go of the interpreter, so all processors work.
    """
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        yield from chain.from_iterable(pool.map(_hash_all, _parcels(files)))


def _parcels(files: Sequence[tuple[Path, int]]) -> Iterator[list[Path]]:
    """A few small files at a time: to hand one over takes as long as to hash it."""
    parcel: list[Path] = []
    for path, size in files:
        parcel.append(path)
        if len(parcel) == SOME or size > LARGE:
            yield parcel
            parcel = []
    if parcel:
        yield parcel


def _hash_all(parcel: Sequence[Path]) -> list[tuple[str, str]]:
    return [_hash(path) for path in parcel]


def _hash(path: Path) -> tuple[str, str]:
    try:
        return disk.sha256(path), ""
    except OSError as error:
        return "", error.strerror or str(error)
