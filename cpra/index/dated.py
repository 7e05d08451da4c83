"""The open dates of one request as rows: the law's, the agency's, and the requester's reminders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cpra import statutes
from cpra.agencies.history import Former, changes
from cpra.core.calendar import Office
from cpra.core.deadlines import AFTERWARDS, Deadline, Kind, deadlines, is_to_meet, missing
from cpra.core.extension import audit, summary
from cpra.core.law import Law
from cpra.core.outbox import all_unsettled
from cpra.core.request import Request
from cpra.core.signs import harmless
from cpra.errors import Problem
from cpra.index.row import OpenDate
from cpra.letters.upcoming import upcoming

REMINDER = "reminder"
"""The kind of a date that is no deadline: the requester's own reminder."""

_Place = tuple[str, str]
"""what names a date: its rule, and the log line from which it is counted"""


@dataclass(frozen=True, slots=True)
class Dated:
    """What a request's log and its agency's hours come to."""

    dates: tuple[OpenDate, ...] = ()
    letters: str = ""
    """from which day on which letter is the right next one"""
    unreckoned: tuple[Problem, ...] = ()
    """what is wrong in the law data, if a date is missing because of it"""


def dated(request: Request, office: Office, former: Sequence[Former]) -> Dated:
    """The dates that are still to be met; `Refused` for a day that no calendar reaches."""
    if not request.is_open and request.first(*AFTERWARDS) is None:
        return Dated()
    law = statutes.law()
    found = deadlines(request, law, office)
    verdict = summary(audit(request, law, office))
    told = _told(request, law, former)
    return Dated(
        tuple(
            _date(request, deadline, verdict, office, told)
            for deadline in found
            if is_to_meet(request, deadline)
        ),
        " ".join(f"{turn.since} {turn.letter or '-'}" for turn in upcoming(request, found, law)),
        missing(request, law) if request.is_open else (),
    )


def label(deadline: Deadline) -> str:
    """The date in a few words for a list: `determination`, `extended determination`."""
    rule = deadline.rule
    if rule.extends:
        return f"extended {_word(rule.extends)}"
    return rule.label or _word(rule.id)


def _word(rule: str) -> str:
    return rule.rpartition(".")[2].replace("-", " ")


def _told(
    request: Request, law: Law, former: Sequence[Former]
) -> dict[_Place, tuple[Deadline, Office]]:
    """Each date as it was told before the address book changed, with the office of that time."""
    told: dict[_Place, tuple[Deadline, Office]] = {}
    for one in reversed(former):  # what was told first is what a date moved from
        for deadline in deadlines(request, law, one.office):
            if one.was_told(deadline.start, deadline.notice):
                told[_place(deadline)] = deadline, one.office
    return told


def _place(deadline: Deadline) -> _Place:
    return deadline.rule.id, deadline.start.hash


def _date(
    request: Request,
    deadline: Deadline,
    verdict: str,
    office: Office,
    told: dict[_Place, tuple[Deadline, Office]],
) -> OpenDate:
    before, then = told.get(_place(deadline), (deadline, office))
    rule, start = _place(deadline)
    date = OpenDate(
        label=label(deadline),
        rule=rule,
        start=start,
        authority=deadline.rule.cite,
        kind=str(deadline.kind),
        due=deadline.due.isoformat(),
        latest=deadline.latest.isoformat(),
        estimate=int(deadline.estimate),
        note=_note(request, deadline, verdict),
        contingent=deadline.contingent,
    )
    why = changes(then, office)
    return date.moved_from(before.due.isoformat(), before.latest.isoformat(), why)


def _note(request: Request, deadline: Deadline, verdict: str) -> str:
    """What has to be said beside a date: its items, whether the notice holds, what it rests on."""
    said = []
    if deadline.items and len(deadline.items) < len(request.items):
        plural = "s" if len(deadline.items) > 1 else ""
        said.append(f"item{plural} {', '.join(map(str, deadline.items))}")
    if deadline.rule.extends and verdict:
        said.append(verdict)
    if deadline.estimate and deadline.kind is not Kind.WATCH:
        said.append(f"never late: {deadline.doubt}")
    return " · ".join(said)


def reminders(request: Request) -> Iterator[OpenDate]:
    """What the requester wants to be reminded of, also after the request was settled."""
    for event in request.all("reminder"):
        if event.due is not None:
            yield _reminder(harmless(event.text), "reminder", event.hash, event.due.isoformat())
    for event in all_unsettled(request):
        what = f"the {event.letter} letter" if event.letter else "the request"
        which = f" --letter {event.letter}" if event.letter else ""
        way = f"cpra send {request.number}{which} --was sent"
        text = f"say whether {what} left: {way} or --was not-sent"
        yield _reminder(text, "outbox", event.hash, event.on.isoformat())


def _reminder(text: str, kind: str, line: str, day: str) -> OpenDate:
    return OpenDate(
        label=text,
        rule=f"{kind}.{line[:12]}",
        start=line,
        authority="",
        kind=REMINDER,
        due=day,
        latest=day,
        estimate=0,
        note="",
    )
