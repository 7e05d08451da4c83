"""Reads one document after the other in a process of its own, which may be killed at any moment.

Run by `cpra.archive.text`, never imported by it: a line of JSON with a path and a kind comes in,
frames of JSON with pages go out. The process cannot write files and has a limit on its memory.
"""

from __future__ import annotations

import importlib
import json
import os
import struct
import sys
import time
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from cpra.archive import pdf
from cpra.archive.bounds import confine
from cpra.archive.kinds import Kind
from cpra.archive.pdf import Unreadable

FRAME = struct.Struct("<I")
BUFFER = 1 << 16
"""Bytes of frames that are sent at once: each sending wakes the other side."""


READERS: Mapping[Kind, tuple[str, str]] = {
    Kind.DOCX: ("office", "docx_pages"),
    Kind.PPTX: ("office", "pptx_pages"),
    Kind.XLSX: ("sheets", "sheet_pages"),
    Kind.XLSB: ("sheets", "sheet_pages"),
    Kind.XLS: ("sheets", "sheet_pages"),
    Kind.ODS: ("sheets", "sheet_pages"),
    Kind.ODT: ("office", "odf_pages"),
    Kind.ODP: ("office", "odf_pages"),
    Kind.HTML: ("plain", "html_pages"),
    Kind.XML: ("plain", "xml_pages"),
    Kind.EML: ("plain", "mail_pages"),
    Kind.MSG: ("plain", "outlook_pages"),
    Kind.RTF: ("plain", "rtf_pages"),
    Kind.OLE: ("sheets", "locked_pages"),
    Kind.TXT: ("plain", "text_pages"),
    Kind.CSV: ("plain", "text_pages"),
    Kind.JSON: ("plain", "text_pages"),
    Kind.ICS: ("plain", "text_pages"),
    Kind.VCF: ("plain", "text_pages"),
}
"""Which module of the archive reads a kind, and how; loaded when the first such file comes."""
READABLE = frozenset({Kind.PDF, *READERS})
"""The kinds whose words can be read without OCR."""


def main() -> None:
    """Serve until the other side closes the pipe."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=BUFFER)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin.buffer:
        order = json.loads(line)
        # An engine that reads pictures takes more, whatever the picture is.
        confine(order["memory"] * (3 if order["work"] == "ocr" else 1))
        path, kind = Path(order["path"]), Kind(order["kind"])
        if order["work"] == "ocr":
            _serve(out, _ocr_pages(path, kind, order["pages"], order["seconds"]))
        elif order["work"] == "probe":
            _serve(out, _probe(path))
        elif order["work"] == "look":
            _serve(out, _looks(path, kind))
        else:
            _serve(out, _pages(path, kind))


Frame = tuple[str, int, str, str, bool]
"""`page`, its number, words, label, and whether it shows more than its words say; or `finding` with
the page, the hidden words and where they are; or `hidden` with what the file carries."""
Served = Iterator[Frame]


def _serve(out: BinaryIO, pages: Served) -> None:
    """Send one document: `page` frames, `problem` frames if there are any, and `end`."""
    sent = time.monotonic()
    try:
        for sort, number, text, label, unread in pages:
            # An accent may stand as a sign of its own; the index has only whole letters.
            whole = text if text.isascii() else unicodedata.normalize("NFC", text)
            _send(out, [sort, number, whole, label, unread])
            if time.monotonic() > sent + 1:  # who waits for a slow page must see that it goes on
                out.flush()
                sent = time.monotonic()
    except Unreadable as reason:
        _send(out, ["problem", str(reason)])
    except MemoryError:
        _send(out, ["problem", "needs more memory than one document may take, so it was not read"])
    except RecursionError:
        _send(
            out, ["problem", "is nested too deeply, as no honest document is, so it was not read"]
        )
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        _send(out, ["problem", f"is damaged ({type(error).__name__}), so its words cannot be read"])
    _send(out, ["end"])
    out.flush()


def _pages(path: Path, kind: Kind) -> Served:
    if kind is Kind.PDF:
        for number, (text, unread) in enumerate(pdf.pdf_pages(path), start=1):
            yield "page", number, text, "", unread
        return
    module, name = READERS[kind]
    pages = getattr(importlib.import_module(f"cpra.archive.{module}"), name)
    for number, (text, label) in enumerate(pages(path), start=1):
        yield "page", number, text, label, False


def _ocr_pages(path: Path, kind: Kind, pages: list[int], seconds: int) -> Served:
    """The words that OCR finds on these pages; a picture may turn out to have more pages."""
    from cpra.archive import ocr

    if kind is Kind.PDF:
        for number, text in zip(pages, ocr.scan_pages(path, pages, seconds), strict=True):
            yield "page", number, text, "", not text
        return
    for number, text in enumerate(ocr.picture_pages(path, seconds), start=1):
        yield "page", number, text, "", not text


def _probe(path: Path) -> Served:
    """Only whether a PDF can be opened; says the problem if it cannot."""
    pdf.opened(path)
    yield from ()


def _looks(path: Path, kind: Kind) -> Served:
    """What is hidden on its pages, and what it carries along."""
    from cpra.archive import hidden, redactions

    if kind is Kind.PDF:
        for found in redactions.findings(path):
            about = [found.box, found.hiding, found.characters]
            yield "finding", found.page, found.text, json.dumps(about), False
    for carried in hidden.hidden(path, kind):
        yield "hidden", 0, carried.detail, carried.what, False


def _send(out: BinaryIO, message: list[object]) -> None:
    data = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    out.write(FRAME.pack(len(data)) + data)
    if message[0] == "end":
        out.flush()


if __name__ == "__main__":
    main()
