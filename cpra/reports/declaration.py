"""The dates of a request in sentences that may stand in a declaration.

A declaration is sworn to: what is not verified is left out, and what was read only in part is cited
after the word "see".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from cpra.core.deadlines import Deadline, Kind
from cpra.core.events import Event
from cpra.core.holidays import WEEKDAYS
from cpra.core.rules import printed
from cpra.core.steps import Step, event_words
from cpra.core.words import day_words


def paragraph(agency: str, subject: str, found: Sequence[Deadline], today: date) -> str:
    """Every agency's date of a request, the receipt first; empty when none runs."""
    sentences: list[str] = []
    told: list[Event] = []
    for deadline in found:
        if deadline.kind in (Kind.OWN, Kind.WATCH) or deadline.rule.status == "M":
            continue
        if deadline.start.kind in ("sent", "received") and deadline.start not in told:
            told.append(deadline.start)
            sentences += _receipt(agency, subject, deadline)
        sentences += _date(agency, deadline)
        sentences += _outcome(deadline, today)
    return " ".join(sentences)


def _receipt(agency: str, subject: str, deadline: Deadline) -> Iterator[str]:
    start = deadline.start
    when = f"On {day_words(start.on)}" + (
        f" at {start.at.isoformat('minutes')}" if start.at else ""
    )
    how = event_words(start).partition(", ")[0].partition(" ")[2]
    how = f" {how}" if how else ""
    if not deadline.estimate:
        yield f"{when}, {agency} received my request{how} ({subject})."
        return
    yield f"{when}, I sent my request to {agency}{how} ({subject})."
    yield "I do not know on which day it was received; I count from the day of sending."


def _date(agency: str, deadline: Deadline) -> Iterator[str]:
    if deadline.kind is Kind.PROMISED:
        yield (
            f"On {day_words(deadline.start.on)}, {agency} stated that the records would be"
            f" available on {day_words(deadline.due)}."
        )
        return
    yield _time(deadline)
    if rolled := [_left_out(step) for step in deadline.steps if step.role == "rolled"]:
        days = "; ".join(rolled[:-1]) + ("; and " if len(rolled) > 1 else "") + rolled[-1]
        yield f"That moves to the next day that is no holiday, over {days}."
    about = "about " if deadline.estimate else "on "
    yield f"It was therefore due {about}{day_words(deadline.due)}."
    if deadline.latest > deadline.due:
        yield f"By no reading of the law known to me is it later than {day_words(deadline.latest)}."
    if deadline.contingent:
        yield deadline.contingent


def _time(deadline: Deadline) -> str:
    """How long the time is, and on which day it would end."""
    rule, first = deadline.rule, deadline.steps[0]
    cite = printed(rule.authority, rule.status)
    words = deadline.clock.count.words if deadline.clock else ""
    if deadline.notice is not None:
        return _extension(deadline, deadline.notice, f"at most {words} ({cite})")
    basis = f" ({first.authority})" if first.authority else ""
    return (
        f"The time for the {rule.title} is {words} ({cite}); leaving out the first day{basis}, its"
        f" last day is {day_words(deadline.nominal)}."
    )


def _extension(deadline: Deadline, notice: Event, most: str) -> str:
    came = f"The notice of {day_words(notice.on)}"
    if deadline.stated is not None:
        return f"{came} states {day_words(deadline.stated)}; the time may be extended by {most}."
    return (
        f"{came} extends the time, which the law allows by {most}; {deadline.why}. The last day is"
        f" {day_words(deadline.nominal)}."
    )


def _left_out(step: Step) -> str:
    """A closed day with its name and authority."""
    name = step.what.rpartition(", ")[2]
    cite = printed(step.authority, step.status) if step.status in ("V", "P") else ""
    basis = "; ".join(part for part in ("" if name in WEEKDAYS else name, cite) if part)
    return f"{day_words(step.on)} ({basis})" if basis else day_words(step.on)


def _outcome(deadline: Deadline, today: date) -> Iterator[str]:
    if deadline.replaced is not None:
        return
    if deadline.met is not None:
        yield f"The {event_words(deadline.met)} came on {day_words(deadline.met.on)}."
    elif today > deadline.due:
        yield f"As of {day_words(today)}, I had received nothing further."
