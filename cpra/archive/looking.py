"""Looks into every document for what should not be there, in the reading processes."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from cpra.archive.hidden import LOOKED_AT
from cpra.archive.limits import SANE, Limits
from cpra.archive.look import FORM, Look, kept_at, looked
from cpra.archive.readers import Readers
from cpra.archive.store import Unread


def look_all(
    documents: Sequence[Unread],
    cache: Path,
    *,
    limits: Limits = SANE,
    processes: int = 2,
    progress: Callable[[int, int, str], None] | None = None,
) -> int:
    """Look into every document that nobody has looked into; how many those were."""
    wanted = {
        document.sha256: document
        for document in documents
        if document.kind in LOOKED_AT and looked(cache, document.sha256) is None
    }
    if not wanted:
        return 0
    todo = list(wanted.values())
    with Readers(limits, min(processes, len(todo))) as readers:

        def look(document: Unread) -> int:
            findings, carried, problems = readers.look(document)
            _keep(cache, document.sha256, Look(findings, carried, problems))
            return len(findings)

        for done, (document, _) in enumerate(readers.each(todo, look), start=1):
            if progress is not None:
                progress(done, len(todo), document.path.name)
    return len(todo)


def _keep(cache: Path, sha256: str, look: Look) -> None:
    target = kept_at(cache, sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".partial-{secrets.token_hex(4)}")
    try:
        partial.write_text(json.dumps({"form": FORM, **asdict(look)}), encoding="utf-8")
        os.replace(partial, target)  # noqa: PTH105 - the crash test wraps os.replace
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
