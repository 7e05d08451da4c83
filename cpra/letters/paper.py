"""The paper a Word letter is written on: page, styles, header and footer, made once and kept.

It is the requester's letterhead.docx where there is one, and otherwise our own.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from cpra.errors import BadFile

if TYPE_CHECKING:
    from docx.document import Document as DocumentType
    from docx.styles.style import ParagraphStyle

FONT = "Times New Roman"


@dataclass(frozen=True, slots=True)
class _Look:
    """How one kind of paragraph stands on the page, in points."""

    name: str
    before: float = 0
    after: float = 0
    left: float = 0
    first: float = 0
    with_next: bool = False


_LOOKS = (
    _Look("Letter Name", with_next=True),
    _Look("Letter Contact", before=2, after=18),
    _Look("Letter Line"),
    _Look("Letter Block", after=14),
    _Look("Letter Subject", left=26, first=-26, with_next=True),
    _Look("Letter Text", after=8),
    _Look("Letter Item", after=6, left=26, first=-26),
    _Look("Letter Item More", after=6, left=26),
    _Look("Letter Closing", before=6, after=30, with_next=True),
    _Look("Letter Notice", before=14),
    _Look("Letter Small"),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document without its letter: what is the same in all of them."""

    parts: Mapping[str, bytes]
    section: str
    styles: Mapping[str, str]
    first_header: str
    """the part that carries the letterhead; empty where the requester's own paper has it"""
    next_header: str


def paper_of(letterhead: Path) -> Paper:
    """The requester's own paper, read again only when the file has changed."""
    try:
        state = letterhead.stat()
    except OSError as error:
        raise BadFile(f"{letterhead} cannot be read: {error.strerror}") from error
    return _own_paper(letterhead, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _own_paper(letterhead: Path, _changed: int, _size: int) -> Paper:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = Document(str(letterhead))
        return _paper(document, own=True)
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as error:
        raise BadFile(
            f"{letterhead} is not a Word document that can be used; open it in a word processor "
            "and save it as .docx"
        ) from error


def unused_words(letterhead: Path) -> str:
    """What stands in the body of a letterhead.docx, where the letter does not keep it."""
    from docx import Document

    paper_of(letterhead)
    return " ".join(p.text.strip() for p in Document(str(letterhead)).paragraphs).strip()


@lru_cache(maxsize=1)
def plain_paper() -> Paper:
    """Our own paper: Letter size, a plain serif, page numbers."""
    from docx import Document

    return _paper(Document(), own=False)


def _paper(document: DocumentType, own: bool) -> Paper:
    """A document with our styles, emptied of its text; ours gets a header and a footer too."""
    styles = _add_styles(document)
    first = following = ""
    if not own:
        _set_page(document)
        first, following = _set_headers(document)
        _strip(document)
    section = document.sections[0]._sectPr.xml
    saved = BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return Paper(
        _anonymous(parts),
        _REVISIONS.sub(b"", section.encode("utf-8")).decode("utf-8"),
        styles,
        first,
        following,
    )


def _add_styles(document: DocumentType) -> dict[str, str]:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    ids = {}
    for look in _LOOKS:
        known = [style for style in document.styles if style.name == look.name]
        if known:
            ids[look.name] = str(known[0].style_id)
            continue
        style = document.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        form = style.paragraph_format
        form.space_before, form.space_after = Pt(look.before), Pt(look.after)
        form.left_indent, form.first_line_indent = Pt(look.left), Pt(look.first)
        form.keep_with_next = look.with_next
        form.widow_control = True
        if look.first:
            form.tab_stops.add_tab_stop(Pt(look.left))
        ids[look.name] = str(style.style_id)
        _type(style)
    return ids


def _type(style: ParagraphStyle) -> None:
    from docx.shared import Pt, RGBColor

    if style.name == "Letter Name":
        style.font.size, style.font.bold = Pt(15), True
    elif style.name in ("Letter Contact", "Letter Small"):
        style.font.size, style.font.color.rgb = Pt(9.5), RGBColor(0x55, 0x55, 0x55)


def _set_page(document: DocumentType) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Inches, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(1.1)
    section.top_margin, section.bottom_margin = Inches(1), Inches(0.9)
    section.header_distance, section.footer_distance = Inches(0.6), Inches(0.45)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(11.5)
    fonts = normal.element.rPr.rFonts
    for script in ("w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    normal.paragraph_format.line_spacing = 1.08
    normal.paragraph_format.space_after = Pt(0)


def _set_headers(document: DocumentType) -> tuple[str, str]:
    """Letterhead on the first page, addressee and date on the others, page numbers on all."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    section = document.sections[0]
    section.different_first_page_header_footer = True
    for header in (section.first_page_header, section.header):
        header.is_linked_to_previous = False
    for footer in (section.first_page_footer, section.footer):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles["Letter Small"]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for words, code in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
            paragraph.add_run(words)
            for kind, text in (
                ("begin", ""),
                ("", code),
                ("separate", ""),
                ("shown", "1"),
                ("end", ""),
            ):
                run = paragraph.add_run()
                if kind == "shown":
                    run.text = text
                elif kind:
                    mark = OxmlElement("w:fldChar")
                    mark.set(qn("w:fldCharType"), kind)
                    run._r.append(mark)
                else:
                    order = OxmlElement("w:instrText")
                    order.text = f" {text} "
                    run._r.append(order)
    border = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "6"), ("color", "888888")):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    document.styles["Letter Contact"].element.get_or_add_pPr().insert_element_before(
        border, "w:tabs", "w:spacing", "w:ind", "w:jc"
    )
    names = [h.part.partname.lstrip("/") for h in (section.first_page_header, section.header)]
    return names[0], names[1]


# The marks by which Word tells one editing session, and so one writer, from another.
_REVISIONS = re.compile(
    rb' w:rsid\w*="[0-9A-Fa-f]*"|<w:rsid [^>]*/>|<w:rsids>.*?</w:rsids>', re.DOTALL
)
_KEPT_STYLES = frozenset({"Normal", "DefaultParagraphFont", "TableNormal", "NoList"})
_DROPPED = ("stylesWithEffects", "customXml", "numbering", "webSettings")


def _strip(document: DocumentType) -> None:
    """Take what a letter does not need out of python-docx's own document, and its marks."""
    from docx.oxml.ns import qn

    for style in list(document.styles.element.findall(qn("w:style"))):
        name = style.get(qn("w:styleId"))
        if name not in _KEPT_STYLES and not name.startswith("Letter"):
            document.styles.element.remove(style)
    for key, relation in list(document.part.rels.items()):
        if relation.reltype.rpartition("/")[2] in _DROPPED:
            document.part.drop_rel(key)
            document.part.rels.pop(key, None)
    settings = document.settings.element
    for tag in ("w:proofState", "w:savePreviewPicture", "w:doNotAutoCompressPictures"):
        for element in settings.findall(qn(tag)):
            settings.remove(element)


def _anonymous(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts without the properties that name a person, company or program."""
    gone = {"docProps/app.xml", "docProps/custom.xml", "docProps/thumbnail.jpeg"}
    kept = {name: content for name, content in parts.items() if name not in gone}
    for name in ("[Content_Types].xml", "_rels/.rels"):
        text = kept[name].decode("utf-8")
        for path in gone:
            text = re.sub(
                rf'<(?:Override|Relationship)\b[^>]*"/?{re.escape(path)}"[^>]*/>', "", text
            )
        kept[name] = text.encode("utf-8")
    kept.setdefault("docProps/core.xml", b"")
    return {name: _REVISIONS.sub(b"", content) for name, content in kept.items()}
