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

from tests.running import ROOT, Job, Ran, Watch, run

CPRA = (sys.executable, "-m", "cpra")


@dataclass(frozen=True)
class Cpra:
    """The program, the workspace it works in, and its environment."""

    root: Path
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def own(self) -> dict[str, str]:
        """Nothing of the tester's own keyring, settings or workspace."""
        return {
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "HOME": str(self.root),
            "XDG_CONFIG_HOME": str(self.root / ".config"),
            **self.env,
            "CPRA_WORKSPACE": str(self.root),
        }

    @property
    def environment(self) -> dict[str, str]:
        """The same, for a process of the test's own."""
        return {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT), **self.own}

    def but(self, **env: str) -> Cpra:
        """The same with other words in its environment."""
        return replace(self, env={**self.env, **env})

    def job(self, *words: str | Path, watch: Watch | None = None) -> Job:
        """A command as `tests.running` runs it."""
        return Job(words=tuple(map(str, words)), cwd=self.root, env=self.own, watch=watch)

    def run(self, *words: str | Path, given: str = "") -> Ran:
        """Run a command to its end; `given` is what it reads from standard input."""
        if not given:
            return run(self.job(*words))
        ended = subprocess.run(
            [*CPRA, *map(str, words)],
            input=given,
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.root,
            timeout=120,
            check=False,
        )
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    def ok(self, *words: str | Path, given: str = "") -> str:
        """What a command prints, when all is well."""
        done = self.run(*words, given=given)
        assert done.code == 0, f"{words}: {done.code}\n{done.out}\n{done.err}"
        return done.out

    def json(self, *words: str | Path, given: str = "") -> Any:
        """What a command prints for programs."""
        return json.loads(self.ok(*words, "--json", given=given))

    def fails(self, code: int, *words: str | Path, given: str = "") -> str:
        """The sentence with which a command fails, with that exit code and no traceback."""
        done = self.run(*words, given=given)
        assert done.code == code, f"{words}: {done.code}\n{done.out}\n{done.err}"
        assert "Traceback" not in done.err
        return done.err.strip()


def workspace(folder: Path, env: Mapping[str, str] | None = None) -> Cpra:
    """A new workspace with one agency in its address book."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Cpra(folder, env or {})
    made.ok("init", folder)
    made.ok("agency", "add", "Exampleville Police Department", "--alias", "EPD", "--email",
            "records@exampleville.example")  # fmt: skip
    return made


def draft(mine: Cpra, *words: str) -> str:
    """A drafted request; gives its id."""
    made = mine.json("new", "alpr-access-logs", "--agency", "EPD", "--set", "from=2026-01-01",
                     "--set", "to=2026-03-31", "--no-input", *words)  # fmt: skip
    return str(made["id"])


def add_account(mine: Cpra, port: int, *words: str) -> None:
    """An account whose server is on this machine and asks for nothing."""
    mine.ok("account", "add", "mine", "--address", "records@example.org", "--no-login", "--smtp",
            f"127.0.0.1:{port}", "--smtp-security", "plain", *words)  # fmt: skip


def log(mine: Cpra, request: str) -> list[dict[str, Any]]:
    """The lines of a request's log; a torn end is none of it."""
    (path,) = (mine.root / "requests").glob(f"{request}-*/events.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def kinds(mine: Cpra, request: str) -> list[str]:
    """What a request's log says happened, line by line."""
    return [str(line["kind"]) for line in log(mine, request)]
