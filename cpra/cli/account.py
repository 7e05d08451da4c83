"""`cpra account`: the e-mail accounts that cpra may send from and read."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from cpra.cli.group import Group
from cpra.cli.here import Here, pass_here
from cpra.cli.page import (
    counted,
    fitted,
    json_option,
    on_terminal,
    print_json,
    printable,
    say,
    wrapped,
)
from cpra.cli.passwords import asked_password, stdin_option
from cpra.core.settings import SECURITY

if TYPE_CHECKING:
    from cpra.mail.account import Account


@click.group(cls=Group)
def account() -> None:
    """E-mail accounts: where cpra sends from and reads. No secret is ever written to a file."""


@account.command(
    epilog="Example: cpra account add records --address records@example.org "
    "--smtp smtp.example.org:465 --imap imap.example.org"
)
@click.argument("key", metavar="NAME")
@click.option("--address", required=True, help="Its e-mail address.")
@click.option("--name", default="", help="The name that stands beside the address.")
@click.option("--reply-to", default="", help="Where answers are to go, if elsewhere.")
@click.option("--login", help="What the servers call you; the address unless you say.")
@click.option("--no-login", is_flag=True, help="The servers (on this machine) ask for none.")
@click.option("--provider", default="", help="google or microsoft: their servers are known.")
@click.option("--smtp", default="", metavar="HOST:PORT", help="The server to send with.")
@click.option(
    "--smtp-security",
    default="",
    type=click.Choice(("", *SECURITY)),
    metavar="WAY",
    help="tls, starttls or (this machine only) plain; by the port unless you say.",
)
@click.option("--imap", default="", metavar="HOST:PORT", help="The server to read from.")
@click.option(
    "--imap-security",
    default="",
    type=click.Choice(("", *SECURITY)),
    metavar="WAY",
    help="The same for reading.",
)
@click.option(
    "--password-command",
    default="",
    metavar="COMMAND",
    help='A program that prints the password: "pass show mail".',
)
@stdin_option
@click.option("--client-id", default="", help="Sign in at the provider: the program's id there.")
@click.option("--authorize-url", default="", help="The provider's sign-in page, if not known.")
@click.option("--token-url", default="", help="The provider's token address, if not known.")
@click.option("--scope", default="", help="What to ask the provider for, if not known.")
@click.option(
    "--mailbox",
    "mailboxes",
    multiple=True,
    help="Read this mailbox, not INBOX; may be given again.",
)
@click.option(
    "--take",
    default="",
    type=click.Choice(("", "all", "related")),
    metavar="WHICH",
    help="all, or only what is related to a request (for a mailbox you share).",
)
@click.option("--sent-folder", default="", help="The folder for what was sent, if not found.")
@click.option(
    "--timeout", type=click.IntRange(1, 600), default=30, help="Seconds to wait for a server."
)
@json_option
@pass_here
def add(
    here: Here,
    key: str,
    address: str,
    name: str,
    reply_to: str,
    login: str | None,
    no_login: bool,
    provider: str,
    smtp: str,
    smtp_security: str,
    imap: str,
    imap_security: str,
    password_command: str,
    password_stdin: bool,
    client_id: str,
    authorize_url: str,
    token_url: str,
    scope: str,
    mailboxes: tuple[str, ...],
    take: str,
    sent_folder: str,
    timeout: int,
    as_json: bool,
) -> None:
    """Add the account NAME; its password is asked for and goes into the system's keyring."""
    from cpra.actions import accounts
    from cpra.mail.account import Entry
    from cpra.mail.providers import PROVIDERS

    entry = Entry(
        address=address,
        name=name,
        reply_to=reply_to,
        login="" if no_login else login,
        smtp=smtp,
        smtp_security=smtp_security,
        imap=imap,
        imap_security=imap_security,
        timeout=timeout,
        password_command=tuple(shlex.split(password_command)),
        provider=provider,
        client_id=client_id,
        authorize_url=authorize_url,
        token_url=token_url,
        scope=scope,
        mailboxes=mailboxes,
        take=take,
        sent_folder=sent_folder,
    )
    accounts.check(here.workspace, key, entry)  # before a password is asked for
    asks = not (password_command or client_id or no_login)
    if asks and provider in PROVIDERS and on_terminal():
        say(f"{PROVIDERS[provider].password_note}.")
    password = asked_password(f"Password of {address}", password_stdin) if asks else None
    new = accounts.add(here.workspace, key, entry, password)
    if as_json:
        print_json(_row(new))
        return
    click.echo(f"Added {new.key}: {new.address}")
    for server in new.servers:
        click.echo(f"  {server}")
    if asks and password is None:
        click.echo(f"Next: `cpra account login {new.key}`; its password is not kept yet")
    elif new.oauth:
        click.echo(f"Next: `cpra account login {new.key}` opens the provider's page")
    else:
        click.echo(f"Next: `cpra account test {new.key}`")


@account.command(epilog="Example: cpra account login records")
@click.argument("name", default="")
@stdin_option
@click.option(
    "--client-secret-stdin",
    is_flag=True,
    help="Read the program's secret at the provider from standard input.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address of the sign-in page.")
@pass_here
def login(
    here: Here, name: str, password_stdin: bool, client_secret_stdin: bool, no_browser: bool
) -> None:
    """Give the password of account NAME, or sign in at its provider."""
    from cpra.actions import accounts
    from cpra.mail.account import find

    known = find(here.workspace, name)
    if known.oauth is None:
        password = asked_password(f"Password of {known.login}", password_stdin)
        if password is None:
            raise click.UsageError("nothing was given; use --password-stdin outside a terminal")
        accounts.keep_password(known, password)
    else:
        secret = asked_password("", True) if client_secret_stdin else None
        accounts.sign_in(known, secret, lambda url: _show(url, no_browser))
    click.echo(f"{known.key} is signed in; the secret is in the system's keyring.")


@account.command("list", epilog="Example: cpra account list")
@json_option
@pass_here
def list_accounts(here: Here, as_json: bool) -> None:
    """List the accounts; secrets are never shown."""
    from cpra.mail.account import accounts

    every = accounts(here.workspace)
    if as_json:
        print_json([_row(one) for one in every])
        return
    for one in every:
        click.echo(f"{one.key:<12}  {one.address}  (secret: {one.kept})")
        for server in one.servers:
            click.echo(f"{'':<12}  {server}")
    if not every:
        click.echo("There is no account: `cpra account add NAME --address you@example.org`")


@account.command(epilog="Example: cpra account test records")
@click.argument("name", default="")
@json_option
@pass_here
def test(here: Here, name: str, as_json: bool) -> None:
    """Connect account NAME to its servers and sign in; nothing is sent or changed."""
    from cpra.actions.accounts import tried
    from cpra.mail.account import find

    known = find(here.workspace, name)
    found = tried(known)
    if as_json:
        print_json(found)
    for one in () if as_json else found:
        click.echo(fitted(f"{one.server}: {printable(one.problem) or 'works'}"))
        for mailbox, count in one.mailboxes:
            click.echo(f"  {printable(mailbox)}: {counted(count, 'message')}")
    if any(one.problem for one in found):
        say("\n".join(wrapped(_way_out(known), "", "")))
        raise click.exceptions.Exit(1)


@account.command(epilog="Example: cpra account allow records")
@click.argument("name", default="")
@pass_here
def allow(here: Here, name: str) -> None:
    """Let this workspace run the program that prints the password of account NAME."""
    from cpra.actions.accounts import allow as allow_command
    from cpra.mail.account import find

    known = find(here.workspace, name)
    allow_command(known)
    click.echo(f"Allowed on this machine: {shlex.join(known.password_command)}")


@account.command(epilog="Example: cpra account remove records")
@click.argument("name")
@pass_here
def remove(here: Here, name: str) -> None:
    """Take the account NAME out of cpra.toml and its secret out of the keyring."""
    from cpra.actions.accounts import remove as remove_account
    from cpra.mail.account import Kept, find

    known = find(here.workspace, name)
    gone = remove_account(here.workspace, known)
    click.echo(f"Removed {known.key}.")
    if not gone and known.kept in (Kept.KEYRING, Kept.OAUTH):
        say("The keyring held no secret of it, or could not be asked.")


def _show(url: str, no_browser: bool) -> None:
    import webbrowser

    say(f"Sign in here, in a browser on this machine:\n{url}")
    if not no_browser:
        webbrowser.open(url)


def _way_out(known: Account) -> str:
    """What to do about a server that does not let one in."""
    wrong = (
        "" if known.password_command else f"a wrong password: `cpra account login {known.key}`; "
    )
    return (
        f"Next: {wrong}a wrong server, port or encryption: `cpra account remove {known.key}`, then "
        "add it again (`cpra account add --help`: --smtp-security, --imap-security)"
    )


def _row(one: Account) -> dict[str, object]:
    return {
        "name": one.key,
        "address": one.address,
        "login": one.login,
        "smtp": str(one.smtp or ""),
        "imap": str(one.imap or ""),
        "mailboxes": one.mailboxes,
        "secret": str(one.kept),
    }
