"""What stands in a workspace, read without cpra: as any program, or a person, could read it."""

from __future__ import annotations

import json
from pathlib import Path

from cpra.core import names


def events(kind: str, on: str, root: Path) -> list[dict[str, object]]:
    """The lines of that kind and day in all the logs."""
    return [
        event
        for log in root.glob("requests/[0-9]*/events.jsonl")
        for event in whole_lines(log)
        if event["kind"] == kind and event["on"] == on
    ]


def whole_lines(log: Path) -> list[dict[str, object]]:
    """What anybody can read in a log: its lines as JSON, but for a last one that is torn."""
    lines = log.read_text(encoding="utf-8").split("\n")
    events = []
    for number, line in enumerate(lines, start=1):
        try:
            events.append(json.loads(line))
        except ValueError:
            assert number == len(lines), (log, number, line)
    return events


def filed(kind: str, on: str, root: Path) -> tuple[str, ...]:
    """The SHA-256 of every document that those lines name, each as often as it does."""
    found: list[str] = []
    for event in events(kind, on, root):
        files = event.get("files", {})
        assert isinstance(files, dict)
        found += files.values()
    return tuple(sorted(found))


def folders(root: Path) -> frozenset[str]:
    """Every folder of a request, an answer or a letter, with the names of what is in it."""
    found = set()
    for pattern in ("requests/*", "requests/*/answers/*", "requests/*/sent/*"):
        for path in root.glob(pattern):
            if path.is_dir() and not path.name.startswith("."):
                inside = sorted(
                    p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()
                )
                if pattern == "requests/*":
                    inside = [n for n in inside if n.split("/")[0] not in ("answers", "sent")]
                    inside = [n for n in inside if n not in (".lock", "unfinished-lines.txt")]
                    inside = [n for n in inside if names.PARTIAL not in n]
                found.add(f"{path.relative_to(root).as_posix()}: {' '.join(inside)}")
    return frozenset(found)


def left_over(root: Path) -> set[str]:
    """What lies about, found without cpra: temporary names, documents of no event, a torn line."""
    found = {p.relative_to(root).as_posix() for p in root.glob(f"requests/{names.PARTIAL}*")}
    for request in root.glob("requests/[0-9]*"):
        log = request / "events.jsonl"
        named = {name for event in whole_lines(log) for name in _names(event)}
        for path in request.rglob("*"):
            place = path.relative_to(request)
            partial = [n for n, part in enumerate(place.parts) if part.startswith(names.PARTIAL)]
            if partial:
                left = request.joinpath(*place.parts[: partial[0] + 1])
                found.add(left.relative_to(root).as_posix())
            elif path.is_file() and place.parts[0] in ("sent", "answers"):
                found |= {path.relative_to(root).as_posix()} - {
                    f"{request.relative_to(root).as_posix()}/{name}" for name in named
                }
        last = log.read_bytes().rpartition(b"\n")[2]
        if last and not last.endswith(b'"}'):
            found.add(log.relative_to(root).as_posix())
    return found


def _names(event: dict[str, object]) -> list[str]:
    files = event.get("files", {})
    assert isinstance(files, dict)
    return list(files)


def kept_files(root: Path) -> dict[str, bytes]:
    """Every file of a workspace but those with temporary names."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and names.PARTIAL not in path.name
    }
