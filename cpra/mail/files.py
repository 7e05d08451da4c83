"""Messages that lie in files: .eml, .msg, mbox and Maildir, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from cpra.archive.kinds import Kind
from cpra.archive.limits import Limits
from cpra.archive.mailboxes import mailbox_members
from cpra.archive.member import Budget, NotUnpacked
from cpra.archive.sniffer import kind
from cpra.errors import NotFound, Problem
from cpra.mail.understanding import Arrival

MAIL_SUFFIXES = frozenset({".eml", ".msg", ".mbox", ".mbx"})
OTHER = frozenset({Kind.PDF, Kind.ZIP, Kind.DOCX, Kind.XLSX, Kind.PNG, Kind.JPEG, Kind.EMPTY})
"""What is certainly no message, whatever its name says."""

MANY = Limits(entries=1_000_000, total=10**12, ratio=0)
"""A mailbox of one's own may be large."""


def messages(sources: Iterable[Path]) -> Iterator[Arrival | Problem]:
    """Every message in these files and folders; of what is none, why not."""
    for source in sources:
        if not source.exists():
            raise NotFound(f"{source} is not there; nothing was fetched from it")
        if source.is_dir():
            yield from _folder(source)
        else:
            yield from _file(source, named=True)


def count(sources: Iterable[Path]) -> int:
    """About how many there will be, for a progress bar."""
    total = 0
    for source in sources:
        total += sum(1 for p in source.rglob("*") if p.is_file()) if source.is_dir() else 1
    return total


def _folder(source: Path) -> Iterator[Arrival | Problem]:
    """A Maildir's messages are the files in `new` and `cur`; elsewhere all that are mail."""
    maildir = (source / "cur").is_dir() and (source / "new").is_dir()
    for path in sorted(source.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        if maildir and path.parent.name not in ("new", "cur"):
            continue
        yield from _file(path, named=maildir)


def _file(path: Path, *, named: bool) -> Iterator[Arrival | Problem]:
    try:
        what = kind(path)
        if what is Kind.MBOX or path.suffix.lower() in (".mbox", ".mbx"):
            yield from _mailbox(path)
        elif what in OTHER or not (
            named or what in (Kind.EML, Kind.MSG) or path.suffix.lower() in MAIL_SUFFIXES
        ):
            yield Problem(str(path), None, "is no message, and was left where it is")
        else:
            yield _arrival(path.read_bytes(), f"the file {path.name}", path)
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        yield Problem(str(path), None, f"cannot be read ({reason})")


def _mailbox(path: Path) -> Iterator[Arrival | Problem]:
    try:
        found = 0
        for member in mailbox_members(path, Budget(MANY)):
            if member.blocks is not None:
                found += 1
                yield _arrival(b"".join(member.blocks()), f"the mailbox {path.name}")
        if not found:
            yield Problem(str(path), None, "holds no messages")
    except (NotUnpacked, ValueError) as reason:  # an empty file cannot be mapped
        yield Problem(str(path), None, f"cannot be read as a mailbox ({reason})")


def _arrival(data: bytes, source: str, path: Path | None = None) -> Arrival:
    return Arrival(data, sha256(data).hexdigest(), source, path=path)
