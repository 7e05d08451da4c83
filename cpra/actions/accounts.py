"""Keep the e-mail accounts: servers in cpra.toml, secrets in the keyring."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from cpra import disk
from cpra.errors import CpraError, Refused, WrongUsage
from cpra.mail import credential, secret
from cpra.mail.account import Account, Entry, Kept, account, accounts
from cpra.mail.compose import check_address
from cpra.mail.secret import Secret
from cpra.workspace import MARKER, Workspace, drop_settings, lock, put_settings

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}")


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying an account: each server by itself, with a sentence if it failed."""

    server: str
    problem: str = ""
    mailboxes: tuple[tuple[str, int], ...] = ()
    """what it reads, and how many messages are there"""


def add(workspace: Workspace, key: str, entry: Entry, password: Secret | None) -> Account:
    """Write an account into cpra.toml and its password into the keyring; all of it or nothing."""
    known = check(workspace, key, entry)
    if known.kept is Kept.KEYRING and password is not None:
        credential.keep_password(known, password)
    elif known.kept in (Kept.KEYRING, Kept.OAUTH):
        secret.check_keyring()
    if known.password_command:
        secret.allow(known.password_command, known.config)
    with lock(workspace.requests), disk.telling("writing to cpra.toml"):
        put_settings(workspace, ("account", key), entry.settings)
    return known


def keep_password(known: Account, password: Secret) -> None:
    """Put a new password of an account into the keyring."""
    if known.kept is not Kept.KEYRING:
        raise WrongUsage(f"{known.key} has no password to keep: it uses {known.kept}")
    credential.keep_password(known, password)


def sign_in(known: Account, client_secret: Secret | None, show: Callable[[str], None]) -> None:
    """Sign in at the provider of an account; `show` opens its page, or tells the address."""
    if known.oauth is None:
        raise WrongUsage(f"{known.key} signs in with a password, not at a provider")
    credential.sign_in(known, client_secret, show)


def allow(known: Account) -> None:
    """Let this workspace run the program that prints the account's password."""
    if not known.password_command:
        raise WrongUsage(f"{known.key} runs no program for its password")
    secret.allow(known.password_command, known.config)


def remove(workspace: Workspace, known: Account) -> bool:
    """Take an account out of cpra.toml and its secrets out of the keyring.

    False when the keyring had none of it, or could not be asked.
    """
    try:
        gone = credential.forget(known)
    except CpraError:
        gone = False
    with lock(workspace.requests), disk.telling("writing to cpra.toml"):
        drop_settings(workspace, ("account", known.key))
    return gone


def tried(known: Account) -> tuple[Tried, ...]:
    """Connect to each server of an account and sign in; nothing is sent and nothing changed."""
    from cpra.mail import imap, imap_login, smtp

    found = []
    if known.smtp is not None:
        try:
            smtp.try_out(known.smtp, credential.credential(known, known.smtp))
            found.append(Tried(f"sending: {known.smtp}"))
        except CpraError as error:
            found.append(Tried(f"sending: {known.smtp}", str(error)))
    if known.imap is not None:
        try:
            with imap_login.signed_in(known) as box:
                found.append(Tried(f"reading: {known.imap}", "", tuple(imap.counts(box, known))))
        except CpraError as error:
            found.append(Tried(f"reading: {known.imap}", str(error)))
    return tuple(found)


def check(workspace: Workspace, key: str, entry: Entry) -> Account:
    """The account as it would be added, if everything that is said of it can be."""
    if not _KEY.fullmatch(key):
        raise WrongUsage(
            f'"{key}" cannot name an account; use a short plain word, such as "records"'
        )
    for name, value in entry.settings.items():
        if isinstance(value, str) and not value.isprintable():
            raise WrongUsage(f"{name} has a line break or an invisible character in it")
    check_address(entry.address)
    if entry.reply_to:
        check_address(entry.reply_to)
    known = account(key, entry, workspace.requests / MARKER)
    if not known.servers:
        raise WrongUsage(
            "an account needs a server: --smtp HOST:PORT to send, --imap HOST:PORT to read, or "
            "for Gmail, Microsoft 365 and what they run --provider google or microsoft"
        )
    if any(one.key == key for one in accounts(workspace)):
        raise Refused(
            f'there is an account "{key}" already; `cpra account remove {key}` takes it away'
        )
    return known
