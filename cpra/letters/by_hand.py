"""Whether somebody changed the Word form of a letter itself instead of its letter.md."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from html import unescape
from io import BytesIO
from pathlib import Path

_PIECE = re.compile(r"<w:t(?:\s[^>]*)?>([^<]*)</w:t>|<w:(?:br|tab|cr)\b[^>]*/>|</w:p>")


def changed_by_hand(letter_md: Path) -> bool:
    """True when letter.docx says something else than letter.txt, which was made along with it.

    The sender stands in the page header of one and at the top of the other, so words that are only
    in the first paragraph of the text do not count. A letter.docx that is no Word file was changed.
    """
    docx, txt = letter_md.with_suffix(".docx"), letter_md.with_suffix(".txt")
    if not docx.is_file() or not txt.is_file():
        return False
    text = txt.read_bytes().decode("utf-8", errors="replace")
    there, made = Counter(_body(docx.read_bytes())), Counter(text.split())
    return bool(there - made) or bool(made - there - Counter(text.partition("\n\n")[0].split()))


def _body(docx: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(BytesIO(docx)) as packed:
            xml = packed.read("word/document.xml").decode("utf-8", errors="replace")
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError):
        return ["\ufffd"]
    pieces = (unescape(found[1]) if found[1] is not None else " " for found in _PIECE.finditer(xml))
    return "".join(pieces).split()
