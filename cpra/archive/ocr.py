"""Words in pictures and scans, by tesseract if it is installed, otherwise by the extra `ocr`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cpra.archive import rapid, tesseract
from cpra.archive.pdf import Unreadable, scan

INSTALL = (
    "`apt-get install tesseract-ocr` or `brew install tesseract`; or, slower and 400 MB, "
    "`pipx inject cpra rapidocr onnxruntime`"
)


def engine() -> str:
    """What reads pictures here: `tesseract`, `rapidocr`, or nothing."""
    if tesseract.program() is not None:
        return "tesseract"
    return "rapidocr" if rapid.is_installed() else ""


def picture_pages(path: Path, seconds: int) -> Iterator[str]:
    """The words of a picture; a TIFF may have many pages."""
    if _engine() == "tesseract":
        yield from tesseract.pages(path, seconds)
    else:
        yield from rapid.pages(path)


def scan_pages(path: Path, pages: Sequence[int], seconds: int) -> Iterator[str]:
    """The words on these pages of a PDF, each drawn at 300 dots an inch."""
    by = _engine()
    for number in pages:
        try:
            picture = scan(path, number)
        except Unreadable:
            yield ""
            continue
        yield tesseract.page(picture, seconds) if by == "tesseract" else rapid.page(picture)


def _engine() -> str:
    by = engine()
    if not by:
        raise Unreadable("needs OCR, and neither tesseract nor the extra `ocr` is installed")
    return by
