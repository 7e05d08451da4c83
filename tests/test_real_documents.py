"""All the real documents, filed once by the command: none lost, all read, found and audited."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cpra.archive.sheets import sheet_pages
from cpra.archive.text import stored_text
from tests.running import cpra, done

pytestmark = pytest.mark.data

FOLDERS = ("cases", "email", "office", "pdf", "zip", "misc")
SILENT = {"zip", "tar", "gz", "7z", "mbox", "tnef", "empty", "program"}
"""Kinds that have no words of their own."""
BLANK = {
    *("empty.pdf", "livecycle.pdf", "meta.pdf", "no_contents.pdf", "missing_docinfo.pdf"),
    *("docinfo_latin1_key.pdf", "trivial.pdf"),
    *("att18831.htm", "att24916.htm", "empty.rtf", "msg_18.txt"),
}
"""Documents that truly have no words."""


@dataclass(frozen=True)
class Filed:
    """Where the documents came from, the workspace they were filed into, and its log."""

    data: Path
    root: Path
    folder: Path
    lines: list[Any]

    @property
    def sources(self) -> Iterator[tuple[str, Path, int]]:
        """Every document with its name in the log and the installment it came in."""
        for number, name in enumerate(FOLDERS, start=1):
            for path in sorted((self.data / name).rglob("*")):
                if path.is_file():
                    yield path.relative_to(self.data).as_posix(), path, number


@pytest.fixture(scope="module")
def filed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Filed:
    """One request that got every folder of the documents as an installment of its own."""
    root = tmp_path_factory.mktemp("real") / "records"
    done("init", str(root), cwd=root.parent)
    done("agency", "add", "Testville", "--kind", "city", cwd=root)
    done("new", "general", "--agency", "testville", "--no-input", "--subject", "Everything",
         "--item", "All records", cwd=root)  # fmt: skip
    done("sent", "1", "--on", "2026-03-02", "--via", "portal", cwd=root)
    with (root / "requests" / "cpra.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[limits]\nocr = 0\n")  # OCR, a minute of it, has tests of its own
    for number, name in enumerate(FOLDERS, start=1):
        ran = cpra("file", "1", str(data / name), "--as", "records", "--on", f"2026-04-0{number}",
                   "--installment", str(number), cwd=root)  # fmt: skip
        assert ran.code in (0, 1), ran.err
        assert "Traceback" not in ran.err
    (folder,) = root.glob("requests/2026-0001-*")
    log = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return Filed(data, root, folder, [json.loads(line) for line in log if '"produced"' in line])


def test_every_document_is_kept_byte_for_byte_under_its_own_name(filed: Filed) -> None:
    places: dict[tuple[int, str], str] = {}
    for line in filed.lines:
        for place in line["files"]:
            if "in" not in line["about"][place]:
                name = line["names"].get(place, place.rpartition("/")[2])
                places[line["installment"], name] = place
    for name, path, number in filed.sources:
        kept = filed.folder / places.pop((number, name))
        assert kept.read_bytes() == path.read_bytes(), name
        about = filed.lines[number - 1]["about"][kept.relative_to(filed.folder).as_posix()]
        assert about["size"] == path.stat().st_size
    assert places == {}
    assert done("check", cwd=filed.root).code == 0


def test_every_document_is_read_or_named(filed: Filed) -> None:
    rows: Any = done("text", "1", "--json", cwd=filed.root).result
    assert len(rows) > len(list(filed.sources))
    assert sum(row["pages"] for row in rows) > 1_000
    silent = [
        row["path"].rpartition("/")[2]
        for row in rows
        if row["kind"] not in SILENT and not row["problems"] and not row["unread"]
        if not has_words(filed, row["path"])
    ]
    assert set(silent) <= BLANK, silent


def has_words(filed: Filed, path: str) -> bool:
    """Whether the store has any word of this document."""
    (sha,) = {line["files"][path] for line in filed.lines if path in line["files"]} or {""}
    stored = stored_text(filed.root / "requests" / ".cache", sha) if sha else None
    if stored is None:
        return not sha  # what was sent is none of the real documents
    with stored:
        return any(page.text.strip() for page in stored)


def hits(filed: Filed, *words: str) -> Any:
    """What a search finds, as programs see it."""
    found: Any = done("search", *words, "--json", cwd=filed.root).result
    return found["hits"]


def test_each_message_history_is_found_by_the_time_of_its_messages(filed: Filed) -> None:
    """The list of what these documents hold was made without cpra."""
    with (filed.data / "cases" / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7
    for row in rows:
        for moment in (row["first_message"], row["last_message"]):
            found = hits(filed, f'"{moment}"', "--installment", "1")
            pages = [hit["page"] for hit in found if hit["path"].endswith(Path(row["file"]).name)]
            assert pages, (row["file"], moment)
            assert all(1 <= page <= int(row["pages"]) for page in pages)


@pytest.mark.parametrize(
    ("words", "installment", "name"),
    [
        ('"license plate reader"', 1, "Policy_463"),
        ("flock audit", 1, "Monthly Audits.pdf"),
        ('"Masterclass info"', 2, "date-header"),
        ("linzensoep", 4, ""),
    ],
)
def test_words_of_real_records_are_found(
    filed: Filed, words: str, installment: int, name: str
) -> None:
    found = hits(filed, words, "--installment", str(installment))
    assert any(name in hit["path"] for hit in found) or not name


def test_the_numbers_in_a_log_of_requests_are_found_in_each_form_of_it(filed: Filed) -> None:
    folder = filed.data / "misc" / "doj-foia-2017-request-log"
    with (folder / "cleaned.csv").open(encoding="utf-8-sig", newline="") as file:
        numbers = [row["Tracking Number"] for row in csv.DictReader(file)]
    assert len(numbers) == 244
    for number in numbers[::60]:
        found = hits(filed, f'"{number}"', "--installment", "6")
        names = {Path(hit["path"]).name for hit in found}
        assert names == {"cleaned.csv", "foia-responses.pdf", "tabula-foia-responses.csv"}, number


def test_the_audit_names_what_is_wrong_with_them(filed: Filed, tmp_path: Path) -> None:
    found: Any = done("audit", "1", "--json", cwd=filed.root).result
    assert {Path(one["path"]).name for one in found["covered"]} == {
        "rectangles_yes.pdf",
        "rectangles_yes_2.pdf",
    }
    said = {Path(row["path"]).name: "; ".join(row["problems"]) for row in found["files"]}
    assert "is empty" in said["empty.pdf"]
    assert "is txt, not what its name says" in said["not-a-zip.zip"]
    repeated = [row["sha256"] for row in found["files"] if "was filed before" in row["problems"]]
    every = [row["sha256"] for row in found["files"]]
    assert sorted(repeated) == sorted((Counter(every) - Counter(set(every))).elements())
    assert "is locked with a password" in said["enc-zipcrypto.zip"]
    assert "1 of its 3 files" in said["bad-crc.zip"]
    assert "cpra keeps closed" in said["plain.7z"]
    assert "is damaged" in said["truncated.zip"]
    (item,) = found["items"]
    assert item["productions"] == len(FOLDERS)
    done("audit", "1", "--output", str(tmp_path / "audit.xlsx"), cwd=filed.root)
    sheets = {label.split(",")[0]: text for text, label in sheet_pages(tmp_path / "audit.xlsx")}
    assert "rectangles_yes_2.pdf" in sheets["Redactions"]
