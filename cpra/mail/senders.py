"""Who wrote a message: what ties its sender to the agency of a request, and what speaks against it.

Our token and an agency's number can be guessed or read on a portal. They say which request is
meant, and not who means it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cpra.archive.message import Message
from cpra.mail.incoming import Incoming, host
from cpra.mail.match import Known
from cpra.mail.rules import rules

SHARED = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com"),
        *("icloud.com", "me.com", "aol.com", "proton.me", "protonmail.com", "ca.gov"),
        *("nextrequest.com", "mycusthelp.net", "mycusthelp.com", "govqa.us", "justfoia.com"),
        *("civicplus.com", "muckrock.com", "requests.muckrock.com", "ca.us", "state.ca.us"),
    }
)
"""Behind these stand many: a message from there tells nothing about the agency."""

UNKNOWN = (
    "its sender is neither the agency in the address book, nor a portal, nor known from before"
)

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(spf|dkim|dmarc|arc)\s*=\s*([a-z]+)\b(.*)$", re.IGNORECASE | re.DOTALL)
_DOMAIN = re.compile(r"\b(?:header\.d|header\.i|header\.from|smtp\.mailfrom)\s*=\s*@?([^\s;]+)")


def is_tied(incoming: Incoming, known: Known) -> bool:
    """True when the agency's own house, a portal, or a person known from before wrote it."""
    sender = incoming.message.sender.email.lower()
    if not sender:
        return False
    if sender == known.email.lower() or sender in known.correspondents:
        return True
    houses = (domain_of(known.email), host(known.portal))
    if any(is_one_house(incoming.domain, house) for house in houses):
        return True
    return any(system.sender.search(sender) for system in rules().systems)


def failure(message: Message) -> str:
    """What the requester's own mail server found wrong with the sender: `dmarc=fail`; or nothing.

    Only its newest line counts: whatever stands below may be the sender's own work.
    """
    newest = message.header("authentication-results")
    found = list(results([newest]))
    if any((method, result) == ("dmarc", "fail") for method, result, *_ in found):
        return "dmarc=fail"
    own = domain_of(message.sender.email)
    for method, result, domain, _ in found:
        signed = method == "dkim" and is_one_house(own, domain_of(domain) or domain)
        if result == "pass" and (method == "dmarc" or signed):
            return ""  # a message that was passed on fails SPF, and is honest
    unlisted = not newest and message.header("received-spf").lower().startswith("fail")
    failed = unlisted or any((method, result) == ("spf", "fail") for method, result, *_ in found)
    return "spf=fail" if failed else ""


def results(lines: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    """What `Authentication-Results` lines say: method, result, of which domain, by which server."""
    for line in lines:
        server, _, rest = line.partition(";")
        for part in _COMMENT.sub("", rest).split(";"):
            if match := _RESULT.match(part):
                domain = _DOMAIN.search(match[3])
                by = server.split()[0] if server.split() else "an unnamed server"
                yield match[1].lower(), match[2].lower(), domain[1] if domain else "", by


def domain_of(address: str) -> str:
    """What stands behind the @."""
    return address.rpartition("@")[2].lower().rstrip(".")


def houses(domain: str) -> tuple[str, ...]:
    """records.example.gov and example.gov: the house it is in; none where many live."""
    labels = domain.split(".")
    every = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return tuple(house for house in every if house not in SHARED)


def is_one_house(one: str, other: str) -> bool:
    """True when one of two domains is the other or stands in it, and not many live there."""
    return bool(one and other) and (one in houses(other) or other in houses(one))
