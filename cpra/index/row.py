"""What the lists are made of: a row for each date, request and document, in the columns' order."""

from __future__ import annotations

from typing import NamedTuple


class OpenDate(NamedTuple):
    """One open date of one request, as the rows keep it."""

    label: str
    rule: str
    start: str
    """the log line from which it is counted; with the rule it names the date"""
    authority: str
    kind: str
    due: str
    latest: str
    estimate: int
    note: str
    contingent: str = ""
    """one sentence where it depends on a law that is not confirmed"""
    was: str = ""
    """when it was due before the address book changed, if that moved it"""
    was_latest: str = ""
    """the same of the latest date"""
    moved: str = ""
    """what changed there"""

    def moved_from(self, due: str, latest: str, why: str = "") -> OpenDate:
        """The date with what it was before; of what did not move, nothing is said."""
        was, was_latest = due * (due != self.due), latest * (latest != self.latest)
        return self._replace(was=was, was_latest=was_latest, moved=why * bool(was or was_latest))


class DateRow(NamedTuple):
    """One open date of one request, as the agenda needs it."""

    folder: str
    id: str
    number: int
    short: str
    subject: str
    status: str
    label: str
    rule: str
    start: str
    authority: str
    kind: str
    due: str
    latest: str
    estimate: int
    note: str
    contingent: str
    was: str
    was_latest: str
    moved: str
    flags: str
    letters: str
    """from which day on which letter is the right next one: `2026-09-29 late 2026-10-08 demand`"""


class RequestRow(NamedTuple):
    """One request, as a list needs it."""

    folder: str
    id: str
    number: int
    agency: str
    short: str
    law: str
    subject: str
    status: str
    open: int
    sent: str
    last: str
    tags: str
    due: str
    latest: str
    label: str
    kind: str
    estimate: int
    contingent: str
    flags: str


class LineRow(NamedTuple):
    """One request, as one line of a list shows it."""

    id: str
    short: str
    subject: str
    status: str
    due: str
    latest: str
    label: str
    kind: str
    estimate: int
    contingent: str
    flags: str


class FileRow(NamedTuple):
    """One filed document."""

    sha256: str
    folder: str
    path: str
    kind: str
    """the event with which it was filed"""
    happened: str
    installment: int | None
