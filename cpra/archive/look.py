"""What was found in a document that should not be there, kept by its SHA-256 beside its words."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from cpra.archive.covers import Hiding
from cpra.archive.hidden import LOOKED_AT, Carried, Hidden
from cpra.archive.limits import SANE, Limits
from cpra.archive.readers import Readers, Unread
from cpra.archive.redactions import Finding

FORM = 2
COVER = "█"
UNSHOWN = "[words under a cover on this page: not shown]"


@dataclass(frozen=True, slots=True)
class Look:
    """What one document hides, and what it carries along."""

    findings: tuple[Finding, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_sensitive(self) -> bool:
        """Whether a redaction failed, so that the file is kept out of exports."""
        return bool(self.findings)


def looked(cache: Path, sha256: str) -> Look | None:
    """What was found in this document; None when nobody has looked yet."""
    try:
        kept = json.loads(_path(cache, sha256).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if kept.get("form") != FORM:
        return None
    return Look(
        tuple(
            Finding(
                *(found["page"], tuple(found["box"]), Hiding(found["hiding"])),
                *(found["characters"], found["text"]),
            )
            for found in kept["findings"]
        ),
        tuple(Hidden(Carried(one["what"]), one["detail"]) for one in kept["hidden"]),
        tuple(kept["problems"]),
    )


def covered(text: str, page: int, look: Look | None) -> str:
    """The words of a page without those that an agency tried to black out.

    When they cannot be told from the rest, nothing of the page is given.
    """
    if look is None:
        return text
    for finding in look.findings:
        letters = [re.escape(letter) for letter in finding.text if not letter.isspace()]
        if finding.page != page or not letters:
            continue
        text, count = re.subn(r"\s*".join(letters), COVER * len(letters), text)
        if not count:
            return UNSHOWN
    return text


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
        if document.kind in LOOKED_AT and not _path(cache, document.sha256).is_file()
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
    target = _path(cache, sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".partial-{secrets.token_hex(4)}")
    try:
        partial.write_text(json.dumps({"form": FORM, **asdict(look)}), encoding="utf-8")
        os.replace(partial, target)  # noqa: PTH105 - the crash test wraps os.replace
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def _path(cache: Path, sha256: str) -> Path:
    return cache / "look" / sha256[:2] / f"{sha256}.json"
