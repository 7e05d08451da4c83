"""What happened to a request, day by day, each with its document and its line in the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cpra.core.events import Event
from cpra.folder import Loaded
from cpra.mail.evidence import Evidence, evidence, is_message

TITLES: Mapping[str, str] = {
    "drafted": "drafted",
    "edited": "draft edited",
    "sending": "being sent",
    "sent": "sent",
    "refused": "delivery refused",
    "outcome-unknown": "nobody knows whether it was delivered",
    "received": "received by the agency",
    "answered": "letter from the agency",
    "acknowledged": "acknowledged (stops no clock)",
    "extended": "extension noticed",
    "determined": "determination",
    "produced": "records produced",
    "denied": "denied",
    "none-found": "no records found",
    "fee-quoted": "fee quoted",
    "fee-paid": "fee paid",
    "clarification-asked": "clarification asked",
    "clarification-answered": "clarification answered",
    "promised": "new date promised",
    "letter-sent": "letter sent",
    "incident-known": "the agency knew of the incident",
    "incident-occurred": "the incident occurred",
    "misconduct-discovered": "the agency discovered the misconduct",
    "inspected": "the records were inspected",
    "amendment-requested": "an amendment of the record was asked for",
    "appeal-filed": "appeal filed",
    "appeal-decided": "appeal decided",
    "judgment-noticed": "notice of entry of judgment served",
    "access-restored": "access to the systems restored",
    "reminder": "reminder",
    "stamped": "time-stamped",
    "closed": "closed",
    "reopened": "reopened",
    "withdrawn": "withdrawn",
    "voided": "entry taken back",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One event as the chronology shows it."""

    on: date
    at: str
    kind: str
    title: str
    details: tuple[str, ...]
    files: tuple[str, ...]
    line: int
    recorded: str
    taken_back: bool
    """a later line of the log took it back; it is shown, not counted"""
    messages: tuple[Evidence, ...] = ()
    """the headers of its messages"""


def chronology(loaded: Loaded) -> tuple[Row, ...]:
    """Every event of the log in the order in which it happened, those taken back included."""
    assert loaded.request is not None  # noqa: S101 (the caller has read it)
    counting = {event.hash for event in loaded.request.events}
    ordered = sorted(loaded.log, key=lambda event: event.order)
    return tuple(_row(event, event.hash in counting, loaded.path) for event in ordered)


def messages(event: Event, path: Path) -> tuple[Evidence, ...]:
    """The headers of the messages that an event files."""
    found = (evidence(path, name) for name in event.files if is_message(name))
    return tuple(one for one in found if one is not None)


def _row(event: Event, counts: bool, path: Path) -> Row:
    return Row(
        on=event.on,
        at=event.at.isoformat("minutes") if event.at else "",
        kind=event.kind,
        title=TITLES.get(event.kind, event.kind),
        details=details(event),
        files=tuple(event.files),
        line=event.number,
        recorded=event.recorded,
        taken_back=not counts,
        messages=messages(event, path),
    )


def details(event: Event) -> tuple[str, ...]:
    """What an event says beside its kind, in words."""
    facts = (
        ("by", event.via),
        ("to", event.to),
        ("the agency's number", event.reference),
        ("until", event.until and event.until.isoformat()),
        ("records expected", event.estimated and event.estimated.isoformat()),
        ("grounds", "; ".join(event.grounds)),
        ("disclosable", event.disclosable),
        ("items", ", ".join(map(str, event.items))),
        ("installment", event.installment and str(event.installment)),
        ("exemptions", "; ".join(event.exemptions)),
        ("amount", event.amount),
        ("reasons", event.reasons),
        ("signed by", event.signed_by),
        ("letter", event.letter),
        ("", event.text),
        ("due", event.due and event.due.isoformat()),
        ("server", event.server),
        ("because", event.why),
        ("taken from", "; ".join(event.source)),
        ("note", event.note),
    )
    said = [f"{label} {text}".strip() for label, text in facts if text]
    if event.complete:
        said.append("this was the last of it")
    return tuple(said)
