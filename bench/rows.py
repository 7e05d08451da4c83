"""A workspace with as many requests as one likes, written straight to disk: `rows.py DIR`.

The folders and logs are what cpra itself would have written (`cpra check` finds nothing wrong), but
without its locks, forms and fsyncs, so that ten thousand take seconds.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from cpra import workspace
from cpra.core import log
from cpra.core.events import Event

AGENCIES = 40
SUBJECTS = (
    "ALPR access logs",
    "Body-camera sharing agreements",
    "Detainer requests and replies",
    "Fusion center governance",
    "Military equipment inventory",
    "Contracts with data brokers",
)


def make(root: Path, requests: int, open_requests: int, today: date) -> None:
    """Write a workspace; the last `open_requests` are open, the others were settled long ago.

    Of the open ones some are late today, some due soon, some extended, some promised.
    """
    workspace.init(root, "")
    book = "".join(
        f'[agency.agency-{n:02d}]\nname = "Agency {n:02d} of Exampleville"\nkind = "city"\n'
        f'aliases = ["A{n:02d}"]\n\n'
        for n in range(AGENCIES)
    )
    (root / "requests" / "agencies.toml").write_text(book, encoding="utf-8")
    for number in range(requests):
        if number < requests - open_requests:
            sent = date(today.year - 1 - number % 3, 1, 5) + timedelta(days=number % 180)
            _make_one(root / "requests", number, sent, _settled(sent))
        else:
            sent = today - timedelta(days=number % 37)
            _make_one(root / "requests", number, sent, _open(sent, number, today))


def _make_one(top: Path, number: int, sent: date, after: Iterator[Event]) -> None:
    subject, agency = SUBJECTS[number % len(SUBJECTS)], f"agency-{number % AGENCIES:02d}"
    name = f"{sent.year}-{number + 1:05d}-{agency}-{subject.lower().replace(' ', '-')}"
    folder, letter = top / name, f"sent/{sent}-request/letter.txt"
    text = f"To {agency}\n\n1. {subject} from January to March of {sent.year}.\n".encode()
    (folder / letter).parent.mkdir(parents=True)
    (folder / letter).write_bytes(text)
    (folder / "request.toml").write_text(
        f'id = "{name[:10]}"\nagency = "{agency}"\nlaw = "cpra"\nsubject = "{subject}"\n'
        'template = "general"\ntags = ["bench"]\n\n[requester]\nname = "A. Requester"\n\n'
        f'[[item]]\nn = 1\ntext = "{subject} from January to March of {sent.year}."\n\n'
        f'[[item]]\nn = 2\ntext = "The policies in force for {subject}."\n',
        encoding="utf-8",
    )
    drafted = _event("drafted", sent, -1)
    left = Event(
        kind="sent",
        on=sent,
        recorded=f"{sent}T10:41:07-07:00",
        via="email",
        reference=f"26-{number:05d}",
        files={letter: hashlib.sha256(text).hexdigest()},
    )
    lines: list[str] = []
    for event in (drafted, left, *after):
        lines.append(log.encode(event, log.digest(lines[-1]) if lines else None))
    (folder / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _settled(sent: date) -> Iterator[Event]:
    yield _event("acknowledged", sent, 1)
    yield _event("determined", sent, 9, estimated=30)
    yield _event("produced", sent, 28)
    yield _event("closed", sent, 40)


def _open(sent: date, number: int, today: date) -> Iterator[Event]:
    """A quarter has had an extension, a quarter a determination with a date for the records."""
    if sent + timedelta(days=9) > today:
        return
    if number % 4 == 1:
        yield _event("extended", sent, 9, until=24)
    elif number % 4 == 2:
        yield _event("determined", sent, 9, estimated=36)


def _event(kind: str, sent: date, after: int, *, estimated: int = 0, until: int = 0) -> Event:
    """What happened so many days after the request left."""
    on = sent + timedelta(days=after)
    return Event(
        kind=kind,
        on=on,
        recorded=f"{on}T10:41:07-07:00",
        estimated=sent + timedelta(days=estimated) if estimated else None,
        disclosable="some" if kind == "determined" else "",
        until=sent + timedelta(days=until) if until else None,
        grounds=("a voluminous amount of separate and distinct records",) if until else (),
        signed_by="A. Clerk" if until else "",
    )


def main() -> None:
    """Make a workspace where the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--open", type=int, default=1_000)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())
    options = parser.parse_args()
    make(options.directory, options.requests, options.open, options.today)


if __name__ == "__main__":
    main()
