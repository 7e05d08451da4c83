"""What a file carries that its pages do not show: changes, comments, hidden sheets, files, macros.

Only listed: nothing is run, opened or fetched.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cpra.archive.kinds import Kind
from cpra.archive.look import Carried, Hidden
from cpra.archive.office import LARGEST_PART, opened_zip
from cpra.archive.pdf import Unreadable, opened


def hidden(path: Path, kind: Kind) -> Iterator[Hidden]:
    """What this file carries. Raises `pdf.Unreadable` when it cannot be opened."""
    if kind is Kind.PDF:
        yield from _in_pdf(path)
    elif kind in OFFICE:
        with opened_zip(path) as archive:
            yield from _in_office(archive, kind)
    elif kind in (Kind.DOC, Kind.XLS, Kind.PPT):
        yield from _in_old_office(path)


OFFICE = frozenset({Kind.DOCX, Kind.XLSX, Kind.XLSB, Kind.PPTX, Kind.ODT, Kind.ODS, Kind.ODP})
LOOKED_AT = OFFICE | {Kind.PDF, Kind.DOC, Kind.XLS, Kind.PPT}
"""Kinds in which there is something to look for."""


def _in_pdf(path: Path) -> Iterator[Hidden]:
    import pypdfium2.raw as raw

    document = opened(path)
    about = {
        key.lower(): value
        for key, value in document.get_metadata_dict(skip_empty=True).items()
        if key in ("Title", "Author", "Subject", "Keywords", "Creator", "Producer")
    }
    if about:
        yield Hidden(Carried.METADATA, _listed(about))
    names = [document.get_attachment(n).get_name() for n in range(document.count_attachments())]
    if names:
        yield Hidden(Carried.FILES, _some(names))
    scripts = raw.FPDFDoc_GetJavaScriptActionCount(document)
    if scripts > 0:
        yield Hidden(Carried.SCRIPT, f"{scripts}; never run")
    data = path.read_bytes()
    if b"/OCProperties" in data:
        yield Hidden(Carried.LAYERS, "look at it with every layer switched on")


def _in_office(archive: zipfile.ZipFile, kind: Kind) -> Iterator[Hidden]:
    names = archive.namelist()
    main = {
        Kind.DOCX: "word/document.xml",
        Kind.PPTX: "ppt/presentation.xml",
        Kind.XLSX: "xl/workbook.xml",
        Kind.XLSB: "",
    }.get(kind, "content.xml")
    text = _part(archive, main)
    for what, pattern in PATTERNS:
        count = len(re.findall(pattern, text))
        if count:
            yield Hidden(what, f"{count} place{'' if count == 1 else 's'}")
    yield from _sheets(archive, kind, text, names)
    slides = [name for name in names if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
    unseen = [
        name for name in slides if re.search(rb'<p:sld\b[^>]*\bshow="0"', _raw(archive, name))
    ]
    if unseen:
        yield Hidden(Carried.HIDDEN_SLIDE, _some([Path(name).stem for name in unseen]))
    for what, pattern in PARTS:
        found = [name for name in names if re.search(pattern, name)]
        if found:
            yield Hidden(what, _some([name.rpartition("/")[2] for name in found]))
    yield from _about(archive, names)


PATTERNS: tuple[tuple[Carried, str], ...] = (
    (Carried.CHANGES, r"<(?:w:ins|w:del|w:moveFrom|w:moveTo|text:changed-region)\b[^>]*>"),
    (Carried.HIDDEN_TEXT, r"<w:vanish\s*/>|<w:vanish w:val=\"(?:1|true|on)\""),
    (Carried.COMMENTS, r"<office:annotation\b"),
    (Carried.HIDDEN_SHEET, r'<table:table\b[^>]*table:display="false"'),
)
PARTS: tuple[tuple[Carried, str], ...] = (
    (Carried.COMMENTS, r"/comments?\d*\.xml$|/threadedComments/"),
    (Carried.NOTES, r"^ppt/notesSlides/notesSlide\d+\.xml$"),
    (Carried.MACROS, r"vbaProject\.bin$|^Basic/.+\.xml$|/xlmMacrosheet"),
    (Carried.FILES, r"/embeddings/|^Object \d+/content\.xml$"),
    (Carried.LINKS, r"/externalLinks/externalLink\d+\.xml$|/connections\.xml$"),
)


def _sheets(
    archive: zipfile.ZipFile, kind: Kind, workbook: str, names: list[str]
) -> Iterator[Hidden]:
    if kind is not Kind.XLSX:
        return
    unseen = [
        match[1]
        for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", workbook)
        if re.search(r'\bstate="(?:hidden|veryHidden)"', tag)
        if (match := re.search(r'\bname="([^"]*)"', tag))
    ]
    if unseen:
        yield Hidden(Carried.HIDDEN_SHEET, _some(unseen))
    rows = 0
    for name in names:
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            rows += len(
                re.findall(rb"<(?:row|col)\b[^>]*\bhidden=\"(?:1|true)\"", _raw(archive, name))
            )
    if rows:
        yield Hidden(Carried.HIDDEN_ROWS, f"{rows} group{'' if rows == 1 else 's'}")


def _about(archive: zipfile.ZipFile, names: list[str]) -> Iterator[Hidden]:
    """Who made it and when, as the file itself says."""
    found: dict[str, str] = {}
    for part in ("docProps/core.xml", "docProps/app.xml", "meta.xml"):
        if part in names:
            for tag, value in re.findall(
                r"<[\w-]+:?([\w-]+)[^>]*>([^<>]{1,200})</", _part(archive, part)
            ):
                if tag.lower() in ABOUT and value.strip():
                    found.setdefault(ABOUT[tag.lower()], value.strip())
    if found:
        yield Hidden(Carried.METADATA, _listed(found))


ABOUT = {
    **{"creator": "author", "lastmodifiedby": "last changed by", "company": "company"},
    **{"manager": "manager", "title": "title", "initial-creator": "author"},
    **{"created": "made", "modified": "changed", "date": "changed", "creation-date": "made"},
}


def _in_old_office(path: Path) -> Iterator[Hidden]:
    """By the names in the file: its own form keeps the rest."""
    data = path.read_bytes()
    if "_VBA_PROJECT".encode("utf-16-le") in data or "Macros".encode("utf-16-le") in data:
        yield Hidden(Carried.MACROS, "never run")
    if "ObjectPool".encode("utf-16-le") in data:
        yield Hidden(Carried.FILES, "embedded objects")


def _part(archive: zipfile.ZipFile, name: str) -> str:
    return _raw(archive, name).decode("utf-8", "replace")


def _raw(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of a part; nothing when it is missing, damaged or dishonestly large."""
    try:
        if archive.getinfo(name).file_size > LARGEST_PART:
            raise Unreadable("would unpack to more than any honest document has")
        return archive.read(name)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, EOFError, ValueError):
        return b""


def _listed(about: dict[str, Any]) -> str:
    return "; ".join(f"{key}: {_clean(str(value))}" for key, value in about.items())


def _some(names: list[str]) -> str:
    shown = ", ".join(_clean(name) for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))[:120]
