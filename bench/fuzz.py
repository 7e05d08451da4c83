"""Hostile bytes for the code that reads containers and mail, guided by coverage: a long run.

`fuzz.py TARGET SECONDS [CORPUS]` with TARGET one of mail, zip, tar, kinds, tnef, rtf, query. Needs
`pip install atheris`. Any exception but those that the code promises is a crash; the input is left
beside as `crash-…`. What was run and found stands in docs/archive.md.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["cpra", "zipfile"]):
    from cpra.archive.kinds import Kind
    from cpra.archive.limits import Limits
    from cpra.archive.member import Budget, Damaged, NotUnpacked, safe_parts
    from cpra.archive.message import message
    from cpra.archive.places import LONGEST, Places
    from cpra.archive.rtf import rtf_words, unsqueezed
    from cpra.archive.sniffer import kind
    from cpra.archive.tnef import tnef_files
    from cpra.archive.unpack import members
    from cpra.index.query import parsed

LIMITS = Limits(entries=200, total=5_000_000, spared=100_000)
ROOM = Path(tempfile.mkdtemp(prefix="cpra-fuzz-"))


def mail(data: bytes) -> None:
    """A message is read and its attachments are named."""
    for attachment in message(data).attachments:
        parts, _ = safe_parts(attachment.name)
        place = Places().file("a", parts)
        if len(place) > LONGEST or ".." in place.split("/"):
            raise AssertionError(place)


def container(what: Kind) -> Callable[[bytes], None]:
    """A container is opened and everything in it is read."""

    def read(data: bytes) -> None:
        path = ROOM / "container"
        path.write_bytes(data)
        with suppress(NotUnpacked):
            for member in members(path, what, Budget(LIMITS)):
                if member.blocks is not None:
                    with suppress(Damaged):
                        size = sum(len(block) for block in member.blocks())
                        if size > LIMITS.total:
                            raise AssertionError(size)

    return read


def kinds(data: bytes) -> None:
    """A kind is always found, by the bytes and by the file."""
    path = ROOM / "file"
    path.write_bytes(data)
    kind(data)
    kind(path)


def tnef(data: bytes) -> None:
    """A winmail.dat gives files or ValueError."""
    with suppress(ValueError):
        tnef_files(b"\x78\x9f\x3e\x22\x01\x00" + data)


def rtf(data: bytes) -> None:
    """RTF gives words, squeezed RTF gives bytes or ValueError."""
    rtf_words(data)
    with suppress(ValueError):
        unsqueezed(data)


def query(data: bytes) -> None:
    """A query is read, whatever is in it."""
    parsed(data.decode("utf-8", "replace"))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "mail": mail,
    "zip": container(Kind.ZIP),
    "tar": container(Kind.GZ),
    "kinds": kinds,
    "tnef": tnef,
    "rtf": rtf,
    "query": query,
}


def main() -> None:
    """Run until the time is over or something crashes."""
    target, seconds, corpus = sys.argv[1], sys.argv[2], sys.argv[3:4]
    atheris.Setup(
        [
            *(sys.argv[0], f"-max_total_time={seconds}", "-rss_limit_mb=2000", "-timeout=20"),
            *("-max_len=20000", "-print_final_stats=1", *corpus),
        ],
        TARGETS[target],
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
