"""A letter template: TOML front matter between two lines `+++`, then the letter in Jinja2.

The requester's own folder comes before the letters that are shipped, name by name. `requests/` and
`letters/` are the two kinds; `parts/` holds paragraphs that several letters share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cpra.core.schema import Key, line_numbers, nearest, read
from cpra.errors import BadFile, NotFound, Problem
from cpra.letters.facts import Story
from cpra.letters.words import parts

FENCE = "+++"
CHECKS = ("text", "date", "terms", "choice", "amount", "number")
KINDS = ("request", "letter")
FOLDERS = ("", "requests", "letters")

_VARIABLE = {
    "name": Key(str, required=True),
    "ask": Key(str),
    "explanation": Key(str),
    "example": Key(str),
    "check": Key(str, choices=CHECKS),
    "default": Key(str),
    "days": Key(int),
    "optional": Key(bool),
    "after": Key(str),
    "at_most": Key(int),
    "choices": Key(list, of=str),
}
_FRONT = {
    "title": Key(str, required=True),
    "law": Key(str, required=True),
    "kind": Key(str, choices=KINDS),
    "agencies": Key(list, of=str),
    "named": Key(bool),
    "internal": Key(bool),
    "subject": Key(str),
    "re": Key(str),
    "warning": Key(str),
    "authorities": Key(list, of=str),
    "variable": Key(list, table=_VARIABLE),
    "item": Key(list, table={"text": Key(str, required=True)}),
}
_BLANKS = {"variable": Key(list, table=_VARIABLE)}
_PART = {"authorities": Key(list, of=str)}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_REFERENCE = re.compile(r"(cpra/)?((?:[a-z]+/)?[a-z0-9][a-z0-9-]*\.md)")
_VARIABLE_NAME = re.compile(r"[a-z][a-z0-9_]*")
LONGEST_FILE = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A blank in a letter, and how the requester is asked for it."""

    name: str
    ask: str
    """the short label at the prompt"""
    explanation: str
    example: str
    check: str = "text"
    default: str = ""
    days: int = 0
    """for a date: so many days after the letter's own is the default, never a weekend"""
    required: bool = True
    after: str = ""
    """a date variable that this date may not come before"""
    at_most: int = 0
    """terms at most, characters at most, or days from `after` at most; 0 is no limit"""
    choices: tuple[str, ...] = ()

    def wrong(self, value: str, others: Mapping[str, str]) -> str:
        """What is wrong with a value, in words that follow the variable's name; or nothing."""
        if not value.strip():
            return f"is still needed: {self.explanation}" if self.required else ""
        match self.check:
            case "date":
                return self._wrong_date(value, others)
            case "terms" if self.at_most and len(parts(value)) > self.at_most:
                return f"has {len(parts(value))} terms; {self.at_most} is the most"
            case "choice" if value not in self.choices:
                return f'is "{value}"; it may be {", ".join(self.choices)}'
            case "amount" if not re.fullmatch(r"\$?\d{1,6}(\.\d\d)?", value.strip()):
                return f'is "{value}"; an amount looks like 25 or $25.00'
            case "number" if not re.fullmatch(r"\d{1,6}", value.strip()):
                return f'is "{value}", which is no number'
            case "text" if self.at_most and len(value) > self.at_most:
                return f"has {len(value):,} characters; {self.at_most:,} is the most"
        return ""

    def _wrong_date(self, value: str, others: Mapping[str, str]) -> str:
        this = _day(value)
        if this is None:
            return f'is "{value}"; a date looks like {self.example}'
        before = _day(others.get(self.after, ""))
        if before and this < before:
            return f"is {value}, which is before {self.after} ({before})"
        if before and self.at_most and (this - before).days >= self.at_most:
            return f"is more than {self.at_most} days after {self.after}; ask in two requests"
        return ""


@dataclass(frozen=True, slots=True)
class Source:
    """Template text and the line of its file on which it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A letter that can be written again and again."""

    name: str
    title: str
    law: str
    kind: str
    agencies: tuple[str, ...]
    """the kinds of agency it is for; empty is any"""
    named: bool
    """true if it makes no sense without the requester's name"""
    internal: bool
    """true if it is for the requester's own file, not for the agency"""
    subject: Source
    re: Source
    warning: str
    """what the requester should know before sending it; never printed in the letter"""
    variables: tuple[Variable, ...]
    items: tuple[Source, ...]
    """what the request asks for unless the requester's own items are given"""
    authorities: tuple[str, ...]
    """what this file itself cites; its parts list their own"""
    body: Source
    path: str
    own: bool
    library: Library

    def dated(self, today: date) -> Template:
        """The template with the defaults of a letter that is written on that day."""
        variables = tuple(
            replace(v, default=v.default or _working_day(today, v.days)) if v.days else v
            for v in self.variables
        )
        return replace(self, variables=variables)

    def value_problems(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Everything that is wrong with, or missing from, the requester's values."""
        known = {variable.name: variable for variable in self.variables}
        problems = []
        for name in values:
            if name not in known:
                near = nearest(name, tuple(known))
                meant = f'; did you mean "{near[0]}"?' if near else ""
                problems.append(f'{self.name} has no blank called "{name}"{meant}')
        whole = {v.name: values.get(v.name, v.default) for v in self.variables}
        for variable in self.variables:
            if wrong := variable.wrong(whole[variable.name], whole):
                problems.append(f"{variable.name} {wrong}")
        return tuple(problems)


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


def find(name: str, own: Path | None) -> Template:
    """The template of that name, the requester's own before the shipped one."""
    library = Library(own)
    paths = library.paths()
    if name not in paths:
        near = nearest(name, tuple(paths)) or tuple(
            other for other in paths if name and name.casefold() in other
        )
        meant = f"; did you mean {' or '.join(near[:3])}?" if near else ""
        raise NotFound(f'there is no template "{name}"{meant} (cpra template list)')
    at, is_own = paths[name]
    return load(name, _read(at, own if is_own and own else at), str(at), is_own, library)


def source(template: Template) -> str:
    """The whole text of a template's file."""
    at, own = template.library.paths()[template.name]
    return _read(at, template.library.own if own and template.library.own else at)


def names(own: Path | None) -> tuple[str, ...]:
    """The names of all templates, for completion and for the nearest one."""
    return tuple(sorted(Library(own).paths()))


def shelf(own: Path | None) -> tuple[tuple[Template, ...], tuple[Problem, ...]]:
    """Every template that can be read, and what is wrong with the others."""
    templates, problems = [], []
    for name in names(own):
        try:
            templates.append(find(name, own))
        except BadFile as error:
            problems.append(Problem(Library(own).paths()[name][0].name, None, str(error)))
    return tuple(templates), tuple(problems)


def load(name: str, text: str, path: str, own: bool, library: Library) -> Template:
    """A template from its text; BadFile names every line that is wrong."""
    front, body = split(text, path)
    data, problems = read(front.text, path, _FRONT)
    problems = tuple(_moved(problem, front.line) for problem in problems)
    shared = library.blanks() if data.get("variable") else {}
    tables = [{**shared.get(table.get("name"), {}), **table} for table in data.get("variable", ())]
    if not problems:
        problems = tuple(_wrong_variables(tables, path, front))
    if problems:
        raise BadFile("\n".join(str(problem) for problem in problems))
    lines = line_numbers(front.text)
    variables = tuple(_variable(table) for table in tables)
    items = tuple(
        Source(table["text"], lines.get(("item", n, "text"), 1) + front.line - 1)
        for n, table in enumerate(data.get("item", ()))
    )
    return Template(
        name=name,
        title=data["title"],
        law=data["law"],
        kind=data.get("kind", "request"),
        agencies=tuple(data.get("agencies", ())),
        named=data.get("named", False),
        internal=data.get("internal", False),
        subject=Source(data.get("subject", ""), lines.get(("subject",), 1) + front.line - 1),
        re=Source(data.get("re", ""), lines.get(("re",), 1) + front.line - 1),
        warning=data.get("warning", ""),
        variables=variables,
        items=items,
        authorities=tuple(data.get("authorities", ())),
        body=body,
        path=path,
        own=own,
        library=library,
    )


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
        raise BadFile("\n".join(str(_moved(problem, front.line)) for problem in problems))
    return tuple(data.get("authorities", ()))


def _variable(table: Mapping[str, Any]) -> Variable:
    return Variable(
        name=table["name"],
        ask=table["ask"],
        explanation=table["explanation"],
        example=table["example"],
        check=table.get("check", "text"),
        default=table.get("default", ""),
        days=table.get("days", 0),
        required=not table.get("optional", False),
        after=table.get("after", ""),
        at_most=table.get("at_most", 0),
        choices=tuple(table.get("choices", ())),
    )


def _wrong_variables(
    tables: Sequence[Mapping[str, Any]], path: str, front: Source
) -> Iterator[Problem]:
    """A blank says what it asks for, its example passes its own check, and its name is free."""
    lines = line_numbers(front.text)
    for number, table in enumerate(tables):
        line = lines.get(("variable", number), 1) + front.line - 1
        for key in ("ask", "explanation", "example"):
            if key not in table:
                yield Problem(path, line, f'the blank "{table["name"]}" has no "{key}"')
    variables = [
        _variable(table) for table in tables if {"ask", "explanation", "example"} <= {*table}
    ]
    examples = {variable.name: variable.example for variable in variables}
    seen: set[str] = set()
    for number, variable in enumerate(variables):
        line = lines.get(("variable", number), 1) + front.line - 1
        if not _VARIABLE_NAME.fullmatch(variable.name) or variable.name in GIVEN:
            yield Problem(path, line, f'a blank cannot be called "{variable.name}"')
        if variable.name in seen:
            yield Problem(path, line, f'there are two blanks called "{variable.name}"')
        seen.add(variable.name)
        if wrong := variable.wrong(variable.example, examples):
            yield Problem(path, line, f"the example of {variable.name} {wrong}")
        if variable.after and variable.after not in examples:
            yield Problem(path, line, f'there is no blank "{variable.after}" to come after')


GIVEN = frozenset(field.name for field in fields(Story)) | {
    "agency",
    "extension_limit",
    "items",
    "law",
    "months",
    "reference",
    "refuse",
    "request",
    "requester",
    "time_limit",
    "today",
    "via",
}
"""the names that every template is given"""


def _moved(problem: Problem, first: int) -> Problem:
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


def _working_day(today: date, days: int) -> str:
    """The day so many days later, or the Monday after it if that is a weekend."""
    day = today + timedelta(days=days)
    return (day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))).isoformat()


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None
