"""What a court asks of an e-mail: the headers that matter, its way, what was found of its origin.

The results of SPF, DKIM and DMARC are those that a mail server wrote down when the message came;
nothing is checked anew here. The message itself lies untouched beside the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cpra.archive.mime import split_headers
from cpra.archive.mime_text import decoded_words, parameters
from cpra.mail.senders import results

HEAD = 1_000_000
"""Bytes in which the headers stand."""
LONGEST = 300

MATTER = ("from", "to", "cc", "date", "subject", "message-id", "in-reply-to", "return-path")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The headers of one filed message."""

    path: str
    """below the request's folder"""
    headers: tuple[tuple[str, str], ...]
    """`From`, `To`, `Date` … as they stand, encoded words read"""
    hops: int
    """servers that wrote a line"""
    received: str
    """the newest of those lines: the requester's own server"""
    results: tuple[str, ...]
    """`spf=pass (exampleville.gov), as found by mx.example.org`"""
    signatures: tuple[str, ...]
    """domains whose DKIM signature it carries, checked or not"""

    def lines(self) -> tuple[str, ...]:
        """As a chronology has it."""
        said = [f"{name}: {value}" for name, value in self.headers]
        if self.hops:
            servers = "1 server" if self.hops == 1 else f"{self.hops} servers"
            said.append(f"Received: through {servers}; last: {self.received}")
        said += self.results or ("no SPF, DKIM or DMARC result was written down",)
        said += [f"carries a DKIM signature of {domain}" for domain in self.signatures]
        return tuple(said)


def evidence(root: Path, path: str) -> Evidence | None:
    """The headers of a filed message; None when it cannot be read."""
    try:
        with (root / path).open("rb") as file:
            headers, _ = split_headers(file.read(HEAD))
    except OSError:
        return None
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(" ".join(decoded_words(value).split()))
    hops = found.get("received", [])
    return Evidence(
        path=path,
        headers=tuple(
            (name.title().replace("Message-Id", "Message-ID"), value[:LONGEST])
            for name in MATTER
            for value in found.get(name, [])[:1]
        ),
        hops=len(hops),
        received=hops[0][:LONGEST] if hops else "",
        results=tuple(_results(found)),
        signatures=tuple(_signatures(found)),
    )


def is_message(name: str) -> bool:
    """True for the message of an event, rather than a file that came with it."""
    return name.count("/") == 2 and name.lower().endswith(".eml")


def _results(found: Mapping[str, list[str]]) -> list[str]:
    said = []
    for method, result, domain, by in results(found.get("authentication-results", [])):
        whose = f" ({domain})" if domain else ""
        said.append(f"{method}={result}{whose}, as found by {by}")
    for line in found.get("received-spf", []):
        said.append(f"spf={line.split()[0].lower() if line else '?'}, by its Received-SPF line")
    return said[:20]


def _signatures(found: Mapping[str, list[str]]) -> list[str]:
    domains = [parameters(f";{line}").get("d", "") for line in found.get("dkim-signature", [])]
    return list(dict.fromkeys(domain for domain in domains if domain))[:5]
