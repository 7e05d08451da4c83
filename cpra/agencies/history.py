"""What the address book said of an office before it was changed, so that a move can be explained.

`requests/agencies.jsonl` has a line for each change of closed days or of receipt that was made
while requests were open. It is only ever added to, and nothing in it is a date of a request: from
where one moved is reckoned from what the book said then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from cpra import disk
from cpra.agencies import closures
from cpra.core.calendar import Closure, Office
from cpra.core.events import Event
from cpra.core.words import joined
from cpra.errors import Problem
from cpra.workspace import Workspace

MOST = 2
"""changes that are named; the rest are counted"""

_DAYS = frozenset({"first", "last", "alternate", "since", "until"})


@dataclass(frozen=True, slots=True)
class Former:
    """An office as the book had it until it was changed."""

    recorded: str
    """the moment of the change"""
    office: Office

    def was_told(self, *events: Event | None) -> bool:
        """True when all of these were written down before the change."""
        return all(_before(event, self.recorded) for event in events if event is not None)


History = Mapping[str, tuple[Former, ...]]
"""an agency's key → its former offices, the oldest first"""


def place(workspace: Workspace) -> Path:
    """Where the former offices stand."""
    return workspace.agencies.with_suffix(".jsonl")


def note(workspace: Workspace, key: str, before: Office, recorded: str) -> None:
    """Write down what the book says of an office that is about to be changed."""
    line = {
        "recorded": recorded,
        "agency": key,
        "receipt": before.receipt,
        "cutoff": closures.clock_words(before.cutoff),
        "closures": [table for one in before.closures for table in closures.entries(one)],
    }
    text = json.dumps(line, ensure_ascii=False, default=date.isoformat)
    path = place(workspace)
    torn = path.exists() and not path.read_bytes().endswith(b"\n")  # by a crash
    start = "\n" if torn else ""
    disk.append_line(path, f"{start}{text}\n".encode())


def read(workspace: Workspace) -> History:
    """The former offices of every agency; a line that cannot be read is left out."""
    found: dict[str, list[Former]] = {}
    for _, line in _lines(place(workspace)):
        if not isinstance(line, str):
            found.setdefault(line[0], []).append(line[1])
    return {
        key: tuple(sorted(own, key=lambda f: _moment(f.recorded))) for key, own in found.items()
    }


def problems(workspace: Workspace) -> Iterator[Problem]:
    """The lines that cannot be read, so that a move may go untold."""
    for number, line in _lines(place(workspace)):
        if isinstance(line, str):
            yield Problem(str(place(workspace)), number, line)


def changes(before: Office, now: Office) -> str:
    """What changed from one office to another, in words that follow a colon."""
    kept = {_plain(one) for one in before.closures}
    there = {_plain(one) for one in now.closures}
    said = [f"now closed {closures.days(one)}" for one in now.closures if _plain(one) not in kept]
    said += [
        f"no longer closed {closures.days(one)}"
        for one in before.closures
        if _plain(one) not in there
    ]
    said += _verified(before, now)
    if before.receipt != now.receipt:
        said.append(f"receipt is now {now.receipt or 'not known'}")
    if before.cutoff != now.cutoff:
        ends = closures.clock_words(now.cutoff)
        said.append(f"its day now ends at {ends}" if ends else "when its day ends is not known now")
    if len(said) > MOST:
        said[MOST:] = [f"{len(said) - MOST} changes more"]
    return joined(said)


def _verified(before: Office, now: Office) -> Iterator[str]:
    standing = {_plain(one): one.status for one in before.closures}
    for one in now.closures:
        if standing.get(_plain(one), one.status) != one.status:
            how = "was read at its source" if one.status == "V" else "is not verified any more"
            yield f"that it is closed {closures.days(one)} {how}"


def _plain(one: Closure) -> tuple[object, ...]:
    """The days of a closure, whatever it rests on."""
    return one.dates, one.ranges, one.weekly, one.alternate, one.since, one.until


def _lines(path: Path) -> Iterator[tuple[int, tuple[str, Former] | str]]:
    """Each line by its number: a former office of an agency, or why it is none."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        yield 0, f"cannot be read ({(error.strerror or '').lower()})"
        return
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            try:
                yield number, _former(json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                yield number, "is not what cpra writes there, so from where dates moved may be lost"


def _former(line: Any) -> tuple[str, Former]:
    _moment(line["recorded"])
    office = Office(
        receipt=str(line["receipt"]),
        cutoff=time.fromisoformat(line["cutoff"]) if line["cutoff"] else None,
        closures=tuple(closures.closure(_dated(table)) for table in line["closures"]),
    )
    return str(line["agency"]), Former(line["recorded"], office)


def _dated(table: Mapping[str, Any]) -> dict[str, Any]:
    """A closure's table with its days as dates again, as the address book has them."""
    dated = dict(table)
    for key in _DAYS & dated.keys():
        dated[key] = date.fromisoformat(dated[key])
    if "dates" in dated:
        dated["dates"] = [date.fromisoformat(day) for day in dated["dates"]]
    return dated


def _before(event: Event, recorded: str) -> bool:
    """By the moment at which it was written down; a line without one counts from its day."""
    changed = _moment(recorded)
    try:
        return _moment(event.recorded) <= changed
    except ValueError:
        return event.on <= changed.date()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.astimezone()
