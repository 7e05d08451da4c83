"""What does a message say? Proposals with the words that they rest on; the requester decides.

Nothing that is read here is a fact. A keyword never sends a letter, and never stops a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from cpra.archive.message import Message
from cpra.core.exemptions import Exemptions
from cpra.core.rules import Ground
from cpra.mail import facts
from cpra.mail.facts import Expiry
from cpra.mail.incoming import Incoming, host
from cpra.mail.rules import Look, Meaning, Rule, Rules, System, rules, subject_rules, text_rules

PROPOSED, SURE = 3, 6
"""Points from which a meaning is proposed, and from which it counts as sure."""

MOST_SENTENCES = 400
"""Sentences of a message that are read: a letter has fewer, and a newsletter says nothing here."""

EVENT_OF: Mapping[Meaning, str] = {
    Meaning.ACKNOWLEDGMENT: "acknowledged",
    Meaning.RECEIPT: "received",
    Meaning.EXTENSION: "extended",
    Meaning.DETERMINATION: "determined",
    Meaning.DENIAL: "denied",
    Meaning.NONE_FOUND: "none-found",
    Meaning.FEE: "fee-quoted",
    Meaning.RECORDS: "produced",
    Meaning.CLARIFICATION: "clarification-asked",
    Meaning.PROMISE: "promised",
    Meaning.CLOSURE: "closed",
    Meaning.BOUNCE: "refused",
    Meaning.DELAYED: "answered",
    Meaning.AWAY: "answered",
    Meaning.PORTAL: "answered",
    Meaning.LETTER: "answered",
}
"""What the log calls it, once the requester has confirmed it."""

_MARKS = re.compile(r"[\W_]+")
_ASCII_MARKS = dict.fromkeys(code for code in range(128) if not chr(code).isalnum())
"""The same marks for a text that has no others, in which they are taken out quickly."""

MACHINES = (Meaning.BOUNCE, Meaning.DELAYED, Meaning.AWAY)
"""Written by a mail program: nothing else in it counts."""

ALONE = frozenset({*MACHINES, Meaning.PORTAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One thing that a message may mean, the words that say so, and what can be taken down."""

    meaning: Meaning
    points: int
    words: tuple[str, ...]
    """the sentences it rests on"""
    on: date | None = None
    """receipt: the day that it names"""
    until: date | None = None
    estimated: date | None = None
    grounds: tuple[str, ...] = ()
    reasons: str = ""
    exemptions: tuple[str, ...] = ()
    amount: str = ""
    signed_by: str = ""
    items: tuple[int, ...] = ()
    disclosable: str = ""

    @property
    def event(self) -> str:
        """The kind of event that confirming it writes down."""
        return EVENT_OF[self.meaning]

    @property
    def is_sure(self) -> bool:
        """True when several words say it."""
        return self.points >= SURE


@dataclass(frozen=True)
class Reading:
    """Everything that was read in a message."""

    proposals: tuple[Proposal, ...]
    """the first is the one to act on; none at all is a plain letter"""
    references: tuple[str, ...] = ()
    """the agency's own numbers in it"""
    expiries: tuple[Expiry, ...] = ()
    system: str = ""
    """the portal that wrote it: NextRequest, GovQA"""

    @property
    def meaning(self) -> Meaning:
        """The likeliest meaning."""
        return self.proposals[0].meaning if self.proposals else Meaning.LETTER

    @property
    def decides(self) -> bool:
        """True when it says something that the log should know."""
        return any(one.event != "answered" for one in self.proposals)


@dataclass(frozen=True, slots=True)
class Lore:
    """What helps to read a letter: the grounds for an extension, the exemptions ledger."""

    grounds: Sequence[Ground] = ()
    exemptions: Exemptions | None = None


@dataclass(slots=True)
class _Found:
    points: int = 0
    words: list[str] = field(default_factory=list)


def reading(
    incoming: Incoming, lore: Lore, own: frozenset[str] = frozenset(), known: Rules | None = None
) -> Reading:
    """What a message may mean; `own` holds the sentences of our letter, which agencies repeat."""
    by = known or rules()
    text = incoming.words
    every_one = dict.fromkeys(facts.sentences(text))
    said = [s for s in every_one if not own or folded(s) not in own][:MOST_SENTENCES]
    found = _scored(incoming, said, by)
    came = incoming.on or date.min
    system = next((one for one in by.systems if _wrote(one, incoming)), None)
    proposals = tuple(_detailed(m, f, said, text, came, lore) for m, f in _kept(found))
    every = f"{incoming.subject}\n{incoming.text}"
    return Reading(
        proposals,
        facts.references(every, by.references),
        facts.expiries(incoming.links, said, came) if incoming.on else (),
        system.name if system else "",
    )


def folded(sentence: str) -> str:
    """A sentence as two copies of it agree: without spaces, marks and capitals."""
    small = sentence.casefold()
    return small.translate(_ASCII_MARKS) if small.isascii() else _MARKS.sub("", small)


def own_sentences(letter: str) -> frozenset[str]:
    """The sentences of our own letter, for `reading`."""
    found = {folded(sentence) for sentence in facts.sentences(letter)}
    return frozenset(one for one in found if len(one) > 12)


def _scored(incoming: Incoming, said: Sequence[str], by: Rules) -> dict[Meaning, _Found]:
    """Each meaning with its points and the words that gave them."""
    message = incoming.message
    places: dict[Look, list[str]] = {
        Look.SENDER: [message.sender.email],
        Look.FILE: [a.name[-100:] for a in message.attachments[:500] if not a.inline],
    }
    of_subject = subject_rules(by, incoming.subject)
    by_rule: dict[str, list[str]] = {}
    for sentence in said:
        for name in text_rules(by, sentence):
            by_rule.setdefault(name, []).append(sentence)
    found: dict[Meaning, _Found] = {}
    for rule in by.rules:
        if rule.look is Look.TEXT:
            words = by_rule.get(rule.id, [])
        elif rule.look is Look.SUBJECT:
            words = [incoming.subject] if rule.id in of_subject else []
        elif rule.look is Look.HEADER:
            words = [line for line in _headers(rule, message) if rule.found_in(line)]
        else:
            words = [text for text in places[rule.look] if rule.found_in(text)]
        if words:
            one = found.setdefault(rule.meaning, _Found())
            one.points += rule.points + (rule.look is Look.TEXT and len(words) > 1)
            one.words += words[:3] if rule.look is not Look.FILE else []
    return found


def _headers(rule: Rule, message: Message) -> Iterator[str]:
    """The headers in which a rule can find something; most are told by their names."""
    for name, value in message.headers[:500]:
        odd = "\n" in value or not name.isascii()
        if rule.names is None or odd or name.lower() in rule.names:
            yield f"{name}: {value}"[:2_000]


def _kept(found: dict[Meaning, _Found]) -> Iterator[tuple[Meaning, _Found]]:
    """What has points enough, the likeliest first; a machine's report is nothing else."""
    enough = {m: f for m, f in found.items() if f.points >= PROPOSED and f.words}
    for machine in MACHINES:
        if machine in enough:
            yield machine, enough[machine]
            return
    if any(m not in ALONE for m in enough):
        enough.pop(Meaning.PORTAL, None)
    order = list(Meaning)
    # An acknowledgment stops no clock: whatever else a letter says comes before it.
    last = {Meaning.ACKNOWLEDGMENT, Meaning.RECEIPT, Meaning.CLOSURE, Meaning.PROMISE}
    yield from sorted(
        enough.items(), key=lambda pair: (pair[0] in last, -pair[1].points, order.index(pair[0]))
    )


def _wrote(system: System, incoming: Incoming) -> bool:
    """True when a portal sent it, or it leads there."""
    return bool(
        system.sender.search(incoming.message.sender.email)
        or any(system.host.search(host(link)) for link in incoming.links[:50])
    )


def _detailed(
    meaning: Meaning, found: _Found, said: Sequence[str], text: str, came: date, lore: Lore
) -> Proposal:
    """The proposal with what can be taken down from the sentences that speak of it."""
    words = tuple(dict.fromkeys(found.words))
    joined = " ".join(words)
    proposal = Proposal(meaning=meaning, points=found.points, words=words)
    later = list(facts.found_dates_after(words, came))
    around = later or list(facts.found_dates_after(_near(said, words), came))
    match meaning:
        case Meaning.EXTENSION:
            return replace(
                proposal,
                until=_within(around, came),
                grounds=_grounds(said, lore.grounds),
                reasons=_reasons(said, words),
                signed_by=facts.signer(text),
            )
        case Meaning.DENIAL:
            ledger = lore.exemptions
            cited = ledger.cited_in(" ".join(said)) if ledger else ()
            return replace(
                proposal,
                exemptions=tuple(one.new or one.old for one in cited),
                reasons=joined[:500],
                signed_by=facts.signer(text),
                items=facts.items(joined),
            )
        case Meaning.NONE_FOUND:
            return replace(proposal, reasons=joined[:500], items=facts.items(joined))
        case Meaning.FEE:
            sums = facts.amounts(joined)
            return replace(proposal, amount=max(sums, key=float, default=""))
        case Meaning.DETERMINATION | Meaning.PROMISE:
            return replace(proposal, estimated=around[0] if around else None)
        case Meaning.RECEIPT:
            days = [day for word in words for day in facts.dates(word) if day <= came]
            return replace(proposal, on=days[0] if days else came)
        case Meaning.CLARIFICATION | Meaning.CLOSURE:
            return replace(proposal, reasons=joined[:500])
    return proposal


def _near(said: Sequence[str], words: Sequence[str]) -> list[str]:
    """The sentences right after those that speak of it: there the date often stands."""
    places = [n for n, sentence in enumerate(said) if sentence in words]
    return [said[n] for place in places for n in range(place, min(place + 3, len(said)))]


def _within(days: Sequence[date], came: date) -> date | None:
    """A date that an extension may name: not one from another year's letter."""
    near = [day for day in days if day <= came + timedelta(days=200)]
    return near[-1] if near else None


def _grounds(said: Sequence[str], grounds: Sequence[Ground]) -> tuple[str, ...]:
    """The grounds whose words stand in the notice, by their ids."""
    text = " ".join(said).casefold()
    return tuple(one.id for one in grounds if any(word in text for word in one.words))


def _reasons(said: Sequence[str], words: Sequence[str]) -> str:
    """The notice's own reasons: the sentences that give one, in its words."""
    giving = ("because", "due to", "in order to", "unusual circumstances", "need to", "the reason")
    own = [s for s in said if any(word in s.casefold() for word in giving)]
    return " ".join(dict.fromkeys((*own, *words)))[:500]
