"""What the log tells a follow-up letter: the dates, the answers, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from cpra.core.citations import citation
from cpra.core.deadlines import AT_ONCE, Deadline
from cpra.core.events import Event
from cpra.core.exemptions import Exemption, Exemptions
from cpra.core.grounds import available, ground_of, named
from cpra.core.items import Item
from cpra.core.law import Law
from cpra.core.request import Request
from cpra.core.words import date_words, joined
from cpra.errors import CpraError
from cpra.letters.disputes import disputed, due_of, overdue
from cpra.letters.facts import (
    Argument,
    Denial,
    Entry,
    Extension,
    Ground,
    Said,
    Story,
)

_VIA = {
    "email": " by e-mail",
    "portal": " through the portal",
    "mail": " by mail",
    "fax": " by fax",
    "hand": " by hand",
}
_WHAT = {
    "sent": "The request was sent",
    "received": "The agency received the request",
    "acknowledged": "The agency acknowledged the request",
    "extended": "The agency gave notice of an extension",
    "determined": "The agency gave its determination",
    "produced": "The agency produced records",
    "denied": "The agency denied the request",
    "none-found": "The agency said that it found no records",
    "fee-quoted": "The agency quoted a fee",
    "fee-paid": "The fee was paid",
    "clarification-asked": "The agency asked for clarification",
    "clarification-answered": "The clarification was answered",
    "promised": "The agency gave a new date for the records",
    "letter-sent": "A follow-up letter was sent",
    "incident-known": "The agency knew of the incident",
    "incident-occurred": "The incident occurred",
    "misconduct-discovered": "The agency discovered the misconduct",
    "inspected": "The records were inspected",
    "amendment-requested": "An amendment of the record was asked for",
    "access-restored": "The agency had access to its systems again",
    "appeal-filed": "An appeal was filed",
    "appeal-decided": "The appeal was decided",
    "judgment-noticed": "Notice of the judgment was served",
    "withdrawn": "The request was withdrawn",
    "closed": "The request was closed",
    "reopened": "The request was reopened",
}


def time_limit(law: Law, law_id: str, rule: str, on: date) -> str:
    """How long a period is for what is received on that day, in words.

    Empty where the data has no such rule, or a bill that nobody has confirmed would change it.
    """
    try:
        versions = law.versions(f"{law_id}.{rule}")
    except CpraError:
        return ""
    governing = [version for version in versions if version.governs(on)]
    if len(governing) != 1 or governing[0].bill or governing[0].count is None:
        return ""
    return governing[0].count.words


def story(
    request: Request, found: Sequence[Deadline], law: Law, known: Exemptions, today: date
) -> Story:
    """Everything that a letter may say about what has happened so far."""
    first = _deadline(found, f"{request.law}.determination")
    extended = _deadline(found, f"{request.law}.extension")
    sent, received = request.first("sent"), request.first("received")
    if received is None and sent is not None and sent.via in AT_ONCE:
        received = sent
    asked = request.last("clarification-asked", "clarification-answered")
    fee = request.last("fee-quoted", "fee-paid")
    incident = request.last("incident-known")
    due = due_of(extended or first, today)
    late = tuple(overdue(request, found, today))

    def said(event: Event | None) -> Said | None:
        return _words(request, event) if event else None

    return Story(
        sent=sent.on if sent else None,
        received=received.on if received else None,
        determination=due_of(first, today),
        due=due,
        extension=_extension(request, first, extended, law),
        acknowledged=said(request.first("acknowledged")),
        determined=said(request.last("determined")),
        promises=tuple(_words(request, event) for event in request.all("promised")),
        productions=tuple(_words(request, event) for event in request.all("produced")),
        denials=tuple(_denial(request, event, known) for event in request.all("denied")),
        none_found=said(request.last("none-found")),
        overdue=late,
        disputed=tuple(disputed(request, due, late)),
        fee=said(fee) if fee and fee.kind == "fee-quoted" else None,
        clarification=said(asked) if asked and asked.kind == "clarification-asked" else None,
        incident=incident.on if incident else None,
        letters=tuple(_words(request, event) for event in request.all("letter-sent")),
        chronology=tuple(_chronology(request, known)),
    )


def _deadline(found: Sequence[Deadline], rule: str) -> Deadline | None:
    return next((deadline for deadline in found if deadline.rule.id == rule), None)


def _words(request: Request, event: Event) -> Said:
    return Said(
        on=event.on,
        text=event.letter or _dollars(event.amount) or event.reasons,
        until=event.estimated,
        items=_items(request, event),
    )


def _items(request: Request, event: Event) -> tuple[Item, ...]:
    """The items that an event is about."""
    return tuple(item for item in request.items if event.concerns(item.n))


def _extension(
    request: Request, first: Deadline | None, extended: Deadline | None, law: Law
) -> Extension | None:
    notice = extended.notice if extended else request.first("extended")
    if notice is None or first is None:
        return None
    ceiling = extended.latest if extended else first.latest
    return Extension(
        on=notice.on,
        until=notice.until,
        reasons=joined(named(notice)),
        signed_by=notice.signed_by,
        ceiling=ceiling,
        faults=tuple(_faults(request, notice, first, ceiling, law)),
    )


def _faults(
    request: Request, notice: Event, first: Deadline, ceiling: date, law: Law
) -> Iterator[str]:
    """What a notice lacks. A doubt that the agency could resolve in its favor is no fault."""
    if notice.on > first.latest and not first.estimate:
        yield (
            f"It is dated {date_words(notice.on)}, after the time for the determination had ended "
            f"on {date_words(first.due)}."
        )
    reasons = named(notice)
    if not reasons:
        yield "I find no reason in it."
    known = law.grounds(f"{request.law}.extension")
    grounds = [ground_of(text, known) for text in reasons]
    # One ground that holds carries the notice, and one that is not recognised may hold.
    if all(g is not None and not available(g, first.start.on) for g in grounds):
        for text, ground in zip(reasons, grounds, strict=True):
            if ground and not ground.listed:
                yield (
                    f'Its reason, "{text}", is not among the circumstances that the statute lists.'
                )
            else:
                yield f'Its reason, "{text}", was not listed when the request was received.'
    if notice.until is None:
        yield "I find no date in it on which the determination is expected to be dispatched."
    elif notice.until > ceiling and (first.estimate or notice.on <= first.latest):
        yield (
            f"It states {date_words(notice.until)}; by every reading of the law that I know of, "
            f"the latest date that it could state is {date_words(ceiling)}."
        )


def _denial(request: Request, event: Event, known: Exemptions) -> Denial:
    found = [(code, known.find(code)) for code in event.exemptions]
    exemptions = list(dict.fromkeys(one for _, one in found if one))
    grounds = [_ground(one) for one in exemptions]
    grounds += [Ground(named=f'what you cite as "{code}"') for code, one in found if one is None]
    missing = []
    if not event.exemptions:
        missing.append("the exemption on which it rests")
    if not event.reasons:
        missing.append("the facts that make the exemption apply")
    if not event.signed_by:
        missing.append("the name and title or position of each person responsible")
    return Denial(
        on=event.on,
        items=_items(request, event),
        grounds=tuple(grounds),
        reasons=event.reasons,
        signed_by=event.signed_by,
        missing=tuple(missing),
        warnings=tuple(
            Argument(point=warning.point, authority=warning.printed)
            for one in exemptions
            for warning in one.warnings
        ),
    )


def _ground(one: Exemption) -> Ground:
    """An exemption as a letter may speak of it: an unverified number is left out."""
    printed = one.printed
    if one.status == "V":
        name = f"{printed} ({one.subject})"
    else:
        name = f"the exemption for {one.subject}" + (f" ({printed})" if printed else "")
    return Ground(
        named=name,
        must_show=one.must_show if printed else "",
        arguments=tuple(
            Argument(point=rebuttal.point, authority=rebuttal.printed)
            for rebuttal in one.rebuttals
            if rebuttal.status != "M"
        ),
    )


def _chronology(request: Request, known: Exemptions) -> Iterator[Entry]:
    number = 0
    for event in request.events:
        if event.kind in _WHAT:
            papers = tuple(event.files)
            number += bool(papers)
            what = _what(event, request.items, known)
            yield Entry(on=event.on, what=what, papers=papers, exhibit=number if papers else 0)


def _what(event: Event, items: Sequence[Item], known: Exemptions) -> str:
    """An event as a sentence without its full stop."""
    words = _WHAT[event.kind] + _VIA.get(event.via, "")
    if event.letter:
        words += f': "{event.letter.replace("-", " ")}"'
    if event.items and len(event.items) < len(items):
        numbers = joined([str(n) for n in event.items])
        words += f" (item{'s' if len(event.items) > 1 else ''} {numbers})"
    until = event.until or event.estimated
    if until:
        words += f", stating {date_words(until)}"
    if event.amount:
        words += f" of {_dollars(event.amount)}"
    if event.exemptions:
        words += f", citing {joined([_cited(code, known) for code in event.exemptions])}"
    if event.reference:
        words += f", as no. {event.reference}"
    return words


def _dollars(amount: str) -> str:
    """What the log has as an amount, with its sign where it is a bare number."""
    bare = amount.strip()
    return f"${bare}" if bare[:1].isdigit() else bare


def _cited(code: str, known: Exemptions) -> str:
    """What the agency cited: a number of the former Act as that, an unverified one by its subject.

    Anything else stands in quotation marks, as the agency's own word for it.
    """
    exemption, one = known.find(code), citation(code)
    if exemption is not None and exemption.status == "M":
        return f"the exemption for {exemption.subject}"
    if one is not None and one.is_repealed and not one.former:
        return f"former {one}"
    return f'"{code}"'
