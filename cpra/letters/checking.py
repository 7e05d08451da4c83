"""What is wrong with a template before anybody relies on it: it is tried on a made-up request.

Every authority that a file cites stands in its front matter, is in the law data, and is one that a
letter may print. The letter is rendered with every blank filled, and with only those that must be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cpra.errors import BadFile, CpraError, Problem, Refused
from cpra.letters import example
from cpra.letters.facts import Authorities
from cpra.letters.library import Source, cited, split
from cpra.letters.render import render
from cpra.letters.template import Template

if TYPE_CHECKING:
    from jinja2 import nodes


def check(template: Template, authorities: Authorities) -> tuple[Problem, ...]:
    """Everything that is wrong with a template and the parts it uses."""
    found = list(_authorities(template, authorities))
    if not found:
        found += _trials(template, authorities)
    return tuple(dict.fromkeys(found))


def uses(template: Template) -> tuple[str, ...]:
    """The files that a template extends, includes or imports, through any number of steps."""
    seen: list[str] = []
    waiting = list(_references(template.body.text))
    while waiting:
        reference = waiting.pop(0)
        if reference not in seen:
            seen.append(reference)
            text, path = template.library.text(reference)
            waiting += _references(split(text, path)[1].text)
    return tuple(seen)


def all_cited(template: Template) -> tuple[str, ...]:
    """Every authority that the letter or one of its parts may print."""
    found = list(template.authorities)
    for reference in uses(template):
        text, path = template.library.text(reference)
        found += cited(text, path)
    return tuple(dict.fromkeys(found))


def _authorities(template: Template, authorities: Authorities) -> Iterator[Problem]:
    own = (template.body, template.subject, template.re, *template.items)
    try:
        yield from _against(own, template.authorities, template.path, authorities)
        for reference in uses(template):
            text, path = template.library.text(reference)
            declared = cited(text, path)
            yield from _against((split(text, path)[1],), declared, path, authorities)
    except CpraError as error:
        yield Problem(template.path, None, str(error))


def _against(
    sources: tuple[Source, ...], declared: tuple[str, ...], path: str, authorities: Authorities
) -> Iterator[Problem]:
    used: dict[str, int] = {}
    for source in sources:
        for name, line in _calls(source, path):
            used.setdefault(name, line)
    for name, line in used.items():
        if name not in declared:
            yield Problem(path, line, f'cites "{name}", which its list of authorities lacks')
        authority = authorities.get(name)
        if authority is None:
            yield Problem(path, line, f'the law data has no authority "{name}"')
        elif authority.status not in ("V", "P"):
            yield Problem(path, line, f'"{name}" is not verified; a letter may not print it')
    for name in declared:
        if name not in used:
            yield Problem(path, 1, f'lists the authority "{name}" and does not cite it')


def _calls(source: Source, path: str) -> Iterator[tuple[str, int]]:
    """Each `law("…")` in a piece of template text, with its line."""
    from jinja2 import nodes

    for call in _tree(source.text, path, source.line).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "law":
            line = call.lineno + source.line - 1
            if len(call.args) != 1 or not isinstance(call.args[0], nodes.Const):
                raise BadFile(f"{path}, line {line}: law() takes one id in quotation marks")
            yield str(call.args[0].value), line


def _references(text: str) -> Iterator[str]:
    from jinja2 import meta

    for reference in meta.find_referenced_templates(_tree(text, "", 1)):
        if reference:
            yield reference


def _tree(text: str, path: str, line: int) -> nodes.Template:
    from jinja2 import BaseLoader, TemplateSyntaxError

    from cpra.letters.sandbox import Language

    try:
        return Language(BaseLoader(), {}).parse(text)
    except TemplateSyntaxError as error:
        at = error.lineno + line - 1
        raise BadFile(f"{path}, line {at}: {str(error.message).rstrip('.')}") from None


def _trials(template: Template, authorities: Authorities) -> Iterator[Problem]:
    """The letter on a made-up request, with every blank filled and with as few as possible."""
    every = example.values(template)
    needed = {v.name: v.example for v in template.variables if v.required and not v.default}
    for given in (every, needed):
        try:
            render(template, given, example.facts(template, authorities), authorities)
        except Refused:
            continue
        except CpraError as error:
            yield Problem(template.path, None, str(error))
