"""Which filed documents the system's own program may be asked to show.

The system picks that program by the ending of the name, and cpra tells a document by its bytes:
only where both agree on a kind that is shown, and not run, is it opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cpra.archive.kinds import ENDINGS, Kind

NEVER = frozenset({Kind.PROGRAM, Kind.DATA, Kind.OLE, Kind.EMPTY, Kind.SQLITE})
"""Nothing shows these."""
ACTIVE = frozenset({Kind.HTML, Kind.XML, Kind.SVG, Kind.PS})
"""What opens them runs what is written in them, and may fetch what they name."""

SHOWN: Mapping[Kind, frozenset[str]] = {
    Kind.TXT: frozenset({".txt", ".text", ".log", ".md", ".csv", ".tsv", ".json"}),
    Kind.CSV: frozenset({".csv", ".tsv", ".txt"}),
    Kind.JSON: frozenset({".json", ".txt"}),
    Kind.EML: frozenset({".eml", ".txt"}),
    Kind.MP3: frozenset({".mp3"}),
    Kind.AUDIO: frozenset({".ogg", ".oga", ".opus", ".flac", ".amr"}),
    Kind.VIDEO: frozenset({".avi", ".mkv", ".webm", ".wmv", ".wma", ".asf", ".mpg", ".mpeg"}),
    Kind.MOV: frozenset({".mov", ".mp4", ".qt"}),
    Kind.HEIC: frozenset({".heic", ".heif"}),
}
"""The endings of these kinds, beside those under which every other kind goes (`ENDINGS`)."""


def why_not_shown(name: str, real: Kind) -> str:
    """Why a document is not handed to the system's program; nothing when it may be."""
    if real in NEVER:
        return "is a program or of no known kind"
    if real in ACTIVE:
        return f"is {real}, which a browser does not only show: it runs and fetches what it names"
    ending = Path(name).suffix.lower()
    if ending not in SHOWN.get(real, ENDINGS.get(real, frozenset({f".{real}"}))):
        called = f'its name ends in "{ending}"' if ending else "its name has no ending"
        return f"is {real}, but {called}, by which the system may run it"
    return ""
