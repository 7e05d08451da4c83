"""One thing inside a container, its name made harmless, and how much may still come out."""

from __future__ import annotations

import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cpra.archive.limits import Limits, rounded_up, size_in_words

BLOCK = 1 << 18
RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]", re.IGNORECASE)
JOINERS = "\u200c\u200d\u00ad"
"""Invisible, but part of how Persian, Hindi and emoji are written."""

DAMAGE = (
    *(zipfile.BadZipFile, lzma.LZMAError, zlib.error),
    *(EOFError, OSError, ValueError, IndexError, KeyError, struct.error, OverflowError),
    *(NotImplementedError, RuntimeError, AttributeError, TypeError, MemoryError),
)
"""What zipfile and tarfile raise on bytes that somebody prepared; all of it means: damaged."""


class NotUnpacked(Exception):
    """A container that is kept as it came; the reason is a sentence without a subject.

    `needs` are the bytes that a requester who trusts it must allow, if a limit is the reason;
    -1 when nobody knows how many it would be.
    """

    def __init__(self, reason: str, needs: int = 0) -> None:
        super().__init__(reason)
        self.needs = needs

    @property
    def way_out(self) -> str:
        """What to do about it, to stand after the reason; nothing when no limit would help."""
        if not self.needs:
            return ""
        size = "SIZE" if self.needs < 0 else rounded_up(self.needs)
        return f"; if you trust it, file it again with --limit {size}"


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
    expected: int = 0
    """Bytes that a zip says are in it, until whoever shows the progress has counted them in."""
    password: str = field(default="", repr=False)

    def take_entry(self) -> None:
        """Count one more file."""
        self.entries += 1
        if self.entries > self.limits.entries:
            raise NotUnpacked(too_many(self.entries, self.limits, "at least "), needs=-1)

    def take_bytes(self, count: int) -> None:
        """Count bytes that came out, whatever the container's own list says."""
        self.total += count
        if self.total > self.limits.total:
            raise NotUnpacked(too_large(self.total, self.limits, "more than "), needs=-1)


@contextmanager
def reading() -> Iterator[None]:
    """Whatever goes wrong in here means that the container is damaged."""
    try:
        yield
    except DAMAGE as error:
        raise NotUnpacked(f"is damaged ({reason(error)})") from error


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


def shown(name: str) -> str:
    """A name from outside, in quotes, that cannot drive a terminal."""
    return f'"{"".join(c if c.isprintable() else "?" for c in name[:80])}"'


def too_many(count: int, limits: Limits, about: str = "") -> str:
    """The reason when it holds more files than the limit."""
    return f"holds {about}{count:,} files (the limit is {limits.entries:,})"


def too_large(total: int, limits: Limits, about: str = "") -> str:
    """The reason when more would come out than the limit."""
    wanted = size_in_words(total) if about == "" else size_in_words(limits.total)
    return f"would unpack to {about}{wanted} (the limit is {size_in_words(limits.total)})"


def reason(error: BaseException) -> str:
    """The library's own words, made short and safe to print."""
    words = " ".join(str(error).split()) or type(error).__name__
    return "".join(c if c.isprintable() else "?" for c in words)[:120]


def once(data: bytes) -> Callable[[], Iterator[bytes]]:
    """A reader of bytes that are at hand."""
    return lambda: iter((data,))
