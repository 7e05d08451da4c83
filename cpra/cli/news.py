"""What `cpra file` says after filing: what cannot be read, what needs OCR, what is sensitive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cpra.cli.here import Here
from cpra.cli.page import counted, progress_bar, say

if TYPE_CHECKING:
    from cpra.actions.filing import Filing
    from cpra.actions.news import News


def news_of(here: Here, path: Path, done: Filing) -> News | None:
    """Read what was filed; None when that is stopped, or the disk does not let it be kept."""
    from cpra.actions.news import news

    move, end = progress_bar("Reading")
    try:
        return news(here.workspace, path, done.event, move)
    except OSError as error:
        say(f"It is filed, but was not read now ({error.strerror}); `cpra search` reads it.")
        return None
    except KeyboardInterrupt:
        way = f"`cpra text {done.request.number}` reads the rest"
        say(f"\nIt is filed; only the reading was stopped. {way}, and so does `cpra search`.")
        return None
    finally:
        end()


def tell(found: News, number: int) -> None:
    """The lines, each with what to do."""
    if found.sensitive_pages:
        pages = counted(found.sensitive_pages, "page")
        files = counted(found.sensitive_files, "file")
        click.echo(
            f"  {pages} in {files} hide words or pictures that were not removed: marked "
            f"sensitive, not shown. See `cpra audit {number} --redactions`"
        )
    if found.by_ocr:
        click.echo(f"  {counted(found.by_ocr, 'page')} without words: read by OCR")
    if found.wordless:
        shows = "shows" if found.wordless == 1 else "show"
        click.echo(
            f"  {counted(found.wordless, 'page')} {shows} something, and OCR found no words there"
        )
    if found.unread_pages:
        pages = counted(found.unread_pages, "page")
        have = "has" if found.unread_pages == 1 else "have"
        click.echo(f"  {pages} {have} no words; reading them needs OCR: `cpra text {number} --ocr`")
