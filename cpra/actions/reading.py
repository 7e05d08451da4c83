"""Read the words of what was filed, by OCR too, and bring the search into step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpra import folder
from cpra.actions import limiting
from cpra.archive import ocr
from cpra.archive.limits import Limits
from cpra.archive.look import covered, looked
from cpra.archive.looking import look_all
from cpra.archive.sniffer import kind
from cpra.archive.store import Unread
from cpra.archive.text import read_all, read_scans, stored_text
from cpra.core.request import Request
from cpra.errors import CpraError, NotFound, WrongUsage
from cpra.index import pages
from cpra.index.pages import Document
from cpra.workspace import Workspace

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the words of one document have been read."""

    path: str
    kind: str
    pages: int
    unread: tuple[int, ...]
    """Pages that show something but have no words that can be searched."""
    by_ocr: int
    """Pages whose words OCR has read."""
    problems: tuple[str, ...]


def read(
    workspace: Workspace, path: Path, *, scans: bool = False, progress: Progress | None = None
) -> tuple[Reading, ...]:
    """Read every document of a request, and the pages that only OCR can read if they are few.

    With `scans` all of those are read, however long it takes.
    """
    if scans and not ocr.engine():
        raise CpraError(f"nothing that reads pictures is installed here; install it: {ocr.INSTALL}")
    request = folder.read(path)
    wanted = dict(_documents(path, request))
    cache, documents = workspace.cache, list(wanted.values())
    limits = limiting.limits(workspace)
    read_all(documents, cache, limits=limits, progress=progress)
    look_all(documents, cache, limits=limits, progress=progress)
    if scans:
        read_scans(documents, cache, limits=limits, progress=progress)
    else:
        read_few_scans(documents, cache, limits, progress)
    pages.update(cache, list(_indexed(path, request)), limits=limits)
    return tuple(_reading(cache, name, document) for name, document in wanted.items())


def read_few_scans(
    documents: Sequence[Unread], cache: Path, limits: Limits, progress: Progress | None = None
) -> int:
    """Read pages without words by OCR where something here can, and soon; how many have words now.

    More pages than the setting says wait until they are asked for: ten thousand take a night.
    """
    if 0 < waiting(documents, cache) <= limits.ocr and ocr.engine():
        return read_scans(documents, cache, limits=limits, progress=progress)
    return 0


def waiting(documents: Sequence[Unread], cache: Path) -> int:
    """How many pages of these have no words and wait for OCR."""
    count = 0
    for document in {document.sha256: document for document in documents}.values():
        if document.kind.has_scans and (stored := stored_text(cache, document.sha256)):
            with stored:
                count += len(stored.summary.waiting)
    return count


def words(workspace: Workspace, path: Path, file: str, page: int | None) -> str:
    """The words of one document or of one page of it; what was covered is not among them."""
    document = dict(_documents(path, folder.read(path)))[file]
    limits = limiting.limits(workspace)
    read_all([document], workspace.cache, limits=limits)
    look_all([document], workspace.cache, limits=limits)
    stored = stored_text(workspace.cache, document.sha256)
    look = looked(workspace.cache, document.sha256)
    if stored is None:
        raise CpraError(f"{file} cannot be read now; try again")
    with stored:
        if page is not None and not 1 <= page <= stored.count:
            has = f"{stored.count} page{'' if stored.count == 1 else 's'}"
            raise WrongUsage(f"{file} has {has}; there is no page {page}")
        shown = [stored.page(page)] if page is not None else list(stored)
    return "\f".join(covered(one.text, one.number, look) for one in shown)


def found(path: Path, text: str) -> str:
    """The one filed document that a person means, by its path or a piece of it."""
    request = folder.read(path)
    names = [name for name, _ in _documents(path, request)]
    exact = [name for name in names if name == text or name.rpartition("/")[2] == text]
    fitting = exact or [name for name in names if text.casefold() in name.casefold()]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        way = f"`cpra manifest {request.number}` lists them"
        raise NotFound(f'no file of {request.id} is called "{text}"; {way}')
    shown = ", ".join(fitting[:5]) + (f" and {len(fitting) - 5} more" if fitting[5:] else "")
    raise NotFound(f'"{text}" fits {len(fitting)} files: {shown}; give more of the name')


def _documents(path: Path, request: Request) -> Iterator[tuple[str, Unread]]:
    """Every document of the log that is there, by its path below the request."""
    for event in request.events:
        for name, sha256 in sorted(event.files.items()):
            if (path / name).is_file():
                yield name, Unread(path / name, sha256, kind(path / name))


def _indexed(path: Path, request: Request) -> Iterator[Document]:
    for event in request.events:
        for name, sha256 in sorted(event.files.items()):
            if (path / name).is_file():
                yield Document(
                    request=request.id,
                    agency=request.agency,
                    path=name,
                    file=path / name,
                    sha256=sha256,
                    kind=kind(path / name),
                    on=event.on,
                    installment=event.installment,
                )


def _reading(cache: Path, name: str, document: Unread) -> Reading:
    stored = stored_text(cache, document.sha256)
    if stored is None:
        return Reading(name, str(document.kind), 0, (), 0, ("changed while it was read",))
    with stored:
        about = stored.summary
        read_by_ocr = len(set(about.tried) - set(about.unread))
        return Reading(
            *(name, str(document.kind), stored.count, about.unread, read_by_ocr, about.problems)
        )
