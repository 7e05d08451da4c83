"""What `cpra inbox` shows of a message: who wrote it, what it may mean and why, and its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cpra.cli.page import printable, wrapped

if TYPE_CHECKING:
    from cpra.actions.waiting import Item
    from cpra.mail.reading import Proposal
    from cpra.mail.rules import Meaning

MEANINGS = (
    *("acknowledgment", "extension", "determination", "denial", "none-found", "records", "fee"),
    *("clarification", "promise", "closure", "receipt", "bounce", "letter"),
)
PREVIEW = 1_200
"""Characters of a message that are shown before a person asks for all of it."""


def proposed(item: Item) -> tuple[Meaning, ...]:
    """What it is taken for when nothing is said: the likeliest meaning only."""
    from cpra.mail.rules import Meaning

    first = item.reading.meaning
    return (first if str(first) in MEANINGS else Meaning.LETTER,)


def doubts(item: Item) -> tuple[str, ...]:
    """What has to be looked at before a message is taken for what it seems to be."""
    if item.request is None:
        return item.match.best.doubts if item.match.best else ()
    sure = item.reading.proposals and item.reading.proposals[0].is_sure
    return item.doubts if sure else ()


def keys(item: Item) -> str:
    """What each key would do; where there is a doubt, Enter does nothing by itself."""
    meaning = proposed(item)[0]
    key, all_the_same = ("1", ", all the same") if doubts(item) else ("Enter", "")
    if item.request is not None:
        first = f"{key}: it is {meaning}{all_the_same}"
    elif item.match.candidates:
        known = item.match.candidates[0].known
        first = f"{key}: file with {known.id} as {meaning}{all_the_same}"
        more = item.match.candidates[1:9]
        first += "".join(f" · {n}: {one.known.id}" for n, one in enumerate(more, start=2))
    else:
        first = "no request fits: o names one"
    return f"{first}\no: something else · v: read all · a: aside · s: skip · q: stop"


def listed(every: list[Item]) -> Iterator[str]:
    """A list of everything that waits, with reasons."""
    for one in every:
        message = one.incoming.message
        day = one.incoming.on.isoformat() if one.incoming.on else "no date   "
        sender = message.sender.email or message.sender.name
        subject = printable(message.subject)[:60]
        yield f"{one.handle}  {day}  {printable(sender)[:32]:<32}  {subject}"
        said = ", ".join(str(p.meaning) for p in one.reading.proposals) or "letter"
        if one.request is not None:
            yield f"          filed with {one.request.name[:9]}; it seems to be: {said}"
            continue
        likely = "; ".join(
            f"{c.known.id} ({c.score}: {', '.join(r.text for r in c.reasons)})"
            for c in one.match.candidates[:2]
        )
        yield f"          it seems to be: {said} · {likely or 'fits no request'}"
    yield "Next: `cpra inbox show HANDLE`, then `cpra inbox file HANDLE ID --as WORD`, or `aside`"


def shown(one: Item, everything: bool) -> Iterator[str]:
    """One message with all that is known of it."""
    message = one.incoming.message
    heads = [("From", f"{message.sender.name} <{message.sender.email}>".strip()),
             ("To", ", ".join(a.email for a in message.to[:5])),
             ("Date", str(one.incoming.moment or "")), ("Subject", message.subject)]  # fmt: skip
    for name, value in message.headers if everything else heads:
        yield printable(f"{name.title()}: {value}")
    for attachment, size in zip(message.attachments, one.incoming.sizes, strict=True):
        yield printable(f"Attached: {attachment.name} ({size:,} bytes)")
    text = one.incoming.text if everything else one.incoming.words
    yield ""
    yield printable(text if everything else text[:PREVIEW])
    if not everything and len(text) > PREVIEW:
        yield f"[{len(text) - PREVIEW:,} more characters: v, or --all]"
    yield ""
    if one.request is not None:
        yield f"Filed with {one.request.name}"
        yield from (f"    but {doubt}" for doubt in one.doubts)
    for candidate in one.match.candidates[:4]:
        why = "; ".join(f"{r.text} (+{r.points})" for r in candidate.reasons)
        yield f"{candidate.known.id} {printable(candidate.known.subject)[:50]}: {candidate.score}"
        yield from wrapped(printable(why), "    ", "    ")
        for doubt in candidate.doubts:
            yield f"    but {doubt}"
    for proposal in one.reading.proposals:
        yield f"It may be: {proposal.meaning} ({proposal.points} points{_details(proposal)})"
        for words in proposal.words[:2]:
            yield from wrapped(f'"{printable(words)[:300]}"', "    ", "    ")
    for expiry in one.reading.expiries:
        yield f"A link in it expires on {expiry.on.isoformat()}"


def _details(proposal: Proposal) -> str:
    """What would be taken down with it."""
    names = ("on", "until", "estimated", "grounds", "exemptions", "amount", "items", "signed_by")
    found = [(name, getattr(proposal, name)) for name in names]
    said = []
    for name, value in found:
        if value:
            text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            said.append(f"{name.replace('_', ' ')} {text}")
    return f"; {'; '.join(said)}" if said else ""


def row(one: Item) -> dict[str, object]:
    """One message, for programs."""
    message = one.incoming.message
    return {
        "handle": one.handle,
        "path": one.path,
        "request": one.request.name if one.request else None,
        "doubts": one.doubts,
        "subject": message.subject,
        "from": message.sender.email,
        "on": one.incoming.on,
        "candidates": [
            {
                "id": c.known.id,
                "score": c.score,
                "reasons": [r.text for r in c.reasons],
                "doubts": c.doubts,
            }
            for c in one.match.candidates
        ],
        "meaning": str(one.reading.meaning),
        "proposals": one.reading.proposals,
        "references": one.reading.references,
        "expiries": one.reading.expiries,
        "system": one.reading.system,
    }
