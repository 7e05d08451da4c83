"""What is in a zip, with its bombs, liars and escapes refused or defused."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from cpra.archive.limits import Limits, size_in_words
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
    shown,
    too_large,
    too_many,
)
from cpra.archive.squeezed import METHODS, squeezed_blocks

LARGEST_DIRECTORY = 64 * 10**6
"""Bytes of a zip's own list of entries; a million files need about this much."""


def zip_members(path: Path, budget: Budget) -> Iterator[Member]:
    """The files of a zip; one with files that overlap, or too many or too large, stays closed."""
    with reading():
        _check_directory(path, budget.limits)
        archive = zipfile.ZipFile(path)
    with archive:
        entries = archive.infolist()
        seen: set[str] = set()
        with reading():
            _check_entries(path, entries, budget)
        locked = [entry for entry in entries if entry.flag_bits & 1 and not _is_folder(entry)]
        if locked and not budget.password:
            yield Member("", (), None, _locked(len(locked), len(entries)))
        for entry in entries:
            name = _name(entry)
            if _is_folder(entry) or (entry.flag_bits & 1 and not budget.password):
                continue
            budget.take_entry()
            parts, notice = safe_parts(name)
            if name in seen:
                notice = notice or "stands in it more than once; all of them are kept"
            seen.add(name)
            sort = stat.S_IFMT(entry.external_attr >> 16)
            if sort not in (0, stat.S_IFREG, stat.S_IFDIR):
                what = "a link to another place" if sort == stat.S_IFLNK else "no ordinary file"
                yield Member(name, parts, None, f"is {what} and was not made")
            else:
                yield Member(name, parts, _zip_reader(archive, entry, budget), notice)


def _check_directory(path: Path, limits: Limits) -> None:
    """Refuse a zip whose own list is too long, before zipfile reads all of it into memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 66_000))
        tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or place + 22 > len(tail):
        raise NotUnpacked("is damaged: its list of files at the end is missing")
    count, length = struct.unpack_from("<HI", tail, place + 10)
    wide = tail.rfind(b"PK\x06\x06", 0, place)
    if wide >= 0 and wide + 56 <= len(tail):
        count, length = struct.unpack_from("<QQ", tail, wide + 32)
    if count > limits.entries:
        raise NotUnpacked(too_many(count, limits), needs=-1)
    if length > LARGEST_DIRECTORY:
        raise NotUnpacked(too_many(length // 46, limits, "up to "), needs=-1)


def _check_entries(path: Path, entries: list[zipfile.ZipInfo], budget: Budget) -> None:
    """Refuse a zip by its own list: too many, too large, too tightly packed, or overlapping."""
    limits, size = budget.limits, path.stat().st_size
    total = sum(entry.file_size for entry in entries)
    if len(entries) > limits.entries:
        raise NotUnpacked(too_many(len(entries), limits), needs=max(total, 1))
    if budget.total + total > limits.total:
        raise NotUnpacked(too_large(total, limits), needs=budget.total + total)
    if limits.ratio and total > limits.spared and total > limits.ratio * max(size, 1):
        raise NotUnpacked(
            f"would unpack to {size_in_words(total)}, {total // max(size, 1)} times its own size "
            f"(the limit is {limits.ratio} times)",
            needs=total,
        )
    budget.expected += total
    end, before = 0, ""
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise NotUnpacked(
                f"is not an honest zip: its entries {shown(before)} and {shown(_name(entry))} "
                "share the same bytes"
            )
        end, before = entry.header_offset + 30 + entry.compress_size, _name(entry)


def _zip_reader(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget
) -> Callable[[], Iterator[bytes]]:
    def blocks() -> Iterator[bytes]:
        password = budget.password.encode() if entry.flag_bits & 1 else None
        try:
            if entry.compress_type in METHODS:
                if password is not None:
                    raise Damaged("it is locked and squeezed in a way that cpra does not undo")
                assert archive.filename is not None  # noqa: S101 - it was opened by name
                for block in squeezed_blocks(Path(archive.filename), entry):
                    budget.take_bytes(len(block))
                    yield block
                return
            with archive.open(entry, pwd=password) as file:
                while block := file.read(BLOCK):
                    budget.take_bytes(len(block))
                    yield block
        except DAMAGE as error:
            raise Damaged(reason(error)) from error

    return blocks


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of a zip entry: many programs write UTF-8 without saying so."""
    name = entry.orig_filename
    if entry.flag_bits & 0x800 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    """A folder, unless a program hid bytes in it."""
    return entry.filename.endswith("/") and entry.file_size == 0


def _locked(count: int, of: int) -> str:
    """What is said of a zip with files that need a password."""
    what = "is locked" if count == of else f"is partly locked ({count} of its {of} files)"
    return f"{what} with a password and is kept as it came; ask the agency for the password"
