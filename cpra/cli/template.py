"""`cpra template`: the letters that come with cpra, and your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cpra.cli.complete import requests, templates
from cpra.cli.group import Group
from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, fitted, json_option, print_json, say, warn, wrapped
from cpra.errors import BadFile, NotFound

if TYPE_CHECKING:
    from cpra.letters.template import Template
    from cpra.letters.variable import Variable


def own_templates(here: Here) -> Path | None:
    """The requester's own templates; None where there is no workspace, and only the shipped are."""
    try:
        return here.workspace.templates
    except NotFound:
        return None


language_option = click.option(
    "--language", type=click.Choice(("en", "es")), default="en", help="Explanations in Spanish: es."
)


@click.group(cls=Group, epilog="Example: cpra template show alpr-access-logs")
def template() -> None:
    """The letters that come with cpra, and your own."""


@template.command("list", epilog="Example: cpra template list --law foia")
@click.option("--law", default="", help="Only letters under this law: cpra, foia, ipa …")
@click.option("--kind", type=click.Choice(("request", "letter")), help="Only these.")
@language_option
@json_option
@pass_here
def list_templates(here: Here, law: str, kind: str | None, language: str, as_json: bool) -> None:
    """Every request you can draft and every letter that may follow."""
    from cpra.letters.template import shelf

    found, problems = shelf(own_templates(here))
    shown = [t for t in found if (not law or t.law == law) and (kind is None or t.kind == kind)]
    shown = [one.spoken(language) for one in shown]
    if as_json:
        print_json([_listed(one) for one in shown])
    else:
        click.echo("\n".join(_list_lines(shown)))
    warn(problems)


@template.command(epilog="Example: cpra template show late --example")
@click.argument("name", shell_complete=templates)
@click.option("--example", "as_example", is_flag=True, help="The letter on a made-up request.")
@click.option(
    "--request",
    "request_id",
    metavar="ID",
    shell_complete=requests,
    help="The letter on one of your requests; with --language es, to read along.",
)
@click.option("--source", is_flag=True, help="The file itself.")
@language_option
@json_option
@pass_here
def show(
    here: Here,
    name: str,
    as_example: bool,
    request_id: str | None,
    source: bool,
    language: str,
    as_json: bool,
) -> None:
    """What template NAME asks of you, and what it cites."""
    from cpra.letters import template as shelf

    found = shelf.find(name, own_templates(here)).spoken(language)
    if as_json:
        print_json({**_listed(found), "blanks": found.variables, "cites": _cites(found)})
    elif source:
        click.echo(shelf.source(found))
    elif request_id:
        click.echo(_letter(here, found, language, request_id))
    elif as_example:
        click.echo(_letter(here, found, language, None))
    else:
        click.echo("\n".join(_show_lines(found)))


@template.command(epilog="Example: cpra template copy late my-late-letter")
@click.argument("name", shell_complete=templates)
@click.argument("new_name", required=False, default="")
@pass_here
def copy(here: Here, name: str, new_name: str) -> None:
    """Copy template NAME into your templates/, where yours comes before the shipped one."""
    from cpra.actions import shelving

    path = shelving.copied(here.workspace, name, new_name)
    click.echo(f"Copied to {path}")
    click.echo(f"Next: edit it, then `cpra template check {path.stem}`")


@template.command(epilog="Example: cpra template new street-cameras")
@click.argument("name")
@pass_here
def new(here: Here, name: str) -> None:
    """Begin a template of your own."""
    from cpra.actions import shelving

    path = shelving.begun(here.workspace, name)
    click.echo(f"Begun: {path}")
    click.echo(f"Next: edit it, then `cpra template check {path.stem}`")


@template.command(epilog="Example: cpra template check street-cameras")
@click.argument("names", nargs=-1, shell_complete=templates)
@json_option
@pass_here
def check(here: Here, names: tuple[str, ...], as_json: bool) -> None:
    """Try templates on a made-up request: yours, or the ones you name."""
    from cpra import statutes
    from cpra.letters import checking
    from cpra.letters import template as shelf

    own = own_templates(here)
    if names:
        found, problems = tuple(shelf.find(name, own) for name in names), []
    else:
        every, broken = shelf.shelf(own)
        found, problems = tuple(one for one in every if one.own), list(broken)
    for one in found:
        problems += checking.check(one, statutes.law().authorities)
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            click.echo(str(problem))
    if problems:
        raise BadFile(f"{counted(len(problems), 'mistake')} in {counted(len(found), 'template')}")
    say(f"{counted(len(found), 'template')} tried, nothing wrong")


def _listed(one: Template) -> dict[str, object]:
    return {
        "name": one.name,
        "title": one.title,
        "law": one.law,
        "kind": one.kind,
        "agencies": one.agencies,
        "own": one.own,
        "path": one.path,
    }


def _list_lines(found: list[Template]) -> list[str]:
    lines: list[str] = []
    width = max((len(one.name) for one in found), default=0)
    for kind, title in (("request", "REQUESTS (cpra new NAME)"), ("letter", "LETTERS THAT FOLLOW")):
        mine = [one for one in found if one.kind == kind]
        if mine:
            lines += ["", title] if lines else [title]
        for one in mine:
            mark = " (yours)" if one.own else ""
            law = "" if one.law == "cpra" else f" · {one.law}"
            row = f"  {one.name.ljust(width)}  {one.title}{law}{mark}"
            lines.append(fitted(row, " " * (width + 4)))
    return lines or ["No template is like that. `cpra template list` shows all."]


def _show_lines(one: Template) -> list[str]:
    lines = wrapped(one.title, "", "")
    facts = [_law(one.law)]
    facts += [", ".join(one.agencies)] if one.agencies else []
    lines += [" · ".join(facts), one.path, ""]
    if one.warning:
        lines += [*wrapped(f"Know this: {one.warning}", "", "  "), ""]
    for variable in one.variables:
        lines += _blank_lines(variable)
    lines += ["", "Cites"]
    lines += [f"  {cite}" for cite in _cites(one)]
    way = f"cpra new {one.name}" if one.kind == "request" else f"cpra follow-up ID {one.name}"
    return [*lines, "", f"Next: `{way}`, or `cpra template show {one.name} --example` to read it"]


def _law(law_id: str) -> str:
    from cpra import statutes

    law = statutes.law()
    return law.title(law_id) if law_id in law.laws else law_id


def _blank_lines(variable: Variable) -> list[str]:
    need = "" if variable.required else "  (may stay empty)"
    lines = [f"{variable.name}{need}"]
    lines += wrapped(variable.explanation, "    ", "    ")
    lines.append(f"    example: {variable.example}")
    if variable.default:
        lines.append(f"    unless you say: {variable.default}")
    lines += [f"    one of: {choice}" for choice in variable.choices]
    return lines


def _cites(one: Template) -> list[str]:
    from cpra import statutes
    from cpra.letters.checking import all_cited

    law = statutes.law()
    known = [law.authorities.get(name) for name in all_cited(one)]
    return sorted(authority.cite for authority in known if authority)


def _letter(here: Here, one: Template, language: str, request_id: str | None) -> str:
    """The letter on a request, or on a made-up one; in Spanish, the copy to read along with."""
    from cpra import folder, statutes
    from cpra.actions import following
    from cpra.letters import example
    from cpra.letters import template as shelf
    from cpra.letters.letter import parse
    from cpra.letters.render import render
    from cpra.letters.text import text

    authorities = statutes.law().authorities
    copy_of = shelf.reading_copy(one) if language == "es" else one
    if copy_of is None:
        raise NotFound(f"{one.name} has no Spanish reading copy; its questions are in Spanish")
    values, facts = example.values(one), example.facts(one, authorities)
    if request_id:
        path = here.folder(request_id)
        values = folder.values(path)
        facts = following.what_is_known(here.workspace, folder.read(path), here.today)
    return text(parse(render(copy_of, values, facts, authorities)))
