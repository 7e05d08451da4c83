"""A request's folder: its facts, its log, and the only ways to add to them.

The documents go in first and the log line last. The line is the commit: a file without a line is an
orphan that `cpra check` names, and a line without its files cannot be.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cpra import disk
from cpra.core import log, names, schema
from cpra.core.events import Event, live
from cpra.core.items import Item
from cpra.core.order import order_problems
from cpra.core.request import Request, Requester
from cpra.core.schema import Key
from cpra.core.settings import REQUESTER_KEYS
from cpra.errors import BadFile, NotFound, Problem
from cpra.workspace import Workspace

FACTS = "request.toml"
LOG = "events.jsonl"
UNFINISHED = "unfinished-lines.txt"
"""Where the torn end of a log goes that a crash left behind; it was never part of the log."""

_ID = re.compile(r"([0-9]{4}-[0-9]{4,})(?:-|$)")
_ID_LINE = re.compile(r"""^\s*id\s*=\s*["']([0-9]{4}-[0-9]{4,})["']""", re.MULTILINE)

FACT_KEYS: Mapping[str, Key] = {
    "id": Key(str, required=True),
    "agency": Key(str, required=True),
    "law": Key(str, required=True),
    "subject": Key(str, required=True),
    "template": Key(str),
    "tags": Key(list, of=str),
    "item": Key(list, table={"n": Key(int, required=True), "text": Key(str, required=True)}),
    "requester": Key(dict, table=REQUESTER_KEYS),
    "values": Key(dict),
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder holds; no request if its facts cannot be read."""

    path: Path
    request: Request | None
    log: tuple[Event, ...] = ()
    """every event, also what was taken back, in the order of its lines"""
    problems: tuple[Problem, ...] = ()
    damaged: bool = False
    """a line of the log, or the facts, cannot be read"""


def paths(workspace: Workspace) -> Iterator[Path]:
    """Every request's folder, by name; one whose name is no text is named by `cpra check`."""
    for path in sorted(workspace.requests.iterdir()):
        if path.name.startswith(".") or path.name == "inbox" or not names.is_text(path.name):
            continue
        if _holds_facts(path):
            yield path


def _holds_facts(path: Path) -> bool:
    """A folder that nobody may look into counts: reading it says so."""
    try:
        return (path / FACTS).is_file()
    except PermissionError:
        return True


def ids(workspace: Workspace) -> Iterator[str]:
    """Every id that is taken: by a folder's name, and by its request.toml, damaged or not."""
    for path in workspace.requests.iterdir():
        if path.name.startswith(".") or not path.is_dir():
            continue
        if named := id_in_name(path):
            yield named
        with suppress(OSError):
            # Ten thousand files are scanned in the time in which a thousand are parsed.
            yield from _ID_LINE.findall((path / FACTS).read_bytes().decode("utf-8", "replace"))


def find(workspace: Workspace, text: str) -> Path:
    """The folder that a person means: by id, by number (newest year), or by a piece of its name."""
    every = list(paths(workspace))
    if text.isascii() and text.isdigit():
        found = [(i, p) for p in every if (i := _id_of(p)) and int(i[5:]) == int(text)]
        newest = max((own for own, _ in found), default=None)
        exact = [path for own, path in found if own == newest]
    else:
        exact = [path for path in every if path.name == text or _id_of(path) == text]
    # A number is never a piece of a name: 2 must not mean the only request of 2026.
    pieces = [] if text.isdigit() else [p for p in every if text.casefold() in p.name.casefold()]
    fitting = exact or pieces
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise NotFound(f'there is no request "{text}"; `cpra list` shows them all')
    shown = ", ".join(path.name for path in fitting[:5])
    more = f" and {len(fitting) - 5} more" if len(fitting) > 5 else ""
    raise NotFound(f'"{text}" fits {len(fitting)} requests: {shown}{more}; give the id')


def load(path: Path, known: Iterable[Event] = ()) -> Loaded:
    """Read a folder as far as it can be read, with every problem in it.

    `known` are events without a fault that were read there before: their lines are not read again.
    """
    facts, problems = _facts(path)
    log_path = path / LOG
    try:
        lines = read_lines(log_path)
    except FileNotFoundError:
        lost = Problem(str(log_path), None, "the log is missing")
        return Loaded(path, None, (), (*problems, lost), True)
    except OSError as error:
        why = f"it cannot be read ({(error.strerror or 'no reason given').lower()})"
        return Loaded(path, None, (), (*problems, Problem(str(log_path), None, why)), True)
    events, wrong = log.decode(lines, str(log_path), known)
    if not events:
        wrong = (*wrong, Problem(str(log_path), None, "the log is empty"))
    damaged = facts is None or not events or len(events) < sum(1 for x in lines if x.strip())
    every = (*problems, *wrong)
    if facts is None:
        return Loaded(path, None, events, every, damaged)
    counting = live(events)
    every = (*every, *order_problems(counting, str(log_path)))
    return Loaded(path, _request(facts, counting), events, every, damaged)


def read(path: Path) -> Request:
    """The request in a folder; `BadFile` names file and line of whatever is damaged."""
    loaded = load(path)
    if loaded.request is None or loaded.damaged:
        raise BadFile(
            "\n".join(str(problem) for problem in loaded.problems)
            + "\nNothing was changed. Put the file right, or take it from a backup."
        )
    return loaded.request


def read_lines(path: Path) -> list[str]:
    """A log's lines, split at line feeds only; a torn end that a crash left is not among them."""
    raw = path.read_bytes()
    lines = raw[: log.finished(raw)].decode("utf-8", "surrogateescape").split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def append(path: Path, event: Event) -> Event:
    """Write an event down as the log's newest line; the caller holds the request's lock."""
    return extend(path, (event,))[0]


def extend(path: Path, events: Sequence[Event]) -> tuple[Event, ...]:
    """Write several events down, in their order: all of them or, when the disk fails, none.

    Each line says how many follow it, so that one that a power cut parted from the others does not
    count. The caller holds the request's lock.
    """
    log_path = path / LOG
    raw = log_path.read_bytes() if log_path.exists() else b""
    end = log.finished(raw)
    if end < len(raw):
        disk.append_line(path / UNFINISHED, raw[end:].removesuffix(b"\n") + b"\n")
        disk.cut_tail(log_path, end)
        raw = raw[:end]
    lines = [line for line in raw.decode("utf-8", "surrogateescape").split("\n") if line.strip()]
    # A log whose last line a person left without its end gets the end first.
    start = "\n" if raw and not raw.endswith(b"\n") else ""
    before = raw.count(b"\n") + len(start)
    previous = log.digest(lines[-1]) if lines else None
    added, text = [], start
    for place, given in enumerate(events, start=1):
        more = len(events) - place or None
        event = given if given.more is None else replace(given, more=None)
        line = log.encode(event, previous, more)
        text += f"{line}\n"
        own, hash_ = before + place, log.digest(line)
        added.append(replace(event, previous=previous, more=more, hash=hash_, number=own))
        previous = hash_
    disk.append_line(log_path, text.encode())
    return tuple(added)


def facts_text(request: Request, values: Mapping[str, str]) -> str:
    """request.toml for a new request, with what the template's blanks were filled with."""
    import tomlkit

    document = tomlkit.document()
    document.add("id", tomlkit.item(request.id))
    for name in ("agency", "law", "subject", "template"):
        document.add(name, tomlkit.item(getattr(request, name)))
    if request.tags:
        document.add("tags", tomlkit.item(list(request.tags)))
    who = {name: text for name in REQUESTER_KEYS if (text := getattr(request.requester, name))}
    if who:
        document.add("requester", tomlkit.item(who))
    if values:
        document.add("values", tomlkit.item(dict(values)))
    if request.items:
        items = tomlkit.aot()
        for item in request.items:
            items.append(tomlkit.item({"n": item.n, "text": item.text}))
        document.add("item", items)
    return tomlkit.dumps(document)


def values(path: Path) -> dict[str, str]:
    """What the template's blanks were filled with when the request was drafted."""
    facts, _ = _facts(path)
    return {} if facts is None else dict(facts.get("values", {}))


def clear_partials(folder: Path, but: Path | None = None) -> None:
    """Delete what an interrupted run left; the caller holds the lock, so nobody uses it."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            found = [Path(one.path) for one in entries if one.name.startswith(names.PARTIAL)]
        for path in found:
            if path != but:
                whole = path.is_dir() and not path.is_symlink()
                disk.remove_tree(path) if whole else path.unlink()


def torn(path: Path) -> bool:
    """True for a log whose last line, or last lines of one writing, were never finished."""
    try:
        raw = path.read_bytes()
    except OSError:
        return False  # `load` says so
    return log.finished(raw) < len(raw)


def id_in_name(path: Path) -> str | None:
    """The id with which a folder's name begins."""
    found = _ID.match(path.name)
    return found[1] if found else None


def _facts(path: Path) -> tuple[schema.Data | None, tuple[Problem, ...]]:
    facts_path = path / FACTS
    try:
        text = facts_path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None, (Problem(str(facts_path), None, "this is not UTF-8; save it as UTF-8"),)
    except OSError as error:
        why = f"it cannot be read ({(error.strerror or 'no reason given').lower()})"
        return None, (Problem(str(facts_path), None, why),)
    data, problems = schema.read(text, str(facts_path), FACT_KEYS)
    if not problems and id_in_name(Path(data["id"])) != data["id"]:
        problems = (Problem(str(facts_path), 1, f'"id" is "{data["id"]}"; it is like "2026-0007"'),)
    return (None if problems else data), problems


def _request(facts: Mapping[str, Any], events: tuple[Event, ...]) -> Request:
    return Request(
        id=facts["id"],
        agency=facts["agency"],
        law=facts["law"],
        subject=" ".join(facts["subject"].split()),
        template=facts.get("template", ""),
        items=tuple(Item(item["n"], item["text"]) for item in facts.get("item", ())),
        tags=tuple(facts.get("tags", ())),
        requester=Requester(**facts.get("requester", {})),
        events=events,
    )


def _id_of(path: Path) -> str | None:
    return id_in_name(path) or _own_id(path)


def _own_id(path: Path) -> str | None:
    facts, _ = _facts(path)
    return None if facts is None else str(facts["id"])
