"""The workspace: where the requests lie, who asks, and who may write at the moment.

A workspace is the nearest folder upwards that holds `requests/cpra.toml`. Its format has a number;
a workspace of a newer format is refused before anything is read or written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpra import __version__
from cpra.errors import BadFile, CpraError, NotFound

if TYPE_CHECKING:
    from cpra.core.request import Requester
    from cpra.core.schema import Data

FORMAT = 1
"""The number of the format on disk that this version reads and writes."""

MARKER = "cpra.toml"

CHECKED = "settings-checked"
"""In the cache: which cpra.toml was read and found right, so that it need not be read each time."""

PATIENCE = 30.0
"""Seconds to wait for another cpra that is writing to the same place."""

Setting = str | bool | int | list[str]
"""What may stand behind one key of a table of the settings."""

PRIVATE = 0o700
"""Mail, names and drafts lie there."""

GITATTRIBUTES = "* -text\nevents.jsonl merge=union\nagencies.jsonl merge=union\n"
GITIGNORE = ".cache/\n.lock\n.partial-*\n"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with the requester's templates and requests."""

    root: Path

    @property
    def requests(self) -> Path:
        """Holds one folder for each request, the address book and the settings."""
        return self.root / "requests"

    @property
    def templates(self) -> Path:
        """The requester's own letters and letterhead.docx."""
        return self.root / "templates"

    @property
    def cache(self) -> Path:
        """Everything derived; may be deleted at any moment."""
        return self.requests / ".cache"

    @property
    def agencies(self) -> Path:
        """The address book."""
        return self.requests / "agencies.toml"

    def requester(self) -> Requester:
        """Who asks, as cpra.toml says."""
        from cpra.core.request import Requester

        return Requester(**_config(self.requests / MARKER).get("requester", {}))


def find(start: Path, override: str | None = None) -> Workspace:
    """The workspace that `start` is in, or the named one; `NotFound` says how to make one."""
    if override:
        root = Path(override).expanduser()
        if not (root / "requests" / MARKER).is_file():
            raise NotFound(f"there is no workspace in {root}; `cpra init {root}` makes one")
        return _checked(root)
    for root in (start, *start.parents):
        if (root / "requests" / MARKER).is_file():
            return _checked(root)
    raise NotFound(
        f"there is no workspace in {start} or above it; `cpra init` makes one here, "
        "or name one with --workspace"
    )


def init(root: Path, readme: str) -> tuple[Path, ...]:
    """Make a workspace in a folder, around what is there already; gives the files that it wrote.

    `readme` is the description of the format, written into requests/README.md. The requests are
    the requester's alone (POSIX): others on the machine may not look in, unless they were let in
    before.
    """
    from cpra import disk

    made = []
    with disk.telling(f"making a workspace in {root}"):
        requests = root / "requests"
        if not requests.is_dir() or _only_tracked(requests):
            requests.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):  # a disk that knows no owners
                requests.chmod(PRIVATE)
        for folder in (root / "templates", requests / "inbox"):
            folder.mkdir(parents=True, exist_ok=True)
        for name, text in (
            ("README.md", readme),
            (".gitattributes", GITATTRIBUTES),
            (".gitignore", GITIGNORE),
            ("agencies.toml", _AGENCIES),
            (MARKER, _CONFIG),  # last: the marker says that the rest is there
        ):
            path = requests / name
            if not path.exists():
                disk.write_new(path, text.encode("utf-8"))
                made.append(path)
    return tuple(made)


def _only_tracked(requests: Path) -> bool:
    """True where nothing is but the page that a checkout has: nobody has chosen who looks in."""
    return {path.name for path in requests.iterdir()} <= {"README.md"}


def settings(workspace: Workspace) -> Data:
    """What cpra.toml says, as it stands there; each part has a module that knows its meaning."""
    return _config(workspace.requests / MARKER)


def put_settings(
    workspace: Workspace, place: tuple[str, ...], values: Mapping[str, Setting]
) -> None:
    """Write one table of cpra.toml anew (`account.records`); the rest of it stays as it is.

    The caller holds the lock of `requests/`.
    """
    import tomlkit

    path = workspace.requests / MARKER
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    inner: Any = document
    for name in place[:-1]:
        if name not in inner:
            inner.add(name, tomlkit.table(is_super_table=True))
        inner = inner[name]
    table = tomlkit.table()
    for name, value in values.items():
        table.add(name, value)
    inner[place[-1]] = table
    _rewrite(path, tomlkit.dumps(document))


def drop_settings(workspace: Workspace, place: tuple[str, ...]) -> None:
    """Take one table out of cpra.toml; the caller holds the lock of `requests/`."""
    import tomlkit

    path = workspace.requests / MARKER
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    inner: Any = document
    for name in place[:-1]:
        inner = inner[name]
    del inner[place[-1]]
    _rewrite(path, tomlkit.dumps(document))


@contextmanager
def lock(place: Path) -> Iterator[None]:
    """Be the only cpra that writes to a folder: a request's, the cache's, `requests/` for ids."""
    from filelock import FileLock, Timeout

    from cpra import disk

    if place.is_dir() and not (place / MARKER).exists():  # a request may lie elsewhere as a whole
        disk.check_links(place)
    held = FileLock(place / ".lock", timeout=PATIENCE)
    try:
        held.acquire()
    except Timeout:
        raise CpraError(
            f"another cpra has been writing to {place.name} for {PATIENCE:.0f} seconds; "
            "wait for it to finish and do this again"
        ) from None
    except OSError as error:
        why = disk.refusal(error) or f"{error.strerror or 'no reason is given'}; do it again"
        raise CpraError(f"{place} cannot be written to: {why}") from error
    try:
        yield
    finally:
        held.release()


def next_id(year: int, ids: Iterable[str]) -> str:
    """The id after the highest one of that year; the caller holds the lock of `requests/`."""
    highest = max((int(i[5:]) for i in ids if i.startswith(f"{year}-")), default=0)
    return f"{year}-{highest + 1:04d}"


def shown(path: Path, workspace: Workspace) -> str:
    """A path as the requester sees it: below the workspace, with forward slashes."""
    try:
        return path.relative_to(workspace.root).as_posix()
    except ValueError:
        return str(path)


def _checked(root: Path) -> Workspace:
    """Refuse a workspace of a newer format, or of wrong settings, before anything is done in it."""
    workspace = Workspace(root)
    path, note = workspace.requests / MARKER, workspace.cache / CHECKED
    seen = path.stat()
    stamp = f"{__version__} {seen.st_mtime_ns} {seen.st_size}"
    if _text(note) == stamp:
        return workspace
    number = _config(path)["format"]
    if number < 1:
        raise BadFile(f"{path} has format {number}, and the first format was 1; write `format = 1`")
    if number > FORMAT:
        raise BadFile(
            f"{path} has format {number}, and this cpra knows formats up to {FORMAT}; "
            "update cpra to work here"
        )
    with suppress(OSError):  # no cache yet, or a disk that cannot be written to: it is only slower
        note.write_text(stamp, encoding="utf-8")
    return workspace


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _rewrite(path: Path, text: str) -> None:
    """Put new settings in place of the old, if they are sound."""
    from cpra import disk
    from cpra.core import schema
    from cpra.core.settings import CONFIG_KEYS

    _, problems = schema.read(text, os.fspath(path), CONFIG_KEYS)
    if problems:
        raise BadFile("\n".join(str(problem) for problem in problems))
    disk.replace(path, text.encode("utf-8"))


def _config(path: Path) -> Data:
    from cpra.core import schema
    from cpra.core.settings import CONFIG_KEYS

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path} cannot be read: {error}") from error
    data, problems = schema.read(text, os.fspath(path), CONFIG_KEYS)
    if problems:
        raise BadFile("\n".join(str(problem) for problem in problems))
    return data


_CONFIG = """\
# This file marks the folder above as a cpra workspace. No secret belongs in it.
format = 1

# Who asks. All of it may stay empty: the law asks for no name. It is used for new requests.
[requester]
name = ""
organization = ""
email = ""
address = ""
phone = ""
"""

_AGENCIES = """\
# The address book: `cpra agency add NAME` writes here, and so may you.
#
# [agency.exampleville-pd]
# name = "Exampleville Police Department"
# kind = "city"      # city, county, state, federal, court or legislature: this picks the law
# aliases = ["EPD"]
# email = "records@example.org"
"""
