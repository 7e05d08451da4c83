"""Accounts: the secret is in the keyring or printed by a program, and never anywhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from cpra.errors import CpraError, Refused, WrongUsage
from cpra.mail import oauth
from cpra.mail.account import Account, OAuth, account
from cpra.mail.account import Entry as AccountEntry
from cpra.mail.secret import Secret
from cpra.mail.server import Security, check_url, server
from cpra.mail.web import ask
from tests.servers.certificates import made
from tests.servers.dovecot import dovecot
from tests.servers.keyring import secret_service
from tests.servers.oidc import denied, provider
from tests.servers.program import Cpra, workspace
from tests.servers.smtp import LOGIN, PASSWORD, smtp
from tests.terminal import typed_at_terminal

PRINTS = f"{sys.executable} -c \"print('{PASSWORD}')\""


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """A keyring of our own, unlocked."""
    with secret_service(tmp_path_factory.mktemp("keyring")) as env:
        yield env


def texts_below(folder: Path) -> str:
    return "".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in folder.rglob("*")
        if path.is_file()
    )


def test_a_password_goes_into_the_keyring_and_into_no_file(
    tmp_path: Path, keyring: Mapping[str, str]
) -> None:
    mine = workspace(tmp_path / "records", keyring)
    words = ("account", "add", "records", "--address", LOGIN, "--smtp", "localhost:465")
    said = mine.ok(*words, "--imap", "imap.example.org", "--password-stdin", given=f"{PASSWORD}\n")
    listed = mine.run("account", "list", "--json")
    assert mine.json("account", "list")[0]["secret"] == "keyring"
    assert PASSWORD not in texts_below(mine.root) + said + listed.out + listed.err
    asked = [sys.executable, "-m", "keyring", "get", "cpra imap.example.org", LOGIN]
    found = subprocess.run(asked, env=mine.environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == PASSWORD
    mine.ok("account", "remove", "records")
    gone = subprocess.run(asked, env=mine.environment, capture_output=True, check=False)
    assert gone.returncode != 0
    assert mine.json("account", "list") == []


def test_at_a_terminal_the_password_is_asked_for_and_not_shown(
    tmp_path: Path, keyring: Mapping[str, str]
) -> None:
    mine = workspace(tmp_path, keyring)
    words = ["account", "add", "a", "--address", LOGIN, "--imap", "imap.terminal.example"]
    asked = [(f"Password of {LOGIN}", f"{PASSWORD}\n")]
    ended, seen = typed_at_terminal(words, asked, env=mine.own)
    assert ended == 0
    assert PASSWORD not in seen
    assert mine.json("account", "list")[0]["secret"] == "keyring"


def test_a_password_of_one_server_is_not_given_to_another(
    tmp_path: Path, keyring: Mapping[str, str]
) -> None:
    mine = workspace(tmp_path, keyring)
    mine.ok("account", "add", "a", "--address", LOGIN, "--imap", "imap.example.org",
            "--password-stdin", given=PASSWORD)  # fmt: skip
    config = mine.root / "requests" / "cpra.toml"
    config.write_text(config.read_text("utf-8").replace("imap.example.org", "localhost:1"), "utf-8")
    said = mine.run("account", "test", "a").out
    assert "the keyring has no password of records@example.org for localhost" in said


def test_without_a_keyring_the_ways_out_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    mine = workspace(tmp_path)
    before = (mine.root / "requests" / "cpra.toml").read_bytes()
    for backend in ("fail.Keyring", "null.Keyring"):
        poor = mine.but(PYTHON_KEYRING_BACKEND=f"keyring.backends.{backend}")
        said = poor.fails(1, "account", "add", "a", "--address", LOGIN, "--imap", "localhost",
                          "--password-stdin", given=PASSWORD)  # fmt: skip
        assert "no keyring that cpra may use" in said
        assert "--password-command" in said
        assert PASSWORD not in said
    assert (mine.root / "requests" / "cpra.toml").read_bytes() == before


def test_a_keyring_that_is_locked_says_so(tmp_path: Path) -> None:
    with secret_service(tmp_path / "keyring") as env:
        mine = workspace(tmp_path / "records", env)
        mine.ok("account", "add", "a", "--address", LOGIN, "--imap", "localhost:1",
                "--password-stdin", given=PASSWORD)  # fmt: skip
        lock = "import secretstorage as s; c = s.dbus_init(); s.get_default_collection(c).lock()"
        subprocess.run([sys.executable, "-c", lock], env=mine.environment, check=True)
        said = mine.run("account", "test", "a").out
    assert "the keyring is locked; unlock it and do this again" in said


def test_a_program_may_print_the_password_once_the_user_has_allowed_it(tmp_path: Path) -> None:
    certificate = made(tmp_path / "tls")
    mine = workspace(tmp_path / "records").but(SSL_CERT_FILE=str(certificate.authority))
    with smtp(tmp_path / "smtp", security="tls", certificate=certificate, auth=True) as mail:
        mine.ok("account", "add", "a", "--address", LOGIN, "--smtp", f"localhost:{mail.port}",
                "--smtp-security", "tls", "--password-command", PRINTS)  # fmt: skip
        assert "works" in mine.ok("account", "test", "a")
        stranger = mine.but(XDG_CONFIG_HOME=str(tmp_path / "someone else"))
        said = stranger.run("account", "test", "a").out
        assert "`cpra account allow`" in said
        stranger.ok("account", "allow", "a")
        assert "works" in stranger.ok("account", "test", "a")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("/no/such/program", "could not be started"),
        (f"{sys.executable} -c 'import sys; print(7); sys.exit(3)'", "ended with 3"),
        (f"{sys.executable} -c pass", "printed no password"),
    ],
)
def test_a_program_that_prints_no_password_is_named(tmp_path: Path, command: str, why: str) -> None:
    mine = workspace(tmp_path)
    mine.ok("account", "add", "a", "--address", LOGIN, "--imap", "localhost:1",
            "--password-command", command)  # fmt: skip
    assert why in mine.run("account", "test", "a").out


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_both_kinds_of_encryption_work_with_a_trusted_certificate_only(
    tmp_path: Path, security: str
) -> None:
    certificate = made(tmp_path / "tls")
    mine = workspace(tmp_path / "records")
    with (
        smtp(tmp_path / "smtp", security=security, certificate=certificate, auth=True) as mail,
        dovecot(certificate) as box,
    ):
        port = box.tls_port if security == "tls" else box.plain_port
        mine.ok("account", "add", "a", "--address", LOGIN, "--smtp", f"localhost:{mail.port}",
                "--smtp-security", security, "--imap", f"localhost:{port}", "--imap-security",
                security, "--password-command", PRINTS)  # fmt: skip
        trusting = mine.but(SSL_CERT_FILE=str(certificate.authority))
        said = trusting.ok("account", "test")
        assert said.count("works") == 2
        assert "INBOX: 0 messages" in said
        refused = mine.run("account", "test")
    assert refused.code == 1
    assert refused.out.count("the certificate of localhost is not one this machine trusts") == 2


def test_a_self_signed_certificate_and_a_wrong_name_are_refused(tmp_path: Path) -> None:
    own = made(tmp_path / "own", trusted=False)
    right = made(tmp_path / "right")
    mine = workspace(tmp_path / "records")
    with (
        smtp(tmp_path / "one", security="tls", certificate=own) as one,
        smtp(tmp_path / "two", security="tls", certificate=right) as two,
    ):
        for name, host, port in (("a", "localhost", one.port), ("b", "127.0.0.2", two.port)):
            mine.ok("account", "add", name, "--address", LOGIN, "--no-login", "--smtp",
                    f"{host}:{port}", "--smtp-security", "tls")  # fmt: skip
        assert "is not one this machine trusts" in mine.run("account", "test", "a").out
        trusting = mine.but(SSL_CERT_FILE=str(right.authority))
        said = trusting.run("account", "test", "b").out
    assert "127.0.0.2" in said
    assert "works" not in said


def test_a_wrong_password_is_one_sentence_and_is_not_in_it(tmp_path: Path) -> None:
    certificate = made(tmp_path / "tls")
    mine = workspace(tmp_path / "records").but(SSL_CERT_FILE=str(certificate.authority))
    wrong = f"{sys.executable} -c \"print('wrong-{PASSWORD}')\""
    with (
        smtp(tmp_path / "smtp", security="tls", certificate=certificate, auth=True) as mail,
        dovecot(certificate) as box,
    ):
        mine.ok("account", "add", "a", "--address", LOGIN, "--smtp", f"localhost:{mail.port}",
                "--smtp-security", "tls", "--imap", f"localhost:{box.tls_port}",
                "--imap-security", "tls", "--password-command", wrong)  # fmt: skip
        said = mine.run("account", "test")
    assert said.out.count(f"did not let {LOGIN} in") == 2
    assert said.out.count("sending") == 1
    assert "Next: a wrong server, port or encryption: `cpra account remove a`" in said.err
    assert PASSWORD not in said.out + said.err


def test_nothing_goes_in_clear_to_another_machine(tmp_path: Path) -> None:
    mine = workspace(tmp_path)
    said = mine.fails(4, "account", "add", "a", "--address", LOGIN, "--no-login", "--smtp",
                      "mail.example.org:25", "--smtp-security", "plain")  # fmt: skip
    assert "mail.example.org is another machine" in said
    with smtp(tmp_path / "smtp") as mail:  # offers no STARTTLS
        mine.ok("account", "add", "b", "--address", LOGIN, "--no-login", "--smtp",
                f"localhost:{mail.port}")  # fmt: skip
        assert "offers no encryption" in mine.run("account", "test", "b").out


@pytest.mark.parametrize("manner", ["drop-greeting", "hang-greeting"])
def test_a_server_that_hangs_or_hangs_up_is_given_up(tmp_path: Path, manner: str) -> None:
    mine = workspace(tmp_path / "records")
    with smtp(tmp_path / "smtp", manner=manner) as mail:
        mine.ok("account", "add", "a", "--address", LOGIN, "--no-login", "--smtp",
                f"localhost:{mail.port}", "--smtp-security", "plain", "--timeout", "1",
                "--imap", f"localhost:{mail.port}", "--imap-security", "plain")  # fmt: skip
        done = mine.run("account", "test", "a")
    assert done.code == 1
    assert "works" not in done.out
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("a b", "--address", LOGIN, "--imap", "x.org"), "cannot name an account"),
        (("a", "--address", "nobody", "--imap", "x.org"), "is no e-mail address"),
        (("a", "--address", "a@b.org\nBcc: c@d.org", "--imap", "x.org"), "invisible character"),
        (("a", "--address", LOGIN), "an account needs a server"),
        (("a", "--address", LOGIN, "--imap", "x.org:none"), "is no server"),
        (("a", "--address", LOGIN, "--imap", "x.org:70000"), "is no server"),
        (("a", "--address", LOGIN, "--provider", "nobody"), "is no provider that cpra knows"),
        (("a", "--address", LOGIN, "--imap", "x.org", "--client-id", "7"), "--authorize-url"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    mine = workspace(tmp_path)
    before = (mine.root / "requests" / "cpra.toml").read_bytes()
    assert why in mine.fails(2, "account", "add", *words)
    assert (mine.root / "requests" / "cpra.toml").read_bytes() == before


def test_adding_an_account_keeps_what_a_person_wrote_in_the_settings(tmp_path: Path) -> None:
    mine = workspace(tmp_path)
    config = mine.root / "requests" / "cpra.toml"
    config.write_text("# mine\n" + config.read_text("utf-8"), encoding="utf-8")
    before = config.read_text("utf-8")
    mine.ok("account", "add", "a", "--address", LOGIN, "--imap", "localhost", "--no-login")
    assert config.read_text("utf-8").startswith(before.rstrip("\n"))
    mine.ok("account", "remove", "a")
    assert config.read_text("utf-8").rstrip() == before.rstrip()
    mine.ok("account", "add", "a", "--address", LOGIN, "--imap", "localhost", "--no-login")
    assert "already" in mine.fails(4, "account", "add", "a", "--address", LOGIN, "--imap", "x.org")


def test_settings_that_name_no_account_say_how_to_add_one(tmp_path: Path) -> None:
    mine = workspace(tmp_path)
    assert "cpra account add" in mine.fails(3, "account", "test")


def test_a_port_tells_how_the_connection_is_encrypted() -> None:
    assert server("mail.example.org:465", "", 587, 30).security is Security.TLS
    assert server("mail.example.org", "", 587, 30).security is Security.STARTTLS
    assert server("[::1]:143", "plain", 993, 30).host == "::1"
    with pytest.raises(Refused, match="another machine"):
        server("192.0.2.1:25", "plain", 587, 30)
    with pytest.raises(WrongUsage, match="is no server"):
        server("mail example", "", 587, 30)


def test_a_known_provider_needs_only_the_address() -> None:
    known = account("a", AccountEntry(address=LOGIN, provider="google", client_id="7"), Path())
    assert str(known.smtp) == "smtp.gmail.com:465 (tls)"
    assert known.oauth is not None
    assert not known.save_sent


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/", "is no web address"),
        ("example.org", "is no web address"),
        ("http://example.org/", "must begin with https"),
        ("https://me:secret@example.org/", "would stand in a file"),
        ("http://[::1", "is no web address"),
    ],
)
def test_a_web_address_is_https_or_on_this_machine(url: str, why: str) -> None:
    with pytest.raises((WrongUsage, Refused), match=why):
        check_url(url)


def signed_in(tmp_path: Path, *, deny: bool = False) -> oauth.Tokens:
    """A sign-in in the browser, and a renewal."""
    with provider(tmp_path) as known:
        setup = OAuth(
            client_id="cpra",
            authorize_url=known.authorize_url,
            token_url=known.token_url,
            scope="openid email",
        )
        secret = Secret("the program's own")
        tokens = oauth.sign_in(setup, LOGIN, secret, denied if deny else known.visit, 20)
        assert tokens.refresh is not None
        again = oauth.renewed(setup, tokens.refresh, secret)
        assert again.access.reveal() != tokens.access.reveal()
        return again


def test_signing_in_at_a_provider_gives_a_token_that_can_be_renewed(tmp_path: Path) -> None:
    tokens = signed_in(tmp_path)
    assert tokens.access.reveal() not in repr(tokens)


def test_signing_in_that_is_refused_says_so(tmp_path: Path) -> None:
    with pytest.raises(CpraError, match="signing in did not work: access_denied"):
        signed_in(tmp_path, deny=True)


def test_nobody_signs_in_and_the_waiting_ends() -> None:
    setup = OAuth(client_id="7", authorize_url="http://localhost/", token_url="http://localhost/",
                  scope="")  # fmt: skip
    with pytest.raises(CpraError, match="nobody signed in within"):
        oauth.sign_in(setup, LOGIN, None, lambda _: None, 0.2)


def test_a_token_opens_the_mailbox_without_a_password(
    tmp_path: Path, keyring: Mapping[str, str]
) -> None:
    certificate = made(tmp_path / "tls")
    with (
        provider(tmp_path / "oidc") as known,
        dovecot(certificate, introspection=f"{known.url}/introspect") as box,
    ):
        mine = workspace(tmp_path / "records", keyring)
        mine = mine.but(SSL_CERT_FILE=str(certificate.authority))
        mine.ok("account", "add", "a", "--address", LOGIN, "--imap", f"localhost:{box.tls_port}",
                "--imap-security", "tls", "--client-id", "cpra", "--authorize-url",
                known.authorize_url, "--token-url", known.token_url, "--scope",
                "openid email")  # fmt: skip
        assert "is not signed in" in mine.run("account", "test", "a").out
        sign_in(mine, known.visit)
        assert "works" in mine.ok("account", "test", "a")
        assert "the program's own" not in texts_below(mine.root)


def sign_in(mine: Cpra, visit: Callable[[str], None]) -> None:
    words = [sys.executable, "-m", "cpra"]
    with subprocess.Popen(
        [*words, "account", "login", "a", "--no-browser", "--client-secret-stdin"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=mine.environment,
    ) as login:
        assert login.stderr is not None
        assert login.stdin is not None
        login.stdin.write("the program's own\n")
        login.stdin.close()
        assert login.stderr.readline().startswith("Sign in here")
        visit(login.stderr.readline().strip())
        assert login.wait(30) == 0, login.stderr.read()


def test_a_redirect_is_not_followed_with_a_token(tmp_path: Path) -> None:
    asked = "?response_type=code&client_id=7&redirect_uri=http://127.0.0.1:1/&scope=openid"
    pkce = "&code_challenge=x&code_challenge_method=S256"
    with provider(tmp_path) as known:
        answer = ask(known.authorize_url + asked + pkce, "POST", body=b"sub=somebody")
    assert answer.status == 302
    assert answer.headers["location"].startswith("http://127.0.0.1:1/?code=")


def test_an_account_shows_no_secret_in_its_repr() -> None:
    known = account("a", AccountEntry(address=LOGIN, imap="localhost"), Path())
    assert isinstance(known, Account)
    assert "assword" not in repr(known).replace("password_command", "")
    assert os.sep not in known.address
