"""A log in view: lines like `2026-03-02 sent via=email` become what a request would hold.

One line is one event, as the examples of the law data are written. `line=2` names the second line
(by its number, not its hash), as `cpra record ID voided --line 2` does.
"""

from __future__ import annotations

import re
from dataclasses import replace
from inspect import cleandoc
from pathlib import Path

from cpra.core import examples, log
from cpra.core.events import Event, live
from cpra.core.items import Item
from cpra.core.request import Request


def told(text: str, items: int = 0) -> Request:
    """The request that this log tells of, with so many numbered items."""
    return request(live(events(text)), items)


def request(happened: tuple[Event, ...], items: int = 0) -> Request:
    """A request to a made-up agency with these events."""
    return Request(
        id="2026-0007",
        agency="exampleville-pd",
        law="cpra",
        subject="ALPR access logs",
        items=tuple(Item(n, f"the records of kind {n}") for n in range(1, items + 1)),
        events=happened,
    )


def events(text: str) -> tuple[Event, ...]:
    """Every event of this log, hashed and numbered, those taken back included."""
    found, problems = log.decode(lines(text), "events.jsonl")
    assert problems == (), problems
    return found


def lines(text: str) -> list[str]:
    """The lines of `events.jsonl`, without their ends."""
    made: list[str] = []
    for number, words in enumerate(cleandoc(text).splitlines(), start=1):
        event = _event(words, number, made)
        made.append(log.encode(event, log.digest(made[-1]) if made else None))
    return made


def written(place: Path, text: str, own: str = "2026-0007", items: int = 0) -> Path:
    """A request's folder on disk, with this log and so many numbered items."""
    place.mkdir(parents=True)
    facts = f'id = "{own}"\nagency = "epd"\nlaw = "cpra"\nsubject = "Request {own}"\n'
    facts += "".join(f'[[item]]\nn = {n}\ntext = "Kind {n}"\n' for n in range(1, items + 1))
    (place / "request.toml").write_text(facts, encoding="utf-8")
    raw = "".join(f"{line}\n" for line in lines(text))
    (place / "events.jsonl").write_text(raw, encoding="utf-8", newline="\n")
    return place


def _event(words: str, number: int, before: list[str]) -> Event:
    words, complete = re.subn(r" complete$", "", words)
    event = examples.event(words, number)
    assert event is not None, f"{words!r} is no event"
    if event.line:
        event = replace(event, line=log.digest(before[int(event.line) - 1]))
    seconds = f"{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}"
    return replace(event, complete=bool(complete), recorded=f"2026-12-01T{seconds}-08:00")
