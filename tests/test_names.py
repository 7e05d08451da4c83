"""Names that every system takes, whoever chose them."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpra import disk
from cpra.core import names

WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
ANY_NAMES = (
    st.text(max_size=120)
    | st.text("aA.-_ ~/\\:\x00", max_size=100)
    | st.from_regex(r"(?i)(con|nul|com1|lpt¹|aux)( ?)(\.[a-z]{0,4}){0,2}", fullmatch=True)
    | st.text(st.characters(min_codepoint=0x1F000, max_codepoint=0x1FAFF), max_size=120)
    | st.text(st.characters(categories=["Mn", "Cf", "Cs", "Zs", "Zl"]), max_size=30)
)


@given(ANY_NAMES)
def test_a_safe_name_is_legal_on_linux_macos_and_windows(name: str) -> None:
    safe = names.safe_name(name)
    assert 1 <= len(safe.encode("utf-8")) <= 255  # Linux counts bytes
    assert 1 <= len(safe.encode("utf-16-le")) // 2 <= 255  # Windows and macOS count these
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', safe)
    assert safe not in (".", "..")
    assert not safe.endswith((".", " "))
    assert not safe.startswith(" ")
    assert not WINDOWS_DEVICES.fullmatch(safe.split(".")[0].rstrip())
    assert unicodedata.is_normalized("NFC", safe)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in safe)
    assert not safe.startswith((names.PARTIAL, "-"))
    assert safe != ".lock"


@given(ANY_NAMES)
def test_a_safe_name_is_safe_already(name: str) -> None:
    safe = names.safe_name(name)
    assert names.safe_name(safe) == safe


@given(ANY_NAMES)
def test_a_safe_name_can_be_given_to_a_file(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / names.safe_name(name)
    disk.write_new(path, b"x")
    assert path in set(path.parent.iterdir())
    path.unlink()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("letter.pdf", "letter.pdf"),
        ("Réponse à la demande.pdf", "Réponse à la demande.pdf"),
        ("Re\u0301ponse.pdf", "Réponse.pdf"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("C:\\Users\\x.doc", "C__Users_x.doc"),
        ("con", "_con"),
        ("Nul.txt", "_Nul.txt"),
        ("com1 .txt", "_com1 .txt"),
        ("LPT¹", "_LPT¹"),
        ("console.txt", "console.txt"),
        ("name. . .", "name"),
        ("  a  ", "a"),
        ("...", "unnamed"),
        ("", "unnamed"),
        ("\u202egnp.exe", "_gnp.exe"),
        ("a\nb\tc", "a_b_c"),
        ("\udcff.pdf", "_.pdf"),
        (".partial-1234", "_.partial-1234"),
        (".lock", "_.lock"),
        ("-rf", "_-rf"),
        ("--help", "_--help"),
        (" -x.pdf", "_-x.pdf"),
    ],
)
def test_these_names_become_these(name: str, safe: str) -> None:
    assert names.safe_name(name) == safe


def test_a_long_name_keeps_its_beginning_and_its_ending() -> None:
    one, two = (names.safe_name(f"{'minutes ' * 30}{n}.pdf") for n in (1, 2))
    assert one.startswith("minutes minutes ")
    assert one.endswith(".pdf")
    assert len(one) == names.LONGEST_NAME
    assert one != two
    assert names.safe_name("minutes " * 30).startswith("minutes minutes ")
    assert len(names.safe_name("minutes " * 30)) <= names.LONGEST_NAME
    emoji = names.safe_name("\U0001f600" * 100 + ".docx")
    assert len(emoji.encode()) <= 200
    assert emoji.endswith(".docx")


def test_capitals_and_composed_letters_do_not_tell_names_apart() -> None:
    assert names.folded("Réponse.PDF") == names.folded("re\u0301ponse.pdf")
    assert names.folded("Réponse.PDF") != names.folded("reponse.pdf")
    assert names.folded("STRASSE") == names.folded("straße")


@given(st.text(), st.integers(1, 60))
def test_a_slug_is_short_and_plain(text: str, longest: int) -> None:
    slug = names.slug(text, longest)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)
    assert len(slug) <= longest
    assert names.slug("Exampleville Police Department") == "exampleville-police-department"
    assert names.slug("Réponse à tout", 8) == "reponse"


def test_a_name_that_no_list_can_show_is_known() -> None:
    assert names.is_text("2026-0001-epd-towing")
    assert not names.is_text("2026-0001-\udcff")  # bytes that are no UTF-8
    assert not names.is_text("2026-0001-\x1b[2J")
    assert not names.is_text("two\nlines")
