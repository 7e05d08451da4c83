"""What an account shows its servers: a password, or a token that is renewed each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from cpra.errors import NotFound
from cpra.mail import oauth, secret
from cpra.mail.account import Account, Kept
from cpra.mail.secret import Secret
from cpra.mail.server import Server


@dataclass(frozen=True, slots=True)
class Credential:
    """A login and its secret; a token is shown in another way than a password."""

    login: str
    secret: Secret
    is_token: bool = False


def credential(account: Account, server: Server) -> Credential | None:
    """What to show that server; None when it asks for nothing. `NotFound` says how to sign in."""
    if account.kept is Kept.NONE:
        return None
    if account.oauth is not None:
        return Credential(account.login, _token(account), is_token=True)
    if account.password_command:
        return Credential(account.login, secret.printed(account.password_command, account.config))
    found = secret.stored(server.host, account.login)
    if found is None:
        raise NotFound(
            f"the keyring has no password of {account.login} for {server.host}; "
            f"`cpra account login {account.key}` asks for it"
        )
    return Credential(account.login, found)


def keep_password(account: Account, password: Secret) -> None:
    """Put the account's password into the keyring, for each of its servers by itself."""
    for host in {server.host for server in account.servers}:
        secret.store(host, account.login, password)


def sign_in(account: Account, client_secret: Secret | None, show: Callable[[str], None]) -> None:
    """Sign in at the provider and keep the token for renewal in the keyring."""
    assert account.oauth is not None  # noqa: S101 (the caller has looked)
    secret.check_keyring()
    tokens = oauth.sign_in(account.oauth, account.login, client_secret, show)
    if tokens.refresh is None:
        raise NotFound(
            "the provider gave no token to renew with, so every fetch would ask again; give the "
            'scope that allows it with --scope (often "offline_access")'
        )
    secret.store(_provider(account), _who(account), tokens.refresh)
    if client_secret is not None:
        secret.store(_provider(account), f"{_who(account)} client", client_secret)


def forget(account: Account) -> bool:
    """Take everything of the account out of the keyring; True when there was something."""
    if account.oauth is not None:
        gone = [
            secret.forget(_provider(account), who)
            for who in (_who(account), f"{_who(account)} client")
        ]
    elif account.kept is Kept.KEYRING:
        gone = [secret.forget(host, account.login) for host in {s.host for s in account.servers}]
    else:
        return False
    return any(gone)


def _token(account: Account) -> Secret:
    assert account.oauth is not None  # noqa: S101 (the caller has looked)
    refresh = secret.stored(_provider(account), _who(account))
    if refresh is None:
        raise NotFound(
            f"{account.key} is not signed in; `cpra account login {account.key}` opens the "
            "provider's page"
        )
    client_secret = secret.stored(_provider(account), f"{_who(account)} client")
    tokens = oauth.renewed(account.oauth, refresh, client_secret)
    if tokens.refresh is not None and tokens.refresh.reveal() != refresh.reveal():
        secret.store(_provider(account), _who(account), tokens.refresh)
    return tokens.access


def _provider(account: Account) -> str:
    assert account.oauth is not None  # noqa: S101 (the callers have looked)
    return urlsplit(account.oauth.token_url).hostname or ""


def _who(account: Account) -> str:
    """The token belongs to these servers only: it is never shown to others."""
    return " ".join((account.login, *(server.host for server in account.servers)))
