"""A real Secret Service (gnome-keyring on a session bus of its own) for the tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.needs import needs_program

BACKEND = "keyring.backends.SecretService.Keyring"


@contextmanager
def secret_service(folder: Path) -> Iterator[Mapping[str, str]]:
    """What to put into the environment so that a program finds it, unlocked and empty."""
    bus, daemon = needs_program("dbus-daemon"), needs_program("gnome-keyring-daemon")
    home = folder / "home"
    (home / "run").mkdir(parents=True)
    (home / "run").chmod(0o700)
    env = {
        **os.environ,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }
    with subprocess.Popen(
        [bus, "--session", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=env,
        text=True,
    ) as session:
        assert session.stdout is not None
        address = session.stdout.readline().strip()
        env["DBUS_SESSION_BUS_ADDRESS"] = address
        try:
            with subprocess.Popen(
                [daemon, "--foreground", "--unlock", "--components=secrets"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=env,
            ) as keyring:
                assert keyring.stdin is not None
                keyring.stdin.write(b"the keyring's own password\n")
                keyring.stdin.close()
                try:
                    yield {
                        "DBUS_SESSION_BUS_ADDRESS": address,
                        "PYTHON_KEYRING_BACKEND": BACKEND,
                        "HOME": str(home),
                        "XDG_CONFIG_HOME": str(home / "config"),
                        "XDG_DATA_HOME": str(home / "data"),
                    }
                finally:
                    keyring.terminate()
        finally:
            session.terminate()
