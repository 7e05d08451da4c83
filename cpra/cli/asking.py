"""What `cpra new` asks for: whom, the template's blanks with their explanations, and who asks."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import click

from cpra.cli.here import Here
from cpra.cli.page import long_day, say, wrapped
from cpra.errors import NotFound, Refused, WrongUsage

if TYPE_CHECKING:
    from cpra.agencies import Agency
    from cpra.core.request import Requester
    from cpra.letters.template import Template
    from cpra.letters.variable import Variable

BACK, NOTHING, LIST = "<", "-", "?"
"""What is typed to go back a question, to leave out what has a default, and to see the agencies."""

HOW = (
    f"Enter takes what stands in [brackets]. {BACK} goes back a question. "
    "Ctrl-C stops, and nothing is written."
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


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


def asked(label: str, check: Callable[[str], str], default: str = "") -> str:
    """Ask until the answer passes the check, which gives it as it is kept or raises WrongUsage."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 (with it the arrow keys move in what is typed)

    def checked(text: str) -> str:
        text = " ".join(text.split())
        try:
            if _CONTROL.search(text):
                raise WrongUsage("that has a character which no letter can show; type it again")
            return check(text)
        except (WrongUsage, NotFound, Refused) as error:
            said = wrapped(f"Error: {error}", "", "  ")
            raise click.UsageError("\n".join(said).removeprefix("Error: ")) from error

    answer: str = click.prompt(
        label,
        default=default,
        show_default=bool(default),
        value_proc=checked,
        err=not sys.stdout.isatty(),  # Python edits a line only where it asks on stdout
    )
    return answer


def asked_agency(here: Here, template: Template) -> Agency:
    """Ask whom, until it is somebody whom the letter's law binds."""
    from cpra import agencies as address_book
    from cpra.actions import agencies as book
    from cpra.actions import drafting

    mine, shipped = address_book.read(here.workspace), book.shipped()
    found: list[Agency] = []

    def check(text: str) -> str:
        if text in ("", LIST):
            return LIST
        who = mine.find(text, shipped)
        drafting.check_agency(template, who)
        found[:] = [who]
        return text

    while asked(f"Agency ({LIST} lists them)", check) == LIST:
        every = {**shipped.agencies, **mine.agencies}.values()
        fits = [one for one in every if one.kind in (template.agencies or (one.kind,))]
        for one in sorted(fits, key=lambda one: one.key):
            say(f"  {one.key:<22}  {one.name}")
        say("  Another one: Ctrl-C stops this, and `cpra agency add NAME` adds it.\n")
    return found[0]


def asked_kind() -> str:
    """Ask what an agency is: that picks the law."""
    from cpra.agencies import KINDS, LAW_NAMES, LAW_OF_KIND

    say("What is it? That picks the law; the number is enough.")
    for number, kind in enumerate(KINDS, start=1):
        say(f"  {number}  {kind:<12} {LAW_NAMES[LAW_OF_KIND[kind]]}")
    numbered = {str(number): kind for number, kind in enumerate(KINDS, start=1)}

    def check(text: str) -> str:
        if (kind := numbered.get(text, text)) not in KINDS:
            raise WrongUsage(f"which one? Type a number from 1 to {len(KINDS)}")
        return kind

    return asked("Kind", check)


def asked_items(template: Template, items: tuple[str, ...]) -> tuple[str, ...]:
    """A template without items of its own asks for the requester's, one at least."""
    if template.items or items:
        return items
    say("What records do you ask for? One at a time; Enter when that is all.")
    told: list[str] = []

    def check(text: str) -> str:
        if not text and not told:
            raise WrongUsage("one record at least is needed: something that somebody can fetch")
        return text

    while text := asked(f"Item {len(told) + 1}", check):
        told.append(text)
    say("")
    return tuple(told)


def asked_values(template: Template, values: dict[str, str], here: Here) -> dict[str, str]:
    """Ask for each blank that was not filled, with the template's own explanation."""
    filled = dated(template, values, here)
    blanks = [variable for variable in template.variables if variable.name not in filled]
    earlier: dict[str, str] = {}
    if len(blanks) > 1:
        say("\n".join([*wrapped(HOW, "", ""), ""]))
    at = 0
    while at < len(blanks):
        answer = _answer(blanks[at], template, filled, earlier, here)
        say("")
        if answer == BACK:
            at = max(0, at - 1)
            earlier[blanks[at].name] = filled.pop(blanks[at].name, "")
        else:
            filled[blanks[at].name] = answer
            at += 1
    return filled


def _answer(
    variable: Variable,
    template: Template,
    filled: dict[str, str],
    earlier: dict[str, str],
    here: Here,
) -> str:
    """What the requester says to one blank, or BACK."""
    default = earlier.get(variable.name) or variable.default
    say("\n".join(wrapped(_explained(variable, default), "  ", "  ")))
    for number, choice in enumerate(variable.choices, start=1):
        say("\n".join(wrapped(f"{number}  {choice}", "    ", "       ")))
    names = {one.name: one.ask for one in template.variables}

    def check(text: str) -> str:
        if text == BACK:
            return text
        value = _kept(variable, text, here)
        if variable.choices and value not in variable.choices:
            raise WrongUsage(f"which one? Type a number from 1 to {len(variable.choices)}")
        if wrong := variable.wrong(value, filled):
            after = variable.after
            told = wrong.replace(f"after {after};", f"after {names.get(after, after)};")
            told = told.replace(f"before {after} (", f"before {names.get(after, after)} (")
            hint = f"; {BACK} goes back to that" if told != wrong else ""
            raise WrongUsage(f"{variable.ask} {told}{hint}")
        if variable.check == "date" and value not in ("", text):
            say(f"  {long_day(date.fromisoformat(value))}")
        return value

    return asked(variable.ask, check, default)


def _kept(variable: Variable, text: str, here: Here) -> str:
    """What was meant by what was typed: a choice by its number, a date as people say it."""
    if text == NOTHING and not variable.required:
        return ""
    if variable.check == "choice":
        numbered = {str(n): choice for n, choice in enumerate(variable.choices, start=1)}
        begun = [one for one in variable.choices if one.casefold().startswith(text.casefold())]
        return numbered.get(text) or (begun[0] if text and len(begun) == 1 else text)
    return _value(variable, text, here)


def _explained(variable: Variable, default: str) -> str:
    """What is asked for and what it looks like; what may stay empty says so."""
    first = variable.explanation[:1].upper() + variable.explanation[1:]
    if variable.choices:
        return f"{first} (its number is enough):"
    if default:
        leave = "" if variable.required else f"; {NOTHING} leaves it out"
    else:
        leave = "" if variable.required else "; Enter leaves it out"
    return f"{first} (for example: {variable.example}{leave})"


def asked_requester(requester: Requester, named: bool = False) -> Requester:
    """Ask who asks, unless cpra.toml says so; nobody has to say, but for records about oneself."""
    from dataclasses import replace

    if requester.name or (requester.email and not named):
        return requester
    why = "it has to be yours, as you ask for records about you"
    why = why if named else "Enter to stay anonymous; the law asks for no name"

    def check_name(text: str) -> str:
        if named and not text:
            raise WrongUsage("a name is needed: you ask for records about yourself")
        return text

    def check_address(text: str) -> str:
        if text and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
            raise WrongUsage(f'"{text}" is no e-mail address; it looks like records@example.org')
        return text

    name = asked(f"Your name ({why})", check_name)
    email = requester.email or asked("Reply to (an e-mail address; Enter for none)", check_address)
    say("")
    if name or email:
        say("To be asked this no more, put it into requests/cpra.toml, under [requester].\n")
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
