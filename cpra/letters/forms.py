"""The three forms of a letter, all made from its letter.md, so that they always say the same."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from cpra import disk
from cpra.errors import BadFile, Problem
from cpra.letters.letter import Letter, parse
from cpra.letters.paper import unused_words
from cpra.letters.pdf import pdf
from cpra.letters.text import text
from cpra.letters.word import word

LETTERHEAD = "letterhead.docx"


def write_forms(
    letter_md: Path, own: Path | None = None
) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """Make .txt, .docx and .pdf beside a letter.md; `own` is the folder with letterhead.docx.

    All three are made before the first is written, so a letter that cannot be made leaves the
    old forms as they were. The text is written last: it shows that the others are as new.
    """
    letter = read_letter(letter_md)
    letterhead = _letterhead(own)
    problems = []
    if letterhead and (lost := unused_words(letterhead)):
        problems.append(
            Problem(
                str(letterhead),
                None,
                f'"{lost[:60]}" stands in the body of the letterhead and is not used; move it '
                "into the page header",
            )
        )
    made, lacking = pdf(letter)
    if lacking:
        problems.append(Problem(str(letter_md.with_suffix(".pdf")), None, _no_glyphs(lacking)))
    forms = {".docx": word(letter, letterhead), ".pdf": made, ".txt": text(letter).encode("utf-8")}
    paths = []
    for suffix, content in forms.items():
        path = letter_md.with_suffix(suffix)
        disk.replace(path, content)
        paths.append(path)
    return tuple(paths), tuple(problems)


def word_form(letter_md: Path, own: Path | None = None) -> bytes:
    """The .docx that letter.md gives as it now stands."""
    return word(read_letter(letter_md), _letterhead(own))


def _letterhead(own: Path | None) -> Path | None:
    return own / LETTERHEAD if own and (own / LETTERHEAD).exists() else None


def read_letter(letter_md: Path) -> Letter:
    """The letter in a letter.md."""
    try:
        return parse(letter_md.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadFile(f"{letter_md} is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise BadFile(f"{letter_md} cannot be read: {error.strerror}") from error


def _no_glyphs(lacking: str) -> str:
    named = [
        f"{char + ' ' if char.isprintable() else ''}(U+{ord(char):04X} "
        f"{unicodedata.name(char, 'unnamed')})"
        for char in lacking
    ]
    shown = ", ".join(named[:8]) + (f" and {len(named) - 8} more" if len(named) > 8 else "")
    return (
        f"no font here can show {shown}; the PDF has a gap there and is no PDF/A. "
        "The .docx and .txt have the characters"
    )
