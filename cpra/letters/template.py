"""A letter template: TOML front matter between two lines `+++`, then the letter in Jinja2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cpra.core.schema import Key, line_numbers, nearest, read
from cpra.errors import BadFile, NotFound, Problem
from cpra.letters.library import Library, Source, moved, split
from cpra.letters.variable import KEYS, Variable, variable, wrong_tables

KINDS = ("request", "letter")
LANGUAGES = ("en", "es")
_FRONT = {
    "title": Key(str, required=True),
    "title_es": Key(str),
    "language": Key(str, choices=LANGUAGES),
    "law": Key(str, required=True),
    "kind": Key(str, choices=KINDS),
    "agencies": Key(list, of=str),
    "named": Key(bool),
    "internal": Key(bool),
    "subject": Key(str),
    "re": Key(str),
    "warning": Key(str),
    "authorities": Key(list, of=str),
    "tags": Key(list, of=str),
    "variable": Key(list, table=KEYS),
    "item": Key(list, table={"text": Key(str, required=True)}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A letter that can be written again and again."""

    name: str
    title: str
    title_es: str
    language: str
    """of the letter itself: en, or es for a reading copy"""
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
    tags: tuple[str, ...]
    """what a request made of it is marked with; some clocks run only for a tag"""
    body: Source
    path: str
    own: bool
    library: Library

    def spoken(self, language: str) -> Template:
        """The template with its title and questions in a language, as far as it has them."""
        if language != "es":
            return self
        variables = tuple(one.spoken(language) for one in self.variables)
        return replace(self, title=self.title_es or self.title, variables=variables)

    def dated(self, today: date) -> Template:
        """The template with the defaults of a letter that is written on that day."""
        return replace(self, variables=tuple(one.dated(today) for one in self.variables))

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
        for one in self.variables:
            if wrong := one.wrong(whole[one.name], whole):
                problems.append(f"{one.name} {wrong}")
        return tuple(problems)


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
    text, path, is_own = library.file(name)
    return load(name, text, path, is_own, library)


def reading_copy(template: Template) -> Template | None:
    """The Spanish text of a letter, to read along with; the letter that goes is the English one."""
    for folder in ("requests", "letters"):
        try:
            text, path = template.library.text(f"{folder}/{template.name}.es.md")
        except NotFound:
            continue
        found = load(template.name, text, path, template.own, template.library)
        return replace(found, variables=template.variables, items=template.items)
    return None


def source(template: Template) -> str:
    """The whole text of a template's file."""
    text, _, _ = template.library.file(template.name)
    return text


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
    if problems:
        raise BadFile("\n".join(str(moved(problem, front.line)) for problem in problems))
    lines = line_numbers(front.text)
    shared = library.blanks() if "variable" in data else {}
    tables = [{**shared.get(table["name"], {}), **table} for table in data.get("variable", ())]
    wrong = [
        Problem(path, lines.get(("variable", number), 1) + front.line - 1, words)
        for number, words in wrong_tables(tables)
    ]
    if wrong:
        raise BadFile("\n".join(str(problem) for problem in wrong))
    variables = tuple(variable(table) for table in tables)
    items = tuple(
        Source(table["text"], lines.get(("item", n, "text"), 1) + front.line - 1)
        for n, table in enumerate(data.get("item", ()))
    )
    return Template(
        name=name,
        title=data["title"],
        title_es=data.get("title_es", ""),
        language=data.get("language", "en"),
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
        tags=tuple(data.get("tags", ())),
        body=body,
        path=path,
        own=own,
        library=library,
    )
