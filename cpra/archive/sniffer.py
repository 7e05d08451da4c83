"""What a file really is, told by its bytes; the ending of its name is never believed."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from cpra.archive.kinds import Kind
from cpra.archive.prose import is_mail, is_text, kind_of_text

HEAD = 65_536
"""How much of a file is looked at, in bytes."""

MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"7z\xbc\xaf\x27\x1c", Kind.SEVENZIP),
    (b"Rar!\x1a\x07", Kind.RAR),
    (b"\x1f\x8b", Kind.GZ),
    (b"BZh", Kind.BZ2),
    (b"\xfd7zXZ\x00", Kind.XZ),
    (b"\x78\x9f\x3e\x22", Kind.TNEF),
    (b"{\\rtf", Kind.RTF),
    (b"\xffWPC", Kind.WPD),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"%!PS", Kind.PS),
    (b"\xc5\xd0\xd3\xc6", Kind.PS),
    (b"ID3", Kind.MP3),
    (b"\xff\xfb", Kind.MP3),
    (b"\xff\xf3", Kind.MP3),
    (b"OggS", Kind.AUDIO),
    (b"fLaC", Kind.AUDIO),
    (b"#!AMR", Kind.AUDIO),
    (b"\x1aE\xdf\xa3", Kind.VIDEO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind.VIDEO),
    (b"\x00\x00\x01\xba", Kind.VIDEO),
    (b"SQLite format 3\x00", Kind.SQLITE),
    (b"\x7fELF", Kind.PROGRAM),
    (b"MZ", Kind.PROGRAM),
    (b"\xca\xfe\xba\xbe", Kind.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Kind.PROGRAM),
)
MAGICS = tuple(magic for magic, _ in MAGIC)

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("__properties_version1.0", Kind.MSG),
    ("WordDocument", Kind.DOC),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
    ("PowerPoint Document", Kind.PPT),
)
OOXML_PARTS: tuple[tuple[str, Kind], ...] = (
    ("word/document.xml", Kind.DOCX),
    ("xl/workbook.xml", Kind.XLSX),
    ("xl/workbook.bin", Kind.XLSB),
    ("ppt/presentation.xml", Kind.PPTX),
)
ODF_TYPES: tuple[tuple[bytes, Kind], ...] = (
    (b"application/vnd.oasis.opendocument.text", Kind.ODT),
    (b"application/vnd.oasis.opendocument.spreadsheet", Kind.ODS),
    (b"application/vnd.oasis.opendocument.presentation", Kind.ODP),
    (b"application/epub+zip", Kind.EPUB),
)


def kind(source: Path | bytes, head: bytes | None = None) -> Kind:
    """The kind of this file, or of a file that begins with these bytes.

    `head`, the first 65,536 bytes of the file, saves reading them.
    Raises OSError when the file cannot be read.
    """
    if isinstance(source, bytes):
        return _kind_of(source[:HEAD], None)
    if head is None:
        with source.open("rb") as file:
            head = file.read(HEAD)
    return _kind_of(head, source)


def is_tar(block: bytes) -> bool:
    """Whether these 512 bytes are the header of a tar, by its own checksum."""
    if len(block) < 512 or not block[0]:
        return False
    digits = block[148:156].strip(b"\0 ")
    if not digits or digits.strip(b"01234567"):
        return False
    rest = sum(block[:148]) + sum(block[156:512]) + 8 * 32
    return int(digits, 8) == rest


def _kind_of(head: bytes, path: Path | None) -> Kind:
    if not head:
        return Kind.EMPTY
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _kind_of_zip(head, path)
    if head.startswith(OLE_MAGIC):
        return _kind_of_ole(head, path)
    if is_mail(head):
        # Before everything that may stand anywhere: a mail carries PDFs, zips and raw bytes.
        return Kind.EML
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith(MAGICS):
        found = next(what for magic, what in MAGIC if head.startswith(magic))
        if not (found is Kind.PROGRAM and is_text(head)):
            return found
    if is_tar(head[:512]):
        return Kind.TAR
    found_boxed = _kind_of_boxes(head)
    if found_boxed is not None:
        return found_boxed
    if path is not None and _ends_as_zip(head, path):
        return Kind.ZIP
    return kind_of_text(head, path)


def _kind_of_boxes(head: bytes) -> Kind | None:
    """RIFF and ISO media, whose kind stands a few bytes in."""
    if head.startswith(b"RIFF"):
        form = head[8:12]
        return {b"WEBP": Kind.WEBP, b"WAVE": Kind.WAV, b"AVI ": Kind.VIDEO}.get(form)
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
            return Kind.HEIC
        return Kind.MOV if brand == b"qt  " else Kind.MP4
    if head[4:8] in (b"moov", b"mdat", b"wide") and len(head) > 64:
        return Kind.MOV
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return Kind.BMP
    return None


def _kind_of_zip(head: bytes, path: Path | None) -> Kind:
    if head[30:38] == b"mimetype":
        for media, found in ODF_TYPES:
            if head.startswith(media, 38) and head[38 + len(media) : 40 + len(media)] in (
                b"PK",
                b"\0\0",
                b"",
            ):
                return found
    if path is None:
        names = set(re.findall(rb"PK\x03\x04.{26}([ -~]{4,60}?\.(?:xml|bin))", head, re.DOTALL))
        parts = {name.decode("ascii") for name in names}
        return next((found for part, found in OOXML_PARTS if part in parts), Kind.ZIP)
    if b"[Content_Types].xml" not in head and not _lists(path, b"[Content_Types].xml"):
        return Kind.ZIP
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return Kind.ZIP
    return next((found for part, found in OOXML_PARTS if part in members), Kind.ZIP)


def _lists(path: Path, name: bytes) -> bool:
    """Whether a name stands in the last part of a zip, where its directory is."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - HEAD))
        return name in file.read()


def _ends_as_zip(head: bytes, path: Path) -> bool:
    """Whether a zip follows something else, as in a self-extracting program."""
    sign = b"PK\x05\x06"
    if sign not in head if len(head) < HEAD else not _lists(path, sign):
        return False
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return False


def _kind_of_ole(head: bytes, path: Path | None) -> Kind:
    """By the names in the directory of the compound file, which may stand anywhere in it."""
    names = set(re.findall(rb"(?:[ -~]\0){3,31}\0\0", head))
    if path is not None and len(head) == HEAD:
        names |= _ole_directory(head, path)
    found = {name[:-2].decode("utf-16-le", "replace") for name in names}
    return next((kind for stream, kind in OLE_STREAMS if stream in found), Kind.OLE)


def _ole_directory(head: bytes, path: Path) -> set[bytes]:
    """The raw names in the first sectors of the directory."""
    shift = struct.unpack_from("<H", head, 30)[0]
    first = struct.unpack_from("<I", head, 48)[0]
    if shift not in (9, 12):
        return set()
    with path.open("rb") as file:
        file.seek((first + 1) << shift)
        sector = file.read(16 << shift)
    return set(re.findall(rb"(?:[ -~]\0){3,31}\0\0", sector))
