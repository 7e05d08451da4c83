"""Why each date is what it is: for the screen and for programs.

A rule's note is shown where it says what the date rests on: the requester's own dates, and those
to watch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cpra.core.clock import Reading
from cpra.core.deadlines import RECEIPT, Deadline, Kind, is_broken, is_due, is_late
from cpra.core.events import Event
from cpra.core.rules import printed
from cpra.core.steps import Step, event_words
from cpra.core.words import day_words


@dataclass(frozen=True, slots=True)
class Explained:
    """One date with everything that it rests on, as `--json` prints it."""

    rule: str
    title: str
    authority: str
    status: str
    source: str
    checked: date | None
    kind: str
    started_by: str
    started_on: date
    started_at: str
    items: tuple[int, ...]
    due: date
    latest: date
    state: str
    estimate: bool
    ended_by: str
    ended_on: date | None
    rolled_by: str
    stated: date | None
    why: str
    contingent: str
    readings: tuple[Reading, ...]
    steps: tuple[Step, ...]
    unverified: tuple[str, ...]


def explained(found: Sequence[Deadline], today: date) -> tuple[Explained, ...]:
    """Every date with its steps and readings."""
    return tuple(
        Explained(
            rule=d.rule.id,
            title=d.rule.title,
            authority=d.rule.cite,
            status=d.rule.status,
            source=d.rule.source,
            checked=d.rule.checked,
            kind=d.kind,
            started_by=d.start.kind,
            started_on=d.start.on,
            started_at=d.start.at.isoformat("minutes") if d.start.at else "",
            items=d.items,
            due=d.due,
            latest=d.latest,
            state=state(d, today),
            estimate=d.estimate,
            ended_by=d.met.kind if d.met else "",
            ended_on=d.met.on if d.met else None,
            rolled_by=d.rolled_by,
            stated=d.stated,
            why=d.why,
            contingent=d.contingent,
            readings=d.readings,
            steps=d.steps,
            unverified=unverified(d),
        )
        for d in found
    )


def state(deadline: Deadline, today: date) -> str:
    """One word: `open`, `due`, `late`, `promise broken`, `met`, `met late`, `replaced`."""
    if deadline.replaced is not None:
        return "replaced"
    if deadline.met is not None:
        late = deadline.met.on > deadline.latest and not deadline.estimate
        return "met late" if late else "met"
    if is_late(deadline, today):
        return "late"
    if is_broken(deadline, today):
        return "promise broken"
    return "due" if is_due(deadline, today) else "open"


def unverified(deadline: Deadline) -> tuple[str, ...]:
    """What this date rests on that was not read at its source."""
    found = []
    if deadline.rule.status != "V":
        found.append(f"{deadline.rule.authority}: {_standing(deadline.rule.status)}")
    for step in deadline.steps:
        if step.status != "V" and step.role != "end":
            found.append(f"{step.what} ({step.on}): {_standing(step.status)}")
    if _is_clamped(deadline):
        found.append("that a month without such a day ends on its last day: not verified")
    return tuple(dict.fromkeys(found))


def _is_clamped(deadline: Deadline) -> bool:
    months = deadline.clock is not None and deadline.clock.count.unit == "months"
    return months and deadline.nominal.day != deadline.start.on.day


def _standing(status: str) -> str:
    return {"P": "read in part or at second hand", "M": "not verified"}.get(status, status)


def text(
    heading: str, found: Sequence[Deadline], today: date, notices: Sequence[Event] = ()
) -> str:
    """Every date for the screen, under a heading such as the request's number and agency.

    `notices` is every extension in the log: one that moves no date is named as well.
    """
    extending = [deadline.notice for deadline in found]
    others = [notice for notice in notices if notice not in extending]
    blocks: list[str] = []
    for deadline in found:
        lines = list(_block(deadline, today))
        from_receipt = deadline.start.kind in RECEIPT and deadline.kind is Kind.STATUTORY
        if from_receipt and deadline.replaced is None:
            lines[-1:-1] = [_idle(notice) for notice in others]
            others = []
        blocks.append("\n".join(lines))
    if not blocks:
        blocks = ["No date runs yet: nothing in the log starts one."]
    return "\n\n".join([heading, *blocks])


def _idle(notice: Event) -> str:
    return f"  The notice of extension of {day_words(notice.on)} moves no date here."


def _block(deadline: Deadline, today: date) -> Iterator[str]:
    rule = deadline.rule
    yield f"{_capital(rule.title)} · {rule.cite or 'the date that the agency gave'}"
    yield from _table(deadline)
    if deadline.why:
        yield f"  {_capital(deadline.why)}."
    yield from _readings(deadline)
    if deadline.contingent:
        yield f"  {deadline.contingent}"
    if rule.note and deadline.kind in (Kind.OWN, Kind.WATCH):
        yield f"  {rule.note}"
    doubts = unverified(deadline)
    if doubts:
        yield f"  Not read at the source: {'; '.join(doubts)}."
    elif rule.checked:
        yield (
            f"  The law behind this date was read at the source that `cpra law show {rule.id}`"
            f" names, last on {rule.checked}."
        )
    yield f"  {outcome(deadline, today)}"


def _table(deadline: Deadline) -> Iterator[str]:
    rows = list(_rows(deadline.steps))
    wide = [max(len(row[n]) for row in rows) for n in range(3)]
    before = ""
    for when, what, why, authority in rows:
        shown, before = _shortened(authority, before)
        cells = f"{when:<{wide[0]}}   {what:<{wide[1]}}   {why:<{wide[2]}}   {shown}"
        yield f"  {cells}".rstrip()


def _rows(steps: Sequence[Step]) -> Iterator[tuple[str, str, str, str]]:
    """A row for each day; the days that are merely counted stand together in one."""
    counted: list[Step] = []
    for step in (*steps, None):
        if step is not None and step.role == "counted":
            counted.append(step)
            continue
        if counted:
            yield _together(counted)
            counted = []
        if step is not None:
            yield _short(step.on), step.what, step.why, printed(step.authority, _sure(step))


def _together(counted: Sequence[Step]) -> tuple[str, str, str, str]:
    first, last = counted[0], counted[-1]
    names = [step.what.partition(",")[0].removeprefix("day ") for step in counted]
    if len(counted) == 1:
        return _short(first.on), f"day {names[0]}", first.why, ""
    return (
        _short(first.on),
        f"days {names[0]} to {names[-1]}, to {_short(last.on)}",
        "counted, closed days too" if any(step.why for step in counted) else "counted",
        "",
    )


def _sure(step: Step) -> str:
    return step.status if step.authority and step.status in ("P", "M") else "V"


def _shortened(authority: str, before: str) -> tuple[str, str]:
    """A section of the code that the line above names, without the code's name."""
    code, mark, _ = authority.partition("§")
    if not mark:
        return authority, ""
    return (authority[len(code) :] if code == before else authority), code


def _readings(deadline: Deadline) -> Iterator[str]:
    if deadline.kind is Kind.PROMISED or deadline.estimate:
        return
    if deadline.due == deadline.latest:
        yield "  No other reading gives a later date."
        return
    yield "  Other readings give a later date:"
    for reading in deadline.readings:
        yield f"    {_short(reading.due)}   {reading.why}"


def outcome(deadline: Deadline, today: date) -> str:
    """Where a date stands today, in one sentence."""
    if deadline.replaced is not None:
        what = event_words(deadline.replaced)
        return f"Replaced: {what} on {day_words(deadline.replaced.on)}."
    if deadline.met is not None:
        word = " (late)" if state(deadline, today) == "met late" else ""
        return f"Ended: {event_words(deadline.met)} on {day_words(deadline.met.on)}{word}."
    if deadline.kind is Kind.WATCH:
        over = ", and passed" if today > deadline.due else ""
        return f"To watch{over}: {day_words(deadline.due)}. Never called late: {deadline.doubt}."
    if deadline.kind is Kind.STEP:
        return (
            "A step on the agency's side, and nothing to act on: it only moves the latest date of"
            " the determination. Once they name the day on which the right office had your request,"
            " write that down as received."
        )
    if deadline.kind is Kind.OWN:
        return _own(deadline, today)
    if is_late(deadline, today):
        since = deadline.latest + timedelta(days=1)
        return f"Nothing received: late since {day_words(since)}."
    if is_broken(deadline, today):
        return f"Nothing received: the date passed on {day_words(deadline.due)}."
    if deadline.estimate:
        return f"An estimate: {deadline.doubt}, so it is never called late."
    if is_due(deadline, today):
        return f"Nothing received: due, and late only after {day_words(deadline.latest)}."
    if deadline.kind is Kind.PROMISED:
        return f"Open until {day_words(deadline.due)}."
    return f"Open: late only after {day_words(deadline.latest)}."


def _own(deadline: Deadline, today: date) -> str:
    """The requester's own last day: no reading that gives more time is to be relied on."""
    due = day_words(deadline.due)
    if today <= deadline.due:
        return f"Yours to meet: {due}."
    if today <= deadline.latest:
        return f"Yours to meet: {due}. It has passed; only a reading above could still help."
    return f"Yours to meet, and passed: {due}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _short(day: date) -> str:
    return f"{day_words(day)[:3]} {day}"
