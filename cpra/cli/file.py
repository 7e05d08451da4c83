"""`cpra file`: file what the agency sent."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cpra.actions.filing import KIND_OF_WORD
from cpra.cli import arrived
from cpra.cli.complete import requests
from cpra.cli.dates import Day
from cpra.cli.happened import happened
from cpra.cli.here import Here, pass_here
from cpra.cli.news import news_of, tell
from cpra.cli.page import (
    counted,
    fitted,
    json_option,
    on_terminal,
    print_json,
    progress_bar,
    say,
    warn,
    wrapped,
)
from cpra.cli.sources import Source

if TYPE_CHECKING:
    from cpra.actions.filing import Filing
    from cpra.actions.news import News

WORDS = tuple(KIND_OF_WORD)


@click.command(epilog="Example: cpra file 9 ~/Downloads/Documents.zip --as records --on yesterday")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.argument("sources", metavar="PATH...", nargs=-1, required=True, type=Source())
@click.option("--as", "word", type=click.Choice(WORDS), help="What the papers are.")
@click.option(
    "--on",
    type=Day(),
    is_eager=True,
    help="The day they came; a mail's own, or today, unless you say.",
)
@happened
@click.option("--limit", metavar="SIZE", help="Unpack containers up to SIZE: 400GB.")
@json_option
@pass_here
def file(
    here: Here,
    /,
    request_id: str,
    sources: tuple[Path, ...],
    word: str | None,
    on: date | None,
    limit: str | None,
    as_json: bool,
    **said: Any,
) -> None:
    """File what the agency sent for request ID: files, folders, mail (.eml) and zips."""
    from cpra import folder
    from cpra.actions import filing, limiting
    from cpra.archive.limits import size_from_words
    from cpra.core.events import Event

    path = here.folder(request_id)
    request = folder.read(path)
    asks = on_terminal() and not as_json and (word is None or on is None)
    if word is None and asks:
        word = arrived.asked_word(WORDS)
    kind = KIND_OF_WORD[word or "records"]
    day = on or arrived.day_of(sources, request, here.today)
    if asks:
        day = on or arrived.asked_day(here, day)
        said = arrived.asked_details(day, kind, request, said)
    event = Event(kind=kind, on=day, recorded=here.recorded, **said)
    limits = limiting.limits(here.workspace)
    if limit:
        limits = limits.raised(size_from_words(limit))
    move, end = progress_bar(f"Filing into {path.name}")
    try:
        try:
            done = filing.file(here.workspace, path, event, sources, here.today, limits, move)
        finally:
            end()
    except KeyboardInterrupt:
        say("\nStopped. The same command again goes on from here.")
        raise click.exceptions.Exit(130) from None
    found = news_of(here, path, done)
    said_already = {(problem.path, problem.text) for problem in done.taken.problems}
    unreadable = [
        problem
        for problem in (found.problems if found else ())
        if (problem.path.removeprefix(f"{done.prefix}/"), problem.text) not in said_already
    ]
    if as_json:
        print_json(_row(done, found))
    else:
        _print(here, path, done, found)
    warn(unreadable)
    if done.taken.problems or unreadable:
        raise click.exceptions.Exit(1)


def _row(done: Filing, found: News | None) -> dict[str, object]:
    return {
        "id": done.request.id,
        "event": done.event.kind,
        "on": done.event.on,
        "folder": done.place,
        "files": [
            {
                "path": f"{done.prefix}/{f.path}",
                "sha256": f.sha256,
                "size": f.size,
                "kind": f.kind,
                "name": f.name,
                "in": f"{done.prefix}/{f.source}" if f.source else "",
            }
            for f in done.taken.files
        ],
        "source": done.event.source,
        "via": done.event.via,
        "filed_before": done.twice,
        "found": done.taken.found,
        "already": [{"path": one, "first": first} for one, first in done.again],
        "remarks": done.remarks,
        "problems": [str(problem) for problem in done.taken.problems],
        "by_ocr": found.by_ocr if found else None,
        "wordless_pages": found.wordless if found else None,
        "unread_pages": found.unread_pages if found else None,
        "sensitive_pages": found.sensitive_pages if found else None,
    }


def _print(here: Here, path: Path, done: Filing, found: News | None) -> None:
    from cpra.archive.limits import size_in_words
    from cpra.cli.next_date import next_date

    files = done.taken.files
    if done.twice:
        place = done.place.relative_to(here.workspace.root).as_posix()
        what = f"{counted(len(files), 'file')} as on {done.event.on.isoformat()}"
        click.echo(f"Filed before: the same {what}, in {place}; nothing was written")
        click.echo(next_date(here, path))
        return
    kinds = Counter(str(f.kind) for f in files)
    total = size_in_words(sum(f.size for f in files))
    listed = ", ".join(f"{n:,} {kind}" for kind, n in kinds.most_common(6))
    click.echo(f"Filed into {done.place.relative_to(here.workspace.root).as_posix()}")
    click.echo(f"  {counted(len(files), 'file')}, {total}: {listed} · SHA-256 recorded")
    if done.taken.found:
        there = counted(done.taken.found, "file")
        click.echo(f"  {there} of them had been copied when the filing was stopped: compared, kept")
    for one, first in done.again[:5]:
        click.echo(f"  {one} is already here ({first}): noted, kept")
    if len(done.again) > 5:
        click.echo(f"  and {len(done.again) - 5:,} more that are already here: noted, kept")
    if found is not None:
        tell(found, done.request.number)
    for remark in done.remarks:
        click.echo("\n".join(wrapped(remark, "  ", "      ")))
    if done.taken.problems:
        say(f"{counted(len(done.taken.problems), 'thing')} to know about:")
        warn(done.taken.problems)
    request = done.request
    if len(request.items) > 1:
        still = ", ".join(f"{i.n} ({i.text[:40].rstrip()}…)" for i in request.open_items)
        click.echo(fitted(f"Still open: {still}") if still else "Every item is answered.")
    click.echo(next_date(here, path))
