"""What a portal's own names for its files say: whose request it is, and what the file is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a file is, as far as its name tells."""

    RECORD = "record"
    HISTORY = "message history"
    SUMMARY = "request summary"
    CLOSING = "closing response"
    BUNDLE = "all documents"


@dataclass(frozen=True, slots=True)
class PortalName:
    """A name that GovQA or NextRequest gave."""

    portal: str
    role: Role
    reference: str = ""
    """The portal's number for the request, where the name has it."""
    title: str = ""
    """The agency's own title, without what the portal put around it."""


GOVQA_NUMBER = re.compile(r"(?<![A-Za-z0-9])([A-Z]\d{6}-\d{6})(?!\d)")
NEXTREQUEST_BUNDLE = re.compile(r"(?:documents|request)[ _-]+(\d{2}-\d{1,6})\.zip", re.IGNORECASE)
HISTORY = re.compile(r"message[ _]history", re.IGNORECASE)
SUMMARY = re.compile(r"request_summary_.*\.pdf$", re.IGNORECASE)
CLOSING = re.compile(r"closing_response_.*\.pdf$", re.IGNORECASE)
MANGLED = re.compile(
    r"^\[https?\]\[.*?\](?:\[\])?\[v\]\[(.+?)\.?p?d?\]\.pdf(?:\.pdf)?$", re.IGNORECASE
)
COPY = re.compile(r"[ _]\(\d+\)(?=\.[A-Za-z0-9]+$)")


def portal_name(name: str) -> PortalName | None:
    """What this name, folders and all, says about where it comes from; None when nothing.

    A date in such a name has no zeros in it and may mean two days, so none is read from it.
    """
    leaf = name.replace("\\", "/").rpartition("/")[2]
    numbers = GOVQA_NUMBER.findall(name)
    reference = numbers[-1] if numbers else ""
    if HISTORY.search(leaf):
        return PortalName("GovQA", Role.HISTORY, reference)
    if SUMMARY.match(leaf):
        return PortalName("GovQA", Role.SUMMARY, reference)
    if CLOSING.match(leaf):
        return PortalName("GovQA", Role.CLOSING, reference)
    bundle = NEXTREQUEST_BUNDLE.fullmatch(leaf)
    if bundle is not None:
        return PortalName("NextRequest", Role.BUNDLE, bundle[1])
    mangled = MANGLED.match(leaf)
    if mangled is not None:
        return PortalName("GovQA", Role.RECORD, reference, f"{mangled[1]}.pdf")
    if reference:
        return PortalName("GovQA", Role.RECORD, reference, COPY.sub("", leaf))
    return None
