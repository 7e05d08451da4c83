"""Passwords and tokens: in the system's keyring, or printed by a program; never in a file.

A secret is kept for one login at one server and is given to no other: settings that name another
server find no secret.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cpra.errors import CpraError, Refused

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

PATIENCE = 120.0
"""Seconds for the keyring: a person may have to type its password first."""

COMMAND_PATIENCE = 60.0
"""Seconds for the program that prints a password."""

NO_KEYRING = (
    "this machine has no keyring that cpra may use, and a password never goes into a file. Ways "
    "out: start one (on Linux gnome-keyring or KWallet; macOS and Windows have theirs), or name a "
    'program that prints the password: --password-command "pass show mail"'
)

_FILES = ("keyrings.alt.", "keyring.backends.null", "keyring.backends.fail")
"""Backends that write the secret into a file, forget it, or are none."""

T = TypeVar("T")


class Secret:
    """A password or token that does not show itself in a message, a log or a traceback."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the server that it is meant for."""
        return self._value

    def __repr__(self) -> str:
        """Nothing of it."""
        return "Secret(…)"


def check_keyring() -> None:
    """Refuse in one sentence when there is no keyring that keeps secrets."""
    _usable()


def stored(service: str, login: str, patience: float = PATIENCE) -> Secret | None:
    """The secret of a login at a service, if the keyring has it."""
    backend = _usable()
    found = _asked(lambda: backend.get_password(_named(service), login), patience)
    return Secret(found) if found is not None else None


def store(service: str, login: str, secret: Secret, patience: float = PATIENCE) -> None:
    """Put a secret into the keyring, and make sure that it is there."""
    backend = _usable()
    _asked(lambda: backend.set_password(_named(service), login, secret.reveal()), patience)
    kept = stored(service, login, patience)
    if kept is None or kept.reveal() != secret.reveal():
        raise CpraError(f"the keyring ({backend.name}) did not keep the secret; " + NO_KEYRING)


def forget(service: str, login: str, patience: float = PATIENCE) -> bool:
    """Take a secret out of the keyring; False when it was not there."""
    if stored(service, login, patience) is None:
        return False
    backend = _usable()
    _asked(lambda: backend.delete_password(_named(service), login), patience)
    return True


def printed(command: Sequence[str], config: Path, again: str = "cpra account allow") -> Secret:
    """The first line that the user's own program prints; the program must have been allowed."""
    if not is_allowed(command, config):
        raise Refused(
            f"{config} wants to run `{' '.join(command)}` for a password. If that is your own "
            f"setting, say so once with `{again}`"
        )
    try:
        done = subprocess.run(
            list(command), stdout=subprocess.PIPE, timeout=COMMAND_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        seconds = f"{COMMAND_PATIENCE:.0f} seconds"
        raise CpraError(f"`{command[0]}` printed no password within {seconds}") from None
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise CpraError(f"`{command[0]}` could not be started ({reason})") from None
    first = done.stdout.split(b"\n")[0].rstrip(b"\r").decode("utf-8", "replace")
    if done.returncode or not first:
        raise CpraError(
            f"`{command[0]}` printed no password (it ended with {done.returncode}); "
            "run it yourself to see why"
        )
    return Secret(first)


def allow(command: Sequence[str], config: Path) -> None:
    """Remember on this machine that this settings file may run that program."""
    allowed = _allowed_file()
    allowed.parent.mkdir(parents=True, exist_ok=True)
    if not is_allowed(command, config):
        with allowed.open("a", encoding="utf-8", newline="\n") as file:
            file.write(_mark(command, config) + "\n")


def is_allowed(command: Sequence[str], config: Path) -> bool:
    """True when the user of this machine has allowed it: settings that came with a copied or
    cloned workspace run nothing by themselves."""
    allowed = _allowed_file()
    return allowed.is_file() and _mark(command, config) in allowed.read_text("utf-8").split()


def _mark(command: Sequence[str], config: Path) -> str:
    return hashlib.sha256(json.dumps([str(config.resolve()), *command]).encode()).hexdigest()


def _allowed_file() -> Path:
    """In the user's own settings, outside every workspace."""
    if os.name == "nt":
        base = Path(os.environ.get("APPDATA") or Path.home())
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "cpra" / "allowed-password-commands"


def _named(service: str) -> str:
    return f"cpra {service}"


def _usable() -> KeyringBackend:
    """The keyring that keeps secrets safely, or a refusal with the ways out."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    backend = keyring.get_keyring()
    every = list(backend.backends) if isinstance(backend, ChainerBackend) else [backend]
    for one in every:
        name = f"{type(one).__module__}.{type(one).__name__}"
        if not name.startswith(_FILES):
            return one
    raise CpraError(NO_KEYRING)


def _asked(question: Callable[[], T], patience: float) -> T:
    """The keyring's answer; a keyring that is locked or waits for ever is said to be so."""
    from keyring.errors import KeyringError, KeyringLocked

    answer: list[T] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            answer.append(question())
        except (KeyringError, OSError, EOFError, RuntimeError, ValueError) as error:
            failed.append(error)

    # A thread, because a keyring that waits for a window nobody sees would wait for ever.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(patience)
    if answer:
        return answer[0]
    if not failed:
        raise CpraError(
            f"the keyring did not answer within {patience:.0f} seconds; it may be waiting for its "
            "password in a window. Unlock it and do this again"
        )
    if isinstance(failed[0], KeyringLocked):
        raise CpraError("the keyring is locked; unlock it and do this again") from None
    kind = type(failed[0]).__name__
    raise CpraError(f"the keyring could not be used ({kind}: {failed[0]}); {NO_KEYRING}") from None
