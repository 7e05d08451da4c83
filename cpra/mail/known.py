"""What every request of a workspace is known by, remembered between runs.

The memory (`.cache/known.json`) is derived: a request whose facts or log changed is read again, and
all of it may be deleted at any moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cpra import agencies, disk, folder
from cpra.agencies import Book
from cpra.archive.message import message
from cpra.archive.mime import split_headers
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.mail.match import Known
from cpra.mail.matching import words_of
from cpra.workspace import Workspace

VERSION = 2
HEAD = 262_144
"""Bytes of a message in which its Message-ID stands."""

FETCHED = "fetched from"
"""How the note of a message begins that cpra filed by itself: nobody has confirmed it yet."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is remembered of one folder; the address book is not, it may change by itself."""

    stamp: str
    id: str
    agency: str
    subject: str
    words: tuple[str, ...]
    references: tuple[str, ...]
    message_ids: tuple[str, ...]
    correspondents: tuple[str, ...]
    sent: str
    is_open: bool


def known(workspace: Workspace, progress: Progress | None = None) -> tuple[Known, ...]:
    """Every request that can be read, with what helps to recognize an answer to it."""
    book = agencies.read(workspace)
    memory = _remembered(workspace)
    paths = list(folder.paths(workspace))
    facts: dict[str, _Facts] = {}
    for done, path in enumerate(paths, start=1):
        stamp = _stamp(path)
        found = memory.get(path.name)
        if found is None or found.stamp != stamp:
            found = _read(path, stamp)
        if found is not None:
            facts[path.name] = found
        if progress and done % 100 == 0:
            progress(done, len(paths), path.name)
    if facts != memory:
        _remember(workspace, facts)
    return tuple(_known(name, one, book) for name, one in facts.items())


def of(workspace: Workspace, path: Path, request: Request) -> Known:
    """What one request is known by, read now."""
    return _known(path.name, _facts(path, request, ""), agencies.read(workspace))


def _known(name: str, one: _Facts, book: Book) -> Known:
    agency = book.get(one.agency)
    return Known(
        id=one.id,
        number=int(one.id.rpartition("-")[2]),
        folder=name,
        agency=one.agency,
        agency_names=(agency.name, *agency.aliases),
        email=agency.email,
        portal=agency.portal,
        subject=one.subject,
        words=frozenset(one.words),
        references=one.references,
        message_ids=frozenset(one.message_ids),
        correspondents=frozenset(one.correspondents),
        sent=date.fromisoformat(one.sent) if one.sent else None,
        is_open=one.is_open,
    )


def _read(path: Path, stamp: str) -> _Facts | None:
    """A damaged request recognizes nothing; `cpra check` names it."""
    loaded = folder.load(path)
    return _facts(path, loaded.request, stamp) if loaded.request else None


def _facts(path: Path, request: Request, stamp: str) -> _Facts:
    first = request.first("sent", "sending")
    return _Facts(
        stamp=stamp,
        id=request.id,
        agency=request.agency,
        subject=request.subject,
        words=tuple(sorted(words_of((request.subject, *(item.text for item in request.items))))),
        references=request.references,
        message_ids=tuple({i: None for e in request.events for i in own_ids(path, e)}),
        correspondents=tuple({a: None for e in request.events for a in _correspondents(path, e)}),
        sent=first.on.isoformat() if first else "",
        is_open=request.is_open,
    )


def _correspondents(path: Path, event: Event) -> Iterator[str]:
    """Who was written to, or wrote what the requester has placed: not what cpra took by itself."""
    if event.kind in ("sending", "sent", "letter-sent"):
        yield from (to.strip().lower() for to in event.to.split(",") if "@" in to)
    elif not event.note.startswith(FETCHED):
        yield from (message(head).sender.email.lower() for head in _heads(path, event))


def own_ids(path: Path, event: Event) -> list[str]:
    """The Message-ID of the message that an event files; not of messages attached to it."""
    for head in _heads(path, event):
        headers, _ = split_headers(head)
        return [value.strip() for key, value in headers if key == "message-id"][:1]
    return []


def _heads(path: Path, event: Event) -> Iterator[bytes]:
    """The beginning of the message that an event files, as far as it can be read."""
    for name in event.files:
        if name.count("/") == 2 and name.lower().endswith(".eml"):
            with suppress(OSError), (path / name).open("rb") as file:
                yield file.read(HEAD)


def _stamp(path: Path) -> str:
    stats = []
    for name in (folder.FACTS, folder.LOG):
        with suppress(OSError):
            found = (path / name).stat()
            stats.append(f"{found.st_mtime_ns}:{found.st_size}")
    return " ".join(stats)


def _memory(workspace: Workspace) -> Path:
    return workspace.cache / "known.json"


def _remembered(workspace: Workspace) -> dict[str, _Facts]:
    try:
        held = json.loads(_memory(workspace).read_bytes())
        if held["version"] != VERSION:
            return {}
        return {name: _Facts(*map(_tuple, row)) for name, row in held["facts"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # derived: a torn or foreign file is written anew


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _remember(workspace: Workspace, facts: dict[str, _Facts]) -> None:
    rows = {
        name: [getattr(one, field) for field in _Facts.__slots__] for name, one in facts.items()
    }
    text = json.dumps({"version": VERSION, "facts": rows}, ensure_ascii=False)
    with suppress(OSError):  # a full disk, or one that is only for reading: it is only slower
        workspace.cache.mkdir(exist_ok=True)
        disk.replace(_memory(workspace), text.encode("utf-8", "replace"))
