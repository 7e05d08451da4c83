"""`cpra search`: find words in everything that was filed."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from cpra.archive.kinds import Kind
from cpra.cli.complete import agencies, requests
from cpra.cli.dates import Day
from cpra.cli.here import Here, pass_here
from cpra.cli.page import (
    counted,
    fitted,
    json_option,
    print_json,
    printable,
    progress_bar,
    say,
    warn,
)
from cpra.errors import WrongUsage

if TYPE_CHECKING:
    from cpra.index.pages import Found

FORMS = frozenset({".md", ".txt", ".docx", ".pdf"})
"""the forms of a letter that was sent, which all say the same"""
KINDS = tuple(kind.value for kind in Kind)


@click.command(epilog='Example: cpra search "license plate" NEAR retention --agency lapd')
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--request",
    "request_ids",
    multiple=True,
    metavar="ID",
    shell_complete=requests,
    help="Only in this request; may be given again.",
)
@click.option(
    "--agency",
    "agency_names",
    multiple=True,
    shell_complete=agencies,
    help="Only from this agency.",
)
@click.option("--after", type=Day(), help="Only what came on that day or later.")
@click.option("--before", type=Day(future=True), help="Only what came on that day or earlier.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    metavar="KIND",
    help="Only files of this kind, by their bytes: pdf, eml, docx, xlsx …",
)
@click.option("--installment", type=int, help="Only from this installment.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Pages to show."
)
@json_option
@pass_here
def search(
    here: Here,
    words: tuple[str, ...],
    request_ids: tuple[str, ...],
    agency_names: tuple[str, ...],
    after: date | None,
    before: date | None,
    kinds: tuple[str, ...],
    installment: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """Find WORDS on the pages of everything filed: "a phrase", AND, OR, NOT, NEAR, begin*."""
    from cpra.actions.indexing import index
    from cpra.index import pages

    filters = pages.Filters(
        requests=tuple(_id(here, text) for text in request_ids),
        agencies=tuple(_agency(here, name) for name in agency_names),
        kinds=tuple(Kind(name) for name in kinds),
        after=after,
        before=before,
        installment=installment,
    )
    # Quoted on the command line, a phrase arrives as one word with spaces in it.
    text = " ".join(f'"{w}"' if " " in w and '"' not in w else w for w in words)
    _check(text)
    move, end = progress_bar("Reading what is new")
    try:
        done = index(here.workspace, move)
    finally:
        end()
    warn(done.problems)
    if done.unread:
        new = counted(len(done.unread), "new document")
        have = "has" if len(done.unread) == 1 else "have"
        say(f"{new} {have} pages without words; `cpra text ID --ocr` reads those that it can.")
    found = pages.search(here.workspace.cache, text, filters, limit)
    if as_json:
        print_json({"hits": found.hits, "ignored": found.ignored, "more": found.more})
    else:
        _print(found)
    for ignored in found.ignored:
        say(f"Not searched for: {ignored}")
    if not found.hits:
        say("Nothing was found. Fewer words, another form of the word, or begin* find more.")
        raise click.exceptions.Exit(1)


def _check(text: str) -> None:
    """Refuse a search without a word in it."""
    from cpra.index.query import parsed

    query = parsed(text)
    if query.node is None:
        why = f" ({'; '.join(query.ignored)})" if query.ignored else ""
        way = "type one that must stand on the page, as in `cpra search retention`"
        raise WrongUsage(f"there is no word to search for{why}; {way}")


def _id(here: Here, text: str) -> str:
    from cpra import folder

    return folder.read(here.folder(text)).id


def _agency(here: Here, name: str) -> str:
    from cpra import agencies

    return agencies.read(here.workspace).find(name).key


def _print(found: Found) -> None:
    """Page by page; the words that were found stand in [brackets]. A letter of ours shows once."""
    shown: set[tuple[str, str]] = set()
    for hit in found.hits:
        path = PurePosixPath(hit.path)
        place = hit.label or f"page {hit.page}"
        if path.parts[0] == "sent" and path.suffix in FORMS:
            letter = (hit.request, str(path.with_suffix("")))
            if letter in shown:
                continue
            shown.add(letter)
        click.echo(f"{hit.request}  {printable(hit.path)}, {place}")
        marked = " ".join(printable(hit.passage.marked("[", "]")).split())
        click.echo(fitted(f"    {marked}"))
    if found.more:
        say("There may be more: --limit shows them.")
