"""A letter as its parts, read from letter.md and written back to it.

letter.md is a block of headers (From, Date, Via, To, Re, and if wanted Cc, Enclosures and Author,
which is not printed), then paragraphs, numbered items and emphasis: `*so*` and `**so**`. A
backslash in front of a mark prints the mark; a backslash at the end of a line keeps the line break.
The closing (`Sincerely,`) and the lines after it are the signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cpra.core.words import MONTHS
from cpra.letters.markup import Run, Style, emphasized, escaped, runs_of, visible, wrap

HEADERS = ("From", "Date", "Via", "To", "Re", "Cc", "Enclosures", "Author")
WIDTH = 88

_HEADER = re.compile(rf"({'|'.join(HEADERS)}):[ \t]*(.*)", re.IGNORECASE)
_ITEM = re.compile(r" ?(\d{1,3})[.)](?:[ \t]+(.*)|[ \t]*)$", re.DOTALL)
_LABEL = re.compile(r"(\([a-z]\)) ")
_CLOSING = re.compile(r"[^.!?:;]{2,40},")
_DAY = re.compile(r"(?:([A-Z][a-z]+) (\d{1,2}), (\d{4})|(\d{4})-(\d{2})-(\d{2}))")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The words without their emphasis."""
        return "".join(run.text for run in self.runs)

    @property
    def label(self) -> str:
        """`(a)` where the paragraph is one of several lettered points; otherwise nothing."""
        found = _LABEL.match(self.runs[0].text) if self.runs else None
        return found[1] if found else ""

    @property
    def labelled(self) -> tuple[Run, ...]:
        """What stands after the label."""
        if not self.label:
            return self.runs
        first, *rest = self.runs
        return (Run(first.text[len(self.label) + 1 :], first.style), *rest)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered item. Its number is its name in the log, so it is never counted anew."""

    number: int
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What stands on the paper, whatever the paper is made of."""

    sender: tuple[str, ...] = ()
    dated: str = ""
    via: str = ""
    to: tuple[str, ...] = ()
    re: tuple[str, ...] = ()
    body: tuple[Paragraph | Numbered, ...] = ()
    closing: str = ""
    signature: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    author: str = ""
    """the name in the files' properties; absent unless the requester writes the header"""

    @property
    def day(self) -> date | None:
        """The letter's date as a day, where it is written like one."""
        found = _DAY.search(self.dated)
        if found is None:
            return None
        month, day, year, *iso = found.groups()
        try:
            if iso[0]:
                return date(int(iso[0]), int(iso[1]), int(iso[2]))
            return date(int(year), MONTHS.index(month) + 1, int(day))
        except ValueError:
            return None

    @property
    def items(self) -> tuple[Numbered, ...]:
        """The numbered items."""
        return tuple(block for block in self.body if isinstance(block, Numbered))


def parse(markdown: str) -> Letter:
    """The letter that a letter.md says."""
    text = markdown.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = visible(text.replace("\t", "    "))
    lines = [line.rstrip(" ") for line in text.split("\n")]
    while lines and not lines[0]:
        del lines[0]
    headers, lines = _headers(lines)
    blocks = list(_blocks(lines))
    body, closing, signature = _signed(blocks)
    return Letter(
        sender=headers["From"],
        dated=" ".join(headers["Date"]),
        via=" ".join(headers["Via"]),
        to=headers["To"],
        re=headers["Re"],
        body=tuple(_body(body)),
        closing=closing,
        signature=signature,
        copies=headers["Cc"],
        enclosures=headers["Enclosures"],
        author=" ".join(headers["Author"]),
    )


def _headers(lines: list[str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The header block, if the text begins with one, and the lines after it."""
    values: dict[str, list[str]] = {name: [] for name in HEADERS}
    if lines and _HEADER.match(lines[0]):
        current: list[str] = []
        while lines and lines[0]:
            line = lines.pop(0)
            if found := _HEADER.match(line):
                current = values[found[1].capitalize()]
                line = found[2]
            if line.strip():
                current.append(_plain(line.strip()))
    return {name: tuple(value) for name, value in values.items()}, lines


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in [*lines, ""]:
        if line:
            block.append(line)
        elif block:
            yield block
            block = []


def _signed(blocks: list[list[str]]) -> tuple[list[list[str]], str, tuple[str, ...]]:
    """Body, closing and signature: the closing is a short line that ends in a comma."""
    for back in range(1, min(len(blocks), 4)):
        first, *rest = blocks[-back]
        following = rest + [line for block in blocks[len(blocks) - back + 1 :] for line in block]
        short = len(following) <= 8 and all(len(line) <= WIDTH for line in following)
        if _CLOSING.fullmatch(first) and short:
            signature = tuple(_plain(line.strip()) for line in following)
            return blocks[:-back], _plain(first), signature
    return blocks, "", ()


def _body(blocks: list[list[str]]) -> Iterator[Paragraph | Numbered]:
    waiting: Numbered | None = None
    for block in blocks:
        if waiting and not _ITEM.match(block[0]) and block[0].startswith("  "):
            more = Paragraph(runs_of(block))
            waiting = Numbered(waiting.number, (*waiting.paragraphs, more))
            continue
        if waiting:
            yield waiting
            waiting = None
        if not _ITEM.match(block[0]):
            yield Paragraph(runs_of(block))
            continue
        starts = [n for n, line in enumerate(block) if _ITEM.match(line)]
        for start, end in zip(starts, [*starts[1:], len(block)], strict=True):
            if waiting:
                yield waiting
            waiting = _numbered(block[start:end])
    if waiting:
        yield waiting


def _numbered(lines: list[str]) -> Numbered:
    found = _ITEM.match(lines[0])
    if found is None:
        raise AssertionError("an item begins with its number")
    return Numbered(int(found[1]), (Paragraph(runs_of([found[2] or "", *lines[1:]])),))


def _plain(line: str) -> str:
    return "".join(run.text for run in emphasized(" ".join(line.split(" "))))


def markdown(letter: Letter) -> str:
    """The letter.md that says this letter; `parse` gives the same letter back."""
    headers = (
        ("From", letter.sender),
        ("Date", (letter.dated,)),
        ("Via", (letter.via,)),
        ("To", letter.to),
        ("Re", letter.re),
        ("Cc", letter.copies),
        ("Enclosures", letter.enclosures),
        ("Author", (letter.author,)),
    )
    top = [line for name, values in headers for line in _header_lines(name, values)]
    blocks = ["\n".join(top)] if top else []
    for block in letter.body:
        if isinstance(block, Paragraph):
            blocks.append(_wrapped(block, ""))
            continue
        first = f"{block.number}. "
        indent = " " * len(first)
        texts = [_wrapped(paragraph, indent) for paragraph in block.paragraphs]
        texts[0] = first + texts[0].removeprefix(indent)
        blocks += texts
    if letter.closing:
        blocks.append(escaped(letter.closing))
    if letter.signature:
        blocks.append("\n".join(escaped(line) for line in letter.signature))
    return "\n\n".join(blocks) + "\n"


def _header_lines(name: str, values: tuple[str, ...]) -> Iterator[str]:
    label = f"{name}: "
    for value in values:
        if value:
            yield label + escaped(value)
            label = " " * (len(name) + 2)


def _wrapped(paragraph: Paragraph, indent: str) -> str:
    return "\n".join(wrap(_marked(paragraph), WIDTH, indent))


def _marked(paragraph: Paragraph) -> str:
    marks = {Style.PLAIN: "", Style.EMPHASIS: "*", Style.STRONG: "**"}
    text = "".join(
        marks[run.style]
        + run.text.replace("\\", "\\\\").replace("*", "\\*").replace("\n", "\\\n")
        + marks[run.style]
        for run in paragraph.runs
    )
    return re.sub(r"^( ?\d{1,3})([.)])", r"\1\\\2", text)
