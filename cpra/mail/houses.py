"""The requests that a sender stands near: those to the agency from whose house a message comes.

An agency may have a thousand requests before it. What its address says is the same for all of them,
so it is worked out once for each sender; a message is compared only with the requests that it
shares a word with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cpra.mail.match import Known, Reason
from cpra.mail.senders import domain_of, houses

ADDRESS, DOMAIN, ONLY_ONE = 35, 25, 15
MOST_OF_ADDRESS = ADDRESS + ONLY_ONE
"""What a request can have at most only because of who wrote."""

REMEMBERED = 100
"""Senders whose requests are kept at hand."""


@dataclass(slots=True)
class Near:
    """The requests near one sender."""

    reasons: dict[str, Reason] = field(default_factory=dict)
    """by the request's id, what the address says"""
    ranked: tuple[Known, ...] = ()
    """the likeliest first, as far as the address alone tells"""
    _by_word: dict[str, list[str]] = field(default_factory=dict)

    def sharing(self, words: frozenset[str]) -> Iterator[str]:
        """The ids of those that share a word with a message; some more than once."""
        for word in words & self._by_word.keys():
            yield from self._by_word[word]


NOBODY = Near()


class Houses:
    """All requests by the addresses and domains of their agencies."""

    def __init__(self, every: Iterable[Known]) -> None:
        self._by_domain: dict[str, list[Known]] = {}
        self._open: Counter[str] = Counter()
        self._near: dict[str, Near] = {}
        for known in every:
            for domain in {*houses(domain_of(known.email)), known.email.lower()} - {""}:
                self._by_domain.setdefault(domain, []).append(known)
            self._open[known.agency] += known.is_open and known.sent is not None

    def is_only_one(self, known: Known) -> bool:
        """True for the only open request to its agency."""
        return known.is_open and self._open[known.agency] == 1

    def near(self, sender: str) -> Near:
        """The requests to the agency that an address, in small letters, belongs to."""
        found = self._near.get(sender)
        if found is None:
            if len(self._near) >= REMEMBERED:
                self._near.clear()
            found = self._near[sender] = self._found(sender)
        return found

    def _found(self, sender: str) -> Near:
        address = Reason(ADDRESS, f"it comes from {sender}")
        found = {known.id: (known, address) for known in self._by_domain.get(sender, ())}
        here = domain_of(sender)
        house = Reason(DOMAIN, f"it comes from {here}")
        for domain in houses(here):
            for known in self._by_domain.get(domain, ()):
                if domain in (here, domain_of(known.email)):
                    found.setdefault(known.id, (known, house))
        if not found:
            return NOBODY
        by_word: dict[str, list[str]] = {}
        for known, _ in found.values():
            for word in known.words:
                by_word.setdefault(word, []).append(known.id)
        ranked = sorted(found.values(), key=self._rank)
        return Near(
            {name: reason for name, (_, reason) in found.items()},
            tuple(known for known, _ in ranked),
            by_word,
        )

    def _rank(self, one: tuple[Known, Reason]) -> tuple[int, bool, str]:
        known, reason = one
        points = reason.points + (ONLY_ONE if self.is_only_one(known) else 0)
        return -points, not known.is_open, known.id
