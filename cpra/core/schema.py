"""Which keys a TOML file may have; every wrong one is named at once, with line and nearest key.

The line comes from a scan of the text, since tomllib keeps none. The scan follows the headers in
square brackets and the keys in front of an equals sign; a key inside an inline table is given the
line of the table's own key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from cpra.core.signs import harmless
from cpra.errors import Problem

TYPE_NAMES = {
    str: "text in quotation marks",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a date like 2026-03-02",
    time: "a time like 17:00:00",
    list: "a list in square brackets",
    dict: "a table",
}

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]#]+?)\s*\]\]?")
_WORD = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY = re.compile(rf"^\s*({_WORD}(?:\s*\.\s*{_WORD})*)\s*=")
_LONG_QUOTES = ('"""', "'''")
_TOML_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class Key:
    """What may stand under one key: its type, whether it must be there, and the words it may be."""

    holds: type
    required: bool = False
    choices: tuple[str, ...] = ()
    of: type | None = None
    """the type of a list's members"""
    table: Mapping[str, Key] | None = None
    """the keys of a table, or of each table in a list"""
    named: bool = False
    """a table whose own keys are names (an agency, a variable); each of them holds `table`"""


Table = Mapping[str, Key]
Data = dict[str, Any]
_Place = tuple[str | int, ...]


def read(text: str, path: str, table: Table) -> tuple[Data, tuple[Problem, ...]]:
    """The data in a TOML text, and everything that is wrong with it.

    A text that is no TOML at all gives no data and one problem.
    """
    import tomllib  # a third of a quick command's time, and a quick command reads no TOML

    text = text.removeprefix("\ufeff")  # some editors on Windows begin a file with it
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return {}, (_not_toml(text, path, error),)
    data = _harmless(data)
    wrong = list(_wrong(data, table, ()))
    if not wrong:
        return data, ()
    lines = line_numbers(text)
    problems = [Problem(path, _line(lines, place), words) for place, words in wrong]
    return data, tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _harmless(value: Any) -> Any:
    """The same data in which no text drives a terminal: a workspace may be somebody else's."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, dict):
        return {harmless(name): _harmless(member) for name, member in value.items()}
    return [_harmless(member) for member in value] if isinstance(value, list) else value


def _not_toml(text: str, path: str, error: Exception) -> Problem:
    """What tomllib says; a number or a nest that Python itself refuses comes without a line."""
    import tomllib

    if not isinstance(error, tomllib.TOMLDecodeError):
        return Problem(path, None, "this is not valid TOML: a number or a list in it has no end")
    found = _TOML_LINE.search(str(error))
    line = int(found[1]) if found else text.rstrip("\n").count("\n") + 1
    reason = str(error).split(" (at ")[0].rstrip(".").lower()
    return Problem(path, line, f"this is not valid TOML: {reason}")


def _wrong(data: Mapping[str, Any], table: Table, place: _Place) -> Iterator[tuple[_Place, str]]:
    for name in data:
        if name not in table:
            yield (*place, name), f'there is no key "{name}" here{_nearest(name, table)}'
    for name, key in table.items():
        if name in data:
            yield from _wrong_value(data[name], key, name, (*place, name))
        elif key.required:
            yield place, f'the key "{name}" is missing; it is {TYPE_NAMES[key.holds]}'


def _wrong_value(value: Any, key: Key, name: str, place: _Place) -> Iterator[tuple[_Place, str]]:
    if not _is(value, key.holds):
        yield place, f'"{name}" must be {TYPE_NAMES[key.holds]}, not {_shown(value)}'
    elif key.choices and value not in key.choices:
        words = ", ".join(word or '""' for word in key.choices)
        yield place, f'"{name}" is {_shown(value)}; it may be one of: {words}'
    elif key.holds is list:
        yield from _wrong_members(value, key, name, place)
    elif key.table is not None and key.named:
        for own_name, own in value.items():
            if isinstance(own, dict):
                yield from _wrong(own, key.table, (*place, own_name))
            else:
                yield (*place, own_name), f'"{own_name}" must be a table, not {_shown(own)}'
    elif key.table is not None:
        yield from _wrong(value, key.table, place)


def _wrong_members(
    value: list[Any], key: Key, name: str, place: _Place
) -> Iterator[tuple[_Place, str]]:
    for number, member in enumerate(value):
        if key.table is not None:
            if isinstance(member, dict):
                yield from _wrong(member, key.table, (*place, number))
            else:
                yield place, f'"{name}" must be a list of tables, not of {_shown(member)}'
        elif key.of is not None and not _is(member, key.of):
            yield (
                place,
                f'each member of "{name}" must be {TYPE_NAMES[key.of]}, not {_shown(member)}',
            )


def _is(value: object, wanted: type) -> bool:
    """True for exactly that TOML type: a truth value is no number, a date with a time no date."""
    if isinstance(value, (bool, datetime)):
        return type(value) is wanted
    return isinstance(value, wanted)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _nearest(name: str, names: Mapping[str, Key]) -> str:
    near = nearest(name, tuple(names))
    if near:
        return f'; did you mean "{near[0]}"?'
    return "; it may have: " + ", ".join(names)


def nearest(word: str, words: tuple[str, ...], most: int = 3) -> tuple[str, ...]:
    """The words that look most like the one a person typed; none if nothing is near."""
    from difflib import get_close_matches

    folded = {other.casefold(): other for other in words}
    return tuple(folded[near] for near in get_close_matches(word.casefold(), folded, most, 0.6))


def line_numbers(text: str) -> dict[_Place, int]:
    """The line on which each table and key of a TOML text stands."""
    lines: dict[_Place, int] = {(): 1}
    here: _Place = ()
    counts: dict[_Place, int] = {}
    open_quote = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if open_quote:
            open_quote = "" if open_quote in line else open_quote
        elif header := _HEADER.match(line):
            here = _header_place(header[2], header[1] == "[[", counts)
            lines.setdefault(here, number)
        elif key := _KEY.match(line):
            lines.setdefault((*here, *_parts(key[1])), number)
            open_quote = next((q for q in _LONG_QUOTES if line.count(q) == 1), "")
    return lines


def _header_place(name: str, is_list: bool, counts: dict[_Place, int]) -> _Place:
    """`[[rule.example]]` is the next example of the newest rule."""
    place: _Place = ()
    parts = _parts(name)
    for depth, part in enumerate(parts):
        place = (*place, part)
        last = depth == len(parts) - 1
        if last and is_list:
            counts[place] = counts.get(place, -1) + 1
            for longer in [
                other for other in counts if other[: len(place)] == place and other != place
            ]:
                del counts[longer]
        if place in counts:
            place = (*place, counts[place])
    return place


def _parts(name: str) -> tuple[str, ...]:
    return tuple(
        part.strip().strip("\"'") for part in re.findall(r'"[^"]*"|\'[^\']*\'|[^.]+', name)
    )


def _line(lines: Mapping[_Place, int], place: _Place) -> int:
    """The line of a place, or of the nearest table around it."""
    while place not in lines:
        place = place[:-1]
    return lines[place]
