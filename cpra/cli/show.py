"""`cpra show` and `cpra timeline`: one request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cpra.cli.complete import requests
from cpra.cli.here import Here, pass_here
from cpra.cli.page import (
    counted,
    day,
    fitted,
    json_option,
    print_json,
    printable,
    warn,
    wrapped,
)
from cpra.errors import BadFile, NotFound

if TYPE_CHECKING:
    from cpra.folder import Loaded
    from cpra.reports.agenda import Entry
    from cpra.reports.chronology import Row


MESSAGES = 5
"""Messages that `show` has in view; the timeline has all."""


def _loaded(here: Here, request_id: str) -> Loaded:
    from cpra import folder

    path = here.folder(request_id)
    folder.read(path)  # says what is damaged
    return folder.load(path)


@click.command(epilog="Example: cpra show 12")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@json_option
@pass_here
def show(here: Here, request_id: str, as_json: bool) -> None:
    """Show request ID: its facts, items, dates and documents."""
    from cpra import agencies
    from cpra.reports.agenda import entries, reasons
    from cpra.reports.chronology import messages
    from cpra.reports.verdicts import remarks

    loaded = _loaded(here, request_id)
    request = loaded.request
    if request is None:
        raise BadFile(f"{loaded.path} cannot be read")
    agency = agencies.read(here.workspace).get(request.agency)
    dates = [e for e in entries(here.workspace, here.today) if e.folder == loaded.path.name]
    files = _files(loaded)
    if as_json:
        print_json(
            {
                "id": request.id,
                "folder": loaded.path,
                "agency": request.agency,
                "agency_name": agency.name,
                "law": request.law,
                "subject": request.subject,
                "template": request.template,
                "status": request.status,
                "open": request.is_open,
                "items": [
                    {"n": i.n, "text": i.text, "status": request.state_of(i.n)}
                    for i in request.items
                ],
                "references": request.references,
                "tags": request.tags,
                "dates": [entry._asdict() for entry in dates],
                "remarks": [
                    remark
                    for event in request.all("extended", "denied")
                    for remark in remarks(here.workspace, request, event)
                ],
                "files": files,
                "messages": [one for e in request.events for one in messages(e, loaded.path)],
            }
        )
        return
    law = agencies.LAW_NAMES.get(request.law, request.law)
    click.echo(fitted(printable(f"{request.id} · {agency.name} · {request.subject}")))
    click.echo(f"  {request.status} · {law}")
    if request.references:
        click.echo(printable(f"  the agency's number: {', '.join(request.references)}"))
    click.echo(f"  {loaded.path.relative_to(here.workspace.root).as_posix()}")
    for item in request.items:
        click.echo(f"\n{fitted(f'  {item.n}. {printable(item.text)}', ' ' * 5)}")
        click.echo(f"     {request.state_of(item.n)}")
    click.echo()
    for line in _date_lines(dates, here.today):
        click.echo(fitted(line))
    for sentence in reasons(dates):
        click.echo(fitted(f"  {sentence}", "  "))
    for event in request.all("extended", "denied"):
        said = remarks(here.workspace, request, event)
        if said:
            click.echo(f"{event.kind} on {day(event.on)}:")
        for remark in said:
            click.echo("\n".join(wrapped(printable(remark), "  ", "      ")))
    for line in _message_lines(loaded):
        click.echo("\n".join(wrapped(printable(line), "  ", "    ")))
    listed = f"{counted(len(files), 'document')} · `cpra timeline {request.number}` lists them "
    click.echo(fitted(f"{listed}by day, `cpra explain {request.number}` reckons the dates", "  "))
    warn(loaded.problems)


def _files(loaded: Loaded) -> list[dict[str, object]]:
    """Every document as the log has it: what it is, what it was called, and how it came."""
    rows: dict[str, dict[str, object]] = {}
    for event in loaded.log:
        for name, sha256 in event.files.items():
            paper = event.about.get(name)
            rows[name] = {
                "path": name,
                "sha256": sha256,
                "size": paper and paper.size,
                "kind": paper and paper.kind,
                "in": paper and paper.inside,
                "name": event.names.get(name, name.rpartition("/")[2]),
                "event": event.kind,
                "on": event.on,
                "recorded": event.recorded,
                "installment": event.installment,
                "source": event.source,
                "via": event.via,
            }
    return list(rows.values())


def _message_lines(loaded: Loaded) -> Iterator[str]:
    """The newest messages, each in a line: who wrote it when, and what was found of its origin."""
    from cpra.reports.chronology import messages

    request = loaded.request
    every = [one for e in request.events for one in messages(e, loaded.path)] if request else []
    for one in every[-MESSAGES:]:
        heads = dict(one.headers)
        found = "; ".join(one.results) or "no SPF or DKIM result"
        yield f"message of {heads.get('Date', 'no date')}, {heads.get('From', '?')}: {found}"
    if len(every) > MESSAGES:
        yield f"and {len(every) - MESSAGES:,} older messages"


def _state(entry: Entry) -> str:
    """Late, or due; a date to watch is owed by nobody, so it has only passed."""
    return "passed; ask why" if entry.kind == "watch" else str(entry.group)


def _date_lines(dates: list[Entry], today: date) -> Iterator[str]:
    from cpra.reports.agenda import move

    for entry in dates:
        state = f" · {_state(entry)}" if entry.group in ("late", "due") else ""
        sure = not entry.estimate and entry.latest != entry.due
        last = f", late after {day(entry.latest)}" if sure else ""
        about = "about " if entry.estimate and entry.kind != "watch" else ""
        why = f" ({entry.authority})" if entry.authority else ""
        yield f"{printable(entry.label)}: {about}{day(entry.due)}{last}{why}{state}"
        for said in (move(entry, today), entry.note):
            if said:
                yield f"  {printable(said)}"


@click.command(epilog="Example: cpra timeline 12 --output chronology.txt")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a file instead."
)
@json_option
@pass_here
def timeline(here: Here, request_id: str, output: Path | None, as_json: bool) -> None:
    """Show what happened to request ID, day by day, with documents and log lines."""
    from cpra import disk
    from cpra.reports.chronology import chronology

    loaded = _loaded(here, request_id)
    rows = chronology(loaded)
    if as_json:
        print_json(rows)
        return
    text = "\n".join(_timeline_lines(loaded, rows))
    if output is None:
        click.echo(text)
        return
    try:
        disk.write_new(output, f"{text}\n".encode())
    except FileExistsError:
        raise BadFile(f"{output} is there already; give another name") from None
    except FileNotFoundError:
        raise NotFound(f"there is no folder {output.parent} to write it into") from None
    click.echo(f"{output}: {counted(len(rows), 'event')}")


def _timeline_lines(loaded: Loaded, rows: tuple[Row, ...]) -> Iterator[str]:
    request = loaded.request
    if request is not None:
        yield printable(f"{request.id} · {request.subject}")
    for row in rows:
        at = f" {row.at}" if row.at else ""
        back = " · TAKEN BACK, not counted" if row.taken_back else ""
        yield f"\n{day(row.on)}{at}  {row.title}{back}"
        for text in row.details:
            yield f"    {printable(text)}"
        for name in row.files[:12]:
            yield f"    {printable(name)}"
        for message in row.messages:
            yield f"    {printable(message.path.rpartition('/')[2])}, untouched:"
            for text in message.lines():
                yield from wrapped(printable(text), "      ", "        ")
        if len(row.files) > 12:
            where = f" (`cpra manifest {request.number}` lists all)" if request else ""
            yield f"    and {len(row.files) - 12:,} more files{where}"
        yield f"    line {row.line}, recorded {row.recorded[:16].replace('T', ' ')}"
