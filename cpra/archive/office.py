"""The words of Word, PowerPoint and OpenDocument files; what is hidden in them is named as such."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpra.archive.pdf import Unreadable
from cpra.archive.plain import Stretch, stretches

if TYPE_CHECKING:
    import lxml.etree

LARGEST_PART = 300 * 10**6
"""Bytes of one XML part; the longest honest documents have a tenth of it."""

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def docx_pages(path: Path) -> Iterator[Stretch]:
    """A Word document by the page breaks Word left in it; then headers, notes and comments.

    Words that a tracked change took out are kept and stand as `[deleted: …]`.
    """
    with opened_zip(path) as archive:
        names = archive.namelist()
        yield from _word_pages(archive, "word/document.xml")
        for pattern, label in (
            (r"word/(?:header|footer)\d*\.xml", "headers and footers"),
            (r"word/footnotes\.xml", "footnotes"),
            (r"word/endnotes\.xml", "endnotes"),
            (r"word/comments\.xml", "comments"),
        ):
            parts = [name for name in names if re.fullmatch(pattern, name)]
            texts = [text for part in parts for text, _ in _word_pages(archive, part)]
            whole = "\n".join(dict.fromkeys(text.strip() for text in texts if text.strip()))
            if whole:
                yield from ((text, label) for text, _ in stretches(whole))


def _word_pages(archive: zipfile.ZipFile, part: str) -> Iterator[Stretch]:
    """The text of one part, cut where Word last broke the page."""
    page: list[str] = []
    skipped = 0
    for action, element in _events(archive, part):
        tag = element.tag
        if tag == FALLBACK:
            skipped += 1 if action == "start" else -1
            continue
        if skipped:
            continue
        if action == "start":
            if tag == f"{W}comment":
                page.append(f"[comment by {element.get(f'{W}author') or 'someone'}] ")
            continue
        new_page = tag == f"{W}lastRenderedPageBreak" or (
            tag == f"{W}br" and element.get(f"{W}type") == "page"
        )
        if new_page and "".join(page).strip():
            yield "".join(page).strip("\n"), ""
            page = []
        elif tag == f"{W}t":
            page.append(element.text or "")
        elif tag == f"{W}delText":
            page.append(f"[deleted: {element.text or ''}]")
        elif tag in (f"{W}tab", f"{W}tc"):
            page.append("\t")
        elif tag in (f"{W}p", f"{W}br", f"{W}cr", f"{W}tr"):
            page.append("\n")
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            page.append(f"[{element.get(f'{W}id')}]")
    yield "".join(page).strip("\n"), ""


def part_words(archive: zipfile.ZipFile, part: str) -> str:
    """All that stands between the tags of one part, a line for each paragraph or comment."""
    pieces: list[str] = []
    for action, element in _events(archive, part):
        if action == "end":
            pieces.append(element.text or "")
            if element.tag.endswith(("}comment", "}threadedComment", "}p")):
                pieces.append("\n")
    return re.sub(r"\n+", "\n", "".join(pieces)).strip()


def pptx_pages(path: Path) -> Iterator[Stretch]:
    """A presentation, one page for each slide with its notes; hidden slides are named."""
    with opened_zip(path) as archive:
        names = set(archive.namelist())
        slides = sorted(
            (name for name in names if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)), key=_number
        )
        for slide in slides:
            text, hidden = _slide(archive, slide)
            for kind in ("notesSlide", "comment"):
                for part in _related(archive, slide, kind):
                    if part in names:
                        text += f"\n[{kind.removesuffix('Slide')}] {_slide(archive, part)[0]}"
            yield text, f"slide {_number(slide)}{' (hidden)' if hidden else ''}"


def _slide(archive: zipfile.ZipFile, part: str) -> tuple[str, bool]:
    pieces: list[str] = []
    hidden = False
    for action, element in _events(archive, part):
        if action == "start":
            hidden = hidden or element.get("show") == "0"
        elif element.tag == f"{A}t" or element.tag.endswith("}text"):
            pieces.append(element.text or "")
        elif element.tag in (f"{A}p", f"{A}br"):
            pieces.append("\n")
        elif element.tag == f"{A}tc":
            pieces.append("\t")
    return re.sub(r"\n+", "\n", "".join(pieces)).strip(), hidden


def odf_pages(path: Path) -> Iterator[Stretch]:
    """An OpenDocument text or presentation, tracked deletions and comments among the words."""
    with opened_zip(path) as archive:
        pieces: list[str] = []
        for action, element in _events(archive, "content.xml"):
            tag = element.tag
            if action == "start":
                if tag == f"{TEXT}deletion":
                    pieces.append("[deleted: ")
                elif tag == f"{OFFICE}annotation":
                    pieces.append("[comment: ")
                elif tag in (f"{TEXT}tab", f"{TEXT}s"):
                    pieces.append(" ")
                pieces.append(element.text or "")
                continue
            if tag in (f"{TEXT}p", f"{TEXT}h", f"{TEXT}line-break"):
                pieces.append("\n")
            elif tag in (f"{TEXT}deletion", f"{OFFICE}annotation"):
                pieces.append("]")
            pieces.append(element.tail or "")
        text = re.sub(r"[ \t]+", " ", "".join(pieces))
    yield from stretches(re.sub(r"\n\s*\n+", "\n", text).strip())


def opened_zip(path: Path) -> zipfile.ZipFile:
    """The zip that an office file is; raises Unreadable when it is damaged."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable(f"is damaged ({error}), so its words cannot be read") from error


def _related(archive: zipfile.ZipFile, part: str, kind: str) -> list[str]:
    """The parts of one kind that belong to a part, by its list of relations."""
    folder, _, name = part.rpartition("/")
    try:
        relations = archive.read(f"{folder}/_rels/{name}.rels").decode("utf-8", "replace")
    except KeyError:
        return []
    found = re.findall(r'Target="\.\./([^"]+)"', relations)
    return [f"ppt/{target}" for target in found if kind.lower() in target.lower()]


def _events(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, lxml.etree._Element]]:
    """The elements of a part as they come, forgotten again; no entity is expanded or fetched."""
    import lxml.etree

    try:
        info = archive.getinfo(part)
        if info.file_size > LARGEST_PART:
            raise Unreadable("would unpack to more text than any honest document has")
        with archive.open(info) as file:
            walk: Any = lxml.etree.iterparse(
                file,
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                recover=False,
            )
            for action, element in walk:
                if not isinstance(element.tag, str):
                    continue
                yield action, element
                if action == "end":
                    element.clear(keep_tail=True)
                    while element.getprevious() is not None:
                        parent = element.getparent()
                        if parent is None:
                            break
                        del parent[0]
    except KeyError:
        raise Unreadable(f"is damaged: its part {part} is missing") from None
    except (lxml.etree.XMLSyntaxError, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        words = " ".join(str(error).split())[:100]
        raise Unreadable(
            f"is damaged or not honest ({words}), so its words cannot be read"
        ) from None


def _number(name: str) -> int:
    found = re.search(r"(\d+)\.xml$", name)
    return int(found[1]) if found else 0
