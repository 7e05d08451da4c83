"""The light markup of letter.md: emphasis, escapes, line breaks, and what must never hide.

`*so*` and `**so**` are emphasis; a backslash in front of a mark prints the mark, and one at the end
of a line keeps the line break.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cpra.core.words import MONTHS

_TIED = re.compile(
    r"(?:(?:Gov|Civ|Pen|Evid)\. )?(?:Code|Proc\.) §§? |(?:\d+ U\.S\.C\. )?§§? |\b(?:"
    + "|".join(MONTHS)
    + r") (?=\d)"
)
_MARKS = re.compile(r"\\(.)|(\*{1,2})|(\n)", re.DOTALL)

# They turn the reading order round, so that a line shows something else than it says.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Style(StrEnum):
    """How a piece of text is set."""

    PLAIN = ""
    EMPHASIS = "emphasis"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style; a line feed in it is a line break that was asked for."""

    text: str
    style: Style = Style.PLAIN


def visible(text: str) -> str:
    """The text with every character that would hide or turn something shown as U+XXXX."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _shows(char) else f"U+{ord(char):04X}" for char in text)


def _shows(char: str) -> bool:
    if char == "\n":
        return True
    if char in _TURNING or (ord(char) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF:
        return False
    return unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") and char != "\ufeff"


def escaped(text: str) -> str:
    """A text that is printed in a letter as it stands, whatever marks are in it."""
    text = visible(" ".join(text.replace("\t", " ").split()))
    text = text.replace("\\", "\\\\").replace("*", "\\*")
    return re.sub(r"^( ?\d{1,3})([.)])", r"\1\\\2", text)


def runs_of(lines: list[str]) -> tuple[Run, ...]:
    """The text of some lines as runs; the lines are joined, but where a backslash ends one."""
    joined = ""
    for line in lines:
        line = " ".join(part for part in line.split(" ") if part)
        if joined and not joined.endswith("\n"):
            joined += " "
        slashes = len(line) - len(line.rstrip("\\"))
        joined += line[:-1] + "\n" if slashes % 2 else line
    return emphasized(joined.strip("\n"))


def emphasized(text: str) -> tuple[Run, ...]:
    """Text with its marks read: runs of plain, emphasized and strong text."""
    pieces: list[tuple[str, str]] = []  # (mark, literal text)
    end = 0
    for found in _MARKS.finditer(text):
        pieces.append(("", text[end : found.start()]))
        end = found.end()
        if found[1] is not None:
            pieces.append(("", found[1] if unicodedata.category(found[1])[0] in "PS" else found[0]))
        elif found[3]:
            pieces.append(("", "\n"))
        else:
            pieces.append((found[2], found[2]))
    pieces.append(("", text[end:]))
    return _joined(_styled([piece for piece in pieces if piece[1]]))


def _styled(pieces: list[tuple[str, str]]) -> Iterator[Run]:
    """Runs from literal text and marks; a mark without its partner is printed."""
    partners = _partners(pieces)
    at = 0
    while at < len(pieces):
        mark, text = pieces[at]
        close = partners[at]
        if close is None:
            yield Run(text)
            at += 1
            continue
        style = Style.STRONG if mark == "**" else Style.EMPHASIS
        yield Run("".join(text for _, text in pieces[at + 1 : close]), style)
        at = close + 1


def _partners(pieces: list[tuple[str, str]]) -> list[int | None]:
    """Where the emphasis that begins at a piece ends; None where none begins.

    Marks stand close to the words on their inner sides, and none begins inside a word.
    """
    partners: list[int | None] = [None] * len(pieces)
    nearest: dict[str, int] = {}
    for at in range(len(pieces) - 1, -1, -1):
        mark, _ = pieces[at]
        if not mark:
            continue
        before = pieces[at - 1][1] if at else " "
        after = pieces[at + 1][1] if at + 1 < len(pieces) else " "
        opens = not after[0].isspace() and not before[-1].isalnum()
        if opens and nearest.get(mark, 0) > at + 1:
            partners[at] = nearest[mark]
        if not before[-1].isspace():
            nearest[mark] = at
    return partners


def _joined(runs: Iterator[Run]) -> tuple[Run, ...]:
    """Neighbours of one style as one run."""
    whole: list[Run] = []
    texts: list[list[str]] = []
    for run in runs:
        if whole and whole[-1].style is run.style:
            texts[-1].append(run.text)
        else:
            whole.append(run)
            texts.append([run.text])
    return tuple(Run("".join(t), run.style) for t, run in zip(texts, whole, strict=True))


def glued(text: str, space: str = "\N{NO-BREAK SPACE}") -> str:
    """The text with a section tied to its code and number, and a month to its day."""
    return _TIED.sub(lambda found: found[0].replace(" ", space), text)


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of at most so many characters; a longer word stays whole, a line feed stays a line."""
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for word in part.split(" "):
            if line and len(indent) + len(line) + 1 + len(word) > width:
                lines.append(indent + line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(indent + line)
    return lines
