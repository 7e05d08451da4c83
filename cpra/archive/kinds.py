"""The kinds of file that an agency sends, and the endings under which each goes."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path


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

CLAIMED: dict[str, frozenset[Kind]] = {
    ending: frozenset(k for k in Kind if ending in ENDINGS.get(k, {f".{k}"}))
    for known in Kind
    for ending in ENDINGS.get(known, {f".{known}"})
}
"""What an ending claims."""

PLAIN = frozenset({Kind.TXT, Kind.CSV, Kind.XML, Kind.JSON, Kind.HTML, Kind.EML, Kind.EMPTY})
"""Kinds that are text; many endings are honest for them."""


@lru_cache(maxsize=1_000)
def _ending(name: str) -> str:
    return Path(name).suffix.lower()


def is_misnamed(name: str, real: Kind) -> bool:
    """Whether the ending of this name claims another kind than the bytes show."""
    ending = _ending(name)
    if not ending or real in (Kind.DATA, Kind.EMPTY, Kind.OLE, Kind.AUDIO, Kind.VIDEO):
        return False
    claimed = CLAIMED.get(ending, frozenset())
    if real in PLAIN:
        return bool(claimed - PLAIN - {Kind.MBOX, Kind.SVG, Kind.ICS, Kind.VCF})
    return bool(claimed) and real not in claimed
