"""The letter as a Word document.

The paper is made once and kept; for each letter only its own text is written into it, so a letter
takes a millisecond or two. An item's number is typed, not counted by Word: it is the item's
name in the log, and must not change when somebody deletes a paragraph.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from cpra.letters.letter import Letter, Paragraph
from cpra.letters.markup import Run, Style, glued
from cpra.letters.paper import paper_of, plain_paper

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TAB = "<w:r><w:tab/></w:r>"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PROPERTIES = {Style.PLAIN: "", Style.EMPHASIS: "<w:i/>", Style.STRONG: "<w:b/>"}


def word(letter: Letter, letterhead: Path | None = None) -> bytes:
    """The .docx of a letter; the same letter on the same paper gives the same bytes."""
    paper = paper_of(letterhead) if letterhead else plain_paper()
    writer = _Writer(paper.styles)
    own = {
        "word/document.xml": _document(writer.letter(letter), paper.section),
        "docProps/core.xml": _core(letter),
    }
    if paper.first_header:
        own[paper.first_header] = _header(writer.letterhead(letter))
        own[paper.next_header] = _header(writer.continuation(letter))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in paper.parts.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, own.get(name, content))
    return packed.getvalue()


class _Writer:
    """Writes paragraphs in the paper's own styles."""

    def __init__(self, styles: Mapping[str, str]) -> None:
        self._styles = styles

    def letter(self, letter: Letter) -> str:
        """The body of the document, from the date to the copies."""
        written = [self._words("Letter Block", letter.dated)]
        if letter.via:
            written.append(self._words("Letter Block", letter.via, "<w:b/>"))
        written.append(self._lines("Letter Line", "Letter Block", letter.to))
        if letter.re:
            first, *more = letter.re
            written.append(self._paragraph("Letter Subject", _tabbed("Re:", first, "<w:b/>")))
            written += [self._words("Letter Item More", line) for line in more]
            written.append(self._words("Letter Line", ""))
        body: list[str] = []
        for block in letter.body:
            if isinstance(block, Paragraph):
                body.append(self._point(block.label, block.labelled, "Letter Text"))
                continue
            lead, *rest = block.paragraphs
            body.append(self._point(f"{block.number}.", lead.runs, "Letter Item"))
            body += [self._paragraph("Letter Item More", _runs(p.runs)) for p in rest]
        # A closing that stands alone on a page looks like a page of another letter.
        written += [*body[:-1], *map(_kept_with_next, body[-1:])]
        if letter.closing:
            written.append(self._words("Letter Closing", letter.closing))
        signed = [self._words("Letter Line", line) for line in letter.signature]
        written += [*map(_kept_with_next, signed[:-1]), *signed[-1:]]
        for label, lines in (("Enclosures:", letter.enclosures), ("cc:", letter.copies)):
            if lines:
                written.append(self._words("Letter Notice", f"{label} {lines[0]}"))
                written += [self._words("Letter Line", line) for line in lines[1:]]
        return "".join(written)

    def _point(self, label: str, runs: tuple[Run, ...], style: str) -> str:
        """A paragraph, with its number or letter in front of it if it has one."""
        if not label:
            return self._paragraph(style, _runs(runs))
        return self._paragraph("Letter Item", _run(label, "") + _TAB + _runs(runs))

    def letterhead(self, letter: Letter) -> str:
        """The requester's name and address at the top of the first page."""
        if not letter.sender:
            return self._words("Letter Small", "")
        name, *contact = letter.sender
        if not contact:
            name, contact = "", [name]
        head = self._words("Letter Name", name) if name else ""
        return head + self._words("Letter Contact", "  ·  ".join(contact))

    def continuation(self, letter: Letter) -> str:
        """The line at the top of the second page and the ones after it."""
        known = [part for part in (letter.to[0] if letter.to else "", letter.dated) if part]
        return self._words("Letter Small", "  ·  ".join(known)) + self._words("Letter Small", "")

    def _lines(self, style: str, last: str, lines: tuple[str, ...]) -> str:
        styles = [style] * (len(lines) - 1) + [last]
        return "".join(self._words(s, line) for s, line in zip(styles, lines, strict=False))

    def _words(self, style: str, words: str, properties: str = "") -> str:
        return self._paragraph(style, _run(words, properties) if words else "")

    def _paragraph(self, style: str, runs: str) -> str:
        properties = f'<w:pPr><w:pStyle w:val="{escape(self._styles[style])}"/></w:pPr>'
        return f"<w:p>{properties}{runs}</w:p>"


def _kept_with_next(paragraph: str) -> str:
    """The same paragraph, which no page break parts from the one after it."""
    return paragraph.replace("</w:pPr>", "<w:keepNext/></w:pPr>", 1)


def _runs(runs: tuple[Run, ...]) -> str:
    return "".join(_run(run.text, _PROPERTIES[run.style]) for run in runs)


def _run(words: str, properties: str) -> str:
    """A line feed is a line break."""
    lines = escape(glued(words)).split("\n")
    written = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f"<w:r>{look}{written}</w:r>"


def _tabbed(label: str, words: str, properties: str) -> str:
    return _run(label, properties) + _TAB + _run(words, properties)


def _document(body: str, section: str) -> bytes:
    return _xml(f'<w:document xmlns:w="{W}"><w:body>{body}{section}</w:body></w:document>')


def _header(paragraphs: str) -> bytes:
    return _xml(f'<w:hdr xmlns:w="{W}">{paragraphs}</w:hdr>')


def _core(letter: Letter) -> bytes:
    """The file's properties: its title and the letter's own date, nothing about the computer."""
    stamp = ""
    if day := letter.day:
        when = f'xsi:type="dcterms:W3CDTF">{_noon(day)}<'
        stamp = (
            f"<dcterms:created {when}/dcterms:created><dcterms:modified {when}/dcterms:modified>"
        )
    creator = f"<dc:creator>{escape(letter.author)}</dc:creator>" if letter.author else ""
    title = escape(letter.re[0]) if letter.re else "Letter"
    return _xml(
        "<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title>{creator}{stamp}</cp:coreProperties>"
    )


def _noon(day: date) -> str:
    return f"{day.isoformat()}T12:00:00Z"


def _xml(content: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return (head + content).encode("utf-8")
