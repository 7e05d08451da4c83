"""Which of the authorities that a letter cites the law data vouches for, and how far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Vouched:
    """Every citation of the law data with its status."""

    known: tuple[tuple[Citation, str], ...]

    def status(self, asked: Citation) -> str:
        """V, P or M as the narrowest entry that covers it says; empty if no entry does."""
        covering = [(len(own.parts), status) for own, status in self.known if own.covers(asked)]
        if covering:
            narrowest = max(parts for parts, _ in covering)
            return _best([status for parts, status in covering if parts == narrowest])
        return _best([status for own, status in self.known if asked.covers(own)])

    def speaks_of(self, asked: Citation) -> bool:
        """False for what only looks like a citation: a bare section, or a number like a court's."""
        return bool(asked.code) and not (asked.code == CASE and _DOCKET.match(asked.section))


def vouched(authorities: Mapping[str, Authority], exemptions: Exemptions) -> Vouched:
    """What the law data vouches for; the ledger counts where the authorities are silent."""
    known = [
        (one, authority.status)
        for authority in authorities.values()
        for one in citations(authority.cite)
    ]
    own = Vouched(tuple(known))
    more = [
        (one, status)
        for cite, status in exemptions.authorities()
        for one in citations(cite)
        if not own.status(one)
    ]
    return Vouched((*known, *more))


def _best(statuses: list[str]) -> str:
    return next((status for status in ("V", "P", "M") if status in statuses), "")
