"""What the lists are made of: a row for each date, request and document, in the columns' order."""

from __future__ import annotations

from typing import NamedTuple


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
    authority: str
    kind: str
    due: str
    latest: str
    estimate: int
    note: str
    was: str
    flags: str


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
