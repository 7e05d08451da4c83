"""What the shell offers when Tab is pressed: requests, agencies, templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from cpra.cli.here import Here
from cpra.errors import CpraError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completer(offers: Callable[[Here], Iterable[tuple[str, str]]]) -> Completer:
    def complete(
        ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem  # only when Tab is pressed

        root = ctx.find_root()
        here = Here(root.params.get("workspace"), root.params.get("today"))
        try:
            every = list(offers(here))
        except CpraError:
            return []  # no workspace, nothing to offer; the command itself will say so
        wanted = incomplete.casefold()
        return [CompletionItem(v, help=h) for v, h in every if v.casefold().startswith(wanted)]

    return complete


def _requests(here: Here) -> Iterable[tuple[str, str]]:
    from cpra.folder import paths

    for path in paths(here.workspace):
        number = path.name[5:9].lstrip("0")
        yield (number, path.name)
        yield (path.name[:9], path.name)


def _agencies(here: Here) -> Iterable[tuple[str, str]]:
    from cpra.actions.agencies import shipped
    from cpra.agencies import read

    for agency in ({**shipped().agencies, **read(here.workspace).agencies}).values():
        yield (agency.key, agency.name)


def _templates(here: Here) -> Iterable[tuple[str, str]]:
    from cpra.letters.template import names

    for name in names(here.workspace.templates):
        yield (name, "")


requests = _completer(_requests)
agencies = _completer(_agencies)
templates = _completer(_templates)
