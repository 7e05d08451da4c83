"""Where templates and their parts are: the requester's own folder, before the shipped ones.

`requests/` and `letters/` are the two kinds of letter; `parts/` holds what several letters share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cpra.core.schema import Key, read
from cpra.errors import BadFile, NotFound, Problem
from cpra.letters.variable import KEYS

FENCE = "+++"
FOLDERS = ("", "requests", "letters")
LONGEST_FILE = 200_000

_BLANKS = {"variable": Key(list, table=KEYS)}
_PART = {"authorities": Key(list, of=str)}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_REFERENCE = re.compile(r"(cpra/)?((?:[a-z]+/)?[a-z0-9][a-z0-9-]*(?:\.es)?\.md)")


@dataclass(frozen=True, slots=True)
class Source:
    """Template text and the line of its file on which it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Library:
    """The requester's own templates, if there are any, before the shipped ones."""

    own: Path | None = None

    def text(self, reference: str) -> tuple[str, str]:
        """Text and path of a file that a template extends, includes or imports."""
        found = _REFERENCE.fullmatch(reference)
        if found:
            for root in self._roots(only_shipped=bool(found[1])):
                at = root.joinpath(*found[2].split("/"))
                if at.is_file():
                    return _read(at, root), str(at)
        raise NotFound(
            f'there is no template file "{reference}"; letters/late.md or parts/request.md is the '
            "form, and cpra/ in front of it means the shipped one"
        )

    def paths(self) -> dict[str, tuple[Traversable, bool]]:
        """Every template by name, and whether it is the requester's own."""
        found: dict[str, tuple[Traversable, bool]] = {}
        for root in self._roots():
            for folder in FOLDERS:
                place = root.joinpath(folder) if folder else root
                for at in sorted(_entries(place), key=lambda entry: entry.name):
                    name = at.name.removesuffix(".md")
                    if at.name.endswith(".md") and _NAME.fullmatch(name) and at.is_file():
                        found.setdefault(name, (at, root is self.own))
        return found

    def file(self, name: str) -> tuple[str, str, bool]:
        """Text and path of the template of that name, and whether it is the requester's own."""
        at, own = self.paths()[name]
        return _read(at, self.own if own and self.own else at), str(at), own

    def blanks(self) -> dict[str, Mapping[str, Any]]:
        """The blanks that several letters share (parts/blanks.toml), the requester's own first."""
        shared: dict[str, Mapping[str, Any]] = {}
        for root in self._roots():
            at = root.joinpath("parts").joinpath("blanks.toml")
            if at.is_file():
                data, problems = read(_read(at, root), str(at), _BLANKS)
                if problems:
                    raise BadFile("\n".join(str(problem) for problem in problems))
                for table in data.get("variable", ()):
                    shared.setdefault(table["name"], table)
        return shared

    def _roots(self, only_shipped: bool = False) -> Iterator[Traversable]:
        if self.own is not None and not only_shipped:
            yield self.own
        yield files("cpra.templates")


def split(text: str, path: str) -> tuple[Source, Source]:
    """Front matter and letter. A part may have no front matter."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != FENCE:
        return Source("", 1), Source("\n".join(lines), 1)
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            front, body = lines[1:number], lines[number + 1 :]
            return Source("\n".join(front), 2), Source("\n".join(body), number + 2)
    raise BadFile(f"{path}, line 1: the front matter has no end; close it with a line {FENCE}")


def cited(text: str, path: str) -> tuple[str, ...]:
    """The authorities that a part declares in its front matter."""
    front, _ = split(text, path)
    data, problems = read(front.text, path, _PART)
    if problems:
        raise BadFile("\n".join(str(moved(problem, front.line)) for problem in problems))
    return tuple(data.get("authorities", ()))


def moved(problem: Problem, first: int) -> Problem:
    """A problem of the front matter with its line in the file."""
    line = problem.line + first - 1 if problem.line is not None else None
    return Problem(problem.path, line, problem.text)


def _entries(place: Traversable) -> list[Traversable]:
    return list(place.iterdir()) if place.is_dir() else []


def _read(at: Traversable, root: Traversable) -> str:
    """The text of a template file; one that leads out of its folder is not followed."""
    if isinstance(at, Path) and isinstance(root, Path):
        inside = at.resolve().is_relative_to(root.resolve())
        if not inside:
            raise BadFile(f"{at} leads out of the templates folder; put the file itself there")
    try:
        data = at.read_bytes()
    except OSError as error:
        raise BadFile(f"{at} cannot be read: {error.strerror}") from error
    if len(data) > LONGEST_FILE:
        raise BadFile(f"{at} is longer than a letter can be ({len(data):,} bytes)")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadFile(f"{at}, line {line}: this is not UTF-8; save it as UTF-8") from error
