"""Who answered what when: one row for each agency of a campaign."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from cpra import folder, statutes
from cpra.agencies import Book
from cpra.archive.text import stored_text
from cpra.core.deadlines import Flag, deadlines, flags, is_late
from cpra.core.request import Request, Status
from cpra.errors import Problem
from cpra.index.dated import label

ANSWERS = ("determined", "denied", "none-found", "produced")
"""The first of these is the agency's answer: the days until it are the days that it took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one agency has answered. Dates are None, and counts 0, for what has not happened."""

    id: str
    number: int
    agency: str
    status: Status
    sent: date | None
    acknowledged: date | None
    extended: date | None
    extended_until: date | None
    determined: date | None
    answer: str
    """the kind of event that was the answer: determined, denied, none-found or produced"""
    answered_on: date | None
    produced: date | None
    """the first production"""
    complete: bool
    files: int
    pages: int | None
    """of the files that have been read (`cpra search` and `cpra text` read them); None: none has"""
    unread: int
    """files whose pages are not counted"""
    days: int | None
    """calendar days from receipt to the answer, or until today while there is none"""
    next_date: date | None
    next_label: str
    contingent: str
    """one sentence where the next date depends on a law that is not confirmed"""
    flags: tuple[Flag, ...]

    @property
    def answered(self) -> bool:
        """Whether the agency has answered at all."""
        return bool(self.answer)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a campaign and what they come to."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    @property
    def sent(self) -> int:
        """How many letters have left."""
        return sum(row.sent is not None for row in self.rows)

    @property
    def answered(self) -> int:
        """How many agencies have answered."""
        return sum(row.answered for row in self.rows)

    @property
    def late(self) -> int:
        """How many are late today by every reading."""
        return sum(Flag.LATE in row.flags for row in self.rows)

    @property
    def contingent(self) -> tuple[str, ...]:
        """Why some of the dates depend on a law that is not confirmed: each sentence once."""
        return tuple(dict.fromkeys(row.contingent for row in self.rows if row.contingent))

    @property
    def median_days(self) -> float | None:
        """Half of those that answered took no longer; None while nobody has."""
        took = [row.days for row in self.rows if row.answered and row.days is not None]
        return median(took) if took else None


def table(paths: Iterable[Path], book: Book, cache: Path, today: date) -> Table:
    """The table of a campaign's folders; a damaged one is a problem in place of a row."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for path in paths:
        loaded = folder.load(path)
        problems += loaded.problems
        if loaded.request is not None and not loaded.damaged:
            rows.append(_row(loaded.request, book, cache, today))
    return Table(tuple(rows), tuple(problems))


def _row(request: Request, book: Book, cache: Path, today: date) -> Row:
    agency = book.get(request.agency)
    dates = deadlines(request, statutes.law(), agency.office)
    open_ones = sorted((d for d in dates if d.is_open), key=lambda d: (d.due, d.latest))
    # A determination that is late is not pushed aside by a date that is still to come.
    late = [deadline for deadline in open_ones if is_late(deadline, today)]
    nearest = next(iter((*late, *open_ones)), None) if request.is_open else None
    extension = request.first("extended")
    answer = request.first(*ANSWERS)
    produced = request.all("produced")
    first = produced[0] if produced else None
    files = {sha for event in produced for sha in event.files.values()}
    pages, unread = _pages(files, cache)
    return Row(
        id=request.id,
        number=request.number,
        agency=agency.short,
        status=request.status,
        sent=_on(request, "sent"),
        acknowledged=_on(request, "acknowledged"),
        extended=extension.on if extension else None,
        extended_until=extension.until if extension else None,
        determined=_on(request, "determined"),
        answer=answer.kind if answer else "",
        answered_on=answer.on if answer else None,
        produced=first.on if first else None,
        complete=request.status is Status.COMPLETE,
        files=len(files),
        pages=pages,
        unread=unread,
        days=_days(request, today),
        next_date=nearest.due if nearest else None,
        next_label=label(nearest) if nearest else "",
        contingent=nearest.contingent if nearest else "",
        flags=flags(request, dates, today),
    )


def _on(request: Request, kind: str) -> date | None:
    event = request.first(kind)
    return event.on if event else None


def _days(request: Request, today: date) -> int | None:
    """From receipt, or from the day that it was sent, to the answer; else, while open, to today."""
    start = request.first("received") or request.first("sent")
    if start is None:
        return None
    answer = request.first(*ANSWERS)
    if answer:
        return (answer.on - start.on).days
    return (today - start.on).days if request.is_open else None


def _pages(shas: Iterable[str], cache: Path) -> tuple[int | None, int]:
    """How many pages these files have, as far as they have been read, and how many were not."""
    pages, read, unread = 0, 0, 0
    for sha in shas:
        stored = stored_text(cache, sha)
        if stored is None:
            unread += 1
            continue
        with stored:
            pages += stored.count
            read += 1
    return (pages if read else None), unread


def columns(rows: Sequence[Row], today: date) -> list[list[str]]:
    """The table as text, a header first."""
    header = ["", "agency", "sent", "acknowledged", "extended", "answer", "records", "days"]
    return [[*header, "next", ""], *(_columns(row, today) for row in rows)]


def _columns(row: Row, today: date) -> list[str]:
    extended = _day(row.extended, today)
    if row.extended_until:
        extended += f" to {_day(row.extended_until, today)}"
    answer = {"none-found": "none found"}.get(row.answer, row.answer)
    records = f"{_day(row.produced, today)} {_amount(row)}".strip()
    return [
        row.id[5:] if row.id.startswith(f"{today.year}-") else row.id,
        row.agency,
        _day(row.sent, today) or str(row.status),
        _day(row.acknowledged, today),
        extended,
        f"{answer} {_day(row.answered_on, today)}".strip(),
        f"{records}, all" if row.complete else records,
        "" if row.days is None else f"{row.days}{'' if row.answered else ' so far'}",
        f"{row.next_label} {_day(row.next_date, today)}".strip(),
        ", ".join(row.flags),
    ]


def _amount(row: Row) -> str:
    if not row.files:
        return ""
    files = f"{row.files} file{'s'[: row.files != 1]}"
    if row.pages is None:
        return f"({files})"
    return f"({files}, {row.pages:,}{'+' if row.unread else ''} pages)"


def _day(on: date | None, today: date) -> str:
    if on is None:
        return ""
    text = f"{on:%b} {on.day}"
    return text if on.year == today.year else f"{text}, {on.year}"
