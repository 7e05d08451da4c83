"""cpra as a person runs it: a process of its own, in a workspace of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

CPRA = (sys.executable, "-c", "from cpra.cli import main; main()")


@dataclass(frozen=True)
class Cpra:
    """The program, the workspace it works in, and its environment."""

    root: Path
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the tester's own keyring, settings or workspace."""
        return {
            **os.environ,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "HOME": str(self.root),
            "XDG_CONFIG_HOME": str(self.root / ".config"),
            "NO_COLOR": "1",
            **self.env,
            "CPRA_WORKSPACE": str(self.root),
        }

    def but(self, **env: str) -> Cpra:
        """The same with other words in its environment."""
        return replace(self, env={**self.env, **env})

    def run(self, *words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end; `given` is what it reads from standard input."""
        return subprocess.run(
            [*CPRA, *map(str, words)],
            input=given,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=120,
            check=False,
        )

    def ok(self, *words: str | Path, given: str = "") -> str:
        """What a command prints, when all is well."""
        done = self.run(*words, given=given)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *words: str | Path, given: str = "") -> Any:
        """What a command prints for programs."""
        return json.loads(self.ok(*words, "--json", given=given))

    def fails(self, code: int, *words: str | Path, given: str = "") -> str:
        """The sentence with which a command fails, with that exit code and no traceback."""
        done = self.run(*words, given=given)
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stderr.strip()


def workspace(folder: Path, env: Mapping[str, str] | None = None) -> Cpra:
    """A new workspace with one agency in its address book."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Cpra(folder, env or {})
    made.ok("init", folder)
    made.ok("agency", "add", "Exampleville Police Department", "--alias", "EPD", "--email",
            "records@exampleville.example")  # fmt: skip
    return made
