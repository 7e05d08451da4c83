"""What was found in a document that should not be there, kept by its SHA-256 beside its words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FORM = 2
COVER = "█"
UNSHOWN = "[words under a cover on this page: not shown]"


class Hiding(StrEnum):
    """How something was hidden without being removed."""

    TEXT_UNDER_BOX = "text under a box"
    TEXT_UNDER_PICTURE = "text under a picture"
    TEXT_UNDER_NOTE = "text under a note or a mark"
    TEXT_UNDER_BLACK = "text behind what the picture blacks out"
    PICTURE_UNDER_BOX = "picture under a box"
    TEXT_IN_LAYER = "text in a layer that is switched off"
    MARKED_ONLY = "marked for redaction, and never redacted"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place on a page where something is hidden and still there."""

    page: int
    box: tuple[int, int, int, int]
    """Left, bottom, right and top in points, from the lower left corner of the page."""
    hiding: Hiding
    characters: int
    text: str = ""
    """The hidden words; shown only when they are asked for."""


class Carried(StrEnum):
    """Sorts of things that a file can carry along."""

    CHANGES = "tracked changes"
    COMMENTS = "comments"
    HIDDEN_TEXT = "hidden text"
    HIDDEN_SHEET = "hidden sheet"
    HIDDEN_ROWS = "hidden rows or columns"
    HIDDEN_SLIDE = "hidden slide"
    NOTES = "speaker notes"
    MACROS = "macros"
    SCRIPT = "script"
    FILES = "files inside"
    LINKS = "links to outside data"
    LAYERS = "layers that can be switched off"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class Hidden:
    """One thing that a file carries, and where or how much of it."""

    what: Carried
    detail: str


@dataclass(frozen=True, slots=True)
class Look:
    """What one document hides, and what it carries along."""

    findings: tuple[Finding, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_sensitive(self) -> bool:
        """Whether a redaction failed, so that the file is kept out of exports."""
        return bool(self.findings)


def looked(cache: Path, sha256: str) -> Look | None:
    """What was found in this document; None when nobody has looked yet."""
    try:
        kept = json.loads(kept_at(cache, sha256).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if kept.get("form") != FORM:
        return None
    return Look(
        tuple(
            Finding(
                *(found["page"], tuple(found["box"]), Hiding(found["hiding"])),
                *(found["characters"], found["text"]),
            )
            for found in kept["findings"]
        ),
        tuple(Hidden(Carried(one["what"]), one["detail"]) for one in kept["hidden"]),
        tuple(kept["problems"]),
    )


def covered(text: str, page: int, look: Look | None) -> str:
    """The words of a page without those that an agency tried to black out.

    When they cannot be told from the rest, nothing of the page is given.
    """
    if look is None:
        return text
    for finding in look.findings:
        letters = [re.escape(letter) for letter in finding.text if not letter.isspace()]
        if finding.page != page or not letters:
            continue
        text, count = re.subn(r"\s*".join(letters), COVER * len(letters), text)
        if not count:
            return UNSHOWN
    return text


def kept_at(cache: Path, sha256: str) -> Path:
    """Where what was found in this document is kept, or would be."""
    return cache / "look" / sha256[:2] / f"{sha256}.json"
