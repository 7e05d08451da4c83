"""`cpra text` and `cpra open`: the words of what was filed, and the file itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cpra.cli.complete import requests
from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, fitted, json_option, print_json, printable, progress_bar, say
from cpra.errors import Refused

if TYPE_CHECKING:
    from cpra.actions.reading import Reading


@click.command(epilog="Example: cpra text 9 --ocr")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.argument("file", required=False)
@click.option("--page", type=click.IntRange(1), help="Only this page of FILE.")
@click.option("--ocr", is_flag=True, help="Read all pages without words, as pictures.")
@json_option
@pass_here
def text(
    here: Here, request_id: str, file: str | None, page: int | None, ocr: bool, as_json: bool
) -> None:
    """Read the words of everything filed for request ID, or print those of one FILE."""
    from cpra.actions import reading

    path = here.folder(request_id)
    name = reading.found(path, file) if file is not None else None
    move, end = progress_bar("Reading")
    try:
        rows = reading.read(here.workspace, path, scans=ocr, progress=move)
    finally:
        end()
    if name is not None:
        words = reading.words(here.workspace, path, name, page)
        if as_json:
            print_json({"file": name, "page": page, "text": words})
        else:
            click.echo(printable(words.replace("\f", "\n").replace("\t", "    ")))
    elif as_json:
        print_json(rows)
    else:
        _print(rows, ocr, request_id)


def _print(rows: Sequence[Reading], ocr: bool, request_id: str) -> None:
    pages = sum(row.pages for row in rows)
    click.echo(f"{counted(len(rows), 'file')}, {counted(pages, 'page')}")
    for row in rows:
        notes = list(row.problems)
        if row.by_ocr:
            notes.append(f"{counted(row.by_ocr, 'page')} read by OCR")
        if row.unread:
            some = ", ".join(str(number) for number in row.unread[:5])
            more = "…" if len(row.unread) > 5 else ""
            notes.append(f"{counted(len(row.unread), 'page')} unread ({some}{more})")
        if notes:
            click.echo(fitted(f"  {printable(row.path)}: {'; '.join(notes)}", "      "))
    unread = sum(len(row.unread) for row in rows)
    if unread and not ocr:
        way = f"`cpra text {request_id} --ocr` reads them"
        say(f"{counted(unread, 'page')} without words: {way}")


@click.command("open", epilog="Example: cpra open 9 report.pdf --page 12")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.argument("file")
@click.option("--page", type=click.IntRange(1), help="Turn to this page, if the program can.")
@pass_here
def open_file(here: Here, request_id: str, file: str, page: int | None) -> None:
    """Open a filed FILE of request ID with the program for it; a piece of the name is enough."""
    import webbrowser

    from cpra.actions import reading
    from cpra.archive.kinds import Kind
    from cpra.archive.sniffer import kind
    from cpra.archive.viewing import why_not_shown

    path = here.folder(request_id)
    name = reading.found(path, file)
    what, place = kind(path / name), (path / name).absolute()
    if why := why_not_shown(name, what):
        raise Refused(
            f"{printable(name)} {why}, so cpra does not open it; `cpra text` shows words that it "
            f"has, and it is here: {printable(str(place))}"
        )
    address = place.as_uri()
    if what is Kind.PDF:
        # Browsers turn to a page that stands after the address; other programs ignore it.
        opened = webbrowser.open(f"{address}#page={page}" if page else address)
    else:
        opened = click.launch(str(place)) == 0
    if not opened:
        raise Refused(f"no program opened it; it is here: {printable(str(place))}")
    say(f"Opened {printable(name)}")
