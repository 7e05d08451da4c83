"""The letter as plain text: what goes into an e-mail or a portal's form."""

from __future__ import annotations

from cpra.letters.letter import Letter, Paragraph
from cpra.letters.markup import glued, wrap

WIDTH = 72


def text(letter: Letter) -> str:
    """The letter wrapped at 72 characters; a longer word, such as a link, stays whole."""
    blocks = [
        _lines(letter.sender),
        letter.dated,
        _paragraph(letter.via),
        _lines(letter.to),
        _about(letter),
    ]
    for block in letter.body:
        if isinstance(block, Paragraph):
            blocks.append(_hanging(block.label, block.text.removeprefix(block.label).lstrip()))
            continue
        number = f"{block.number}."
        first, *more = (paragraph.text for paragraph in block.paragraphs)
        blocks.append(_hanging(number, first))
        blocks += [_paragraph(text, " " * (len(number) + 1)) for text in more]
    blocks += [letter.closing, _lines(letter.signature)]
    blocks += [_named("Enclosures: ", letter.enclosures), _named("cc: ", letter.copies)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _lines(lines: tuple[str, ...]) -> str:
    return "\n".join(_paragraph(line) for line in lines)


def _hanging(label: str, words: str) -> str:
    """A paragraph with its number or letter in front of it, and the lines below set in."""
    if not label:
        return _paragraph(words)
    return label + _paragraph(words, " " * (len(label) + 1))[len(label) :]


def _about(letter: Letter) -> str:
    return _named("Re: ", letter.re)


def _named(label: str, lines: tuple[str, ...]) -> str:
    indent = " " * len(label)
    whole = "\n".join(_paragraph(line, indent) for line in lines)
    return label + whole.removeprefix(indent) if whole else ""


def _paragraph(words: str, indent: str = "") -> str:
    return "\n".join(wrap(glued(words, "\0"), WIDTH, indent)).replace("\0", " ")
