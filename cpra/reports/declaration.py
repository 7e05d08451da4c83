"""The dates of a request in sentences that may stand in a declaration.

A declaration is sworn to by the requester. It says what they did, got and counted, not whether a
notice holds; every notice of an extension is told, one that moves no date too. What is not verified
is left out, and what was read only in part is cited after the word "see".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time

from cpra.core.deadlines import AT_ONCE, RECEIPT, Deadline, Kind, begun
from cpra.core.events import Event
from cpra.core.rules import printed
from cpra.core.steps import Step, event_words
from cpra.core.words import WEEKDAYS, day_words, joined

UNSWORN = frozenset({Kind.OWN, Kind.WATCH, Kind.STEP})
"""dates that are no duty of the agency's toward the requester"""


NOTHING = {
    "determination": "no determination",
    "copy": "no copy",
    "appeal-decision": "no decision",
}
"""what had not come, by the end of the rule's name; records are told by theirs"""
DID = {
    "appeal-filed": "I appealed",
    "inspected": "I inspected the records",
    "amendment-requested": "I asked for an amendment of the record",
}
"""what a requester did that starts a time of its own"""
_WEEKEND = re.compile(r" \((?:Sat|Sun)\)$")
_ISO = re.compile(r"(?:[A-Z][a-z]{2} )?(\d{4}-\d\d-\d\d)")


def paragraph(
    agency: str,
    subject: str,
    found: Sequence[Deadline],
    today: date,
    items: int = 0,
    notices: Sequence[Event] = (),
) -> str:
    """Every agency's date of a request, the receipt first; empty when none runs.

    `items` is how many numbered items the request has, `notices` every extension in its log.
    """
    sworn = [_as_sworn(deadline, found) for deadline in found if _is_sworn(deadline)]
    extending = [deadline.notice for deadline in sworn]
    others = [notice for notice in notices if notice not in extending]
    sentences: list[str] = []
    told: list[Event] = []
    for deadline in sworn:
        if deadline.start not in told and deadline.kind is not Kind.PROMISED:
            told.append(deadline.start)
            sentences += _start(agency, subject, deadline)
        sentences += _date(agency, deadline, today)
        if deadline.start.kind in RECEIPT and deadline.replaced is None:
            sentences += [_notice(agency, notice) for notice in others]
            others = []
        sentences += _outcome(deadline, today, items)
        if deadline.contingent and deadline.replaced is None:
            sentences.append(deadline.contingent)
    return " ".join(sentences)


def _is_sworn(deadline: Deadline) -> bool:
    return deadline.kind not in UNSWORN and deadline.rule.status != "M"


def _as_sworn(deadline: Deadline, found: Sequence[Deadline]) -> Deadline:
    """The date itself; one that gave way to an unverified extension as if it had not."""
    for other in found:
        if deadline.replaced and other.notice == deadline.replaced and not _is_sworn(other):
            return replace(deadline, replaced=None, met=other.met, items=other.items)
    return deadline


def _start(agency: str, subject: str, deadline: Deadline) -> Iterator[str]:
    """From what the time is counted: the receipt, or what the requester did."""
    start = deadline.start
    if start.kind not in RECEIPT:
        did = DID.get(start.kind, f"there was the {event_words(start)}")
        yield f"On {day_words(start.on)}, {did}."
        return
    when = f"on {day_words(start.on)}" + (f" at {_clock(start.at)}" if start.at else "")
    how = event_words(start).partition(", ")[0].partition(" ")[2]
    how = f" {how}" if how else ""
    if start.kind == "received":
        yield f"By my records, {agency} received my request{how} {when} ({subject})."
        return
    yield f"{_capital(when)}, I sent my request to {agency}{how} ({subject})."
    if start.via not in AT_ONCE:
        yield "I do not know on which day it was received; I count from the day of sending."
    elif "received" not in deadline.rule.stops:
        yield "I count that day as the day of receipt."


def _date(agency: str, deadline: Deadline, today: date) -> Iterator[str]:
    if deadline.kind is Kind.PROMISED:
        yield (
            f"On {day_words(deadline.start.on)}, {agency} stated that the records would be"
            f" available on {day_words(deadline.due)}."
        )
        return
    if deadline.notice is not None:
        yield from _extension(agency, deadline, deadline.notice, today)
    else:
        yield from _time(deadline, today)
    if deadline.latest > deadline.due and not deadline.estimate:
        yield (
            "Reckoned in the way most favorable to the agency that I know of, it"
            f" {_was(deadline.latest, today)} due on {day_words(deadline.latest)}."
        )


def _time(deadline: Deadline, today: date) -> Iterator[str]:
    """How long the time is, on which day it would end, and over what that day moves."""
    rule, clock = deadline.rule, deadline.clock
    words = clock.count.words if clock else ""
    yield (
        f"The time for the {rule.title} is {words} ({printed(rule.authority, rule.status)});"
        f" {_leaving_out(deadline)}, its last day is {day_words(deadline.nominal)}."
    )
    for pause in deadline.pauses:
        if pause.answered is not None:
            yield (
                f"That count leaves out the days after the {event_words(pause.asked)} of"
                f" {day_words(pause.asked.on)}, to the day of the answer,"
                f" {day_words(pause.answered.on)} ({pause.authority})."
            )
        else:
            yield (
                f"That count leaves out the days since the {event_words(pause.asked)} of"
                f" {day_words(pause.asked.on)}, to which I have no answer on record"
                f" ({pause.authority})."
            )
    if moved := _moved(deadline):
        yield f"That moves to the next day that is no holiday, over {moved}."
    yield (
        f"By that reckoning it {_was(deadline.due, today)} due {_on(deadline)}"
        f" {day_words(deadline.due)}."
    )


def _on(deadline: Deadline) -> str:
    """An estimate is counted from the sending, or from the days so far: never too late."""
    return "no earlier than" if deadline.estimate else "on"


def _leaving_out(deadline: Deadline) -> str:
    """What the count leaves out, with its authority."""
    first = deadline.steps[0]
    basis = f" ({first.authority})" if first.authority else ""
    clock = deadline.clock
    if clock is None or not clock.count.working or clock.narrow is None:
        return f"leaving out the first day{basis}"
    kind = clock.narrow.listed.one
    weekend = {day.authority for day in clock.narrow.listed.weekly}
    named = [
        _left_out(step)
        for step in deadline.steps
        if step.why == "not a working day" and step.on.weekday() not in clock.narrow.listed.weekend
    ]
    days = f", here {joined(named)}" if named else ""
    if weekend != {first.authority}:  # the section on the first day says nothing of the others
        return f"leaving out the first day{basis} and every Saturday, Sunday and {kind}{days}"
    return f"leaving out the first day and every Saturday, Sunday and {kind}{basis}{days}"


def _extension(agency: str, deadline: Deadline, notice: Event, today: date) -> Iterator[str]:
    """What the notice says and what the time allows; whether it holds is not for a declaration."""
    clock, begin = deadline.clock, begun(deadline.start)
    if clock is None or clock.base is None:
        return
    rule, words = deadline.rule, clock.count.words
    yield _notice(agency, notice)
    most = f"The time may be extended by at most {words} ({printed(rule.authority, rule.status)})"
    if notice.on.toordinal() > clock.base.due(begin):
        yield f"{most}; the notice came after {day_words(deadline.due)}."
        return
    ceiling = date.fromordinal(clock.nominal(begin))
    yield f"{most}." if deadline.stated else f"{most}, which end on {day_words(ceiling)}."
    if moved := _moved(deadline):
        which = "The day that it states" if deadline.stated else "That day"
        yield f"{which} moves to the next day that is no holiday, over {moved}."
    if deadline.why.startswith("access returned"):
        yield f"{_capital(deadline.why.removesuffix(', which ends the extension'))}."
    ends = "ends" if deadline.due >= today else "ended"
    yield f"If that notice extended the time, it {ends} {_on(deadline)} {day_words(deadline.due)}."


def _notice(agency: str, notice: Event) -> str:
    stating = "no date" if notice.until is None else day_words(notice.until)
    return f"On {day_words(notice.on)}, {agency} gave notice of an extension, stating {stating}."


def _moved(deadline: Deadline) -> str:
    """The closed days over which the last day moved; empty when it did not."""
    days = [_left_out(step) for step in deadline.steps if step.role == "rolled"]
    return "; ".join(days[:-1]) + ("; and " if len(days) > 1 else "") + days[-1] if days else ""


def _left_out(step: Step) -> str:
    """A closed day with its name and authority."""
    name = _WEEKEND.sub("", step.what.rpartition(", ")[2])
    name = _ISO.sub(lambda found: day_words(date.fromisoformat(found[1])), name)
    cite = printed(step.authority, step.status) if step.status in ("V", "P") else ""
    basis = "; ".join(part for part in ("" if name in WEEKDAYS else name, cite) if part)
    return f"{day_words(step.on)} ({basis})" if basis else day_words(step.on)


def _outcome(deadline: Deadline, today: date, items: int) -> Iterator[str]:
    if deadline.replaced is not None:
        return
    if deadline.met is not None:
        what = "receipt" if deadline.met.kind == "received" else event_words(deadline.met)
        yield f"The {what} came on {day_words(deadline.met.on)}."
    elif today > deadline.due:
        name = (deadline.rule.extends or deadline.rule.id).rpartition(".")[2]
        records = name == "production" or name.endswith("records")
        what = "no such records" if records else NOTHING.get(name, "no answer")
        some = len(deadline.items) < items
        plural = "s" if len(deadline.items) > 1 else ""
        of = f" for item{plural} {joined([str(n) for n in deadline.items])}" if some else ""
        yield f"As of {day_words(today)}, I had received {what}{of}."


def _was(day: date, today: date) -> str:
    return "is" if day >= today else "was"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _clock(at: time) -> str:
    """`5:30 p.m.`, as a court reads it."""
    return f"{at.hour % 12 or 12}:{at.minute:02} {'p' if at.hour >= 12 else 'a'}.m."
