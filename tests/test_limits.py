"""What an honest answer stays below is a setting, and what is wrong in it is said."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cpra.archive.limits import SANE, chosen, size_from_words, size_in_words
from cpra.errors import WrongUsage
from tests.running import cpra, done, sent_request


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one request that was sent, and a zip with three files."""
    made = sent_request(tmp_path)
    with zipfile.ZipFile(made / "a.zip", "w") as archive:
        for name in ("one", "two", "three"):
            archive.writestr(f"{name}.txt", name * 1000)
    return made


def say(root: Path, *lines: str) -> None:
    """Write these lines into the settings."""
    with (root / "requests" / "cpra.toml").open("a", encoding="utf-8") as file:
        file.write("\n[limits]\n" + "\n".join(lines) + "\n")


def test_the_defaults_are_sane() -> None:
    assert chosen({}) == SANE
    assert (SANE.total, SANE.ratio) == (5 * 10**9, 200)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("files = 2", "holds 3 files (the limit is 2)"),
        ('size = "5 kB"', "would unpack to 11 kB (the limit is 5 kB)"),
    ],
)
def test_a_limit_in_the_settings_holds_for_what_is_filed(root: Path, line: str, says: str) -> None:
    say(root, line)
    ran = cpra("file", "1", "a.zip", "--on", "2026-04-01", cwd=root)
    assert ran.code == 1
    assert says in ran.err
    # And --limit raises it for this one, though it is kept already.
    done("file", "1", "a.zip", "--on", "2026-04-01", "--limit", "1GB", cwd=root)
    assert len(list(root.glob("requests/*/answers/*/a/*.txt"))) == 3


def test_a_higher_limit_in_the_settings_opens_what_was_refused(root: Path) -> None:
    with zipfile.ZipFile(root / "zeros.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.bin", bytes(30_000_000))
    assert cpra("file", "1", "zeros.zip", "--on", "2026-04-01", cwd=root).code == 1
    say(root, "ratio = 2000")
    done("file", "1", "zeros.zip", "--on", "2026-04-02", cwd=root)
    assert len(list(root.glob("requests/*/answers/*/zeros/zeros.bin"))) == 1


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("depth = 0", 5, "in [limits], depth is less than 1; make it larger"),
        ("seconds = 1", 5, "in [limits], seconds is less than 5; make it larger"),
        ('memory = "1 MB"', 5, "in [limits], memory is less than 300 MB; make it larger"),
        ('size = "much"', 5, 'in [limits], "much" is no size; write it like 400GB or 800MB'),
        ("sise = 3", 5, 'there is no key "sise" here; did you mean "size"?'),
        ('files = "3"', 5, "files"),
    ],
)
def test_what_is_wrong_in_the_settings_is_said(root: Path, line: str, code: int, says: str) -> None:
    say(root, line)
    ran = cpra("file", "1", "a.zip", "--on", "2026-04-01", cwd=root)
    assert (ran.code, says in ran.err) == (code, True), ran
    assert list(root.glob("requests/*/answers/*")) == []


@pytest.mark.parametrize(
    ("words", "size"),
    [("400GB", 400 * 10**9), ("1.5 tb", 15 * 10**11), ("300 MB", 3 * 10**8), ("12", 12)],
)
def test_a_size_is_read_as_people_write_it(words: str, size: int) -> None:
    assert size_from_words(words) == size


def test_a_size_that_is_none_is_said() -> None:
    with pytest.raises(WrongUsage, match="is no size"):
        size_from_words("huge")
    assert size_in_words(1_900_000_000) == "1.9 GB"
