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
    due: date
    latest: date
    steps: tuple[str, ...] = ()
    """one sentence for each day that was excluded or skipped; empty when nothing was"""


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
    sent: date | None = None
    received: date | None = None
    determination: Due | None = None
