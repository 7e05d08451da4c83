"""The one line that ends most commands: the next date of this request, and why it matters."""

from __future__ import annotations

from pathlib import Path

from cpra.cli.here import Here
from cpra.cli.page import day, fitted
from cpra.index.rows import rows
from cpra.reports.agenda import Entry, Group, entries, next_letter, was
from cpra.reports.hints import letter_hint


def next_date(here: Here, path: Path) -> str:
    """`Next: determination due Mon Sep 28, 2026 (cpra explain 12)`."""
    mine = [entry for entry in entries(here.workspace, here.today) if entry.folder == path.name]
    if not mine:
        return fitted(_uncounted(here, path) or _undated(here, path), "  ")
    first = mine[0]
    about = "".join(f" · {text}" for text in (first.note, first.contingent) if text)
    return fitted(
        f"Next: {first.label} {_when(first)}{about} (`cpra explain {first.number}`)", "  "
    )


def _uncounted(here: Here, path: Path) -> str:
    """Why the dates of a request cannot be counted, if that is so: a year was mistyped."""
    found = rows(here.workspace)
    try:
        why = [p.text for p in found.problems() if Path(p.path).parent.name == path.name]
    finally:
        found.close()
    return f"No date is counted: {why[0]} (`cpra timeline {path.name[:9]}`)" if why else ""


def _undated(here: Here, path: Path) -> str:
    """What a request without an open date may still need."""
    from cpra import folder
    from cpra.core.request import Status

    request = folder.read(path)
    said, number = "No date is open for it.", request.number
    if request.status in (Status.PRODUCING, Status.DETERMINED):
        return (
            f"{said} If that is all: `cpra record {number} closed --on today`; "
            f"if not, `cpra audit {number}` shows what is missing"
        )
    found = rows(here.workspace)
    letter = next_letter(found.letters(path.name), here.today)
    way = letter_hint(found, here.workspace, path.name, number, letter)
    found.close()
    return f"{said} `{way.command}` {way.does}" if way else said


def _when(entry: Entry) -> str:
    if entry.kind == "promised":
        broken = ", and not kept" if entry.days > 0 else ""
        return f"promised for {day(entry.due)}{broken}"
    if entry.kind == "own":
        return f"is yours to make by {day(entry.due)}{', which has passed' * (entry.days > 0)}"
    if entry.kind == "watch":
        return f"to watch on {day(entry.due)}"
    if entry.estimate:
        return f"due about {day(entry.due)}"
    if entry.group is Group.LATE:
        plural = was(entry) == "were"
        return f"{was(entry)} due {day(entry.due)} and {'are' if plural else 'is'} late"
    if entry.group is Group.DUE:
        return f"{was(entry)} due {day(entry.due)}, late after {day(entry.latest)}"
    if entry.latest != entry.due:
        return f"due {day(entry.due)}, late after {day(entry.latest)}"
    return f"due {day(entry.due)}"
