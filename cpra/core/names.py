"""Names of files and folders that every system takes, whoever chose them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from cpra.core.signs import harmless

PARTIAL = ".partial-"
"""How the name of everything unfinished begins."""

LONGEST_NAME = 80
"""Characters in one part of a path; with a short folder above it this fits Windows' 260."""

_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"}
)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')


@lru_cache(maxsize=1_000)
def safe_name(name: str, longest: int = LONGEST_NAME) -> str:
    """A name from outside as one part of a path that Linux, macOS and Windows all take.

    NFC, without separators, controls, direction marks or reserved names, and no option of a
    command; the ending is kept.
    """
    text = unicodedata.normalize("NFC", name)
    text = "".join(
        "_" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") else c for c in text
    )
    text = _FORBIDDEN.sub("_", text).strip().rstrip(". ")
    if text.strip("._ ") == "":
        text = "unnamed"
    if text.split(".")[0].strip().casefold() in _RESERVED:
        text = f"_{text}"
    if text.startswith((PARTIAL, "-")) or text == ".lock":
        text = f"_{text}"  # a name like -rf would be an option to whoever types * there
    return _shortened(text, longest)


def is_text(name: str) -> bool:
    """False for a name from a disk that no list can show: not UTF-8, or it drives a terminal."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\n" not in name and harmless(name) == name


def folded(name: str) -> str:
    """What two names have in common when some system would take them for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def slug(text: str, longest: int = 40) -> str:
    """A short plain name made from words: lower case, ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) > longest:
        words = words[: longest + 1].rpartition("-")[0] or words[:longest]
    return words


def _ending(name: str) -> tuple[str, str]:
    """A name without its ending, and the ending with its dot (at most 12 characters)."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 11 or " " in ending:
        return name, ""
    return stem, dot + ending


def _shortened(name: str, longest: int) -> str:
    """A name that is too long keeps its beginning, a piece of its hash and its ending."""
    # Linux counts bytes (255 of them), the others count characters.
    if len(name) <= longest and len(name.encode("utf-8")) <= 200:
        return name
    mark = "~" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    stem, ending = _ending(name)
    room = longest - len(mark) - len(ending)
    while len((stem[:room] + mark + ending).encode("utf-8")) > 200:
        room -= 1
    return stem[:room].rstrip(". ") + mark + ending
