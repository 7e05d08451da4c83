"""The messages of an mbox file, each as it stands in it."""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from cpra.archive.member import BLOCK, Budget, Member, safe_parts
from cpra.archive.mime import split_headers
from cpra.archive.mime_text import decoded_words

FROM_LINE = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{3,200} \d{4}\b[^\r\n]*\r?\n(?=[!-9;-~]+:)"
)
HEAD = 65_536


def mailbox_members(path: Path, budget: Budget) -> Iterator[Member]:
    """Each message as a file `0001 Subject.eml`."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        starts = [(found.start(), found.end()) for found in FROM_LINE.finditer(data)]
        ends = [start for start, _ in starts[1:]] + [len(data)]
        for number, ((_, start), end) in enumerate(zip(starts, ends, strict=True), start=1):
            budget.take_entry()
            budget.take_bytes(end - start)
            headers, _ = split_headers(data[start : min(end, start + HEAD)])
            subject = decoded_words(dict(reversed(headers)).get("subject", ""))
            name = f"{number:04} {subject[:60].strip() or 'no subject'}.eml"
            parts, _ = safe_parts(name.replace("/", "-").replace("\\", "-"))
            yield Member(name, parts, _slice(data, start, end))


def _slice(data: mmap.mmap, start: int, end: int) -> Callable[[], Iterator[bytes]]:
    def blocks() -> Iterator[bytes]:
        for place in range(start, end, BLOCK):
            yield data[place : min(end, place + BLOCK)]

    return blocks
