"""The three forms of a letter say the same, and nothing about the computer they came from."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.shared import Pt

from cpra.errors import BadFile
from cpra.letters.forms import write_forms
from tests.needs import needs_program

LETTER = """\
From: Ana & Bo <Example>
      ana@records.example
Date: September 15, 2026
Via: By U.S. mail
To: City of Somewhere
    1 Made-up Street
Re: Contracts, 2025
    Our no. 2026-0012
Cc: Somebody Else

Dear all,

1. Contracts *with* their **amendments**.

7. Invoices (Gov. Code § 7922.570).

   Those paid only.

Thank you.

Sincerely,

Ana & Bo <Example>
"""
SAYS = (
    "Ana & Bo <Example>",
    "ana@records.example",
    "September 15, 2026",
    "By U.S. mail",
    "City of Somewhere",
    "1 Made-up Street",
    "Contracts, 2025",
    "Our no. 2026-0012",
    "Dear all,",
    "Contracts with their amendments.",
    "Invoices (Gov. Code § 7922.570).",
    "Those paid only.",
    "Thank you.",
    "Sincerely,",
    "Somebody Else",
)


def forms(folder: Path, letter: str = LETTER, own: Path | None = None) -> dict[str, Path]:
    """letter.md in a folder, and the forms made from it."""
    folder.mkdir(exist_ok=True)
    (folder / "letter.md").write_text(letter, encoding="utf-8")
    paths, problems = write_forms(folder / "letter.md", own)
    assert not problems
    return {path.suffix: path for path in paths}


def docx_text(path: Path) -> str:
    document = Document(str(path))
    section = document.sections[0]
    headers = [p.text for h in (section.first_page_header, section.header) for p in h.paragraphs]
    lines = [*headers, *(paragraph.text for paragraph in document.paragraphs)]
    return "\n".join(lines).replace("\u00a0", " ")


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return "\n".join(pages).replace("\u00a0", " ").replace("\r\n", "\n")


def test_all_three_forms_say_the_same(tmp_path: Path) -> None:
    made = forms(tmp_path)
    texts = (
        made[".txt"].read_text(encoding="utf-8"),
        docx_text(made[".docx"]),
        pdf_text(made[".pdf"].read_bytes()),
    )

    for text in texts:
        assert [words for words in SAYS if words not in text] == []
        assert "1." in text
        assert "7." in text


def test_the_text_is_wrapped_at_72_and_its_items_hang(tmp_path: Path) -> None:
    long = LETTER.replace("Those paid only.", "paid " * 40 + "https://" + "x" * 90)
    lines = forms(tmp_path, long)[".txt"].read_text(encoding="utf-8").split("\n")

    assert max(len(line) for line in lines if "https" not in line) <= 72
    assert "7. Invoices (Gov. Code § 7922.570)." in lines
    assert sum(line.startswith("   paid paid") for line in lines) > 1


def test_the_same_letter_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = forms(tmp_path / "one"), forms(tmp_path / "two")

    assert [one[s].read_bytes() for s in one] == [two[s].read_bytes() for s in two]


def test_the_files_name_no_author_and_carry_the_letters_own_date(tmp_path: Path) -> None:
    made = forms(tmp_path)
    core = Document(str(made[".docx"])).core_properties
    pdf = pypdfium2.PdfDocument(made[".pdf"].read_bytes())

    assert (core.author, core.last_modified_by, core.title) == ("", "", "Contracts, 2025")
    assert core.created is not None
    assert core.created.date().isoformat() == "2026-09-15"
    meta = pdf.get_metadata_dict()
    pdf.close()
    assert (meta["Author"], meta["Title"]) == ("", "Contracts, 2025")
    assert meta["CreationDate"].startswith("D:20260915")
    with zipfile.ZipFile(made[".docx"]) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = set(archive.namelist())
        everything = b"".join(archive.read(name) for name in names)
    assert "docProps/app.xml" not in names
    assert b"python-docx" not in everything
    assert b"rsid" not in everything


def test_an_author_is_named_only_if_the_letter_asks_for_it(tmp_path: Path) -> None:
    made = forms(tmp_path, "Author: Ana Example\n" + LETTER)

    assert Document(str(made[".docx"])).core_properties.author == "Ana Example"
    assert "Ana Example" not in made[".txt"].read_text(encoding="utf-8")


def test_a_character_that_no_font_has_is_named_and_the_pdf_is_made_all_the_same(
    tmp_path: Path,
) -> None:
    (tmp_path / "letter.md").write_text(LETTER.replace("Thank", "\U00012000 Thank"), "utf-8")
    paths, problems = write_forms(tmp_path / "letter.md")

    assert "U+12000 CUNEIFORM SIGN A" in problems[0].text
    by_suffix = {path.suffix: path.read_bytes() for path in paths}
    assert "Thank you." in pdf_text(by_suffix[".pdf"])
    assert "\U00012000" in by_suffix[".txt"].decode("utf-8")
    assert "\U00012000" in docx_text(tmp_path / "letter.docx")


def test_controls_typed_into_the_letter_are_shown_by_number_in_every_form(tmp_path: Path) -> None:
    made = forms(tmp_path, LETTER.replace("Thank you", "Thank\x0b \u202eyou"))

    for text in (
        made[".txt"].read_text(encoding="utf-8"),
        docx_text(made[".docx"]),
        pdf_text(made[".pdf"].read_bytes()),
    ):
        assert "ThankU+000B U+202Eyou" in text


def test_words_that_look_like_typst_are_words_in_the_pdf(tmp_path: Path) -> None:
    hostile = '")) #panic("x") \\\\ \\u{41} $x$ #let letter = 1 [a] `b` <c> @d // e /* f'
    made = forms(tmp_path, LETTER.replace("Thank you.", hostile).replace("Somebody", '"\\" #x'))
    shown = hostile.replace("\\\\", "\\")

    assert shown in " ".join(pdf_text(made[".pdf"].read_bytes()).split())


@pytest.mark.parametrize(
    "words",
    [
        "x" * 100_000,
        "word " * 20_000,
        "é" * 100_000,
        "Code § " * 15_000,
        "\N{NO-BREAK SPACE}" * 50_000,
        "😀\u200d👧 " * 2_000,
        "مرحبا " * 3_000,
        "* " * 50_000,
        "\\" * 100_000,
        "& < > ]]> " * 5_000,
    ],
    ids=["x", "words", "é", "sections", "spaces", "emoji", "arabic", "stars", "backslashes", "xml"],
)
def test_a_hundred_thousand_characters_of_anything_make_three_forms_that_open(
    tmp_path: Path, words: str
) -> None:
    letter = tmp_path / "letter.md"
    letter.write_text(LETTER.replace("Thank you.", words), encoding="utf-8")
    write_forms(letter)

    assert "Sincerely," in docx_text(letter.with_suffix(".docx"))
    assert "Sincerely," in pdf_text(letter.with_suffix(".pdf").read_bytes())
    assert "Sincerely," in letter.with_suffix(".txt").read_text(encoding="utf-8")


def letterhead(folder: Path, body: str = "") -> Path:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "RECORDS WATCH · Main Street"
    document.styles["Normal"].font.name = "Georgia"
    document.styles["Normal"].font.size = Pt(13)
    document.core_properties.author = "The Secretary"
    if body:
        document.add_paragraph(body)
    document.save(str(folder / "letterhead.docx"))
    return folder


def test_the_requesters_letterhead_gives_styles_header_and_footer(tmp_path: Path) -> None:
    path = forms(tmp_path / "draft", own=letterhead(tmp_path))[".docx"]
    document = Document(str(path))

    assert document.sections[0].header.paragraphs[0].text == "RECORDS WATCH · Main Street"
    assert document.styles["Normal"].font.name == "Georgia"
    assert document.core_properties.author == ""
    assert "Contracts with their amendments." in docx_text(path)
    assert "ana@records.example" not in docx_text(path)


def test_words_in_the_body_of_a_letterhead_are_said_to_be_unused(tmp_path: Path) -> None:
    (tmp_path / "letter.md").write_text(LETTER, encoding="utf-8")
    _, problems = write_forms(tmp_path / "letter.md", letterhead(tmp_path, "Main Street 1"))

    assert '"Main Street 1" stands in the body' in problems[0].text


def test_a_broken_letterhead_leaves_the_old_forms(tmp_path: Path) -> None:
    before = {s: path.read_bytes() for s, path in forms(tmp_path).items()}
    (tmp_path / "letterhead.docx").write_bytes(b"no zip")

    with pytest.raises(BadFile, match=r"letterhead\.docx is not a Word document"):
        write_forms(tmp_path / "letter.md", tmp_path)
    assert {s: (tmp_path / f"letter{s}").read_bytes() for s in before} == before


def test_a_letter_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter.md").write_bytes("Señora".encode("latin-1"))

    with pytest.raises(BadFile, match=r"letter\.md is not UTF-8"):
        write_forms(tmp_path / "letter.md")


def test_a_word_processor_opens_the_docx_and_shows_the_same(tmp_path: Path) -> None:
    soffice = needs_program("soffice")
    path = forms(tmp_path)[".docx"]
    profile = (tmp_path / "profile").as_uri()
    order = ["--headless", f"-env:UserInstallation={profile}", "--convert-to", "pdf"]
    subprocess.run(
        [soffice, *order, "--outdir", str(tmp_path / "out"), str(path)],
        check=True,
        capture_output=True,
    )
    text = pdf_text((tmp_path / "out" / "letter.pdf").read_bytes())

    assert [words for words in SAYS if words not in text] == []
    assert "Page 1 of 1" in text


def test_a_long_letter_says_on_each_page_to_whom_and_which_page(tmp_path: Path) -> None:
    made = forms(tmp_path, LETTER.replace("Thank you.", "\n\n".join(["Word " * 90] * 12)))
    pages = pypdfium2.PdfDocument(made[".pdf"].read_bytes())
    count = len(pages)
    second = pages[1].get_textpage().get_text_bounded()
    pages.close()

    assert count > 1
    assert "City of Somewhere" in second
    assert f"Page 2 of {count}" in second
