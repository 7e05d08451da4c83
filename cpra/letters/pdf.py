"""The letter as a PDF, set by typst; every word goes in as data and none is read as markup.

The built-in fonts come first, so that the same letter gives the same bytes on every machine. If
they lack a character, this computer's fonts are asked; if those lack it too, the PDF is a plain one
and the characters are named. PDF/A-2b is what is asked of typst where every glyph exists; nothing
here has validated that the file conforms.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cpra.errors import CpraError
from cpra.letters.letter import Letter, Numbered, Paragraph
from cpra.letters.markup import Run, glued

if TYPE_CHECKING:
    from typst import Compiler

FONTS = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
_MAY_BREAK = "\N{ZERO WIDTH SPACE}"
_LONG_WORD = re.compile(r"[^ \n]{200,}")
_SPACES = re.compile(r"[^\S \n]{2,}")
_PIECES = re.compile(r".{1,60}")
_NO_GLYPH = re.compile(r'the text `?"(.*?)"`? could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


def pdf(letter: Letter) -> tuple[bytes, str]:
    """The PDF, and the characters in it that no font of this computer can show."""
    source = _definition(letter) + _page()
    missing = ""
    for system_fonts in (False, True):
        made, missing = _compiled(source, letter, system_fonts, archival=True)
        if made is not None:
            return made, ""
    made, _ = _compiled(source, letter, True, archival=False)
    if made is None:
        raise CpraError("the letter could not be set as a PDF; the .docx and .txt are complete")
    return made, missing


def _compiled(
    source: bytes, letter: Letter, system_fonts: bool, archival: bool
) -> tuple[bytes | None, str]:
    """The PDF, or the characters for which there was no glyph."""
    from typst import TypstError

    stamp = datetime.combine(letter.day, time(12), UTC) if letter.day else _UNDATED
    try:
        made = _compiler(system_fonts).compile(
            input=source,
            format="pdf",
            pdf_standards=["a-2b"] if archival else [],
            timestamp=stamp,
        )
    except TypstError as error:
        named = _NO_GLYPH.findall(f"{error.message}\n{error.diagnostic}")
        lacking = sorted(set(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(named))))
        if not lacking:
            raise CpraError(f"the letter could not be set as a PDF: {error.message}") from error
        return None, "".join(lacking)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which is no Exception
            raise
        raise CpraError(f"the letter could not be set as a PDF: {error}") from error
    if not isinstance(made, bytes):
        raise AssertionError("a PDF is one file")
    return made, ""


@lru_cache(maxsize=2)
def _compiler(system_fonts: bool) -> Compiler:
    from typst import Compiler

    return Compiler(ignore_system_fonts=not system_fonts)


@lru_cache(maxsize=1)
def _page() -> bytes:
    return files("cpra.templates").joinpath("forms", "letter.typ").read_bytes()


def _set(words: str) -> str:
    """Words as the page is given them: a very long one may be broken, so that it stays on the page.

    It also keeps typst from stopping: it cannot set an unbroken line of 64 KiB.
    """
    tied = _SPACES.sub(lambda found: found[0][0], glued(words))
    return _LONG_WORD.sub(lambda found: _MAY_BREAK.join(_PIECES.findall(found[0])), tied)


def _definition(letter: Letter) -> bytes:
    """The letter as a line of typst: JSON in a quoted string, in which `\\` and `"` are escaped."""
    words = json.dumps(_data(letter), ensure_ascii=False)
    quoted = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'#let letter = json(bytes("{quoted}"))\n'.encode()


def _data(letter: Letter) -> dict[str, object]:
    """What the page is given; its keys are those that letter.typ reads."""
    day = letter.day
    running = [part for part in (letter.to[0] if letter.to else "", letter.dated) if part]
    return {
        "title": letter.re[0] if letter.re else "Letter",
        "author": letter.author,
        "day": [day.year, day.month, day.day] if day else [],
        "fonts": list(FONTS),
        "running": "  ·  ".join(running),
        "sender": letter.sender,
        "date": letter.dated,
        "via": letter.via,
        "to": letter.to,
        "re": [_set(line) for line in letter.re],
        "body": [_block(block) for block in letter.body],
        "closing": letter.closing,
        "signature": letter.signature,
        "enclosures": letter.enclosures,
        "copies": letter.copies,
    }


def _block(block: Paragraph | Numbered) -> dict[str, object]:
    if isinstance(block, Numbered):
        return _point(f"{block.number}.", [paragraph.runs for paragraph in block.paragraphs])
    return _point(block.label, [block.labelled])


def _point(label: str, paragraphs: list[tuple[Run, ...]]) -> dict[str, object]:
    """A paragraph, with its number or letter if it has one."""
    return {
        "label": label,
        "paragraphs": [
            [{"text": _set(run.text), "style": str(run.style)} for run in runs]
            for runs in paragraphs
        ],
    }
