"""Today's digest: what is late, due, promised and broken, expiring, and what you asked for.

It is read in a terminal, in a mail to oneself, and as a notice on the desktop. With `discreet` it
names numbers only: no subject, no agency, no words of a reminder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cpra.index.rows import rows
from cpra.reports.agenda import WEEK, Entry, Group, agenda, gaps, reasons, words
from cpra.workspace import MARKER, Workspace, settings

SHOWN = (Group.LATE, Group.DUE, Group.TODAY, Group.REMINDER, Group.PROMISED, Group.THIS_WEEK)
"""What is worth a reminder; later dates are not."""

TITLES = {
    Group.LATE: "late",
    Group.DUE: "due",
    Group.TODAY: "due today",
    Group.REMINDER: "to remember",
    Group.PROMISED: "promised",
    Group.THIS_WEEK: "this week",
}


@dataclass(frozen=True, slots=True)
class Digest:
    """What there is to say today."""

    today: date
    entries: tuple[Entry, ...]
    waiting: int
    """messages that wait in the inbox"""
    expiring: tuple[date, ...]
    """the days of this week on which a link in one of them stops working"""
    discreet: bool
    unreadable: int = 0
    """requests that cannot be read"""
    gaps: tuple[str, ...] = ()
    """why some dates are not here, a sentence each"""

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to say."""
        return not self.entries and not self.waiting and not self.gaps

    @property
    def subject(self) -> str:
        """`cpra: 1 late, 2 this week, 3 messages wait`."""
        said = []
        for group in SHOWN:
            if count := sum(entry.group is group for entry in self.entries):
                said.append(f"{count} {TITLES[group]}")
        if self.waiting:
            said.append(_messages(self.waiting))
        if self.unreadable:
            said.append(f"{self.unreadable} cannot be read")
        elif self.gaps:
            said.append("some dates are missing")
        return f"cpra: {', '.join(said) or 'nothing is due'}"

    def lines(self) -> Iterator[str]:
        """The digest as text."""
        yield f"{self.today:%A, %B} {self.today.day}, {self.today.year}"
        for group in SHOWN:
            mine = [entry for entry in self.entries if entry.group is group]
            if mine:
                yield ""
                yield str(group).upper()
            for entry in mine:
                yield f"  {entry.id}  {self._line(entry)}"
        if self.waiting:
            yield ""
            yield f"{_messages(self.waiting)} in the inbox: cpra inbox"
        for on in self.expiring:
            yield f"  a link in one of them stops working on {on:%a %b} {on.day}"
        for sentences in (self.gaps, reasons(self.entries)):
            if sentences:
                yield ""
                yield from sentences
        if self.is_empty:
            yield "Nothing is due, and nothing waits."

    def _line(self, entry: Entry) -> str:
        if not self.discreet:
            what = words(entry, self.today)
            return f"{entry.agency} · {entry.subject[:50]} · {what}"
        if entry.kind == "reminder":
            return "a reminder of yours"
        return words(entry._replace(note="", moved=""), self.today)


def digest(workspace: Workspace, today: date) -> Digest:
    """What there is to say today."""
    found = rows(workspace)
    try:
        entries = tuple(entry for entry in agenda(found, today) if _pressing(entry))
        unreadable, missing = found.unreadable(), gaps(found)
    finally:
        found.close()
    waiting = _waiting(workspace)
    expiring = _expiring(workspace, today) if waiting else ()
    return Digest(today, entries, waiting, expiring, is_discreet(workspace), unreadable, missing)


def is_discreet(workspace: Workspace) -> bool:
    """True when cpra.toml says so; settings that do not have the word need not be understood."""
    if b"discreet" not in (workspace.requests / MARKER).read_bytes():
        return False
    return bool(settings(workspace).get("discreet", False))


def _pressing(entry: Entry) -> bool:
    """A promise counts when it is broken, or falls into this week; so does a date to watch."""
    return entry.group in SHOWN and (entry.group is not Group.PROMISED or entry.days >= -7)


def _waiting(workspace: Workspace) -> int:
    """By their names alone: what they say is for `cpra inbox`."""
    place = workspace.requests / "inbox"
    if not place.is_dir():
        return 0
    return sum(path.suffix in (".eml", ".msg") for path in place.iterdir())


def _expiring(workspace: Workspace, today: date) -> tuple[date, ...]:
    from cpra.mail.journal import journal

    days = sorted(date.fromisoformat(day) for day in journal(workspace).expiring.values())
    return tuple(day for day in days if today <= day <= today + WEEK)


def _messages(count: int) -> str:
    return "1 message waits" if count == 1 else f"{count:,} messages wait"
