"""What the agency's papers are worth: does the extension hold, what does the denial rest on."""

from __future__ import annotations

from collections.abc import Iterator

from cpra import agencies, statutes
from cpra.core.events import Event
from cpra.core.extension import Finding, audit
from cpra.core.request import Request
from cpra.letters.fitting import no_appeal
from cpra.workspace import Workspace


def extension_audit(workspace: Workspace, request: Request) -> tuple[Finding, ...]:
    """Every check of every notice of extension, by the law and the agency's own calendar."""
    office = agencies.read(workspace).get(request.agency).office
    return audit(request, statutes.law(), office)


def remarks(workspace: Workspace, request: Request, event: Event) -> tuple[str, ...]:
    """What the requester should know about an event just written down, a sentence each."""
    if event.kind == "extended":
        findings = extension_audit(workspace, request)
        return tuple(
            f"{f.check}: {f.verdict} · {f.text}" for f in findings if f.notice.hash == event.hash
        )
    if event.kind == "denied":
        return tuple(_denial(event, request.law))
    if event.kind in ("determined", "promised") and event.estimated is None:
        return tuple(_undated(request, event))
    if event.kind == "appeal-filed" and request.law == "cpra":
        return (f"no date runs from this: {no_appeal(request)}",)
    return ()


def _undated(request: Request, event: Event) -> Iterator[str]:
    """What an answer that names no day for the records leaves open."""
    if event.disclosable == "none" or not request.is_open or request.last("produced"):
        return
    again = f"`cpra record {request.number} promised --on {event.on} --estimated DATE`"
    text = f"as written down it names no day for the records; if the letter does: {again}"
    if request.law == "cpra" and event.kind == "determined":
        text += f", and if not, `cpra follow-up {request.number} production` asks for one"
    yield text


def _denial(event: Event, law: str) -> Iterator[str]:
    """The exemptions under their present numbers, and what the denial lacks."""
    if law != "cpra":
        return  # the ledger and section 7922.540 are the Public Records Act's
    ledger = statutes.exemptions()
    for code in event.exemptions:
        found = ledger.find(code)
        if found is not None:
            yield f"{code}: {found.title}"
            if found.must_show:
                yield f"  the agency has to show: {found.must_show}"
        else:
            near = ledger.nearest(code)
            meant = f"; nearest are {', '.join(near)}" if near else ""
            yield f"{code}: not in the ledger of exemptions{meant}"
    lacking = [
        what
        for what, there in (
            ("an exemption", event.exemptions),
            ("the reasons", event.reasons),
            ("the name and title of each person responsible", event.signed_by),
        )
        if not there
    ]
    if lacking:
        rule = statutes.law().authorities["cpra.7922.540"].cite
        yield f"as written down it lacks {', '.join(lacking)} ({rule})"
