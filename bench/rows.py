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

TODAY = date(2026, 10, 1)
"""The day on which the open requests are late, due, promised and far off in fair parts."""

AGENCIES = 40
SUBJECTS = (
    "ALPR access logs",
    "Body-camera sharing agreements",
    "Detainer requests and replies",
    "Fusion center governance",
    "Military equipment inventory",
    "Contracts with data brokers",
)


def make(root: Path, requests: int, open_requests: int) -> None:
    """Write a workspace; the last `open_requests` are open, the others were settled long ago."""
    workspace.init(root, "")
    book = "".join(
        f'[agency.agency-{n:02d}]\nname = "Agency {n:02d} of Exampleville"\nkind = "city"\n'
        f'aliases = ["A{n:02d}"]\n\n'
        for n in range(AGENCIES)
    )
    (root / "requests" / "agencies.toml").write_text(book, encoding="utf-8")
    for number in range(requests):
        settled = number < requests - open_requests
        _make_one(root / "requests", number, 2026 - (requests - number - 1) // 4000, settled)


def _make_one(top: Path, number: int, year: int, settled: bool) -> None:
    subject, agency = SUBJECTS[number % len(SUBJECTS)], f"agency-{number % AGENCIES:02d}"
    name = f"{year}-{number + 1:05d}-{agency}-{subject.lower().replace(' ', '-')}"
    folder = top / name
    sent = date(year, 1, 5) + timedelta(days=number % 180) if settled else _sent(number)
    letter = f"sent/{sent}-request/letter.txt"
    text = f"To {agency}\n\n1. {subject} from January to March of {year}.\n".encode()
    (folder / letter).parent.mkdir(parents=True)
    (folder / letter).write_bytes(text)
    (folder / "request.toml").write_text(
        f'id = "{name[:10]}"\nagency = "{agency}"\nlaw = "cpra"\nsubject = "{subject}"\n'
        'template = "general"\ntags = ["bench"]\n\n[requester]\nname = "A. Requester"\n\n'
        f'[[item]]\nn = 1\ntext = "{subject} from January to March of {year}."\n\n'
        f'[[item]]\nn = 2\ntext = "The policies in force for {subject}."\n',
        encoding="utf-8",
    )
    lines: list[str] = []
    for event in _life(sent, letter, hashlib.sha256(text).hexdigest(), number, settled):
        lines.append(log.encode(event, log.digest(lines[-1]) if lines else None))
    (folder / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _sent(number: int) -> date:
    return TODAY - timedelta(days=number % 40)


def _life(sent: date, letter: str, sha256: str, number: int, settled: bool) -> Iterator[Event]:
    def on(days: int) -> date:
        return sent + timedelta(days=days)

    def recorded(days: int) -> str:
        return f"{on(days)}T10:41:07-07:00"

    yield Event(kind="drafted", on=on(-1), recorded=recorded(-1))
    yield Event(
        kind="sent",
        on=sent,
        recorded=recorded(0),
        via="email",
        reference=f"26-{number:05d}",
        files={letter: sha256},
    )
    if settled:
        yield Event(kind="acknowledged", on=on(1), recorded=recorded(1))
        yield Event(
            kind="determined",
            on=on(9),
            recorded=recorded(9),
            disclosable="some",
            estimated=on(30),
        )
        yield Event(kind="produced", on=on(28), recorded=recorded(28), items=(1,))
        yield Event(kind="closed", on=on(40), recorded=recorded(40))
    elif number % 4 == 1 and on(9) <= TODAY:
        yield Event(
            kind="extended",
            on=on(9),
            recorded=recorded(9),
            until=on(24),
            grounds=("a voluminous amount of separate and distinct records",),
            signed_by="A. Clerk",
        )
    elif number % 4 == 2 and on(10) <= TODAY:
        yield Event(
            kind="determined",
            on=on(10),
            recorded=recorded(10),
            disclosable="all",
            estimated=on(36),
        )


def main() -> None:
    """Make a workspace where the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--open", type=int, default=1_000)
    options = parser.parse_args()
    make(options.directory, options.requests, options.open)


if __name__ == "__main__":
    main()
