"""The full sizes of what the other tests try in small: minutes, for CPRA_TEST_LONG=1 only."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from cpra.archive import text
from cpra.archive.intake import Limits, Taken, take
from cpra.archive.kinds import Kind
from tests.drawn import Drawn, words

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        os.environ.get("CPRA_TEST_LONG") != "1", reason="minutes; set CPRA_TEST_LONG=1"
    ),
]


def taken(tmp_path: Path, source: Path, limits: Limits | None = None) -> Taken:
    """Take it into a folder beside."""
    into = tmp_path / "into"
    into.mkdir()
    return take([source], into, limits or Limits())


def test_a_hundred_thousand_entries_are_refused_and_taken_when_they_are_trusted(
    tmp_path: Path,
) -> None:
    source = tmp_path / "a.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"{number // 1_000}/{number}.txt", b"x")
    result = taken(tmp_path, source)
    assert "holds 100,000 files (the limit is 50,000)" in str(result.problems[0])
    (tmp_path / "again").mkdir()
    trusted = take([source], tmp_path / "again", Limits().raised(10**9))
    assert len(trusted.files) == 100_001


def test_ten_gigabytes_of_zeros_are_refused_at_once(tmp_path: Path) -> None:
    source = tmp_path / "a.zip"
    with (
        zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros.bin", "w", force_zip64=True) as member,
    ):
        for _ in range(10_000):
            member.write(bytes(1_000_000))
    result = taken(tmp_path, source)
    assert "would unpack to 10 GB (the limit is 5 GB)" in str(result.problems[0])
    assert [filed.path for filed in result.files] == ["a.zip"]


def test_fifty_thousand_pages_are_read_in_little_memory(tmp_path: Path) -> None:
    import resource

    drawn = Drawn()
    for number in range(50_000):
        drawn.page(words(f"page number {number}"))
    file = tmp_path / "a.pdf"
    file.write_bytes(drawn.bytes())
    del drawn
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    text.read_all([text.Unread(file, "ab" * 32, Kind.PDF)], tmp_path)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stored = text.stored_text(tmp_path, "ab" * 32)
    assert stored is not None
    with stored:
        assert stored.count == 50_000
        assert stored.page(49_999).text.strip() == "page number 49998"
    assert after - before < 100_000
