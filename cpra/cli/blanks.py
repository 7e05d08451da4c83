"""Filling a template's blanks: `--set KEY=VALUE`, and questions where a person can answer them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import click

from cpra.cli.here import Here
from cpra.cli.page import wrapped
from cpra.errors import WrongUsage

if TYPE_CHECKING:
    from cpra.letters.template import Template, Variable


def pairs(settings: Iterable[str]) -> dict[str, str]:
    """The values that were given as KEY=VALUE."""
    return dict(_pair(setting) for setting in settings)


def dated(template: Template, values: Mapping[str, str], here: Here) -> dict[str, str]:
    """The values with dates, as people type them, in ISO form."""
    kinds = {variable.name: variable for variable in template.variables}
    return {
        name: _value(kinds[name], value, here) if name in kinds else value
        for name, value in values.items()
    }


def asked(template: Template, values: Mapping[str, str], here: Here) -> dict[str, str]:
    """Ask for each blank that has no value yet, with the template's own explanation."""
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


def _pair(setting: str) -> tuple[str, str]:
    name, equals, value = setting.partition("=")
    if not equals or not name.strip():
        raise WrongUsage(f'--set takes KEY=VALUE, not "{setting}"')
    return name.strip(), value.strip()


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


def _value(variable: Variable, text: str, here: Here) -> str:
    if variable.check != "date" or not text.strip():
        return text
    from cpra.cli.dates import read

    return read(text, here.today).isoformat()
