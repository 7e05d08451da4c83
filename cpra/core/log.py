"""The log's lines: an event to JSON and back, and what a changed or missing line looks like.

A line is a JSON object. `previous` is the SHA-256 of the line before it (without its line end), so
that a line taken out of the middle is noticed; `sum`, always last, is the SHA-256 of the line
without it, so that a change in any line is noticed, the newest included. `previous` names a line,
not a position: two logs that git has merged fork and reorder, and stay valid.

A kind or a field that this version does not know is kept in the file and named as a `Problem`; the
fold goes on without it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any

from cpra.core.events import KINDS, Event, Paper
from cpra.errors import Problem

_DATES = frozenset({"until", "estimated", "due"})
_WORDS = frozenset({"grounds", "exemptions", "source"})
_MAPS = frozenset({"files", "names"})
_OWN = frozenset({"kind", "on", "recorded", "previous", "sum"})
_FIELDS = tuple(f.name for f in fields(Event) if f.name not in {*_OWN, "at", "hash", "number"})
_VALUES = attrgetter(*_FIELDS)
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SUM = re.compile(r',"(...)":"([0-9a-f]{64})"\}$', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ELSEWHERE = re.compile(r"[\x00:\\\ud800-\udfff]|(?:^|/)\.{0,2}(?:/|\Z)")
"""What a path below a request's folder cannot have: it would lead out of it, or nowhere."""


def encode(event: Event, previous: str | None, more: int | None = None) -> str:
    """The event as the log's next line (without the line end), after the line with that hash.

    `more` lines are written together with it and follow it, if the event does not say so itself.
    """
    on = event.on.isoformat() if event.at is None else f"{event.on.isoformat()}T{_clock(event.at)}"
    members: dict[str, Any] = {
        "kind": event.kind,
        "on": on,
        "recorded": event.recorded,
        "previous": previous,
    }
    for name, value in zip(_FIELDS, _VALUES(event), strict=True):
        if value or type(value) is int:
            members[name] = _plain(value)
    if more:
        members["more"] = more
    body = _JSON.encode(members)
    # Bytes on a command line that are no UTF-8 arrive as these; JSON can hold them, UTF-8 cannot.
    body = _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", body)
    return f'{body[:-1]},"sum":"{digest(body)}"}}'


def digest(line: str) -> str:
    """The SHA-256 of a line of the log, in hexadecimal."""
    return hashlib.sha256(line.encode("utf-8", "surrogateescape")).hexdigest()


def decode(
    lines: Iterable[str], path: str, known: Iterable[Event] = ()
) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """Every event of a log in the order of its lines, and what is wrong with the others.

    Of `known`, events that were written or read before, one whose line still stands is taken as it
    is: the hash of a line is a tenth of the work of reading it.
    """
    had = {event.hash: event for event in known}
    events: list[Event] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if had and (before := had.get(digest(line))) and before.number == number:
            events.append(before)
            continue
        event, wrong = _decode_line(line, number)
        problems += [Problem(path, number, text) for text in wrong]
        if event is not None:
            events.append(event)
    return tuple(events), tuple(problems)


def chain_problems(lines: Iterable[str], path: str) -> tuple[Problem, ...]:
    """Lines that were changed, and lines whose predecessor is gone.

    The loss of the newest lines leaves no trace, and neither does a log that somebody wrote anew
    from the line of his change to the end; a manifest or a time-stamp kept elsewhere catches both.
    """
    numbered = [(n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    hashes = {digest(line) for _, line in numbered}
    problems = []
    for number, line in numbered:
        if not _sum_agrees(line):
            problems.append(Problem(path, number, "this line was changed after it was written"))
        previous = _member(line, "previous")
        if isinstance(previous, str) and previous not in hashes:
            problems.append(
                Problem(path, number, "the line that stood before this one was changed or removed")
            )
    return tuple(problems)


def unproved(lines: Iterable[str]) -> tuple[int, ...]:
    """The numbers of the lines without a sum: by hand, by another program, or robbed of it."""
    numbered = [(n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    return tuple(n for n, line in numbered if not isinstance(_member(line, "sum"), str))


def unfinished(line: str) -> bool:
    """True for a last line that was never written out: no line end, and no whole JSON object."""
    return not line.endswith("\n") and not isinstance(_members(line), dict)


def finished(raw: bytes) -> int:
    """How many bytes of a log stand: what a power cut left of the last writing is not among them.

    That is a last line without its end, and lines that promise others which did not come. In a log
    whose lines a merge has put in another order, a line that any other names before it is whole.
    """
    end = raw.rfind(b"\n") + 1
    if not unfinished(raw[end:].decode("utf-8", "surrogateescape")):
        end = len(raw)
    while True:
        whole = raw[:end].rstrip(b"\n")
        start = whole.rfind(b"\n") + 1
        last = whole[start:].decode("utf-8", "surrogateescape")
        more = _member(last, "more") if '"more":' in last else None
        if not isinstance(more, int) or more < 1 or digest(last).encode() in raw[:end]:
            return end
        end = start


def _decode_line(line: str, number: int) -> tuple[Event | None, list[str]]:
    members = _members(line)
    if not isinstance(members, dict):
        return None, ["this is not a line of the log (a JSON object)"]
    kind, on = members.get("kind"), _moment(members.get("on"))
    if not isinstance(kind, str) or on is None:
        return None, ['a line needs "kind" and "on" (a date like 2026-03-02, or with T10:40)']
    problems = []
    kind = _speakable(kind)
    if kind not in KINDS:
        problems.append(f'the event "{kind}" is from a newer version; it is kept and not counted')
    values: dict[str, Any] = {}
    for name, value in members.items():
        if name in _OWN:
            continue
        if name not in _FIELDS:
            name = _speakable(name)
            problems.append(f'the field "{name}" is from a newer version; it is kept and not used')
        elif (typed := _typed(name, value)) is None:
            problems.append(f'"{name}" is {str(value)[:60]!r}, which cannot be; it is not used')
        else:
            values[name] = typed
    event = Event(
        kind=kind,
        on=on[0],
        at=on[1],
        recorded=_speakable(str(members.get("recorded") or "")),
        previous=members.get("previous") if isinstance(members.get("previous"), str) else None,
        hash=digest(line.removesuffix("\n")),
        number=number,
        **values,
    )
    return event, problems


def _members(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _member(line: str, name: str) -> Any:
    members = _members(line)
    return members.get(name) if isinstance(members, dict) else None


def _sum_agrees(line: str) -> bool:
    """A line without a sum was written by hand or by another program; nothing can be said of it.

    One whose last member holds the right sum under another name is a changed line of ours.
    """
    line = line.removesuffix("\n")
    found = _SUM.search(line)
    right = found is not None and digest(line[: found.start()] + "}") == found[2]
    if found is not None and found[1] == "sum":
        return right
    return not right and not isinstance(_member(line, "sum"), str)


def _typed(name: str, value: Any) -> Any:
    """The value as the event holds it; None when it cannot be that field's."""
    if name in _DATES:
        moment = _moment(value)
        return moment[0] if moment else None
    if name in _WORDS:
        return tuple(value) if _all(value, str) else None
    if name in _MAPS:
        return {k: _speakable(v) for k, v in value.items()} if _is_map(value) else None
    if name == "about":
        return _papers(value)
    if name == "items":
        return tuple(value) if _all(value, int) else None
    if name in ("installment", "more"):
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    if name == "complete":
        return value if isinstance(value, bool) else None
    return value if isinstance(value, str) else None


def _speakable(text: str) -> str:
    """Text that can be stored and printed: halves of characters, which JSON allows, written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_map(value: Any) -> bool:
    """Files of this request, and words about each; a path that leads elsewhere is not one."""
    return (
        isinstance(value, dict)
        and _all(list(value.values()), str)
        and not any(_ELSEWHERE.search(path) for path in value)
    )


def _papers(value: Any) -> dict[str, Paper] | None:
    """What is known of each document: its size, its real kind, and the container it came in."""
    if not isinstance(value, dict) or any(_ELSEWHERE.search(path) for path in value):
        return None
    papers = {}
    for path, known in value.items():
        if not isinstance(known, dict) or type(known.get("size")) is not int:
            return None
        words = [known.get(name, "") for name in ("kind", "in")]
        if not _all(words, str):
            return None
        papers[path] = Paper(known["size"], *map(_speakable, words))
    return papers


def _all(value: Any, wanted: type) -> bool:
    return isinstance(value, list) and all(
        isinstance(v, wanted) and not isinstance(v, bool) for v in value
    )


def _moment(value: Any) -> tuple[date, time | None] | None:
    """A local date, with the time of day when it is given; a zone in it is read as written."""
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value), None
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.date(), moment.time()


def _clock(at: time) -> str:
    return at.isoformat("minutes" if at.second == 0 else "seconds")


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Paper):
        known = {"size": value.size, "kind": value.kind, "in": value.inside}
        return {name: one for name, one in known.items() if one or name == "size"}
    return value
