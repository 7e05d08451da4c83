"""Put what was filed into the search index: only the requests that changed are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from cpra import disk
from cpra.archive.kinds import kind
from cpra.errors import Problem
from cpra.index import pages
from cpra.index.pages import Document, Updated
from cpra.index.rows import RequestRow, Rows, rows
from cpra.workspace import Workspace, shown

NOTES = "notes.md"

Progress = Callable[[int, int, str], None]


def index(workspace: Workspace, progress: Progress | None = None) -> Updated:
    """Bring the search index into step with the folders; derived, so it may be deleted any time."""
    found = rows(workspace)
    try:
        if not pages.is_current(workspace.cache):
            names = [row.folder for row in found.requests()]
        else:
            names = found.unsearched()
        if not names:
            return Updated(0, 0, (), ())
        stamps = found.stamps()
        wanted = set(names)
        listed = {row.folder: row for row in found.requests() if row.folder in wanted}
        closed: list[Problem] = []
        documents = [
            document
            for row in listed.values()
            for document in _documents(workspace, found, row, closed)
        ]
        ids = [row.id for row in listed.values()]
        done = pages.update(workspace.cache, documents, whole=ids, progress=progress)
        again = {problem.path.split("/")[1] for problem in closed}
        found.mark_searched({n: stamps[n] for n in names if n in stamps and n not in again})
    finally:
        found.close()
    return replace(done, problems=(*done.problems, *closed))


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
