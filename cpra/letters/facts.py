"""What a letter may speak about: the request, the agency, the requester and the dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from cpra.core.items import Item
from cpra.core.request import Requester


class Authority(Protocol):
    """A statute, rule or case as the law data has it."""

    @property
    def cite(self) -> str:
        """The citation as a letter prints it."""

    @property
    def status(self) -> str:
        """V read at its source, P only in part, M unverified."""


Authorities = Mapping[str, Authority]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """The agency as the letter addresses it."""

    name: str
    kind: str = ""
    """city, county, state, federal, court or legislature"""
    address: tuple[str, ...] = ()
    """the lines under the name on the envelope"""
    email: str = ""
    fax: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A statutory date as the deadline engine computed it, and how it came about."""

    started: date
    nominal: date
    """the last day as counted, before it rolled"""
    due: date
    latest: date
    rolled: str = ""
    """the names of the days over which it rolled; empty when it did not"""
    items: tuple[int, ...] = ()
    """the items that it is still open for"""
    late: bool = False
    """even the latest date has passed without an answer"""
    uncertain: bool = False
    """a bill that nobody has confirmed may have changed the time"""
    paused: bool = False
    """days are left out on which a question or a fee was open"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Something beside the determination for which even the latest date has passed."""

    rule: str
    what: str
    cite: str
    """the authority as a letter may print it"""
    due: Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A notice that extended the time for the determination, and what is wrong with it."""

    on: date
    until: date | None
    reasons: str
    signed_by: str
    ceiling: date
    """the latest date that it could state, by the reading that favors the agency"""
    faults: tuple[str, ...] = ()
    """one sentence for each thing that the statute asks of a notice and this one lacks"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One point against a withholding, with the authority as it may be printed."""

    point: str
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """An exemption that the agency cited, and what answers it."""

    named: str
    """the citation with its subject, as it may be printed"""
    must_show: str = ""
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """An answer that withholds something."""

    on: date
    items: tuple[Item, ...]
    grounds: tuple[Ground, ...]
    reasons: str
    signed_by: str
    missing: tuple[str, ...]
    """what a denial has to have and this one lacks, in words that follow "without" """
    warnings: tuple[Argument, ...] = ()
    """what speaks against the requester; told to them, never printed"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something the agency said on a day, in its own words where the log has them."""

    on: date
    text: str = ""
    until: date | None = None
    """the date that it named"""
    items: tuple[Item, ...] = ()
    """what it is about"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the chronology: what happened, and the papers that show it."""

    on: date
    what: str
    papers: tuple[str, ...] = ()
    exhibit: int = 0
    """the number of its papers as an exhibit; 0 where it has none"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the log tells a follow-up letter; everything is empty before the request has left."""

    sent: date | None = None
    received: date | None = None
    """the day of receipt, where the log has it or sending was receipt"""
    determination: Due | None = None
    """the first date for the determination"""
    due: Due | None = None
    """the date that governs: the first one, or the extended one"""
    extension: Extension | None = None
    acknowledged: Said | None = None
    determined: Said | None = None
    """the determination, with the date it gives for the records"""
    promises: tuple[Said, ...] = ()
    productions: tuple[Said, ...] = ()
    denials: tuple[Denial, ...] = ()
    none_found: Said | None = None
    overdue: tuple[Overdue, ...] = ()
    disputed: tuple[Item, ...] = ()
    """what was withheld or not found, or what is late"""
    fee: Said | None = None
    """a fee that is quoted and not paid; `text` is the amount"""
    clarification: Said | None = None
    """a question that has not been answered"""
    incident: date | None = None
    letters: tuple[Said, ...] = ()
    """follow-ups that have left; `text` is the letter's name"""
    chronology: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a template is given beside the values of its own variables."""

    today: date
    id: str
    agency: Addressee
    requester: Requester = field(default_factory=Requester)
    subject: str = ""
    items: tuple[Item, ...] = ()
    """what the letter asks for; in a follow-up, the items that are still open"""
    via: str = ""
    """email, portal, mail, fax or hand; empty when nobody has said"""
    reference: str = ""
    """the agency's own number for the request"""
    time_limit: str = ""
    """the time from receipt to the determination, in words; empty while the law is not certain"""
    extension_limit: str = ""
    """the longest extension, in words; empty while the law is not certain"""
    story: Story = field(default_factory=Story)
