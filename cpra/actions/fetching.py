"""Collect the answers: from a mail server where the last fetch stopped, or from files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cpra.actions.sorting import Fetched, Sorting
from cpra.errors import NotFound, Problem
from cpra.mail import files, inbox
from cpra.mail.account import Account
from cpra.mail.ahead import Ahead, Came
from cpra.mail.incoming import read
from cpra.mail.journal import Line
from cpra.mail.matching import Requests
from cpra.mail.understanding import Arrival
from cpra.workspace import Workspace, lock

if TYPE_CHECKING:
    from cpra.mail.imap import Listed, Mailbox

BATCH = 1_000
"""Messages that are put in their places together …"""
BATCH_BYTES = 16 * 1024 * 1024
"""… as long as they are not larger than this …"""
ENOUGH = 500
"""… or so many, when the next are not here yet."""

Progress = Callable[[int, int, str], None]


def fetch(
    workspace: Workspace,
    account: Account,
    sorts: Sorting,
    *,
    since: date | None = None,
    mailboxes: Sequence[str] = (),
    progress: Progress | None = None,
) -> Fetched:
    """Read an account's mailboxes from where the last fetch stopped; nothing is marked as seen.

    The first fetch begins with the day on which the first request was sent.
    """
    from cpra.mail import imap, imap_login

    if since is None:
        sorts.start = _first_sent(sorts.requests)
    with (
        lock(inbox.folder(workspace)),
        closing(sorts),
        imap_login.signed_in(account) as box,
    ):
        for name in mailboxes or account.mailboxes:
            opened = imap.mailbox(box, account, name)
            _fetch_mailbox(account, opened, sorts, since, progress)
    return sorts.done


def _fetch_mailbox(
    account: Account,
    box: Mailbox,
    sorts: Sorting,
    start: date | None,
    progress: Progress | None,
) -> None:
    """One mailbox, from where the last fetch stopped; or, with a day to start from, all of it."""
    key = (account.key, box.name, box.validity)
    begun = sorts.journal.next_uid(*key)
    since = start or (sorts.start if begun == 1 else None)
    numbers = box.numbers(1 if start else begun, since)
    had = sorts.journal.uids(*key)
    sorts.readers.expect(0 if account.only_related else len(set(numbers) - had))
    listed = box.listed(numbers)
    wanted = [one for one in listed if one.uid not in had]
    if account.only_related:
        wanted = _related(box, sorts, wanted)
    left = {one.uid for one in wanted}
    source = f"{box.name} of {account.address}"
    here = Line(
        recorded=sorts.recorded, account=account.key, mailbox=box.name, validity=box.validity
    )

    def arrivals() -> Iterator[tuple[Arrival, Line]]:
        for mail in box.mails(wanted):
            sha = sha256(mail.data).hexdigest()
            line = replace(here, sha256=sha, uid=mail.uid)
            yield Arrival(mail.data, sha, source, mail.arrived), line

    sorts.readers.expect(len(wanted))
    with Ahead(arrivals(), sorts.readers, sorts.journal.hashes, box.hang_up) as ahead:
        for done, came in enumerate(_taken(ahead, sorts), start=1):
            left.discard(came.line.uid)
            if progress:
                progress(done, len(wanted), source)
    if ahead.lost is not None:
        raise ahead.lost
    if left:
        what = "a message" if len(left) == 1 else f"{len(left)} messages"
        text = f"the server did not hand over {what}; the next fetch asks again"
        sorts.done.problems.append(Problem(source, None, text))
    after = min(left) if left else max((one.uid for one in listed), default=begun - 1) + 1
    if after > begun:
        sorts.journal.note([replace(here, uid=after)])


def _related(box: Mailbox, sorts: Sorting, wanted: Sequence[Listed]) -> list[Listed]:
    """Of a mailbox shared with other mail only what the headers tie to a request."""
    found = {
        head.uid for head in box.heads(wanted) if sorts.requests.is_related(read(head.data, ""))
    }
    sorts.done.unrelated += len(wanted) - len(found)
    return [one for one in wanted if one.uid in found]


def fetch_files(
    workspace: Workspace,
    sources: Sequence[Path],
    sorts: Sorting,
    progress: Progress | None = None,
) -> Fetched:
    """Take the messages out of files and folders; they stay there as they are."""
    total = files.count(sources)

    def arrivals() -> Iterator[tuple[Arrival, Line]]:
        for one in files.messages(sources, sorts.done.problems):
            line = Line(recorded=sorts.recorded, sha256=one.sha256, source=one.source)
            yield one, line

    with lock(inbox.folder(workspace)), closing(sorts):
        sorts.readers.expect(total)
        with Ahead(arrivals(), sorts.readers, sorts.journal.hashes) as ahead:
            for done, came in enumerate(_taken(ahead, sorts), start=1):
                if progress:
                    progress(done, max(total, done), came.arrival.source)
        if ahead.lost is not None:
            raise ahead.lost
    return sorts.done


def _taken(ahead: Ahead, sorts: Sorting) -> Iterator[Came]:
    """Every message that comes, put in its place with those that came with it."""
    batch: list[Came] = []
    size = 0
    for came in ahead:
        yield came
        batch.append(came)
        size += len(came.arrival.data)
        full = len(batch) >= BATCH or size >= BATCH_BYTES
        if full or (len(batch) >= ENOUGH and ahead.is_waiting):
            sorts.take(batch)
            batch, size = [], 0
    sorts.take(batch)  # also when the connection was lost: what has come is kept


def _first_sent(requests: Requests) -> date:
    days = [one.sent for one in requests.every if one.sent]
    if not days:
        raise NotFound(
            "no request has been sent yet, so there is no answer to collect; "
            "`cpra fetch --since DATE` reads the mailbox all the same"
        )
    return min(days)
