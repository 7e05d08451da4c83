"""Which of the authorities that a letter cites the law data vouches for, and how far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from cpra.core.citations import CASE, Citation, citations
from cpra.core.exemptions import Exemptions

_DOCKET = re.compile(r"[A-H]\d{6}")


class Authority(Protocol):
    """Anything of the law data that has a citation and a status."""

    @property
    def cite(self) -> str:
        """`Gov. Code § 7922.535(a)`."""

    @property
    def status(self) -> str:
        """V, P or M."""


_Known = Mapping[tuple[str, str], tuple[tuple[Citation, str], ...]]


@dataclass(frozen=True, slots=True)
class Vouched:
    """Every citation of the law data with its status, by code and section."""

    known: _Known

    def status(self, asked: Citation) -> str:
        """V, P or M as the narrowest entry that covers it says; empty if no entry does."""
        near = self.known.get((asked.code, asked.section), ())
        covering = [(len(own.parts), status) for own, status in near if own.covers(asked)]
        if covering:
            narrowest = max(parts for parts, _ in covering)
            return _best([status for parts, status in covering if parts == narrowest])
        return _best([status for own, status in near if asked.covers(own)])

    def speaks_of(self, asked: Citation) -> bool:
        """False for what only looks like a citation: a bare section, or a number like a court's."""
        return bool(asked.code) and not (asked.code == CASE and _DOCKET.match(asked.section))


def vouched(authorities: Mapping[str, Authority], exemptions: Exemptions) -> Vouched:
    """What the law data vouches for; the ledger counts for sections on which they are silent."""
    own = _by_section((authority.cite, authority.status) for authority in authorities.values())
    more = _by_section(exemptions.authorities())
    return Vouched({**more, **own})


def _by_section(cites: Iterable[tuple[str, str]]) -> _Known:
    known: dict[tuple[str, str], tuple[tuple[Citation, str], ...]] = {}
    for cite, status in cites:
        for one in _read(cite):
            place = (one.code, one.section)
            known[place] = (*known.get(place, ()), (one, status))
    return known


@cache
def _read(cite: str) -> tuple[Citation, ...]:
    return citations(cite)


def _best(statuses: list[str]) -> str:
    return next((status for status in ("V", "P", "M") if status in statuses), "")
