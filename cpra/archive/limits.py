"""How much of a container or document is read before cpra stops and asks; each is a setting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cpra.errors import BadFile, WrongUsage

UNITS = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3))


@dataclass(frozen=True, slots=True)
class Limits:
    """What an honest answer stays below; a refusal always states the one that was passed."""

    entries: int = 50_000
    """Files in one container, those of containers inside it counted with them."""
    depth: int = 5
    """Containers within containers."""
    ratio: int = 200
    """Times that a container may grow when it is unpacked; 0 when the requester gave a total."""
    total: int = 5 * 10**9
    """Bytes that one container may unpack to."""
    spared: int = 10**6
    """Bytes that may come out whatever the ratio is: too few to hurt."""
    seconds: int = 120
    """Time without a new page before the reading of one document is stopped."""
    memory: int = 10**9
    """Bytes of memory that the reading of one document may take (three times as many by OCR), where
    the system can say so."""

    ocr: int = 50
    """Pages without words that are read by OCR without being asked: a minute or two."""
    trusted: bool = False
    """The requester has said for this one container how large it may become."""

    def raised(self, total: int) -> Limits:
        """The limits of a requester who trusts this container and says how large it may become."""
        return replace(self, total=total, ratio=0, entries=max(self.entries, 10**6), trusted=True)


SANE = Limits()
"""What holds when the requester has said nothing else."""

FIELDS = {"size": "total", "files": "entries"}
"""Settings whose name in cpra.toml is not the field's."""

LEAST = {"memory": 300 * 10**6, "seconds": 5, "ocr": 0}
"""Below this, no honest document can be read; 0 pages by OCR is none unless it is asked for."""


def chosen(table: Mapping[str, Any]) -> Limits:
    """The limits that a requester has set (the table `limits` of cpra.toml), sane where unset."""
    values: dict[str, Any] = {}
    for name, said in table.items():
        try:
            value = size_from_words(said) if isinstance(said, str) else int(said)
        except WrongUsage as error:
            raise BadFile(f"cpra.toml: in [limits], {error}") from None
        least = LEAST.get(name, 1)
        if value < least:
            shown = size_in_words(least) if isinstance(said, str) else least
            raise BadFile(f"cpra.toml: in [limits], {name} is less than {shown}; make it larger")
        values[FIELDS.get(name, name)] = value
    return replace(SANE, **values)


def size_in_words(size: int) -> str:
    """`5 GB`, `1.9 GB`, `300 bytes`: a size as people say it."""
    for name, unit in UNITS:
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{size} byte{'' if size == 1 else 's'}"


def rounded_up(size: int) -> str:
    """A size for `--limit` that is surely enough: `60MB`, `300GB`."""
    for name, unit in UNITS:
        if size >= unit:
            return f"{-(-size // unit)}{name}"
    return "1kB"


def size_from_words(words: str) -> int:
    """The bytes of `400GB`, `1.5 TB`, `300 MB` or a plain number."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?b?|bytes)\s*", words.lower())
    if found is None:
        raise WrongUsage(f'"{words}" is no size; write it like 400GB or 800MB')
    unit = {name[0].lower(): unit for name, unit in UNITS}.get(found[2][:1], 1)
    return int(float(found[1]) * unit)
