"""A TOML text of the law, its tables with the line and the first problem of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cpra.core import schema
from cpra.core.schema import Table
from cpra.errors import Problem


@dataclass(frozen=True, slots=True)
class Source:
    """A TOML text with its problems, sorted by the table in which each stands."""

    path: str
    text: str
    data: Mapping[str, Any]
    problems: tuple[Problem, ...]
    lines: Mapping[tuple[str | int, ...], int]

    def tables(self, name: str) -> Iterator[tuple[Mapping[str, Any], int, Problem | None]]:
        """Each `[[name]]` with its line, and the first problem in it if there is one."""
        tables = self.data.get(name, ())
        if not isinstance(tables, list):
            return
        starts = sorted(line for place, line in self.lines.items() if len(place) == 2)
        for n, table in enumerate(tables):
            if not isinstance(table, dict):
                continue
            line = self.lines.get((name, n), 1)
            end = next((other for other in starts if other > line), len(self.text) + 1)
            inside = (p for p in self.problems if p.line is not None and line <= p.line < end)
            yield table, line, next(inside, None)


def source_of(text: str, path: str, table: Table) -> Source:
    """The text read and checked against the keys that it may have."""
    data, problems = schema.read(text, path, table)
    lines = {
        place: line
        for place, line in schema.line_numbers(text).items()
        if len(place) != 2 or isinstance(place[1], int)
    }
    return Source(path, text, data, problems, lines)
