"""The letter check: reads a letter the way an agency's lawyer would, before the agency does.

Every rule is data (`statutes/wording.toml`). What a rule finds is told to the requester, who
decides; nothing here changes a letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from cpra.core.draft import Draft, alike, cited, folded, matches, parts, shortened
from cpra.core.items import Item
from cpra.core.passages import Passage
from cpra.core.request import Requester
from cpra.core.spans import SpanKind, spans
from cpra.core.vouched import Authority, vouched
from cpra.core.wording_authorities import crosswalk, repealed, unknown, with_status
from cpra.core.wording_rules import Finding, Law, Look, Rule, Severity, WordingRules, read

_PERIOD = re.compile(
    r"\W*(?:date|time)\W?\s?(?:range|period|frame|span)|\W*period\b", re.IGNORECASE
)
_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

__all__ = ["Authority", "Finding", "Rule", "Severity", "WordingRules", "lint", "read"]


def lint(
    letter: str,
    items: Sequence[Item],
    law: str,
    agency_kind: str,
    rules: WordingRules,
    authorities: Mapping[str, Authority],
    requester: Requester | None = None,
    *,
    follow_up: bool = False,
) -> tuple[Finding, ...]:
    """What a requester should look at before this letter goes, errors first.

    `follow_up` says that the letter is no request of its own: it needs no items, format or limits.
    """
    letter = shortened(letter)
    own, prose = parts(letter, items, follow_up)
    draft = Draft(
        letter,
        own,
        prose,
        tuple(items),
        law,
        agency_kind,
        rules,
        vouched(authorities, rules.exemptions),
        requester or Requester(),
        cited((*own, *prose)),
    )
    found = [
        finding
        for rule in rules.rules
        if (not rule.laws or law in rule.laws) and not (rule.requests and follow_up)
        for finding in _LOOKS[rule.look](rule, draft)
    ]
    once = {(one.rule, one.where, one.words): one for one in reversed(found)}
    order = {rule.id: n for n, rule in enumerate(rules.rules)}
    return tuple(
        sorted(
            once.values(),
            key=lambda one: (
                one.severity is not Severity.ERROR,
                _place(one.where),
                order[one.rule],
            ),
        )
    )


def _place(where: str) -> tuple[int, int]:
    number = re.search(r"\d+$", where)
    kind = ("item", "letter line", "letter").index(re.sub(r" \d+$", "", where))
    return kind, int(number[0]) if number else 0


# --- what stands in the letter -----------------------------------------------------------------


def _in(
    parts: Callable[[Draft], tuple[Passage, ...]], every: bool
) -> Callable[[Rule, Draft], Iterator[Finding]]:
    """A rule whose patterns are looked for in some passages: every match, or the first of each."""

    def look(rule: Rule, draft: Draft) -> Iterator[Finding]:
        for passage in parts(draft):
            for match in islice(matches(rule, passage), None if every else 1):
                words = " ".join(match[0].split())
                yield rule.finding(draft.where(passage, match.start()), words)

    return look


def _personal(rule: Rule, draft: Draft) -> Iterator[Finding]:
    who = draft.requester
    own = folded(" ".join((who.name, who.organization, who.email, who.address, who.phone)))
    for finding in _in(lambda draft: draft.passages, every=True)(rule, draft):
        if folded(finding.words) not in own:
            yield finding


def _missing(rule: Rule, draft: Draft) -> Iterator[Finding]:
    text = " ".join(draft.letter.split())
    if not any(pattern.search(text) for pattern in rule.match):
        yield rule.finding("letter")


def _item_missing(rule: Rule, draft: Draft) -> Iterator[Finding]:
    if any(pattern.search(one.flat) for pattern in rule.unless for one in draft.prose):
        return
    for item in draft.items:
        concerned = not rule.when or any(pattern.search(item.flat) for pattern in rule.when)
        if concerned and not any(pattern.search(item.flat) for pattern in rule.match):
            yield rule.finding(draft.where(item, 0))


# --- dates and terms ---------------------------------------------------------------------------


def _covered(draft: Draft) -> bool:
    """True if the letter gives a closed period for all of its items."""
    labelled = (item for item in draft.items if _PERIOD.match(item.text))
    return any(
        span.kind is SpanKind.CLOSED and (span.two_ends or "year" in span.words)
        for passage in (*draft.prose, *labelled)
        for span in spans(passage.text)
    )


def _excused(rule: Rule, item: Passage) -> bool:
    return any(excuse.search(item.flat) for excuse in rule.unless)


def _no_dates(rule: Rule, draft: Draft) -> Iterator[Finding]:
    if _covered(draft):
        return
    for item in draft.items:
        if not spans(item.text) and not _excused(rule, item):
            yield rule.finding(draft.where(item, 0))


def _open_dates(rule: Rule, draft: Draft) -> Iterator[Finding]:
    covered = _covered(draft)
    for item in draft.items:
        periods = spans(item.text)
        closed = any(span.kind is not SpanKind.OPEN for span in periods)
        for span in periods:
            if (
                span.kind is SpanKind.OPEN
                and not closed
                and not covered
                and not _excused(rule, item)
            ):
                yield rule.finding(draft.where(item, 0), span.words)


def _reversed_dates(rule: Rule, draft: Draft) -> Iterator[Finding]:
    for passage in draft.passages:
        for span in spans(passage.text):
            if span.is_reversed:
                yield rule.finding(draft.where(passage, span.start), span.words)


def _unbounded(rule: Rule, draft: Draft) -> Iterator[Finding]:
    """ "Any and all" in an item that a period and a unit, address or term do not hold together."""
    covered = _covered(draft)
    for item in draft.items:
        closed = covered or any(span.kind is not SpanKind.OPEN for span in spans(item.text))
        if closed and _excused(rule, item):
            continue
        found = (pattern.search(item.flat) for pattern in rule.match)
        if first := next((match for match in found if match), None):
            yield rule.finding(draft.where(item, first.start()), " ".join(first[0].split()))


def _terms(rule: Rule, draft: Draft) -> Iterator[Finding]:
    for item in draft.items:
        count = sum(len(pattern.findall(item.flat)) for pattern in rule.match)
        if count > rule.most:
            yield rule.finding(draft.where(item, 0), str(count), most=str(rule.most))


# --- items that the letter speaks of -----------------------------------------------------------


def _item_numbers(rule: Rule, draft: Draft) -> Iterator[Finding]:
    known = {item.number for item in draft.items}
    for passage in draft.prose if known else ():
        for match in matches(rule, passage):
            for number in re.findall(r"\d+", match[0]):
                if int(number) not in known:
                    yield rule.finding(draft.where(passage, match.start()), match[0])


def _item_count(rule: Rule, draft: Draft) -> Iterator[Finding]:
    count = len(draft.items)
    for passage in draft.prose if count else ():
        for match in matches(rule, passage):
            announced = match["count"].casefold()
            number = int(announced) if announced.isdigit() else _COUNTS.index(announced)
            if number != count:
                yield rule.finding(draft.where(passage, match.start()), match[0])


def _item_differs(rule: Rule, draft: Draft) -> Iterator[Finding]:
    """Each item of request.toml that the letter no longer asks for."""
    text = folded(draft.letter)
    for item in draft.asked:
        if folded(item.text) not in text and not alike(draft.items, item):
            yield rule.finding(f"item {item.n}")


def _wrong_law(rule: Rule, draft: Draft) -> Iterator[Finding]:
    fitting = [law for law in draft.rules.laws if draft.kind in law.kinds]
    for law in draft.rules.laws:
        if law.id == draft.law and fitting and draft.kind not in law.kinds:
            yield rule.finding("letter", law=law.name, kind=draft.kind, new=_names(fitting))


def _names(laws: Sequence[Law]) -> str:
    return " or the ".join(law.name for law in laws)


_LOOKS: Mapping[Look, Callable[[Rule, Draft], Iterator[Finding]]] = {
    Look.LETTER: _in(lambda draft: draft.passages, every=True),
    Look.ITEM: _in(lambda draft: draft.items, every=False),
    Look.PROSE: _in(lambda draft: draft.prose, every=False),
    Look.PERSONAL: _personal,
    Look.MISSING: _missing,
    Look.ITEM_MISSING: _item_missing,
    Look.NO_DATES: _no_dates,
    Look.OPEN_DATES: _open_dates,
    Look.REVERSED_DATES: _reversed_dates,
    Look.UNBOUNDED: _unbounded,
    Look.TERMS: _terms,
    Look.ITEM_NUMBERS: _item_numbers,
    Look.ITEM_COUNT: _item_count,
    Look.ITEM_DIFFERS: _item_differs,
    Look.REPEALED: repealed,
    Look.CROSSWALK: crosswalk,
    Look.UNVERIFIED: with_status("M"),
    Look.NOT_SEE: with_status("P"),
    Look.UNKNOWN: unknown(in_the_act=False),
    Look.UNKNOWN_IN_ACT: unknown(in_the_act=True),
    Look.WRONG_LAW: _wrong_law,
}
