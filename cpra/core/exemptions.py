"""What an agency cites when it withholds: what it has to show for that, and what answers it.

The ledger is data (`statutes/exemptions.toml`). It knows each exemption by its former number, its
present one and its common names, and where every other section of the former Act went.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from cpra.core.citations import GOVERNMENT, Citation, citation, citations
from cpra.core.schema import nearest


@dataclass(frozen=True, slots=True)
class Rebuttal:
    """One argument against a withholding, with the authority it rests on, if it rests on one."""

    point: str
    authority: str = ""
    status: str = ""
    """V, P or M, of the authority; empty for an argument without one"""

    @property
    def printed(self) -> str:
        """The authority as a letter may print it: P after "see", M never."""
        return printed(self.authority, self.status)


@dataclass(frozen=True, slots=True)
class Exemption:
    """One ground for withholding, under whatever number the agency cites it."""

    id: str
    names: tuple[str, ...]
    old: str
    """former section: `6254(f)`; empty where there was none"""
    new: str
    """present section or sections: `7923.600-7923.625`"""
    via: str
    """the other law behind § 7927.705: `Evid. Code § 1040`"""
    subject: str
    must_show: str
    """what the agency has to show; empty where that is not verified"""
    rebuttals: tuple[Rebuttal, ...]
    warnings: tuple[Rebuttal, ...]
    """what speaks against the requester: told to them, not argued in a letter"""
    status: str
    """V, P or M, of the number and the subject"""
    source: str
    checked: date
    shared: bool = False
    """true where its sections are those of another entry and its own name or law tells it apart"""

    @property
    def authority(self) -> str:
        """The exemption as a citation: `Gov. Code §§ 7922.000, 7927.500`."""
        sections = _government(self.new)
        return f"{sections} ({self.via})" if self.via else sections

    @property
    def printed(self) -> str:
        """The citation as a letter may print it: P after "see", each of two, and M never."""
        both = (_government(self.new), self.via)
        return "; ".join(filter(None, (printed(one, self.status) for one in both)))

    @property
    def title(self) -> str:
        """Number and subject in a line, for the requester: says so where it is not verified."""
        former = f", formerly {self.old}" if self.old else ""
        doubt = {"V": "", "P": " (partly verified)", "M": " (not verified)"}[self.status]
        return f"{self.authority}{former}: {self.subject}{doubt}"


@dataclass(frozen=True, slots=True)
class Move:
    """Where a section of the Act stood until the end of 2022, and where it stands now."""

    old: str
    new: str
    subject: str
    status: str

    @property
    def printed(self) -> str:
        """The present section as it may be offered: V as a fact, P after "see", M not at all."""
        return printed(_government(self.new), self.status) if self.new else ""

    def reaches(self, asked: Citation) -> bool:
        """True if the section asked for is, or is in, the place this moved to."""
        return any(_holds(own, asked) or asked.covers(own) for own in _list(self.new))


@dataclass(frozen=True, slots=True)
class Exemptions:
    """The ledger: every exemption it knows, and every move of a section."""

    all: tuple[Exemption, ...]
    moves: tuple[Move, ...]

    def find(self, code: str) -> Exemption | None:
        """The exemption that a person or an agency means by a number or a name."""
        return self._by_name(code) or self._by_number(citations(code) or _typed(code))

    def cited_in(self, text: str) -> tuple[Exemption, ...]:
        """Every exemption that a letter of the agency cites by number, each once, in its order."""
        found = (self._by_number((one,)) for one in citations(text))
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def nearest(self, code: str) -> tuple[str, ...]:
        """The numbers and names most like one that the ledger does not know."""
        asked = citation(code)
        if asked is None:
            return nearest(code.strip(), tuple(name for one in self.all for name in one.names))
        near = (
            one.old or one.new
            for one in self.all
            if any(int(asked.number) == int(own.number) for own in _numbers(one))
        )
        return tuple(dict.fromkeys(near))[:8]

    def moved(self, asked: Citation) -> Move | None:
        """Where a section of the former Act stands now; None where that is not one place."""
        whole = asked.et_seq or asked.through
        known = [(move, own) for move in self.moves for own in _list(move.old)]
        if whole and asked.number < 6251:
            return next(move for move, own in known if own.et_seq)
        places = [(move, own) for move, own in known if not own.et_seq]
        covering = [(len(own.parts), move) for move, own in places if _holds(own, asked)]
        if covering:
            return max(covering, key=lambda pair: pair[0])[1]
        inside = [move for move, own in places if asked.covers(own)]
        return inside[0] if len(inside) == 1 else None

    def authorities(self) -> Iterator[tuple[str, str]]:
        """Every authority in the ledger with its status."""
        for one in self.all:
            if not one.shared:
                yield _government(one.new), one.status
            elif one.status == "M":
                yield one.via, one.status
            for rebuttal in (*one.rebuttals, *one.warnings):
                yield rebuttal.authority, rebuttal.status
        for move in self.moves:
            yield f"Gov. Code § {move.new}", move.status

    def _by_name(self, code: str) -> Exemption | None:
        words = re.sub(r"[\s-]+", " ", code.casefold()).strip()
        plain = re.sub(r" (?:exemption|privilege)s?$", "", words)
        for one in self.all:
            names = {re.sub(r"[\s-]+", " ", name.casefold()) for name in one.names}
            if {words, plain} & names or words == one.id.replace("-", " "):
                return one
        return None

    def _by_number(self, cited: tuple[Citation, ...]) -> Exemption | None:
        """The narrowest entry: another law before § 7927.705, an exact section before a range."""
        matches = [
            (one.via != "" and own.code != GOVERNMENT, len(own.parts), not own.through, -n, one)
            for n, one in enumerate(self.all)
            for own in _numbers(one)
            for asked in cited
            if _holds(own, asked)
        ]
        if matches:
            return max(matches, key=lambda match: match[:-1])[-1]
        inside = {
            one for one in self.all for own in _numbers(one) for asked in cited if asked.covers(own)
        }
        return inside.pop() if len(inside) == 1 else None


def printed(authority: str, status: str) -> str:
    """An authority as it may be printed: V as it is, P after "see", M and none not at all."""
    return {"V": authority, "P": f"see {authority}"}.get(status, "") if authority else ""


def _government(sections: str) -> str:
    """`Gov. Code § 7922.000`, or with two signs for several sections."""
    return f"Gov. Code {'§§' if re.search('[,-]', sections) else '§'} {sections}"


def _typed(code: str) -> tuple[Citation, ...]:
    one = citation(code)
    return () if one is None else (one,)


@cache
def _list(words: str) -> tuple[Citation, ...]:
    """The sections in a list of the data: bare ones are the Government Code's."""
    return tuple(
        replace(one, code=one.code or GOVERNMENT)
        for one in citations(f"Gov. Code § {words}")
        if words
    )


@cache
def _numbers(one: Exemption) -> tuple[Citation, ...]:
    """Every section an exemption is known by; what it shares with another entry is not its own."""
    own = (*_list(one.old), *citations(one.via))
    return own if one.shared else (*own, *_list(one.new))


def _holds(own: Citation, asked: Citation) -> bool:
    """True if a section or a range of the ledger covers the one asked for."""
    if own.through and own.code == asked.code:
        last = citation(own.through)
        return own.number <= asked.number <= (last.number if last else own.number)
    return own.covers(asked)
