"""What a file really is, told by its bytes; the ending of its name is never believed."""

from __future__ import annotations

import re
import struct
from enum import StrEnum
from pathlib import Path

SAMPLE = 8_192
"""How much of a text is looked at for rows of a table, in bytes."""
CONTROLS = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27})
"""Bytes that hardly stand in any text."""
HEAD = 65_536
"""How much of a file is looked at, in bytes."""


class Kind(StrEnum):
    """The kinds of file that an agency sends, as far as the bytes tell them apart."""

    EMPTY = "empty"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    XLSB = "xlsb"
    PPTX = "pptx"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"
    EPUB = "epub"
    DOC = "doc"
    XLS = "xls"
    PPT = "ppt"
    MSG = "msg"
    OLE = "ole"
    RTF = "rtf"
    WPD = "wpd"
    EML = "eml"
    MBOX = "mbox"
    TNEF = "tnef"
    ZIP = "zip"
    TAR = "tar"
    GZ = "gz"
    BZ2 = "bz2"
    XZ = "xz"
    SEVENZIP = "7z"
    RAR = "rar"
    HTML = "html"
    XML = "xml"
    CSV = "csv"
    JSON = "json"
    ICS = "ics"
    VCF = "vcf"
    TXT = "txt"
    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    TIFF = "tiff"
    BMP = "bmp"
    WEBP = "webp"
    HEIC = "heic"
    SVG = "svg"
    PS = "ps"
    MP3 = "mp3"
    WAV = "wav"
    AUDIO = "audio"
    MP4 = "mp4"
    MOV = "mov"
    VIDEO = "video"
    SQLITE = "sqlite"
    PROGRAM = "program"
    DATA = "data"

    @property
    def is_container(self) -> bool:
        """Whether other files are inside that a requester would want beside it."""
        return self in CONTAINERS

    @property
    def has_scans(self) -> bool:
        """Whether OCR could read words in it that are no text."""
        return self in SCANNED

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, whose words only OCR could read."""
        return self in PICTURES


CONTAINERS = frozenset(
    {
        *(Kind.ZIP, Kind.TAR, Kind.GZ, Kind.BZ2, Kind.XZ, Kind.SEVENZIP, Kind.RAR),
        *(Kind.EML, Kind.MSG, Kind.MBOX, Kind.TNEF),
    }
)
PACKED = frozenset({Kind.ZIP, Kind.TAR, Kind.GZ, Kind.BZ2, Kind.XZ, Kind.SEVENZIP, Kind.RAR})
"""Containers that hold files and say nothing themselves."""
SCANNED = frozenset({Kind.PDF, Kind.PNG, Kind.JPEG, Kind.TIFF, Kind.BMP, Kind.WEBP, Kind.GIF})
PICTURES = frozenset(
    {Kind.PNG, Kind.JPEG, Kind.GIF, Kind.TIFF, Kind.BMP, Kind.WEBP, Kind.HEIC, Kind.SVG}
)

ENDINGS: dict[Kind, frozenset[str]] = {
    Kind.DOCX: frozenset({".docx", ".docm", ".dotx", ".dotm"}),
    Kind.XLSX: frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"}),
    Kind.PPTX: frozenset({".pptx", ".pptm", ".ppsx", ".potx"}),
    Kind.DOC: frozenset({".doc", ".dot"}),
    Kind.XLS: frozenset({".xls", ".xlt"}),
    Kind.PPT: frozenset({".ppt", ".pps"}),
    Kind.MSG: frozenset({".msg", ".oft"}),
    Kind.JPEG: frozenset({".jpg", ".jpeg", ".jfif"}),
    Kind.TIFF: frozenset({".tif", ".tiff"}),
    Kind.HTML: frozenset({".html", ".htm", ".xhtml", ".mht"}),
    Kind.GZ: frozenset({".gz", ".tgz"}),
    Kind.BZ2: frozenset({".bz2", ".tbz2"}),
    Kind.XZ: frozenset({".xz", ".txz"}),
    Kind.TNEF: frozenset({".dat", ".tnef"}),
    Kind.MP4: frozenset({".mp4", ".m4v", ".m4a"}),
    Kind.PS: frozenset({".ps", ".eps"}),
}
"""The endings under which a kind goes; a kind that is not here goes under its own name."""

PLAIN = frozenset({Kind.TXT, Kind.CSV, Kind.XML, Kind.JSON, Kind.HTML, Kind.EML, Kind.EMPTY})
"""Kinds that are text; many endings are honest for them."""

MAGIC: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"7z\xbc\xaf\x27\x1c", Kind.SEVENZIP),
    (0, b"Rar!\x1a\x07", Kind.RAR),
    (0, b"\x1f\x8b", Kind.GZ),
    (0, b"BZh", Kind.BZ2),
    (0, b"\xfd7zXZ\x00", Kind.XZ),
    (0, b"\x78\x9f\x3e\x22", Kind.TNEF),
    (0, b"{\\rtf", Kind.RTF),
    (0, b"\xffWPC", Kind.WPD),
    (0, b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (0, b"\xff\xd8\xff", Kind.JPEG),
    (0, b"GIF87a", Kind.GIF),
    (0, b"GIF89a", Kind.GIF),
    (0, b"II*\x00", Kind.TIFF),
    (0, b"MM\x00*", Kind.TIFF),
    (0, b"%!PS", Kind.PS),
    (0, b"\xc5\xd0\xd3\xc6", Kind.PS),
    (0, b"ID3", Kind.MP3),
    (0, b"\xff\xfb", Kind.MP3),
    (0, b"\xff\xf3", Kind.MP3),
    (0, b"OggS", Kind.AUDIO),
    (0, b"fLaC", Kind.AUDIO),
    (0, b"#!AMR", Kind.AUDIO),
    (0, b"\x1aE\xdf\xa3", Kind.VIDEO),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind.VIDEO),
    (0, b"\x00\x00\x01\xba", Kind.VIDEO),
    (0, b"SQLite format 3\x00", Kind.SQLITE),
    (0, b"\x7fELF", Kind.PROGRAM),
    (0, b"MZ", Kind.PROGRAM),
    (0, b"\xca\xfe\xba\xbe", Kind.PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", Kind.PROGRAM),
)

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
FROM_LINE = re.compile(rb"(?:\A|(?<=\n))From [^\r\n]{3,200} \d{4}\b[^\r\n]*\r?\n(?=[!-9;-~]+:)")
HEADER_LINE = re.compile(rb"[!-9;-~]{1,100}:(?:[ \t]|\r?$)", re.MULTILINE)
MAIL_HEADERS = frozenset(
    {
        *(b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"received", b"return-path"),
        *(b"mime-version", b"content-type", b"delivered-to", b"reply-to", b"in-reply-to"),
        *(b"x-received", b"dkim-signature", b"x-original-to", b"sender", b"bcc", b"references"),
        *(b"x-mailer", b"arc-seal", b"envelope-to", b"status", b"x-from-line"),
    }
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


def is_misnamed(name: str, real: Kind) -> bool:
    """Whether the ending of this name claims another kind than the bytes show."""
    ending = Path(name).suffix.lower()
    if not ending or real in (Kind.DATA, Kind.EMPTY, Kind.OLE, Kind.AUDIO, Kind.VIDEO):
        return False
    claimed = {known for known in Kind if ending in ENDINGS.get(known, {f".{known}"})}
    if real in PLAIN:
        return bool(claimed - PLAIN - {Kind.MBOX, Kind.SVG, Kind.ICS, Kind.VCF})
    return bool(claimed) and real not in claimed


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
    if _is_mail(head):
        # Before everything that may stand anywhere: a mail carries PDFs, zips and raw bytes.
        return Kind.EML
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    for offset, magic, found in MAGIC:
        if head.startswith(magic, offset) and not (found is Kind.PROGRAM and _is_text(head)):
            return found
    if is_tar(head[:512]):
        return Kind.TAR
    found_boxed = _kind_of_boxes(head)
    if found_boxed is not None:
        return found_boxed
    if path is not None and _ends_as_zip(path):
        return Kind.ZIP
    return _kind_of_text(head, path)


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


def _ends_as_zip(path: Path) -> bool:
    """Whether a zip follows something else, as in a self-extracting program."""
    if not _lists(path, b"PK\x05\x06"):
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


def _is_text(head: bytes) -> bool:
    """Whether these bytes are words in some encoding, rather than data."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    sample = head[:8192]
    if b"\0" in sample:
        # UTF-16 without a mark: nearly every second byte of western text is zero.
        odd, even = sample[1::2].count(0), sample[0::2].count(0)
        half = max(1, len(sample) // 2)
        return max(odd, even) > 0.7 * half and min(odd, even) < 0.05 * half
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    return controls <= len(sample) // 50


def _kind_of_text(head: bytes, path: Path | None) -> Kind:
    if not _is_text(head):
        return Kind.DATA
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2048]
    lower = start.lower()
    if FROM_LINE.match(start) and _is_mail(start.split(b"\n", 1)[1]):
        # One message with the line of a mailbox before it is still one message.
        return Kind.MBOX if path is not None and _holds_more_mail(path) else Kind.EML
    if lower.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or (
        b"<html" in lower[:1024] and start.startswith(b"<")
    ):
        return Kind.HTML
    if start.startswith(b"<?xml") or lower.startswith(b"<svg"):
        return Kind.SVG if b"<svg" in lower else Kind.XML
    if start.startswith(b"BEGIN:VCALENDAR"):
        return Kind.ICS
    if start.startswith(b"BEGIN:VCARD"):
        return Kind.VCF
    if start[:1] in (b"{", b"[") and re.match(rb'[\[{]\s*(?:["\[{\]}]|-?\d)', start):
        return Kind.JSON
    return Kind.CSV if _is_table(head) else Kind.TXT


def _is_mail(head: bytes) -> bool:
    """Whether it begins with header lines, two of which (or one of a multipart) only mail has."""
    known, lines = set(), 0
    for line in head.lstrip(b"\r\n").split(b"\n", 200)[:200]:
        if line[:1] in (b" ", b"\t") and lines:
            continue
        if not line.strip() or not HEADER_LINE.match(line.rstrip(b"\r") + b" "):
            break
        lines += 1
        name, _, value = line.lower().partition(b":")
        if name in MAIL_HEADERS:
            known.add(name)
        if name == b"content-type" and b"multipart/" in value:
            return True
    return len(known) >= 2


def _is_table(head: bytes) -> bool:
    """Whether nearly all of the first rows have the same number of cells, two or more."""
    import csv

    text = head[:SAMPLE].decode("utf-8", "replace")
    first = text.lstrip().split("\n", 1)[0]
    for separator in (",", "\t", ";"):
        if separator not in first:
            continue
        try:
            rows = [row for row in csv.reader(text.splitlines(), delimiter=separator) if row]
        except csv.Error:
            continue
        if len(head) > SAMPLE or not text.endswith("\n"):
            rows = rows[:-1] or rows
        widths = [len(row) for row in rows]
        if len(rows) < 2 or max(widths) < 2:
            continue
        usual = max(set(widths), key=widths.count)
        sentences = usual == 2 and any(row[-1].endswith((".", ":")) for row in rows)
        if usual > 1 and widths.count(usual) >= 0.9 * len(widths) and not sentences:
            return True
    return False


def _holds_more_mail(path: Path) -> bool:
    """Whether a second message follows the first, so that it is a mailbox."""
    first, tail = True, b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found = FROM_LINE.search(tail + block, 1 if first else 0)
            if found is not None:
                return True
            first, tail = False, block[-300:]
    return False
