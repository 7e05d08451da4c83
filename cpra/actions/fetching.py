"""Collect the answers: from a mail server where the last fetch stopped, or from files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cpra.actions.sorting import Fetched, Sorting
from cpra.errors import NotFound, Problem
from cpra.mail import files, inbox
from cpra.mail.account import Account
from cpra.mail.coming import Came, Coming, coming
from cpra.mail.incoming import read
from cpra.mail.journal import Line
from cpra.mail.matching import Requests
from cpra.mail.understanding import Arrival
from cpra.workspace import Workspace, lock

if TYPE_CHECKING:
    from cpra.mail.imap import Listed, Mailbox

BATCH = 800
"""Messages that are put in their places together …"""
BATCH_BYTES = 16 * 1024 * 1024
"""… as long as they are not larger than this."""
FIRST = 200
"""Messages of the first batch, which has nothing before it that could be done meanwhile."""

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
    with lock(inbox.folder(workspace)), closing(sorts), ExitStack() as stack:
        box = None
        for name in mailboxes or account.mailboxes:
            box = box or stack.enter_context(imap_login.signed_in(account))
            opened = imap.mailbox(box, account, name)
            _fetch_mailbox(account, opened, sorts, since, progress)
            if opened.is_over:
                box = None
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
    had = sorts.journal.uids(*key)
    listed = box.listed(box.numbers(1 if start else begun, since))
    wanted = [one for one in listed if one.uid not in had]
    if account.only_related:
        wanted = _related(box, sorts, wanted)
    left = {one.uid for one in wanted}
    source = f"{box.name} of {account.address}"
    here = Line(
        recorded=sorts.recorded, account=account.key, mailbox=box.name, validity=box.validity
    )

    def arrivals() -> Iterator[Arrival]:
        for mail in box.mails(wanted):
            sha = sha256(mail.data).hexdigest()
            yield Arrival(mail.data, sha, source, mail.arrived, uid=mail.uid)

    with coming(
        arrivals(), len(wanted), sorts.understanding, sorts.journal.hashes, box.hang_up
    ) as mails:
        for done, came in enumerate(_taken(mails, sorts, here), start=1):
            left.discard(came.arrival.uid)
            if progress:
                progress(done, len(wanted), source)
    if mails.lost is not None:
        raise mails.lost
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
    here = Line(recorded=sorts.recorded)
    with lock(inbox.folder(workspace)), closing(sorts):
        known = sorts.journal.hashes
        with coming(files.messages(sources), total, sorts.understanding, known) as mails:
            for done, came in enumerate(_taken(mails, sorts, here), start=1):
                if progress:
                    progress(done, max(total, done), came.arrival.source)
        sorts.done.problems += mails.problems
        if mails.lost is not None:
            raise mails.lost
    return sorts.done


def _taken(mails: Coming, sorts: Sorting, here: Line) -> Iterator[Came]:
    """Every message that comes, put in its place with those that came with it."""
    batch: list[Came] = []
    size, enough = 0, FIRST
    if mails.is_beside:
        sorts.prepare()
    for came in mails:
        yield came
        batch.append(came)
        size += len(came.arrival.data)
        if len(batch) >= enough or size >= BATCH_BYTES:
            sorts.take(batch, here)
            batch, size, enough = [], 0, BATCH
    if batch:  # also when the connection was lost: what has come is kept
        sorts.take(batch, here)


def _first_sent(requests: Requests) -> date:
    days = [one.sent for one in requests.every if one.sent]
    if not days:
        raise NotFound(
            "no request has been sent yet, so there is no answer to collect; "
            "`cpra fetch --since DATE` reads the mailbox all the same"
        )
    return min(days)
