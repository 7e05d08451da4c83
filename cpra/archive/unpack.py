"""What is inside a container, member by member, with every trap in it defused or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cpra.archive.kinds import Kind
from cpra.archive.limits import Limits
from cpra.archive.mailboxes import mailbox_members
from cpra.archive.member import (
    Budget,
    Damaged,
    Member,
    NotUnpacked,
    once,
    reading,
    safe_parts,
)
from cpra.archive.message import Message, message
from cpra.archive.outlook import outlook_message
from cpra.archive.tars import stream_members, tar_members
from cpra.archive.tnef import tnef_files
from cpra.archive.zips import zip_members

__all__ = ["Budget", "Damaged", "Member", "NotUnpacked", "members", "safe_parts"]


def members(path: Path, kind: Kind, budget: Budget) -> Iterator[Member]:
    """What is in this container; raises NotUnpacked, at the start or later, if it stays closed."""
    opener = OPENERS.get(kind)
    if opener is None:
        raise NotUnpacked(
            f"is a {kind} archive, which cpra keeps closed; unpack it and file what is in it"
        )
    return _guarded(opener(path, budget))


def _guarded(every: Iterator[Member]) -> Iterator[Member]:
    """The same members; whatever a prepared container makes its reader stumble over is damage."""
    while True:
        with reading():
            member = next(every, None)
        if member is None:
            return
        yield member


def left_closed(path: Path, kind: Kind, filed: int, limits: Limits) -> str:
    """What of a container is not among the files that came out of it; nothing when all of it is.

    A sentence without a subject. Only the list of a zip is read; no other kind has one.
    """
    if kind is not Kind.ZIP:
        closed = f"is a {kind} archive, which cpra keeps closed"
        return "" if filed else closed if kind not in OPENERS else "stays closed"
    count = 0
    try:
        for member in zip_members(path, Budget(limits)):
            if not member.name:
                return member.notice
            count += member.blocks is not None
    except NotUnpacked as reason:
        return "" if filed else f"{reason}; nothing in it was unpacked"
    if not count:
        return "holds 0 files"
    lost = f"{count - filed:,} of its {count:,} files could not be unpacked"
    return lost if filed < count else ""


def _mail_members(path: Path, budget: Budget) -> Iterator[Member]:
    with reading():
        found = message(path)
    yield from _attachments(found, budget)


def _outlook_members(path: Path, budget: Budget) -> Iterator[Member]:
    with reading():
        found = outlook_message(path)
    yield from _attachments(found, budget)


def _attachments(found: Message, budget: Budget) -> Iterator[Member]:
    for attachment in found.attachments:
        budget.take_entry()
        budget.take_bytes(len(attachment.data))
        parts, notice = safe_parts(attachment.name)
        yield Member(attachment.name, parts, once(attachment.data), notice)


def _tnef_members(path: Path, budget: Budget) -> Iterator[Member]:
    with reading():
        found = tnef_files(path.read_bytes())
    for file in found:
        budget.take_entry()
        budget.take_bytes(len(file.data))
        parts, notice = safe_parts(file.name)
        yield Member(file.name, parts, once(file.data), notice)


OPENERS: dict[Kind, Callable[[Path, Budget], Iterator[Member]]] = {
    Kind.ZIP: zip_members,
    Kind.EML: _mail_members,
    Kind.MSG: _outlook_members,
    Kind.MBOX: mailbox_members,
    Kind.TNEF: _tnef_members,
    Kind.TAR: tar_members,
    Kind.GZ: stream_members,
    Kind.BZ2: stream_members,
    Kind.XZ: stream_members,
}
