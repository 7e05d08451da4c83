"""A command as a person types it, in a workspace on disk: what it printed, and its exit code."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cpra import workspace
from cpra.cli import main
from cpra.workspace import Workspace


@dataclass(frozen=True)
class Typed:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Desk:
    """A workspace and the day on which somebody sits before it."""

    workspace: Workspace
    today: str = "2026-10-05"

    @property
    def requests(self) -> Path:
        return self.workspace.requests

    def cpra(self, *words: object, today: str = "") -> Typed:
        """Run `cpra WORDS…` here; it may fail."""
        out, err = io.StringIO(), io.StringIO()
        before = sys.argv
        where = ["--workspace", str(self.workspace.root), "--today", today or self.today]
        sys.argv = ["cpra", *where, *map(str, words)]
        try:
            with redirect_stdout(out), redirect_stderr(err):
                main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        finally:
            sys.argv = before
        return Typed(code, out.getvalue(), err.getvalue())

    def done(self, *words: object, today: str = "") -> str:
        """Run `cpra WORDS…`, which must succeed; what it printed."""
        typed = self.cpra(*words, today=today)
        assert typed.code == 0, f"cpra {' '.join(map(str, words))}: {typed.out}{typed.err}"
        return typed.out


def desk(root: Path, today: str = "2026-10-05") -> Desk:
    """A new workspace."""
    workspace.init(root, "")
    return Desk(workspace.find(root), today)
