"""The files of the page index: tantivy's own, and the table of what each number means."""

from __future__ import annotations

import os
import sqlite3
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cpra.core.names import is_text
from cpra.errors import CpraError
from cpra.index.words import analyzer

if TYPE_CHECKING:
    import tantivy

FORM = "cpra pages 3"

TABLE = """
CREATE TABLE IF NOT EXISTS document (
    number INTEGER PRIMARY KEY, request TEXT, agency TEXT, path TEXT, sha256 TEXT, kind TEXT,
    day INTEGER, installment INTEGER, read INTEGER, sensitive INTEGER)
"""


def is_current(cache: Path) -> bool:
    """Whether there is an index of this form; if not, `update` needs every document there is."""
    return identity(cache) != ""


def identity(cache: Path) -> str:
    """The name of the index that is here, another for each that was begun; none if not current."""
    try:
        found = (cache / "pages" / "form").read_text(encoding="utf-8")
    except OSError:
        return ""
    return found if found.partition("\n")[0] == form() else ""


def opened(folder: Path) -> tantivy.Index:
    """The index in this folder, made when there is none."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="words", index_option="position")
    builder.add_unsigned_field("file", indexed=True, fast=True)
    builder.add_unsigned_field("page", fast=True)
    for name in ("request", "agency", "kind"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("on", fast=True)
    builder.add_unsigned_field("installment", fast=True)
    try:
        index = tantivy.Index(builder.build(), str(folder / "index"))
    except ValueError as error:
        if not is_text(str(folder)):
            raise CpraError(
                f"the words cannot be searched in {folder}: a name in this path is not UTF-8; "
                "rename that folder"
            ) from error
        if not os.access(folder / "index", os.W_OK):  # its lock is a file, also for a search
            raise CpraError(
                f"the search index in {folder} cannot be written to, and a search needs that; "
                "search in a copy of the workspace"
            ) from error
        raise CpraError(
            f"the search index cannot be read ({error}); delete {folder} and do this again: "
            "it is made anew, and nothing is lost"
        ) from error
    index.register_tokenizer("words", analyzer())
    return index


def table(folder: Path) -> sqlite3.Connection:
    """Which document each number means."""
    connection = sqlite3.connect(folder / "documents.sqlite", timeout=30)
    connection.execute(TABLE)
    return connection


def form() -> str:
    """What must be the same for an index to be used: our form and tantivy's version."""
    from tantivy.tantivy import __version__

    return f"{FORM} tantivy {__version__}"


def day_number(day: date | None) -> int | None:
    """A day as the index has it, 20260302."""
    return None if day is None else day.year * 10_000 + day.month * 100 + day.day
