"""Does a notice of extension hold: in writing, in time, from whom, why, to when, and only once?

What the log does not say is `unknown`, never held against the agency. What some reading of the law
allows is `arguable`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from cpra.core.calendar import Office
from cpra.core.deadline import Deadline, begun
from cpra.core.deadlines import deadlines
from cpra.core.events import Event
from cpra.core.grounds import available, ground_of, named
from cpra.core.request import Request
from cpra.core.rules import Rule
from cpra.core.words import date_words, joined

if TYPE_CHECKING:
    from cpra.core.law import Law

WRITTEN = frozenset({"email", "mail", "fax", "portal"})
"""ways of coming that are writing"""


class Check(StrEnum):
    """What is looked at in a notice."""

    WRITING = "in writing"
    TIME = "in time"
    SIGNER = "from whom"
    GROUND = "a listed ground"
    DATE = "a date stated"
    CEILING = "within the ceiling"
    ONCE = "only one"


class Verdict(StrEnum):
    """How a check came out."""

    HOLDS = "holds"
    ARGUABLE = "arguable"
    UNKNOWN = "unknown"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of one notice, in a sentence, with the authority that it rests on."""

    check: Check
    verdict: Verdict
    text: str
    authority: str
    """as it may be printed; empty where the check is an inference of ours"""
    notice: Event


def audit(request: Request, law: Law, office: Office) -> tuple[Finding, ...]:
    """Every check of every notice of extension in the log; empty when there is none."""
    found = deadlines(request, law, office)
    usable = (rule for rule in law.rules_of(request.law) if rule.extends and law.works(rule))
    extensions = {rule.extends: rule for rule in usable}
    for first in found:
        extension = extensions.get(first.rule.id)
        if extension is not None:
            rule = law.rule(extension.id, first.start.on)
            notices = request.all("extended")
            return tuple(
                finding
                for number, notice in enumerate(notices, start=1)
                for finding in _checks(notice, number, first, rule, law, office)
            )
    return ()


def summary(findings: Sequence[Finding]) -> str:
    """The verdict on the last notice in a few words: `notice valid: one ground, in time`."""
    if not findings:
        return ""
    own = [finding for finding in findings if finding.notice is findings[-1].notice]
    which = "notice" if len(own) == len(findings) else "last notice"
    for verdict, words in (
        (Verdict.FAILS, "not valid"),
        (Verdict.ARGUABLE, "arguable"),
        (Verdict.UNKNOWN, "not fully known"),
    ):
        checks = [finding.check.value for finding in own if finding.verdict is verdict]
        if checks:
            return f"{which} {words}: {joined(checks)}"
    return f"{which} valid: a listed ground, in time, within the ceiling"


def _checks(
    notice: Event, number: int, first: Deadline, rule: Rule, law: Law, office: Office
) -> Iterator[Finding]:
    def finding(check: Check, outcome: tuple[Verdict, str], authority: str = rule.cite) -> Finding:
        verdict, text = outcome
        return Finding(check, verdict, text, authority, notice)

    yield finding(Check.WRITING, _writing(notice))
    yield finding(Check.TIME, _time(notice, first))
    yield finding(Check.SIGNER, _signer(notice))
    if law.grounds(rule.id):
        yield from _grounds(notice, first, rule, law)
    yield finding(Check.DATE, _date(notice))
    if notice.until is not None:
        yield finding(Check.CEILING, _ceiling(notice.until, first, rule, law, office))
    if number > 1:
        text = "there was a notice of extension before; that only one is allowed is an inference"
        yield finding(Check.ONCE, (Verdict.ARGUABLE, text), "")


def _writing(notice: Event) -> tuple[Verdict, str]:
    if notice.files or notice.via in WRITTEN:
        return Verdict.HOLDS, "the notice is in writing"
    return Verdict.UNKNOWN, "the log has no paper of the notice and does not say how it came"


def _time(notice: Event, first: Deadline) -> tuple[Verdict, str]:
    on, due, latest = date_words(notice.on), date_words(first.due), date_words(first.latest)
    if notice.on <= first.due:
        return Verdict.HOLDS, f"it came on {on}, within the first period, which ran to {due}"
    if first.estimate:
        return Verdict.UNKNOWN, f"it came on {on}; when the request was received is not known"
    if notice.on <= first.latest:
        return (
            Verdict.ARGUABLE,
            f"it came on {on}, after {due}; some reading lets the first period run to {latest}",
        )
    return (
        Verdict.FAILS,
        f"it came on {on}; by every reading the first period had ended on {latest}",
    )


def _signer(notice: Event) -> tuple[Verdict, str]:
    if notice.signed_by.strip():
        words = f"it is signed by {notice.signed_by}, taken to be the head or a designee"
        return Verdict.HOLDS, words
    return Verdict.UNKNOWN, "the log does not say who signed; it has to be the head or a designee"


def _grounds(notice: Event, first: Deadline, rule: Rule, law: Law) -> Iterator[Finding]:
    """The grounds that the notice names, one finding for the notice as a whole."""
    texts = named(notice)
    if not texts:
        text = "the log does not say which reason the notice gives"
        yield Finding(Check.GROUND, Verdict.UNKNOWN, text, rule.cite, notice)
        return
    known = law.grounds(rule.id)
    matched = [(text, ground_of(text, known)) for text in texts]
    good = [g for _, g in matched if g is not None and available(g, first.start.on)]
    if good:
        text = f"it rests on {joined([g.title for g in good])}"
        cite = joined(list(dict.fromkeys(g.authority for g in good)))
        yield Finding(Check.GROUND, Verdict.HOLDS, text, cite, notice)
        return
    for words, ground in matched:
        if ground is None:
            text = f'"{words}" is not recognized as a ground that the law lists; read the notice'
            yield Finding(Check.GROUND, Verdict.UNKNOWN, text, rule.cite, notice)
        elif not ground.listed:
            text = f"{ground.title} is no ground that the law lists"
            yield Finding(Check.GROUND, Verdict.FAILS, text, ground.authority, notice)
        else:
            since = date_words(ground.since) if ground.since else ""
            text = f"{ground.title} is a ground only for requests received from {since}"
            yield Finding(Check.GROUND, Verdict.FAILS, text, ground.authority, notice)


def _date(notice: Event) -> tuple[Verdict, str]:
    if notice.until is not None:
        return Verdict.HOLDS, f"it states {date_words(notice.until)}"
    return Verdict.FAILS, "by the log it states no date on which to expect the determination"


def _ceiling(
    until: date, first: Deadline, rule: Rule, law: Law, office: Office
) -> tuple[Verdict, str]:
    clock = law.clock(rule, first.start.on, office)
    clock = replace(clock, base=first.clock or clock.base)  # with the days on which it stood still
    ceiling = date.fromordinal(clock.due(begun(first.start)))
    latest = date.fromordinal(clock.latest(begun(first.start)))
    stated = date_words(until)
    if until <= ceiling:
        return Verdict.HOLDS, f"{stated} is not later than {date_words(ceiling)}"
    if first.estimate:
        return Verdict.UNKNOWN, f"{stated}: when the request was received is not known"
    if until <= latest:
        return (
            Verdict.ARGUABLE,
            f"{stated} is later than {date_words(ceiling)}; some reading allows"
            f" {date_words(latest)}",
        )
    return (
        Verdict.FAILS,
        f"{stated} is later than any reading allows, which is {date_words(latest)}",
    )
