"""One file whose words are searched, what an update of the index did, and the row it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cpra.archive.kinds import Kind
from cpra.archive.store import Store
from cpra.errors import Problem
from cpra.index.engine import day_number

if TYPE_CHECKING:
    from cpra.archive.look import Look

Row = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file whose words should be found, and what it may be filtered by."""

    request: str
    """The id, such as `2026-0007`."""
    agency: str
    path: str
    """Below the request's folder, with forward slashes."""
    file: Path
    """Where it is now."""
    sha256: str
    kind: Kind
    on: date | None = None
    installment: int | None = None

    @property
    def number(self) -> int:
        """The same for the same place, whatever is in it."""
        digest = hashlib.sha256(f"{self.request}\0{self.path}".encode()).digest()
        return int.from_bytes(digest[:8], "big") >> 1


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did."""

    indexed: int
    removed: int
    problems: tuple[Problem, ...]
    """Documents that could not be read, or not wholly."""
    unread: tuple[Problem, ...]
    """Documents with pages that only OCR could read, or of a kind that has no words."""
    sensitive: tuple[Problem, ...] = ()
    """Documents in which a redaction failed; what is under it is not shown and not exported."""

    def and_then(self, following: Updated) -> Updated:
        """This and what came after it."""
        return Updated(
            self.indexed + following.indexed,
            self.removed + following.removed,
            self.problems + following.problems,
            self.unread + following.unread,
            self.sensitive + following.sensitive,
        )


def row_of(document: Document, store: Store, looks: Mapping[str, Look]) -> Row:
    """What the table has of a document; `read` changes when OCR has found more words."""
    return (
        *(document.request, document.agency, document.path, document.sha256),
        *(str(document.kind), day_number(document.on), document.installment),
        store.read_at(document.sha256),
        int(document.sha256 in looks and looks[document.sha256].is_sensitive),
    )
