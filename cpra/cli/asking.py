"""What `cpra new` asks for: the template's blanks, each with its own explanation, and who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from cpra.cli.here import Here
from cpra.cli.page import wrapped
from cpra.errors import WrongUsage

if TYPE_CHECKING:
    from cpra.core.request import Requester
    from cpra.letters.template import Template
    from cpra.letters.variable import Variable


def about(
    template: Template, values: dict[str, str], subject: str, items: tuple[str, ...]
) -> dict[str, str]:
    """A request in one's own words is about its subject, or else about its first item."""
    if "about" in values or "about" not in {variable.name for variable in template.variables}:
        return values
    first = items[0] if items else ""
    short = first if len(first) <= 80 else f"{first[:80].rpartition(' ')[0]} …"
    return {**values, "about": subject or short} if subject or short else values


def pair(setting: str) -> tuple[str, str]:
    """The name and the value in `--set NAME=VALUE`."""
    name, equals, value = setting.partition("=")
    if not equals or not name.strip():
        raise WrongUsage(f'--set takes KEY=VALUE, not "{setting}"')
    return name.strip(), value.strip()


def asked_items(template: Template, items: tuple[str, ...]) -> tuple[str, ...]:
    """A template without items of its own asks for the requester's."""
    if template.items or items:
        return items
    click.echo("What records do you ask for? One at a time; Enter when that is all.", err=True)
    asked: list[str] = []
    while text := click.prompt(f"Item {len(asked) + 1}", default="", show_default=False, err=True):
        asked.append(text)
    return tuple(asked)


def asked_values(template: Template, values: dict[str, str], here: Here) -> dict[str, str]:
    """Ask for each blank that was not filled, with the template's own explanation."""
    filled = dated(template, values, here)
    for variable in template.variables:
        if variable.name in filled:
            continue
        for line in wrapped(_explained(variable), "  ", "  "):
            click.echo(line, err=True)
        filled[variable.name] = click.prompt(
            variable.ask,
            default=variable.default or ("" if not variable.required else None),
            show_default=bool(variable.default),
            value_proc=_checker(variable, filled, here),
            err=True,
        )
    return filled


def _explained(variable: Variable) -> str:
    """What is asked for and what it looks like; what may stay empty says so."""
    first = variable.explanation[:1].upper() + variable.explanation[1:]
    leave = "" if variable.required else "; Enter leaves it out"
    return f"{first} (for example: {variable.example}{leave})"


def _checker(variable: Variable, filled: dict[str, str], here: Here) -> Callable[[str], str]:
    def checked(text: str) -> str:
        try:
            value = _value(variable, text, here)
        except WrongUsage as error:
            raise click.UsageError(str(error)) from error
        if wrong := variable.wrong(value, filled):
            raise click.UsageError(f"{variable.ask} {wrong}")
        return value

    return checked


def asked_requester(requester: Requester) -> Requester:
    """Ask who asks, unless cpra.toml says so; nobody has to say."""
    from dataclasses import replace

    if requester.name or requester.email:
        return requester
    name = click.prompt(
        "Your name (Enter to stay anonymous; the law asks for no name)",
        default="",
        show_default=False,
        err=True,
    )
    email = click.prompt(
        "Reply to (an e-mail address; Enter for none)", default="", show_default=False, err=True
    )
    return replace(requester, name=name, email=email)


def dated(template: Template, values: dict[str, str], here: Here) -> dict[str, str]:
    """The values with dates as people type them in ISO form."""
    kinds = {variable.name: variable for variable in template.variables}
    return {
        name: _value(kinds[name], value, here) if name in kinds else value
        for name, value in values.items()
    }


def _value(variable: Variable, text: str, here: Here) -> str:
    if variable.check != "date" or not text.strip():
        return text
    from cpra.cli.dates import read

    return read(text, here.today).isoformat()
