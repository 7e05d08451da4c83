"""A campaign before it is drafted, as the requester reads it and as programs do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cpra.cli.page import counted, printable, say, warn

if TYPE_CHECKING:
    from cpra.actions.campaigns import Plan, Preview

DIFFERENT = 12
"""Lines that are shown of a letter beside the first one; --preview shows all."""


def plan_json(planned: Plan) -> dict[str, Any]:
    """A plan for programs: each letter with its check."""
    return {
        "campaign": planned.name,
        "letters": [
            {
                "agency": one.agency.key,
                "subject": one.request.subject,
                "items": one.request.items,
                "values": dict(one.wish.values),
                "letter": one.letter,
                "lint": one.findings,
            }
            for one in planned.previews
        ],
        "problems": planned.problems,
        "already": planned.already,
        "unused": planned.unused,
    }


def show_plan(planned: Plan, *, whole: bool) -> None:
    """Every letter and its check: the first whole, of the others what differs, or all `whole`."""
    letters = planned.previews
    if letters:
        click.echo(f"Campaign {planned.name}: {counted(len(letters), 'letter')}\n")
    width = min(30, max((len(one.agency.short) for one in letters), default=0))
    for number, one in enumerate(letters, start=1):
        check = _check_words(one)
        click.echo(
            f"  {number:>3}  {one.agency.short[:width]:<{width}}  "
            f"{printable(one.request.subject)[:48]:<48}  {check}"
        )
    for number, one in enumerate(letters, start=1):
        same = [] if whole or number == 1 else letters[0].letter.splitlines()
        click.echo(f"\n{'-' * 72}\n{number}  {one.agency.name}\n{'-' * 72}")
        click.echo(_letter_text(one, same))
    if planned.already:
        say(f"\nAsked already in this campaign, left out: {', '.join(planned.already)}")
        say("(--name begins another campaign)")
    if planned.unused:
        say(f"Columns that are no blanks of the letter: {', '.join(planned.unused)}")
    warn(planned.problems)


def _letter_text(one: Preview, first: list[str]) -> str:
    """The whole letter, or what is not in the first one, and what the letter check says."""
    from cpra.cli.draft import lint_text

    lines = printable(one.letter).splitlines()
    if first:
        there = set(first)
        lines = [line for line in lines if line.strip() and line not in there]
        lines, rest = lines[:DIFFERENT], lines[DIFFERENT:]
        lines = ["like the first one, but for:", *(f"  {line}" for line in lines)]
        if rest:
            lines.append(f"  and {len(rest)} more lines (--preview shows all)")
    return "\n".join([*lines, "", lint_text(one.findings)])


def _check_words(one: Preview) -> str:
    hints = len(one.findings) - one.errors
    if one.errors:
        return f"{counted(one.errors, 'error')}, {counted(hints, 'suggestion')}"
    return counted(hints, "suggestion") if hints else "clean"
