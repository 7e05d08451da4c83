"""The one line that ends most commands: the next date of this request, and why it matters."""

from __future__ import annotations

from pathlib import Path

from cpra.cli.here import Here
from cpra.cli.page import day
from cpra.reports.agenda import Entry, Group, entries


def next_date(here: Here, path: Path) -> str:
    """`Next: determination due Mon Sep 28, 2026 (cpra explain 12)`."""
    mine = [entry for entry in entries(here.workspace, here.today) if entry.folder == path.name]
    if not mine:
        return "No date is open for it."
    first = mine[0]
    about = f" · {first.note}" if first.note else ""
    return f"Next: {first.label} {_when(first)}{about} (`cpra explain {first.number}`)"


def _when(entry: Entry) -> str:
    if entry.kind == "promised":
        broken = ", and not kept" if entry.days > 0 else ""
        return f"promised for {day(entry.due)}{broken}"
    if entry.kind == "watch":
        return f"to watch on {day(entry.due)}"
    if entry.estimate:
        return f"due about {day(entry.due)}"
    if entry.group is Group.LATE:
        return f"was due {day(entry.due)} and is late"
    if entry.group is Group.DUE:
        return f"was due {day(entry.due)}, late after {day(entry.latest)}"
    if entry.latest != entry.due:
        return f"due {day(entry.due)}, late after {day(entry.latest)}"
    return f"due {day(entry.due)}"
