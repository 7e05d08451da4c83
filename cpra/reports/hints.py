"""What to type next about a date that the agency let pass: only what will work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from cpra.index.rows import Rows
from cpra.reports.agenda import Entry, Group
from cpra.workspace import Workspace


class Hint(NamedTuple):
    """A command, and what it does."""

    command: str
    does: str


def hint(found: Rows, workspace: Workspace, entry: Entry) -> Hint | None:
    """The command for a date that is late or a promise that is broken, if a letter is due now."""
    broken = entry.kind == "promised" and entry.days > 0
    if not (broken or (entry.kind == "statutory" and entry.group is Group.LATE)):
        return None
    return letter_hint(found, workspace, entry.folder, entry.number, entry.letter)


def letter_hint(
    found: Rows, workspace: Workspace, folder: str, number: int, letter: str
) -> Hint | None:
    """The command that drafts the next letter, or that opens it where it was drafted already."""
    if not letter:
        return None
    if _is_drafted(found, workspace, folder, letter):
        return Hint(f"cpra edit {number} --letter {letter}", "opens the letter that you drafted")
    return Hint(f"cpra follow-up {number}", f"drafts the next letter: {letter}")


def _is_drafted(found: Rows, workspace: Workspace, folder: str, letter: str) -> bool:
    """True for a draft that was not sent; one that was is replaced by the next of its name."""
    # In text: of ten thousand late requests few have a draft, and a path takes longer to put
    # together than to ask for.
    draft = f"{workspace.root}/requests/{folder}/draft/{letter}/letter.md"
    if not os.path.exists(draft):  # noqa: PTH110 - as above
        return False
    from cpra import disk

    try:
        sha256 = disk.sha256(Path(draft))
    except OSError:
        return False
    return sha256 not in {file.sha256 for file in found.files(folder)}
