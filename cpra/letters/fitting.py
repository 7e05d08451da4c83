"""Which letter is the right one now, why, and which ones would be wrong.

The letters are known by name; what a requester writes in a template of their own is never refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cpra.core.request import Request, Status
from cpra.core.words import date_words, day_words
from cpra.letters.facts import Facts, Said, Story

_Check = Callable[[Request, Facts], str]
PETITION = "the remedy is a petition to the superior court (Gov. Code § 7923.000)"
_ABOUT = {"cpra.officer-records": "officer-records", "cpra.custody-records": "custody-records"}
"""the letter about something that is late beside the determination"""
PATIENCE = timedelta(days=7)
"""how long a letter that asked for an answer is left to work, when it named no day"""


@dataclass(frozen=True, slots=True)
class Choice:
    """A letter that fits, and one sentence why."""

    letter: str
    why: str


def choices(request: Request, story: Story, today: date) -> tuple[Choice, ...]:
    """The letters that fit now, the right next one first."""
    if request.status is Status.WITHDRAWN:
        return ()
    if not request.is_open and not story.denials and not story.none_found:
        return ()
    find = _BY_LAW.get(request.law)
    found = tuple(dict.fromkeys(find(story, today))) if find else ()
    appealed = request.last("denied", "none-found", "appeal-filed")
    if appealed is not None and appealed.kind == "appeal-filed":
        return tuple(choice for choice in found if choice.letter != "foia-appeal")
    return found


def has_letters(law: str) -> bool:
    """True for a law under which there are letters that follow a request."""
    return law in _BY_LAW


def _california(story: Story, today: date) -> Iterator[Choice]:
    late = story.due is not None and story.due.late
    pressing = _ripe(story)
    if pressing and (last := _unanswered(story, "demand", today)):
        yield Choice("petition-checklist", f"the demand of {date_words(last.on)} was not answered")
    for first in ("late", "denial", "legal-basis", "search", *_ABOUT.values()):
        if pressing and (last := _unanswered(story, first, today)):
            yield Choice("demand", f"the letter of {date_words(last.on)} was not answered")
    if story.clarification and not _sent(story, "clarify", story.clarification.on):
        yield Choice("clarify", f"their question of {date_words(story.clarification.on)} is open")
    if late and story.due and not _sent(story, "late", story.due.latest):
        yield Choice("late", f"the determination was due on {date_words(story.due.due)}")
    for one in story.overdue:
        letter = _ABOUT.get(one.rule, "")
        if letter and not _sent(story, letter, one.due.latest):
            yield Choice(letter, f"the {one.what} were due on {date_words(one.due.due)}")
    extension = story.extension
    if extension and extension.faults and not _sent(story, "extension", extension.on):
        yield Choice("extension", f"the notice of {date_words(extension.on)} has a fault")
    for denial in story.denials:
        if denial.missing and not denial.grounds and not _sent(story, "legal-basis", denial.on):
            yield Choice("legal-basis", "the denial does not say on which exemption it rests")
        if not _sent(story, "denial", denial.on):
            yield Choice("denial", f"the denial of {date_words(denial.on)} has not been answered")
        if not _sent(story, "withheld-list", denial.on):
            yield Choice("withheld-list", "a short description of what is withheld may help")
    if story.none_found and not _sent(story, "search", story.none_found.on):
        yield Choice("search", "they found no records; ask how they searched")
    if story.fee and not _sent(story, "fees", story.fee.on):
        yield Choice("fees", f"the fee quoted on {date_words(story.fee.on)} is open")
    yield from _production(story, today)


def _ripe(story: Story) -> bool:
    """True once something is late by every reading, withheld or not found."""
    late = story.due is not None and story.due.late
    return late or bool(story.overdue or story.denials) or story.none_found is not None


def _production(story: Story, today: date) -> Iterator[Choice]:
    if story.determined is None or story.denials or story.none_found:
        return
    dates = [said for said in (story.determined, *story.promises) if said.until]
    last = dates[-1].until if dates else None
    if last is None and not _sent(story, "production", story.determined.on):
        yield Choice("production", "the determination gives no date for the records")
    elif last is not None and last < today and not _sent(story, "production", last):
        yield Choice("production", f"the records were promised for {date_words(last)}")


def _foia(story: Story, today: date) -> Iterator[Choice]:
    if story.due and story.due.late:
        if last := _unanswered(story, "foia-late", today):
            why = f"the letter of {date_words(last.on)} was not answered"
            yield Choice("foia-ogis", why)
        elif not _sent(story, "foia-late", story.due.latest):
            yield Choice("foia-late", f"the determination was due on {date_words(story.due.due)}")
    refused = [denial.on for denial in story.denials]
    refused += [story.none_found.on] if story.none_found else []
    if refused and not _sent(story, "foia-appeal", max(refused)):
        yield Choice("foia-appeal", f"the answer of {date_words(max(refused))} can be appealed")
    if story.fee and not _sent(story, "foia-fee-waiver", story.fee.on):
        yield Choice("foia-fee-waiver", f"the fee quoted on {date_words(story.fee.on)} is open")


_BY_LAW: Mapping[str, Callable[[Story, date], Iterator[Choice]]] = {
    "cpra": _california,
    "foia": _foia,
}


def _sent(story: Story, letter: str, since: date) -> Said | None:
    """The last letter of that name since a day."""
    return next((s for s in reversed(story.letters) if s.text == letter and s.on >= since), None)


def _unanswered(story: Story, letter: str, today: date) -> Said | None:
    """A letter that has had its time, with nothing from the agency since."""
    sent = _sent(story, letter, date.min)
    if sent is None or today <= sent.on + PATIENCE:
        return None
    answers = [story.determined, story.none_found, story.fee, *story.productions, *story.promises]
    days = [said.on for said in answers if said] + [denial.on for denial in story.denials]
    return sent if all(day <= sent.on for day in days) else None


def refusal(letter: str, request: Request, facts: Facts) -> str:
    """Why a letter would be wrong now, in one sentence; empty if it may be written."""
    if request.status is Status.DRAFTED or facts.story.sent is None:
        return f"{request.id} has not been sent; a follow-up comes after the request"
    check = _CHECKS.get(letter)
    return check(request, facts) if check else ""


def no_appeal(request: Request) -> str:
    """What to say to a requester who wants to appeal under a law that knows no appeal."""
    if request.law != "cpra":
        return f"cpra has no letter of appeal under the law of {request.id}"
    return (
        f"there is no administrative appeal under the law of {request.id}: {PETITION}. "
        "To argue against what was withheld: cpra follow-up "
        f"{request.number} denial"
    )


def _late(request: Request, facts: Facts) -> str:
    due = facts.story.due
    if due is None:
        if facts.story.received is None:
            return (
                f"{request.id} went by mail or fax and its day of receipt is not known, so nothing "
                f"is late; write the day down: cpra record {request.number} received --on DATE"
            )
        return f"{request.id} has no date for a determination, so it cannot be late"
    if due.late:
        return ""
    if not due.items:
        return f"{request.id} has its answer; it is not late"
    if due.latest == due.due:
        reading = "and no reading of the law gives a later date"
    else:
        reading = f"or {day_words(due.latest)} on another reading"
    return (
        f"{request.id} is not late. Its determination is due {day_words(due.due)}, {reading}, so "
        f"this letter is available from {date_words(due.latest + timedelta(days=1))}. "
        f"(`cpra explain {request.number}`)"
    )


def _something_to_sue_over(request: Request, facts: Facts) -> str:
    story = facts.story
    if _ripe(story):
        return ""
    return (
        f"nothing in {request.id} is late, denied or said not to exist, and a petition that comes "
        f"before the agency is late can cost you its fees. {_sentence(_late(request, facts))}"
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _needs(found: Callable[[Story], object], what: str, how: str) -> _Check:
    """A letter that answers something needs that in the log."""

    def check(request: Request, facts: Facts) -> str:
        if found(facts.story):
            return ""
        return (
            f"the log of {request.id} has no {what}; write it down first: "
            f"cpra record {request.number} {how}"
        )

    return check


_denial = _needs(lambda story: story.denials, "denial", "denied --on DATE --exemption CODE")

_CHECKS: Mapping[str, _Check] = {
    "late": _late,
    "foia-late": _late,
    "demand": _something_to_sue_over,
    "petition-checklist": _something_to_sue_over,
    "clarify": _needs(
        lambda story: story.clarification,
        "open question of the agency",
        "clarification-asked --on DATE --reason TEXT",
    ),
    "extension": _needs(
        lambda story: story.extension,
        "extension notice",
        "extended --on DATE --until DATE --reason TEXT",
    ),
    "production": _needs(
        lambda story: story.determined, "determination", "determined --on DATE --estimated DATE"
    ),
    "fees": _needs(lambda story: story.fee, "open fee", "fee-quoted --on DATE --amount AMOUNT"),
    "denial": _denial,
    "legal-basis": _denial,
    "withheld-list": _denial,
    "foia-appeal": _needs(
        lambda story: story.denials or story.none_found, "denial", "denied --on DATE"
    ),
    "search": _needs(
        lambda story: story.none_found,
        "answer that no records were found",
        "none-found --on DATE",
    ),
}
