"""The words of a PDF, page by page, with pdfium."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pypdfium2

FEW = 200
"""Characters below which a page with a large picture counts as unread: a stamp on a scan."""
SOFT_BREAK = re.compile("[\x02\ufffe]\r?\n?")
DPI = 300
"""Dots an inch at which a page is drawn for OCR."""
LARGEST_SCAN = 40_000_000
"""Dots of a page that is drawn for OCR."""
HOPELESS = 200
"""Pages in a row that cannot be read, after which the rest is given up."""


class Unreadable(Exception):
    """A document that gives no text; the reason is a sentence without a subject."""


def opened(path: Path) -> pypdfium2.PdfDocument:
    """The document; raises Unreadable when it is locked, damaged or none."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(_reason(str(error))) from None


def pdf_pages(path: Path) -> Iterator[tuple[str, bool]]:
    """Each page's words, and whether it shows something that they do not say (a scan).

    Raises Unreadable when the file cannot be opened, or when its pages stop coming.
    """
    import pypdfium2

    document = opened(path)
    count, failed = len(document), 0
    if not count:
        raise Unreadable("is damaged: it says it has no pages")
    for number in range(count):
        try:
            yield _page(document, number)
            failed = 0
        except pypdfium2.PdfiumError:
            failed += 1
            if failed in (HOPELESS, count):
                raise Unreadable(
                    f"is damaged: {failed:,} pages in a row cannot be read, of {count:,} it claims"
                ) from None
            yield "", True


def scan(path: Path, number: int) -> bytes:
    """One page drawn in grey, as a PGM picture; a very large one is drawn smaller."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(DPI / 72, (LARGEST_SCAN / max(1.0, width * height)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(_reason(str(error))) from None
    rows = bytes(bitmap.buffer)
    if bitmap.stride != bitmap.width:
        rows = b"".join(
            rows[start : start + bitmap.width]
            for start in range(0, bitmap.stride * bitmap.height, bitmap.stride)
        )
    head = f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
    document.close()
    return head + rows


def _page(document: pypdfium2.PdfDocument, number: int) -> tuple[str, bool]:
    import pypdfium2.raw as raw

    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            text = text_page.get_text_range()
        finally:
            text_page.close()
        if "\x02" in text or "\ufffe" in text:
            text = SOFT_BREAK.sub("", text)
        text = text.replace("\r\n", "\n").replace("\0", "")
        if raw.FPDFPage_GetAnnotCount(page):
            text += "".join(f"\n{words}" for words in _annotations(page, raw))
        unread = len(text.strip()) < FEW and _is_scan(page, text, raw)
    finally:
        page.close()
    return text, unread


def _is_scan(page: pypdfium2.PdfPage, text: str, raw: Any) -> bool:
    """Whether a page with few words shows more than they say."""
    count = raw.FPDFPage_CountObjects(page)
    if not count:
        return False
    if not text.strip():
        return True
    width, height = page.get_size()
    for place in range(min(count, 500)):
        item = raw.FPDFPage_GetObject(page, place)
        if raw.FPDFPageObj_GetType(item) not in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
            continue
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            continue
        if (right.value - left.value) * (top.value - bottom.value) > 0.5 * width * height:
            return True
    return False


def _annotations(page: pypdfium2.PdfPage, raw: Any) -> Iterator[str]:
    """What stands in notes, text boxes and filled-in form fields, which are no page content."""
    for place in range(min(raw.FPDFPage_GetAnnotCount(page), 2_000)):
        annotation = raw.FPDFPage_GetAnnot(page, place)
        if not annotation:
            continue
        widget = raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET
        for key in (b"V",) if widget else (b"Contents",):
            size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
            if 2 < size <= 200_000:
                buffer = (ctypes.c_ushort * (size // 2))()
                raw.FPDFAnnot_GetStringValue(annotation, key, buffer, size)
                words = bytes(buffer).decode("utf-16-le", "replace").rstrip("\0").strip()
                if words and words != "Off":
                    yield words.replace("\r", "\n")
        raw.FPDFPage_CloseAnnot(annotation)


def _reason(error: str) -> str:
    if "password" in error.lower():
        return "is locked with a password and cannot be read; ask the agency for the password"
    if "security" in error.lower():
        return "is encrypted in a way that cannot be read; ask the agency for an open copy"
    return (
        "is damaged or not really a PDF, so its words cannot be read; ask the agency for it again"
    )
