"""A workspace of 100 requests with so many pages of text in them: `library.py DIR PAGES`.

Text files of 20 pages each, made-up words as often as in real text; with CPRA_TEST_DATA the real
documents of that folder stand among them. `DIR/names` lists the text files.
"""

from __future__ import annotations

import hashlib
import os
import sys
from datetime import date
from pathlib import Path

from prose import Prose
from rows import make

from cpra.core import log
from cpra.core.events import Event

PAGES = 20
REQUESTS = 100
DAY = date(2026, 11, 1)
PLACE = f"answers/{DAY}-records"


def main() -> None:
    """Write it straight to disk."""
    root, pages = Path(sys.argv[1]), int(sys.argv[2])
    make(root, REQUESTS, REQUESTS, date(2026, 11, 24))
    folders = sorted((root / "requests").glob("2*"))
    prose, left = Prose(), pages // PAGES
    names: list[str] = []
    for number, folder in enumerate(folders):
        count = left // (len(folders) - number)
        left -= count
        files = {}
        (folder / PLACE).mkdir(parents=True)
        for n in range(count):
            text = "\f".join(prose.pages(PAGES)).encode()
            path = folder / PLACE / f"record {n:05}.txt"
            path.write_bytes(text)
            files[f"{PLACE}/{path.name}"] = hashlib.sha256(text).hexdigest()
            names.append(str(path))
        if number == 0:
            files |= real(folder)
        append(folder / "events.jsonl", files)
    (root / "names").write_text("\n".join(names), encoding="utf-8")


def real(folder: Path) -> dict[str, str]:
    """The real documents, where they are."""
    source = os.environ.get("CPRA_TEST_DATA")
    files: dict[str, str] = {}
    if source:
        paths = [path for path in sorted(Path(source).rglob("*")) if path.is_file()]
        for number, path in enumerate(paths):
            name = f"{PLACE}/real {number:04}{path.suffix}"
            (folder / name).write_bytes(path.read_bytes())
            files[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return files


def append(path: Path, files: dict[str, str]) -> None:
    """One line of the log for them all."""
    last = path.read_text(encoding="utf-8").splitlines()[-1]
    recorded = f"{DAY}T10:00:00-07:00"
    event = Event(kind="produced", on=DAY, recorded=recorded, files=files)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(log.encode(event, log.digest(last)) + "\n")


if __name__ == "__main__":
    main()
