"""Put what was filed into the search index: only the requests that changed are looked at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from cpra import disk
from cpra.actions import limiting
from cpra.archive.sniffer import kind
from cpra.errors import Problem
from cpra.index import pages
from cpra.index.pages import Document, Updated
from cpra.index.row import RequestRow
from cpra.index.rows import Rows, rows
from cpra.index.steps import NOTES, stamp_of_notes
from cpra.workspace import Workspace, shown

BATCH = 10_000
"""Files that are indexed before the next requests are looked at: after each, all merging ends."""
NOTHING = Updated(0, 0, (), ())

Progress = Callable[[int, int, str], None]


def index(
    workspace: Workspace, progress: Progress | None = None, *, batch_size: int = BATCH
) -> Updated:
    """Bring the search index into step with the folders; derived, so it may be deleted any time.

    It goes by batches of requests: what one has done stays done when the next is interrupted.
    """
    found = rows(workspace)
    try:
        noted = partial(stamp_of_notes, os.fspath(workspace.requests))
        names = found.unsearched(pages.identity(workspace.cache), noted)
        if not names:
            return NOTHING
        notes = {name: noted(name) for name in names}  # before they are read
        limits = limiting.limits(workspace)
        stamps, counts = found.stamps(), found.counts()
        listed = {row.folder: row for row in found.requests()}
        whole, before, done = sum(counts.get(name, 0) for name in names), 0, NOTHING
        for batch in _batches(names, counts, batch_size):
            closed: list[Problem] = []
            documents = [
                document
                for name in batch
                for document in _documents(workspace, found, listed[name], closed)
            ]
            part = pages.update(
                workspace.cache,
                documents,
                limits=limits,
                whole=[listed[name].id for name in batch],
                progress=_share(progress, before, len(documents), whole),
            )
            before += len(documents)
            done = done.and_then(replace(part, problems=(*part.problems, *closed)))
            again = {problem.path.split("/")[1] for problem in closed}
            kept = {n: stamps[n] for n in batch if n in stamps and n not in again}
            found.mark_searched(kept, notes, pages.identity(workspace.cache))
    finally:
        found.close()
    return done


def _batches(names: Sequence[str], counts: Mapping[str, int], most: int) -> Iterator[list[str]]:
    """Requests, so many at a time as have about as many files as memory should hold."""
    batch: list[str] = []
    size = 0
    for name in names:
        batch.append(name)
        size += 1 + counts.get(name, 0)
        if size >= most:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _share(progress: Progress | None, before: int, here: int, whole: int) -> Progress | None:
    """The progress of one batch as a part of the whole."""
    if progress is None:
        return None
    return lambda done, of, name: progress(min(whole, before + here * done // of), whole, name)


def _documents(
    workspace: Workspace, found: Rows, row: RequestRow, closed: list[Problem]
) -> Iterator[Document]:
    """What a request has to search: what came, what went, and the notes.

    One that cannot be opened is noted and left for the next time.
    """
    folder = workspace.requests / row.folder
    for filed in found.files(row.folder):
        file = folder / filed.path
        try:
            if file.is_file():
                yield _document(
                    row, file, filed.path, filed.sha256, filed.happened, filed.installment
                )
        except OSError as error:
            why = f"cannot be read ({(error.strerror or '').lower()}), so it is not searched"
            closed.append(Problem(shown(file, workspace), None, why))
    notes = folder / NOTES
    if notes.is_file() and notes.stat().st_size:
        yield _document(row, notes, NOTES, disk.sha256(notes), "", None)


def _document(
    row: RequestRow, file: Path, path: str, sha256: str, happened: str, installment: int | None
) -> Document:
    return Document(
        request=row.id,
        agency=row.agency,
        path=path,
        file=file,
        sha256=sha256,
        kind=kind(file),
        on=date.fromisoformat(happened) if happened else None,
        installment=installment,
    )
