"""Prove what was filed: a manifest, an export or bag to hand over, a time-stamp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from cpra import __version__, disk, folder
from cpra.actions import keeping, limiting
from cpra.archive import seal, stamp
from cpra.archive.look import looked
from cpra.archive.looking import look_all
from cpra.archive.seal import Line
from cpra.archive.sniffer import kind
from cpra.archive.staging import Staging
from cpra.archive.stamp import ANSWER, MANIFEST, ROOTS, Question, Stamp
from cpra.archive.store import Unread
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.errors import CpraError, DeliveryFailed, NotFound, Refused, WrongUsage
from cpra.folder import FACTS, LOG
from cpra.index import rows
from cpra.workspace import Workspace, lock

Progress = Callable[[int, int, str], None]

SEALS = "seals"
LEFT_OUT = "left-out.txt"
CUSTODY = "custody.txt"
LARGEST = 1 << 20
"""Bytes of a time-stamp server's answer; real ones have a few thousand."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was handed out, and what was kept back."""

    place: Path
    files: int
    size: int
    left_out: tuple[str, ...]
    """Files with a failed redaction, and the containers that they came in."""


def manifest(path: Path, progress: Progress | None = None) -> str:
    """The SHA-256 of everything that was filed, of the facts and of the log, as they are now."""
    loaded = folder.load(path)
    request = folder.read(path)
    lines = seal.hashed(path, _papers(request), progress)
    last = loaded.log[-1].hash if loaded.log else ""
    return seal.manifest(lines, last)


def export(
    workspace: Workspace,
    path: Path,
    target: Path,
    *,
    bag: bool,
    sensitive: bool,
    progress: Progress | None = None,
) -> Exported:
    """Copy a request to a new folder, with a manifest or as a BagIt bag that carries its own proof.

    What has a failed redaction stays behind, and so do the containers of the same answer, unless
    `sensitive` asks for them; a list in the export names them.
    """
    if target.exists():
        raise Refused(
            f"{target} is there already; nothing is replaced; name another folder with --to"
        )
    if not target.parent.is_dir():
        raise NotFound(
            f"{target.parent} is not there; make it first, or name another folder with --to"
        )
    request = folder.read(path)
    disk.check_links(path)
    papers = _papers(request)
    if link := next((name for name in papers if (path / name).is_symlink()), ""):
        raise Refused(f"{link} is a link to another place, so nothing was exported")
    held_back = () if sensitive else _sensitive(workspace, path, request)
    going = [name for name in papers if name not in set(held_back)]
    lines = seal.hashed(path, going, None)
    _same_as_logged(request, lines)
    with disk.telling(f"exporting to {target}"), disk.staging(target.parent) as built:
        seal.copied(path, lines, built / path.name, progress)
        _about(built / path.name, request, held_back)
        if bag:
            seal.bag(built, _bag_info(request))
        else:
            names = sorted(p.relative_to(built).as_posix() for p in built.rglob("*") if p.is_file())
            whole = seal.manifest(seal.hashed(built, names))
            disk.write_new(built / MANIFEST, whole.encode())
        disk.move_new(built, target)
    size = sum((path / line.path).stat().st_size for line in lines)
    return Exported(target, len(lines), size, held_back)


def stamped(
    workspace: Workspace,
    path: Path,
    event: Event,
    roots: bytes = b"",
    progress: Progress | None = None,
) -> tuple[Event, Stamp]:
    """Have a time-stamp server say that this request's manifest exists now; log its answer.

    Only the manifest's hash leaves the computer. The answer is kept as it came, before it is read.
    """
    with lock(path):
        request = keeping.request(workspace, path)
        text = manifest(path, progress).encode()
        asked = stamp.question(text)
        answer = _stamp_of(event.server, asked)
        found = stamp.verified(text, answer, roots, asked)
        with disk.telling(f"writing a time-stamp of {request.id}"):
            parent = keeping.parent_folder(path, SEALS)
            with disk.staging(parent) as built:
                staging = Staging(built)
                for name, content in ((MANIFEST, text), (ANSWER, answer), (ROOTS, roots)):
                    if content:
                        staging.write(name, iter((content,)))
                staging.settle()
                contents = keeping.on_disk(built)
                target = _free(parent / f"{event.on.isoformat()}-stamp")
                disk.move_new(built, target)
                prefix = target.relative_to(path).as_posix()
                written = folder.append(
                    path,
                    replace(event, files={f"{prefix}/{k}": sha for k, sha in contents.items()}),
                )
    rows.touch(workspace, path)
    return written, found


def _stamp_of(server: str, asked: Question) -> bytes:
    """The server's answer as it came; it may go in clear, being a hash and signed."""
    from cpra.mail.web import ask

    headers = {"Content-Type": "application/timestamp-query"}
    try:
        answer = ask(
            server, "POST", headers=headers, body=asked.data, patience=60, most=LARGEST, clear=True
        )
    except WrongUsage as error:
        raise WrongUsage(
            f'"{server}" is no time-stamp server; write it like https://freetsa.org/tsr'
        ) from error
    except Refused:
        raise
    except CpraError as error:
        raise DeliveryFailed(f"{error}; nothing was written") from error
    if answer.status != 200:
        raise DeliveryFailed(
            f"{server} did not answer as a time-stamp server does (status {answer.status}); "
            "nothing was written"
        )
    return answer.body


def _papers(request: Request) -> list[str]:
    """Everything that was filed, the facts and the log."""
    named = {name for event in request.events for name in event.files}
    return [FACTS, LOG, *sorted(named)]


def _sensitive(workspace: Workspace, path: Path, request: Request) -> tuple[str, ...]:
    """Files in which a redaction failed, and the containers filed with them."""
    filed = {name: sha for event in request.events for name, sha in event.files.items()}
    there = {name: kind(path / name) for name in filed if (path / name).is_file()}
    wanted = [Unread(path / name, filed[name], there[name]) for name in there]
    look_all(wanted, workspace.cache, limits=limiting.limits(workspace))
    bad = {
        name
        for name in there
        if (look := looked(workspace.cache, filed[name])) and look.is_sensitive
    }
    places = {"/".join(name.split("/")[:2]) for name in bad}
    around = {
        name
        for name, what in there.items()
        if what.is_container and "/".join(name.split("/")[:2]) in places
    }
    return tuple(sorted(bad | around))


def _same_as_logged(request: Request, lines: Sequence[Line]) -> None:
    filed = {name: sha for event in request.events for name, sha in event.files.items()}
    for line in lines:
        if line.path in filed and filed[line.path] != line.sha256:
            raise Refused(
                f"{line.path} is not what it was when it was filed, so nothing was exported; "
                "`cpra check` names everything that changed"
            )


def _about(place: Path, request: Request, held_back: Sequence[str]) -> None:
    """The statement of custody, and what was left out."""
    words = files("cpra.archive").joinpath("custody.txt").read_text(encoding="utf-8")
    disk.write_new(
        place / CUSTODY,
        words.format(id=request.id, subject=request.subject, version=__version__).encode(),
    )
    if held_back:
        head = (
            "Left out of this export, because words or pictures that were meant to be blacked\n"
            "out are still in them, or because they hold such a file. The log names each with\n"
            "its hash.\n\n"
        )
        disk.write_new(place / LEFT_OUT, (head + "".join(f"{x}\n" for x in held_back)).encode())


def _bag_info(request: Request) -> dict[str, str]:
    return {
        "External-Identifier": request.id,
        "External-Description": request.subject,
        "Bag-Software-Agent": f"cpra {__version__}",
        **({"Source-Organization": o} if (o := request.requester.organization) else {}),
    }


def _free(target: Path) -> Path:
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}-{number}")
    return free
