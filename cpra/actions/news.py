"""What a requester should know at once about the documents that were just filed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cpra.actions import limiting
from cpra.actions.reading import read_few_scans, waiting
from cpra.archive.look import looked
from cpra.archive.looking import look_all
from cpra.archive.sniffer import kind
from cpra.archive.store import Unread
from cpra.archive.text import read_all, stored_text
from cpra.core.events import Event
from cpra.errors import Problem
from cpra.workspace import Workspace

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class News:
    """What reading them has shown."""

    problems: tuple[Problem, ...]
    """Documents that cannot be read: locked, damaged."""
    unread_pages: int
    """Pages without words, which OCR could read."""
    by_ocr: int
    """Pages that OCR has read just now."""
    wordless: int
    """Pages that show something, on which OCR found no words."""
    sensitive_pages: int
    """Pages on which a redaction hides and does not remove."""
    sensitive_files: int


def news(workspace: Workspace, path: Path, event: Event, progress: Progress | None = None) -> News:
    """Read the documents of an event that was just written down, and look into them.

    What is read now is not read again by a search. Nothing of the request is changed.
    """
    documents = {
        name: Unread(path / name, sha256, kind(path / name))
        for name, sha256 in sorted(event.files.items())
        if (path / name).is_file()
    }
    wanted, limits = list(documents.values()), limiting.limits(workspace)
    read_all(wanted, workspace.cache, limits=limits, progress=progress)
    look_all(wanted, workspace.cache, limits=limits, progress=progress)
    by_ocr = read_few_scans(wanted, workspace.cache, limits, progress)
    problems: list[Problem] = []
    sensitive: list[int] = []
    wordless = 0
    for name, document in documents.items():
        stored = stored_text(workspace.cache, document.sha256)
        if stored is not None:
            with stored:
                summary = stored.summary
                problems += [Problem(name, None, text) for text in summary.problems]
                wordless += len(summary.unread) - len(summary.waiting)
        look = looked(workspace.cache, document.sha256)
        if look is not None and look.is_sensitive:
            sensitive.append(len({finding.page for finding in look.findings}))
    unread = waiting(wanted, workspace.cache)
    found = (tuple(problems), unread, by_ocr, wordless, sum(sensitive), len(sensitive))
    return News(*found)
