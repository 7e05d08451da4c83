"""Which request does a message answer? Each candidate with a score and its reasons.

Nothing is decided here but how sure it is: a message that answers one of ours, or names one of our
requests, is sure; what only comes from the right house waits for the requester.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from cpra.mail.compose import tokens
from cpra.mail.houses import MOST_OF_ADDRESS, NOBODY, ONLY_ONE, Houses, Near
from cpra.mail.incoming import Incoming, host
from cpra.mail.match import AHEAD, SURE, Candidate, Known, Match, Reason, points_of
from cpra.mail.senders import SHARED, UNKNOWN, failure, is_tied

THREAD, TOKEN, TOKEN_IN_TEXT, OUR_NUMBER = 100, 90, 45, 30
REFERENCE_IN_SUBJECT, REFERENCE_IN_TEXT = 85, 60
SHORT_IN_SUBJECT, SHORT_IN_TEXT = 50, 35
"""a number of fewer than six letters and digits stands in other mail too"""
PORTAL, WORDS = 30, 25

MOST = 8
"""Candidates that are told of."""

_WORD = re.compile(r"[a-z][a-z'-]{3,}|\d{4,}")
_COMMON = frozenset(
    {
        *("records", "record", "request", "requests", "public", "information", "please", "this"),
        *("that", "with", "from", "have", "your", "which", "would", "will", "shall", "under"),
        *("about", "department", "office", "police", "city", "county", "california", "state"),
        *("sheriff", "attached", "thank", "received", "letter", "email", "dear", "regarding"),
        *("date", "dates", "between", "january", "february", "march", "april", "june", "july"),
        *("august", "september", "october", "november", "december"),
    }
)
"""Words that every request has."""
_NUMBER = re.compile(r"(?<![a-z0-9])(?=[^\s]{0,40}\d)[a-z0-9][a-z0-9./-]{3,40}")
_DIGIT = re.compile(r"\d")
_TOKEN_IN_TEXT = re.compile(r"\[(\d{4}-\d{4,6})\]")
_DASHED = re.compile(r"-\d{4}")
_OUR_NUMBER = re.compile(r"\d(?<![\w\[.-]\d)\d{3}-\d{4,6}(?![\w\].-]\w|[\]-])")
"""It begins with a digit: so the search passes quickly over everything else."""


@dataclass(slots=True)
class Requests:
    """All requests of a workspace, so arranged that a message finds its own quickly."""

    every: tuple[Known, ...]
    own_addresses: frozenset[str] = frozenset()
    """the requester's own: what comes from there is no answer"""
    _houses: Houses = field(init=False)
    _by_id: dict[str, Known] = field(default_factory=dict)
    _by_message: dict[str, list[Known]] = field(default_factory=dict)
    _by_reference: dict[str, list[Known]] = field(default_factory=dict)
    _by_portal: dict[str, list[Known]] = field(default_factory=dict)
    _spread: Counter[str] = field(default_factory=Counter)
    _weights: dict[str, float] = field(default_factory=dict)
    _totals: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._houses = Houses(self.every)
        for known in self.every:
            self._by_id[known.id] = known
            for message_id in known.message_ids:
                self._by_message.setdefault(message_id, []).append(known)
            for reference in known.references:
                if _distinctive(reference):
                    self._by_reference.setdefault(reference.casefold(), []).append(known)
            if (portal := host(known.portal)) and portal not in SHARED:
                self._by_portal.setdefault(portal, []).append(known)
            self._spread.update(known.words)
        # A word that many requests have tells little.
        self._weights = {
            word: math.log(1 + len(self.every) / (1 + count)) + 0.1
            for word, count in self._spread.items()
        }

    def add_message(self, request_id: str, message_id: str) -> None:
        """Remember a message that was just filed, so that the next in its thread finds it."""
        if message_id and request_id in self._by_id:
            self._by_message.setdefault(message_id, []).append(self._by_id[request_id])

    def has_message(self, message_id: str) -> bool:
        """True for a message that is filed with some request."""
        return message_id in self._by_message

    def match(self, incoming: Incoming) -> Match:
        """The requests that a message may answer, the likeliest first."""
        named = self._named(incoming)
        near, portals = self._near(incoming), self._portals(incoming)
        if not (named or near.ranked or portals):
            return Match()
        words = _words(f"{incoming.subject} {incoming.text}")
        apart = {*named, *portals, *near.sharing(words)}
        found = [
            (
                self._by_id[name],
                (
                    *_each_once(named.get(name, ())),
                    *((near.reasons[name],) if name in near.reasons else ()),
                    *portals.get(name, ())[:1],
                    *self._weighed(self._by_id[name], words),
                ),
            )
            for name in apart
        ]
        # All others near the sender are told apart by nothing but their own rank.
        rest = islice((known for known in near.ranked if known.id not in apart), MOST)
        found += [(known, (near.reasons[known.id], *self._weighed(known, words))) for known in rest]
        found.sort(key=lambda one: (-points_of(one[1]), not one[0].is_open, one[0].id))
        failed = failure(incoming.message)
        return Match(
            tuple(
                Candidate(known, why, self._doubts(incoming, known, why, failed))
                for known, why in found[:MOST]
            )
        )

    def sure(self, incoming: Incoming) -> Known | None:
        """The request that a message surely answers: that of a `match` that is sure.

        Its words are not looked at where nothing that they say could change it.
        """
        named, near = self._named(incoming), self._near(incoming)
        if len(named) == 1 and not self._portals(incoming):
            [(name, reasons)] = named.items()
            known, why = self._by_id[name], _each_once(reasons)
            if name in near.reasons:
                why = (*why, near.reasons[name])
            others = MOST_OF_ADDRESS + WORDS if near.ranked else 0
            if points_of(why) >= max(SURE, others + AHEAD):
                doubts = self._doubts(incoming, known, why, failure(incoming.message))
                return None if doubts else known
        match = self.match(incoming)
        return match.best.known if match.best and match.is_sure else None

    def _named(self, incoming: Incoming) -> dict[str, list[Reason]]:
        """The requests that a message itself names, each with how it does."""
        reasons: dict[str, list[Reason]] = {}
        for known, reason in (
            *self._thread(incoming),
            *self._tokens(incoming),
            *self._our_numbers(incoming),
            *self._references(incoming),
        ):
            reasons.setdefault(known.id, []).append(reason)
        return reasons

    def _near(self, incoming: Incoming) -> Near:
        """The requests to the agency whose mail it is; what we wrote ourselves has none."""
        sender = incoming.message.sender.email.lower()
        return NOBODY if sender in self.own_addresses else self._houses.near(sender)

    def _portals(self, incoming: Incoming) -> dict[str, list[Reason]]:
        """The requests whose agency's portal a message links to."""
        if not self._by_portal or incoming.message.sender.email.lower() in self.own_addresses:
            return {}
        reasons: dict[str, list[Reason]] = {}
        for portal in sorted(set(map(host, incoming.links[:200])) & self._by_portal.keys()):
            for known in self._by_portal[portal]:
                reasons.setdefault(known.id, []).append(Reason(PORTAL, f"it links to {portal}"))
        return reasons

    def is_related(self, incoming: Incoming) -> bool:
        """True when anything at all ties it to a request: for a mailbox shared with other mail."""
        return bool(
            self._near(incoming).ranked
            or self._portals(incoming)
            or any(self._thread(incoming))
            or any(self._tokens(incoming))
            or any(self._references(incoming))
        )

    def _thread(self, incoming: Incoming) -> Iterable[tuple[Known, Reason]]:
        message = incoming.message
        for message_id in dict.fromkeys((*message.in_reply_to, *message.references)):
            for known in self._by_message.get(message_id, ()):
                yield known, Reason(THREAD, "it answers a message of this request")
        for message_id in sorted(incoming.carried_ids & self._by_message.keys()):
            for known in self._by_message[message_id]:
                yield known, Reason(THREAD, "it carries a message of this request")

    def _tokens(self, incoming: Incoming) -> Iterable[tuple[Known, Reason]]:
        for token in tokens(incoming.subject):
            if known := self._by_id.get(token):
                yield known, Reason(TOKEN, f"[{token}] stands in its subject")
        for token in dict.fromkeys(_TOKEN_IN_TEXT.findall(incoming.text)):
            if known := self._by_id.get(token):
                yield known, Reason(TOKEN_IN_TEXT, f"[{token}] stands in its text")

    def _our_numbers(self, incoming: Incoming) -> Iterable[tuple[Known, Reason]]:
        """Our letters print `Our no. 2026-0012`; but an agency may number its requests so too."""
        places = [one for one in (incoming.subject, incoming.text) if _DASHED.search(one)]
        for number in dict.fromkeys(n for one in places for n in _OUR_NUMBER.findall(one)):
            known = self._by_id.get(number)
            if known and number not in {one.casefold() for one in known.references}:
                yield known, Reason(OUR_NUMBER, f"our number {number} stands in it")

    def _references(self, incoming: Incoming) -> Iterable[tuple[Known, Reason]]:
        if not self._by_reference:
            return
        subject, text = incoming.subject.casefold(), incoming.text.casefold()
        spaced = [reference for reference in self._by_reference if " " in reference]
        for points, short, where, words in (
            (REFERENCE_IN_SUBJECT, SHORT_IN_SUBJECT, "subject", subject),
            (REFERENCE_IN_TEXT, SHORT_IN_TEXT, "text", text),
        ):
            pieces = (piece for piece in words.split() if _DIGIT.search(piece))
            numbers = {word.strip("./-") for piece in pieces for word in _NUMBER.findall(piece)}
            numbers |= {reference for reference in spaced if reference in words}
            for reference in sorted(numbers & self._by_reference.keys()):
                own = points if sum(c.isalnum() for c in reference) >= 6 else short
                for known in self._by_reference[reference]:
                    yield known, Reason(own, f"the agency's number {reference} is in its {where}")

    def _weighed(self, known: Known, words: frozenset[str]) -> Iterator[Reason]:
        """Among requests to one agency the words of the subject tell them apart."""
        if self._houses.is_only_one(known):
            yield Reason(ONLY_ONE, "it is the only open request to this agency")
        points = round(WORDS * self._shared(known, words))
        if points >= 5:
            shared = sorted(known.words & words, key=lambda word: (self._spread[word], word))[:4]
            yield Reason(points, f"it speaks of {', '.join(shared)}")

    def _shared(self, known: Known, words: frozenset[str]) -> float:
        """How much of a request's own words is in a message; rare words weigh more."""
        if known.words.isdisjoint(words):
            return 0
        if known.id not in self._totals:
            self._totals[known.id] = sum(self._weights[word] for word in known.words)
        shared = sum(self._weights[word] for word in known.words & words)
        return shared / self._totals[known.id]

    def _doubts(
        self, incoming: Incoming, known: Known, why: Sequence[Reason], failed: str
    ) -> tuple[str, ...]:
        doubts = self._doubts_of_sender(incoming, known, failed)
        if UNKNOWN in doubts and any(reason.points == THREAD for reason in why):
            # Nobody guesses the name of a message that we sent: its writer has read it.
            doubts.remove(UNKNOWN)
        if known.sent is None:
            doubts.append("the request has not been sent")
        elif incoming.on is not None and known.sent - incoming.on > timedelta(days=1):
            doubts.append(f"it is older than the request, which was sent on {known.sent}")
        return tuple(doubts)

    def doubts_of_sender(self, incoming: Incoming, known: Known | None) -> list[str]:
        """Why a message need not come from the agency: nothing of it is then taken as said."""
        return self._doubts_of_sender(incoming, known, failure(incoming.message))

    def _doubts_of_sender(self, incoming: Incoming, known: Known | None, failed: str) -> list[str]:
        if incoming.message.sender.email.lower() in self.own_addresses:
            return ["it comes from yourself"]
        doubts = [] if known is not None and is_tied(incoming, known) else [UNKNOWN]
        if failed:
            doubts.append(f"your mail server doubts that it comes from its sender ({failed})")
        return doubts

    def by_id(self, request_id: str) -> Known | None:
        """What is known of one request."""
        return self._by_id.get(request_id)


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words by which a request is known: not those that every request has."""
    return _words(" ".join(texts)) - _COMMON


def _words(text: str) -> frozenset[str]:
    """All words of a text; each piece of it is looked at once, for mail says much twice."""
    return frozenset(_WORD.findall(" ".join(set(text.casefold().split()))))


def _each_once(reasons: Sequence[Reason]) -> Sequence[Reason]:
    """One reason of each sort: ten quoted messages of one thread are not ten reasons."""
    if len(reasons) == 1:
        return reasons
    kept: dict[str, Reason] = {}
    for reason in reasons:
        sort = reason.text[:9]  # "it comes ", "the agenc", "[2026-000"
        if sort not in kept or reason.points > kept[sort].points:
            kept[sort] = reason
    return list(kept.values())


def _distinctive(reference: str) -> bool:
    """A number like "12" stands everywhere; one with four digits or letters does not."""
    return sum(c.isalnum() for c in reference) >= 4 and any(c.isdigit() for c in reference)
