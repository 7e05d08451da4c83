"""`cpra audit`: what came against what was asked, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cpra.cli.complete import requests
from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, fitted, json_option, print_json, printable, progress_bar, say
from cpra.errors import Refused, WrongUsage

if TYPE_CHECKING:
    from cpra.reports.audit import Audit, InstallmentRow

SHOWN = 20
"""Lines of one heading before the rest are only counted."""


@click.command(epilog="Example: cpra audit 9 --output audit.xlsx")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.option("--redactions", is_flag=True, help="Every place where a redaction hides too little.")
@click.option("--reveal", is_flag=True, help="With the words under it. Think before you share.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.xlsx",
    help="Write it all into a new spreadsheet.",
)
@json_option
@pass_here
def audit(
    here: Here,
    request_id: str,
    redactions: bool,
    reveal: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """Compare what came for request ID with what was asked: items, gaps, bad files, redactions."""
    from cpra import folder
    from cpra.actions import limiting, reading
    from cpra.index.rows import rows
    from cpra.reports import audit as report

    if reveal and not redactions and output is None and not as_json:
        raise WrongUsage("--reveal goes with --redactions, --output or --json")
    path = here.folder(request_id)
    move, end = progress_bar("Reading")
    try:
        reading.read(here.workspace, path, progress=move)
    finally:
        end()
    request = folder.read(path)
    index = rows(here.workspace)
    firsts = {
        name: f"{first.folder}/{first.path}"
        for event in request.events
        for name, sha in event.files.items()
        if (first := index.first_of(sha)) and (first.folder, first.path) != (path.name, name)
    }
    index.close()
    limits = limiting.limits(here.workspace)
    found = report.audit(path, request, here.workspace.cache, firsts, reveal=reveal, limits=limits)
    if output is not None:
        _write(found, output)
    elif as_json:
        print_json(found)
    else:
        for line in _redactions(found) if redactions else _lines(found):
            click.echo(fitted(printable(line), "      "))


def _write(found: Audit, output: Path) -> None:
    from cpra import disk
    from cpra.reports import workbook
    from cpra.reports.audit_sheets import sheets

    if output.suffix.lower() != ".xlsx":
        raise WrongUsage(f"{output} should end in .xlsx")
    with disk.telling(f"writing {output}"):
        try:
            workbook.write(output, sheets(found))
        except FileExistsError:
            raise Refused(f"{output} is there already; nothing is replaced") from None
    say(f"Wrote {output}")


def _lines(found: Audit) -> Iterator[str]:
    number = int(found.request.rpartition("-")[2])
    files = counted(len(found.files), "file")
    yield f"{found.request} · {files}, {counted(sum(f.pages for f in found.files), 'page')}"
    if found.items:
        yield "ITEMS"
    for item in found.items:
        came = (
            f"{counted(item.files, 'file')}, {counted(item.pages, 'page')} in "
            f"{counted(item.productions, 'production')}, last {item.last}"
            if item.productions
            else "nothing came"
        )
        yield f"  {item.number}  {item.status:<16} {came}"
        yield f"     {item.asked[:90]}"
    if len(found.installments) > 1 or any(row.number for row in found.installments):
        yield from _headed("INSTALLMENTS", [_installment(row) for row in found.installments])
    yield from _headed("GAPS", [f"{g.row}: {_span(g.first, g.last)} {g.what}" for g in found.gaps])
    bad = [
        f"{row.path}: {'; '.join((*row.problems, *_unread(row.unread, number)))}"
        for row in found.flawed
    ]
    yield from _headed("FILES TO LOOK AT", bad)
    kept = [
        f"{one.path}, page {one.page}: {', '.join(one.grounds) or 'no ground stated'}"
        for one in found.withheld
    ]
    yield from _headed("WITHHELD PAGES", kept)
    if found.covered:
        pages = {(one.path, one.page) for one in found.covered}
        where = f"{counted(len(pages), 'page')} in {counted(len({p for p, _ in pages}), 'file')}"
        yield "REDACTIONS THAT HIDE TOO LITTLE"
        yield f"  {where}; `cpra audit {number} --redactions` lists them and shows nothing"
    carried = [
        f"{one.path}: {one.what} ({one.detail})" for one in found.carries if one.what != "metadata"
    ]
    yield from _headed("CARRIED ALONG", carried)


def _installment(row: InstallmentRow) -> str:
    number = str(row.number or "")
    about = f" · items {', '.join(map(str, row.items))}" if row.items else ""
    last = " · said to be the last" if row.complete else ""
    what = f"{counted(row.files, 'file')}, {counted(row.pages, 'page')}"
    return f"{number:>2}  {row.on.isoformat()}  {what}{about}{last}"


def _redactions(found: Audit) -> Iterator[str]:
    if not found.covered:
        yield "No redaction was found that hides without removing."
    for one in found.covered:
        left, bottom, right, top = one.box
        much = f", {counted(one.characters, 'character')}" if one.characters else ""
        yield f"{one.path}, page {one.page}: {one.hiding}{much}"
        yield f"    box {left},{bottom} to {right},{top} (points from the lower left corner)"
        if one.text:
            yield f"    {one.text}"


def _headed(heading: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield heading
        yield from (f"  {line}" for line in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield f"  and {len(lines) - SHOWN:,} more; `--output FILE.xlsx` has them all"


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _unread(pages: int, request: int) -> tuple[str, ...]:
    words = f"{counted(pages, 'page')} without words; `cpra text {request} --ocr` reads them"
    return (words,) if pages else ()
