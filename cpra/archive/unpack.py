"""What is inside a container, member by member, with every trap in it defused or refused."""

from __future__ import annotations

import gzip
import lzma
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cpra.archive.kinds import Kind
from cpra.archive.limits import Limits, size_in_words
from cpra.archive.message import message

BLOCK = 1 << 18
LARGEST_DIRECTORY = 64 * 10**6
"""Bytes of a zip's own list of entries; a million files need about this much."""
LARGEST_DICTIONARY = 256 << 20
"""Bytes of memory that one LZMA stream may ask for."""

RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]", re.IGNORECASE)
JOINERS = "\u200c\u200d\u00ad"
"""Invisible, but part of how Persian, Hindi and emoji are written."""

DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, gzip.BadGzipFile),
    *(EOFError, OSError, ValueError, IndexError, KeyError, struct.error, OverflowError),
    *(NotImplementedError, RuntimeError, AttributeError, TypeError, MemoryError),
)
"""What zipfile and tarfile raise on bytes that somebody prepared; all of it means: damaged."""


class NotUnpacked(Exception):
    """A container that is kept as it came; the reason is a sentence without a subject."""


class Damaged(Exception):
    """One member that cannot be read, while the others can."""


@dataclass(frozen=True, slots=True)
class Member:
    """One thing in a container: its name as it came and, unless it is refused, its bytes."""

    name: str
    """Empty when the notice is about the container itself, which then counts as closed."""
    parts: tuple[str, ...]
    """The name cut at every separator, with everything left out that leads elsewhere."""
    blocks: Callable[[], Iterator[bytes]] | None
    """Reads it; None for what is not a file and is not made into one."""
    notice: str = ""
    """What the requester should know about it, as a sentence without a subject."""


@dataclass(slots=True)
class Budget:
    """What may still come out of one container and of everything inside it."""

    limits: Limits
    entries: int = 0
    total: int = 0
    password: str = field(default="", repr=False)

    def take_entry(self) -> None:
        """Count one more file."""
        self.entries += 1
        if self.entries > self.limits.entries:
            raise NotUnpacked(_too_many(self.entries, self.limits, "at least "))

    def take_bytes(self, count: int) -> None:
        """Count bytes that came out, whatever the container's own list says."""
        self.total += count
        if self.total > self.limits.total:
            raise NotUnpacked(_too_large(self.total, self.limits, "more than "))


def members(path: Path, kind: Kind, budget: Budget) -> Iterator[Member]:
    """What is in this container; raises NotUnpacked, at the start or later, if it stays closed."""
    if kind is Kind.ZIP:
        return _zip_members(path, budget)
    if kind is Kind.EML:
        return _mail_members(path, budget)
    raise NotUnpacked(
        f"is a {kind} archive, which cpra keeps closed; unpack it and file what is in it"
    )


def _zip_members(path: Path, budget: Budget) -> Iterator[Member]:
    with _reading():
        _check_directory(path, budget.limits)
        archive = zipfile.ZipFile(path)
    with archive:
        entries = archive.infolist()
        seen: set[str] = set()
        with _reading():
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
        raise NotUnpacked(_too_many(count, limits))
    if length > LARGEST_DIRECTORY:
        raise NotUnpacked(_too_many(length // 46, limits, "up to "))


def _check_entries(path: Path, entries: list[zipfile.ZipInfo], budget: Budget) -> None:
    """Refuse a zip by its own list: too many, too large, too tightly packed, or overlapping."""
    limits, size = budget.limits, path.stat().st_size
    if len(entries) > limits.entries:
        raise NotUnpacked(_too_many(len(entries), limits))
    total = sum(entry.file_size for entry in entries)
    if budget.total + total > limits.total:
        raise NotUnpacked(_too_large(total, limits))
    if limits.ratio and total > limits.spared and total > limits.ratio * max(size, 1):
        raise NotUnpacked(
            f"would unpack to {size_in_words(total)}, {total // max(size, 1)} times its own size "
            f"(the limit is {limits.ratio} times)"
        )
    end, before = 0, ""
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise NotUnpacked(
                f"is not an honest zip: its entries {_shown(before)} and {_shown(_name(entry))} "
                "share the same bytes"
            )
        end, before = entry.header_offset + 30 + entry.compress_size, _name(entry)


def _zip_reader(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget
) -> Callable[[], Iterator[bytes]]:
    def blocks() -> Iterator[bytes]:
        password = budget.password.encode() if entry.flag_bits & 1 else None
        try:
            if entry.compress_type == zipfile.ZIP_LZMA:
                _check_dictionary(archive, entry)
            with archive.open(entry, pwd=password) as file:
                while block := file.read(BLOCK):
                    budget.take_bytes(len(block))
                    yield block
        except DAMAGE as error:
            raise Damaged(_reason(error)) from error

    return blocks


def _check_dictionary(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """An LZMA stream says in its head how much memory it wants; four gigabytes is an attack."""
    assert archive.filename is not None  # noqa: S101 - it was opened by name
    with Path(archive.filename).open("rb") as file:
        file.seek(entry.header_offset + 26)
        name, extra = struct.unpack("<HH", file.read(4))
        file.seek(name + extra + 4 + 1, 1)
        wanted = struct.unpack("<I", file.read(4))[0]
    if wanted > LARGEST_DICTIONARY:
        raise Damaged(f"would take {size_in_words(wanted)} of memory to unpack")


def _mail_members(path: Path, budget: Budget) -> Iterator[Member]:
    with _reading():
        found = message(path)
    for attachment in found.attachments:
        budget.take_entry()
        budget.take_bytes(len(attachment.data))
        parts, notice = safe_parts(attachment.name)
        yield Member(attachment.name, parts, _once(attachment.data), notice)


def _once(data: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter((data,))


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever goes wrong in here means that the container is damaged."""
    try:
        yield
    except DAMAGE as error:
        raise NotUnpacked(f"is damaged ({_reason(error)})") from error


def safe_parts(name: str) -> tuple[tuple[str, ...], str]:
    """The parts of a name from outside, none of which leads elsewhere; and what was wrong."""
    unified = name.replace("\\", "/")
    drive = re.match(r"[A-Za-z]:", unified)
    pieces = unified[2:].split("/") if drive else unified.split("/")
    parts = tuple(piece for piece in pieces if piece not in ("", ".", ".."))
    wrong = ""
    if ".." in pieces:
        wrong = 'would have been written outside the folder ("..")'
    elif drive or unified.startswith("/"):
        wrong = "would have been written to a fixed place on the disk"
    elif any(RESERVED.fullmatch(part.split(".")[0].strip()) for part in parts):
        wrong = "has a name that Windows keeps for a device"
    elif any(unicodedata.category(c) in ("Cc", "Cf") and c not in JOINERS for c in name):
        wrong = "has invisible characters in its name"
    notice = f"{wrong}; it is filed under a safe name" if wrong else ""
    return parts or ("unnamed",), notice


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
    return entry.is_dir() and entry.file_size == 0


def _shown(name: str) -> str:
    """A name from outside, in quotes, that cannot drive a terminal."""
    return f'"{"".join(c if c.isprintable() else "?" for c in name[:80])}"'


def _locked(count: int, of: int) -> str:
    """What is said of a zip with files that need a password."""
    what = "is locked" if count == of else f"is partly locked ({count} of its {of} files)"
    return f"{what} with a password and is kept as it came; ask the agency for the password"


def _too_many(count: int, limits: Limits, about: str = "") -> str:
    return f"holds {about}{count:,} files (the limit is {limits.entries:,})"


def _too_large(total: int, limits: Limits, about: str = "") -> str:
    wanted = size_in_words(total) if about == "" else size_in_words(limits.total)
    return f"would unpack to {about}{wanted} (the limit is {size_in_words(limits.total)})"


def _reason(error: BaseException) -> str:
    """The library's own words, made short and safe to print."""
    words = " ".join(str(error).split()) or type(error).__name__
    return "".join(c if c.isprintable() else "?" for c in words)[:120]
