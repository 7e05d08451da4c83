"""The letter as plain text: what goes into an e-mail or a portal's form."""

from __future__ import annotations

from cpra.letters.letter import Letter, Paragraph, glued, wrap

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
            blocks.append(_paragraph(block.text))
            continue
        number = f"{block.number}."
        indent = " " * (len(number) + 1)
        first, *more = (_paragraph(paragraph.text, indent) for paragraph in block.paragraphs)
        blocks += [number + first[len(number) :], *more]
    blocks += [letter.closing, _lines(letter.signature)]
    blocks += [_named("Enclosures: ", letter.enclosures), _named("cc: ", letter.copies)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _lines(lines: tuple[str, ...]) -> str:
    return "\n".join(_paragraph(line) for line in lines)


def _about(letter: Letter) -> str:
    return _named("Re: ", letter.re)


def _named(label: str, lines: tuple[str, ...]) -> str:
    indent = " " * len(label)
    whole = "\n".join(_paragraph(line, indent) for line in lines)
    return label + whole.removeprefix(indent) if whole else ""


def _paragraph(words: str, indent: str = "") -> str:
    return "\n".join(wrap(glued(words, "\0"), WIDTH, indent)).replace("\0", " ")
