"""Words in pictures by tesseract, a program that must be installed on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from cpra.archive.pdf import DPI, Unreadable

SURE = 50
"""Confidence, of 100, that at least one word must have for a page to count as read."""
DOUBTFUL = 15
"""Confidence below which a word is noise."""


def program() -> str | None:
    """Where tesseract is, if it is on PATH."""
    return shutil.which("tesseract")


def pages(path: Path, seconds: int) -> Iterator[str]:
    """The words of a picture; a TIFF may have many pages."""
    yield from _pages(_tesseract(str(path), None, seconds))


def page(picture: bytes, seconds: int) -> str:
    """The words of one picture in memory."""
    return next(_pages(_tesseract("stdin", picture, seconds)), "")


@lru_cache(maxsize=1)
def languages() -> str:
    """English, and Spanish where its data is installed."""
    listed = _run(["--list-langs"], None, 20)
    found = {line.strip() for line in listed.splitlines()[1:]}
    return "+".join(name for name in ("eng", "spa") if name in found) or "eng"


@lru_cache(maxsize=1)
def _turns() -> bool:
    """Whether the data that tells which way a page is turned is installed."""
    return "osd" in _run(["--list-langs"], None, 20).split()


def _tesseract(source: str, picture: bytes | None, seconds: int) -> str:
    layout = "1" if _turns() else "3"
    order = [source, "stdout", "--dpi", str(DPI), "--psm", layout, "-l", languages(), "tsv"]
    return _run(order, picture, seconds)


def _run(order: Sequence[str], picture: bytes | None, seconds: int) -> str:
    tesseract = program()
    if tesseract is None:
        raise Unreadable("needs OCR, and tesseract is not installed")
    try:
        done = subprocess.run(
            [tesseract, *order],
            input=picture if picture is not None else b"",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            # Two processes with one thread each read five times the pages of one with four.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace")


def _pages(table: str) -> Iterator[str]:
    """Pages of lines from tesseract's table of words; one without a single sure word is empty."""
    lines: dict[tuple[str, ...], list[str]] = {}
    page, sure, any_page = "1", False, False
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12:
            continue
        if cells[0] == "1" and any_page:
            yield _joined(lines) if sure else ""
            lines, sure = {}, False
        any_page = True
        page = cells[1]
        confidence = float(cells[10] or -1)
        if cells[0] == "5" and confidence >= DOUBTFUL and cells[11].strip():
            lines.setdefault((page, *cells[2:5]), []).append(cells[11].strip())
            sure = sure or (confidence >= SURE and len(cells[11].strip()) > 1)
    yield _joined(lines) if sure else ""


def _joined(lines: dict[tuple[str, ...], list[str]]) -> str:
    """Lines of words, an empty one between blocks."""
    out: list[str] = []
    block: tuple[str, ...] = ()
    for place, words in lines.items():
        if block and place[:2] != block:
            out.append("")
        block = place[:2]
        out.append(" ".join(words))
    return "\n".join(out)
