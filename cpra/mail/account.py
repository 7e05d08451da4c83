"""An e-mail account as cpra.toml names it: address, servers, and where its secret is kept."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from cpra.core import schema
from cpra.errors import NotFound, WrongUsage
from cpra.mail.providers import PROVIDERS, Provider
from cpra.mail.server import Server, check_url, server
from cpra.workspace import MARKER, Setting, Workspace, settings

SMTP_PORT, IMAP_PORT = 587, 993


class Kept(StrEnum):
    """Where the secret of an account comes from."""

    KEYRING = "keyring"
    COMMAND = "command"
    OAUTH = "oauth"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An account's table in cpra.toml, as it stands there; what is empty is not written."""

    address: str
    name: str = ""
    reply_to: str = ""
    login: str | None = None
    """the address unless it is given; empty when the servers ask for none"""
    smtp: str = ""
    smtp_security: str = ""
    imap: str = ""
    imap_security: str = ""
    timeout: int = 30
    password_command: tuple[str, ...] = ()
    provider: str = ""
    client_id: str = ""
    authorize_url: str = ""
    token_url: str = ""
    scope: str = ""
    mailboxes: tuple[str, ...] = ()
    take: str = ""
    sent_folder: str = ""
    save_sent: bool | None = None

    @property
    def settings(self) -> dict[str, Setting]:
        """What is written into cpra.toml."""
        found: dict[str, Setting] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                found[field.name] = list(value) if isinstance(value, tuple) else value
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """Signing in without a password: the provider's addresses and the program's own id there."""

    client_id: str
    authorize_url: str
    token_url: str
    scope: str
    redirect_host: str = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One mailbox that cpra may send from and read."""

    key: str
    address: str
    name: str = ""
    reply_to: str = ""
    login: str = ""
    """empty: the servers (on this machine) ask for none"""
    smtp: Server | None = None
    imap: Server | None = None
    password_command: tuple[str, ...] = ()
    oauth: OAuth | None = None
    mailboxes: tuple[str, ...] = ("INBOX",)
    only_related: bool = False
    """leave on the server what has to do with no request"""
    sent_folder: str = ""
    save_sent: bool = True
    config: Path = Path()
    """the settings file that it stands in"""

    @property
    def kept(self) -> Kept:
        """Where its secret is."""
        if not self.login:
            return Kept.NONE
        if self.oauth:
            return Kept.OAUTH
        return Kept.COMMAND if self.password_command else Kept.KEYRING

    @property
    def domain(self) -> str:
        """What stands behind the @ of its address."""
        return self.address.rpartition("@")[2].lower()

    @property
    def servers(self) -> tuple[Server, ...]:
        """Where it sends and reads."""
        return tuple(one for one in (self.smtp, self.imap) if one)


def accounts(workspace: Workspace) -> tuple[Account, ...]:
    """Every account of a workspace, in the order in which they were added."""
    config = workspace.requests / MARKER
    every = settings(workspace).get("account", {})
    return tuple(account(key, _entry(table), config) for key, table in every.items())


def find(workspace: Workspace, name: str = "") -> Account:
    """The account that a person means; without a name the first one."""
    every = accounts(workspace)
    if not every:
        raise NotFound(
            "there is no e-mail account yet; `cpra account add NAME --address you@example.org` "
            "adds one"
        )
    if not name:
        return every[0]
    for one in every:
        if name.casefold() in (one.key.casefold(), one.address.casefold()):
            return one
    names = ", ".join(one.key for one in every)
    raise NotFound(f'there is no account "{name}"; there are: {names}')


def account(key: str, entry: Entry, config: Path) -> Account:
    """An account from its table, with the provider's servers where it names none of its own."""
    provider = _provider(entry.provider)
    smtp = entry.smtp or (provider.smtp if provider else "")
    imap = entry.imap or (provider.imap if provider else "")
    timeout = float(entry.timeout)
    return Account(
        key=key,
        address=entry.address,
        name=entry.name,
        reply_to=entry.reply_to,
        login=entry.address if entry.login is None else entry.login,
        smtp=server(smtp, entry.smtp_security, SMTP_PORT, timeout) if smtp else None,
        imap=server(imap, entry.imap_security, IMAP_PORT, timeout) if imap else None,
        password_command=entry.password_command,
        oauth=_oauth(entry, provider),
        mailboxes=entry.mailboxes or ("INBOX",),
        only_related=entry.take == "related",
        sent_folder=entry.sent_folder,
        save_sent=_saves_sent(entry, provider),
        config=config,
    )


def _entry(table: schema.Data) -> Entry:
    plain: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in table.items()}
    return Entry(**plain)


def _provider(name: str) -> Provider | None:
    if name and name not in PROVIDERS:
        raise WrongUsage(
            f'"{name}" is no provider that cpra knows ({", ".join(PROVIDERS)}); name its servers '
            "with --smtp and --imap"
        )
    return PROVIDERS.get(name)


def _saves_sent(entry: Entry, provider: Provider | None) -> bool:
    """Some providers put what is sent through them into the Sent folder by themselves."""
    if entry.save_sent is not None:
        return entry.save_sent
    return not (provider and provider.keeps_sent)


def _oauth(entry: Entry, provider: Provider | None) -> OAuth | None:
    if not entry.client_id:
        return None
    authorize = entry.authorize_url or (provider.authorize_url if provider else "")
    token = entry.token_url or (provider.token_url if provider else "")
    if not authorize or not token:
        raise WrongUsage(
            "signing in without a password needs the provider's two addresses: --authorize-url "
            "and --token-url"
        )
    return OAuth(
        client_id=entry.client_id,
        authorize_url=check_url(authorize),
        token_url=check_url(token),
        scope=entry.scope or (provider.scope if provider else ""),
        redirect_host=provider.redirect_host if provider else "127.0.0.1",
    )
