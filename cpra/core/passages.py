"""A letter taken apart the way it is read: its numbered items, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBERED = re.compile(r"^\s{0,3}(\d{1,3})[.)]\s+(?=\S)")
_INDENTED = re.compile(r"^(?:\s{2,}|\t|\s*[-*•]\s)")


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph or one numbered thing of a letter."""

    text: str
    """as it stands, with its line breaks and without its number"""
    line: int
    """the line of the letter on which it begins, from 1"""
    number: int | None = None
    """its number, if it has one"""

    @property
    def flat(self) -> str:
        """The text with every line break a space, of the same length."""
        return self.text.replace("\n", " ")

    def line_of(self, offset: int) -> int:
        """The line of the letter on which a place in the text stands."""
        return self.line + self.text.count("\n", 0, offset)


def passages(letter: str) -> tuple[Passage, ...]:
    """The paragraphs of a letter; what is indented below a numbered one belongs to it."""
    found: list[Passage] = []
    for line, block in _blocks(letter):
        if number := _NUMBERED.match(block):
            found.append(Passage(block[number.end() :], line, int(number[1])))
        elif found and found[-1].number is not None and _INDENTED.match(block):
            before = found.pop()
            gap = "\n" * (line - before.line_of(len(before.text)))
            found.append(Passage(before.text + gap + block, before.line, before.number))
        else:
            found.append(Passage(block, line))
    return tuple(found)


def runs(found: tuple[Passage, ...]) -> tuple[tuple[Passage, ...], ...]:
    """The numbered lists of a letter: each begins with 1 and goes on with the next number."""
    lists: list[list[Passage]] = []
    for one in found:
        if one.number == 1:
            lists.append([one])
        elif lists and one.number == len(lists[-1]) + 1:
            lists[-1].append(one)
    return tuple(tuple(one) for one in lists)


def _blocks(letter: str) -> Iterator[tuple[int, str]]:
    """Paragraphs between blank lines; a numbered line begins one of its own."""
    lines: list[str] = []
    start = 1
    for number, line in enumerate([*letter.splitlines(), ""], start=1):
        if lines and (not line.strip() or _NUMBERED.match(line)):
            yield start, "\n".join(lines)
            lines = []
        if line.strip():
            if not lines:
                start = number
            lines.append(line.rstrip())
