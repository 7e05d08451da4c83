"""An agency's own log against the statute: how long each request took, and where its dates differ.

A log says when a request came and when it was closed. It seldom says when the agency determined
what it would disclose, which is what the statute dates; and a portal's due date need not be that
date. So nothing here calls an agency late: it says what the log shows, and what it does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from cpra.core.calendar import Office
from cpra.core.law import Law
from cpra.errors import Problem
from cpra.reports.logs import Entry, Log
from cpra.reports.receipts import Dates, Receipts

PERCENTILES = (10, 25, 50, 75, 90, 100)

NEED_NOT = "a portal's due date need not be the date of the determination"


class Outcome(StrEnum):
    """What the log shows of one request against the dates of the statute."""

    IN_TIME = "by the statutory date"
    ARGUABLE = "later, but by another reading"
    EXTENSION = "within an extension"
    LATER = "later than any extension"
    OPEN = "open"
    OPEN_LATER = "open, past the end of any extension"
    UNKNOWN = "not known"


class Own(StrEnum):
    """How the agency's own due date stands to the computed ones."""

    NONE = ""
    SAME = "the statutory date"
    EARLIER = "earlier"
    ARGUABLE = "later, but by another reading"
    EXTENSION = "within an extension"
    LATER = "later than any extension"


class Verdict(NamedTuple):
    """One request of the log, reckoned."""

    entry: Entry
    dates: Dates
    outcome: Outcome
    own: Own

    @property
    def days(self) -> int | None:
        """Calendar days from receipt until it was closed."""
        closed = self.entry.closed
        return (closed - self.entry.received[0]).days if closed else None

    @property
    def own_after(self) -> int | None:
        """Days from the statutory date to the agency's own; negative when its own is earlier."""
        own = self.entry.due
        return (own - self.dates.due).days if own else None

    @property
    def differs(self) -> bool:
        """Whether the agency has a due date of its own, and it is not the computed one."""
        return self.own not in (Own.NONE, Own.SAME)

    @property
    def reason(self) -> str:
        """Why the agency's own date is not the computed one; empty where they agree."""
        own = self.entry.due
        return _reason(own, self) if own and self.differs else ""

    @property
    def row(self) -> tuple[str | int | date | None, ...]:
        """Its cells in a table, under `COLUMNS`."""
        line, number, (received, _), closed, own, determined, _ = self.entry
        day, due, latest, extended, extended_latest = self.dates.cells
        return (
            *(line, number, day, closed, determined, (closed - received).days if closed else None),
            *(due, latest, extended, extended_latest, self.outcome, own, self.own),
            *((own - self.dates.due).days if own else None, self.reason, self.dates.contingent),
        )


COLUMNS = (
    *("line", "number", "received", "closed", "determined", "days", "due", "latest", "extended"),
    *("extended_latest", "outcome", "own_due", "own", "own_after", "reason"),
    "contingent",
)


@dataclass(frozen=True, slots=True)
class Compliance:
    """A whole log, reckoned."""

    rule: str
    authorities: tuple[str, ...]
    """of the versions of the rule that govern some row"""
    period: str
    """`10 days`, `20 working days`"""
    extension: str
    """`14 days`; empty where the law has no extension"""
    columns: Mapping[str, str]
    """what was wanted → the log's own header for it"""
    rows: int
    verdicts: Sequence[Verdict]
    unreckoned: Sequence[Entry]
    """requests for whose day the law data has no dates; only their days are counted"""
    problems: Sequence[Problem]
    contingent: tuple[str, ...]
    """a sentence for each law that is not confirmed and would govern some of the dates"""

    @property
    def disagreeing(self) -> list[Verdict]:
        """The rows whose own due date is not the computed one."""
        return [verdict for verdict in self.verdicts if verdict.differs]

    @property
    def outcomes(self) -> Counter[Outcome]:
        """How many requests came to what."""
        return Counter(verdict.outcome for verdict in self.verdicts)

    @property
    def own(self) -> Counter[Own]:
        """How the agency's own due dates stand to the computed ones."""
        return Counter(verdict.own for verdict in self.verdicts)

    @property
    def percentiles(self) -> Mapping[int, int]:
        """Percent of the closed requests → the days within which they were closed (by rank)."""
        days = self.days
        return {p: days[ceil(p * len(days) / 100) - 1] for p in PERCENTILES} if days else {}

    @property
    def days(self) -> list[int]:
        """The calendar days that each closed request took, the shortest first."""
        every = (*(verdict.entry for verdict in self.verdicts), *self.unreckoned)
        return sorted((e.closed - e.received[0]).days for e in every if e.closed is not None)

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day on which a request was received."""
        every = (*(verdict.entry for verdict in self.verdicts), *self.unreckoned)
        days = [entry.received[0] for entry in every]
        return (min(days), max(days)) if days else None


def compliance(log: Log, law: Law, law_id: str, office: Office, today: date) -> Compliance:
    """Reckon every request of a log by the determination clock of a law, for an office."""
    dates = Receipts(law, law_id, office)
    problems = list(log.problems)
    verdicts: list[Verdict] = []
    unreckoned: list[Entry] = []
    says_when = bool({"closed", "determined"} & set(log.columns))
    for entry in log.entries:
        day, at = entry.received
        found = dates[day, at is not None and at >= dates.day_ends]
        if isinstance(found, str):
            problems.append(Problem(log.path, entry.line, f"received {found}"))
            unreckoned.append(entry)
        else:
            outcome = _outcome(entry, found, says_when, today)
            own = _own(entry.due, found) if entry.due else Own.NONE
            verdicts.append(Verdict(entry, found, outcome, own))
    return Compliance(
        rule=dates.rule_id,
        authorities=tuple(dates.authorities),
        period=dates.period,
        extension=dates.extension,
        columns=log.columns,
        rows=log.rows,
        verdicts=verdicts,
        unreckoned=unreckoned,
        problems=sorted(problems, key=lambda problem: problem.line or 0),
        contingent=tuple(dates.contingent),
    )


def _outcome(entry: Entry, dates: Dates, says_when: bool, today: date) -> Outcome:
    answered = entry.determined or entry.closed
    if answered is None:
        if entry.unknown or not says_when:
            return Outcome.UNKNOWN
        return Outcome.OPEN_LATER if today > dates.extended_latest else Outcome.OPEN
    if answered <= dates.due:
        return Outcome.IN_TIME
    if answered <= dates.latest:
        return Outcome.ARGUABLE
    return Outcome.EXTENSION if answered <= dates.extended_latest else Outcome.LATER


def _own(own: date, dates: Dates) -> Own:
    """How the agency's own date stands to the computed ones."""
    if own == dates.due:
        return Own.SAME
    if own < dates.due:
        return Own.EARLIER
    if own <= dates.latest:
        return Own.ARGUABLE
    return Own.EXTENSION if own <= dates.extended_latest else Own.LATER


def _reason(own: date, verdict: Verdict) -> str:
    dates = verdict.dates
    if own < verdict.entry.received[0]:
        return f"the agency's date, {own}, is before the day of receipt"
    if verdict.own is Own.EARLIER:
        reason = f"the agency's date is {_days(dates.due, own)} before the statutory one"
        if own == dates.nominal:
            return f"{reason}: the last day was not moved ({dates.rolled_by})"
        return f"{reason}{_counted(own, dates)}"
    if verdict.own is Own.ARGUABLE:
        reason = f"the agency's date is {_days(own, dates.due)} after the plain statutory one"
        return f"{reason}, and another reading allows it{_counted(own, dates)}"
    reason = (
        f"the agency's date is {_days(own, dates.latest)} after the statutory maximum for a "
        f"determination{_counted(own, dates)}"
    )
    within = "within an extension" if verdict.own is Own.EXTENSION else "later than any extension"
    return f"{reason}; it is {within}; {NEED_NOT}"


def _counted(own: date, dates: Dates) -> str:
    return f" (it is {dates.words})" if own == dates.other else ""


def _days(later: date, earlier: date) -> str:
    number = (later - earlier).days
    return f"{number} day{'' if number == 1 else 's'}"
