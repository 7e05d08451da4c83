"""What an agency only covered is found, named by page and box, and not shown."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from cpra.archive.hidden import hidden
from cpra.archive.kinds import Kind
from cpra.archive.look import Carried, Finding, Hiding, looked
from cpra.archive.looking import look_all
from cpra.archive.pdf import Unreadable
from cpra.archive.redactions import findings
from cpra.archive.sniffer import kind
from cpra.archive.store import Unread
from cpra.index import pages
from cpra.index.pages import Document
from tests.drawn import Drawn, box, one_page, words

SECRET = "Informant Jane Roe"


def found(tmp_path: Path, content: bytes) -> list[Finding]:
    """What is found in this PDF."""
    (tmp_path / "a.pdf").write_bytes(content)
    return list(findings(tmp_path / "a.pdf"))


def hidings(tmp_path: Path, content: bytes) -> list[Hiding]:
    """How it is hidden."""
    return [finding.hiding for finding in found(tmp_path, content)]


def test_words_under_a_black_box_are_found_with_their_place(tmp_path: Path) -> None:
    content = one_page(words("The name is"), words(SECRET, 150), box(148, 696, 130, 16))
    (finding,) = found(tmp_path, content)
    assert (finding.page, finding.hiding) == (1, Hiding.TEXT_UNDER_BOX)
    assert finding.characters == 16
    assert finding.text.replace(" ", "") == SECRET.replace(" ", "")
    left, bottom, right, top = finding.box
    assert 148 <= left < right <= 280
    assert 696 <= bottom < top <= 712


@pytest.mark.parametrize(
    "drawing",
    [
        (box(148, 696, 130, 16), words(SECRET, 150)),
        (words(SECRET, 150), box(148, 696, 130, 16), words("b(6)", 200, colour="1")),
        (words(SECRET, 150), box(148, 696, 130, 16, "1 1 1")),
        (words(SECRET, 150), box(148, 696, 130, 16, "0.8 0.8 0.8")),
        (words(SECRET, 150), f"q 1 0 0 1 10 0 cm {box(138, 696, 130, 16)} Q"),
    ],
    ids=["black on black", "with a label on it", "white", "grey", "moved"],
)
def test_any_box_that_hides_words_is_found(tmp_path: Path, drawing: tuple[str, ...]) -> None:
    assert Hiding.TEXT_UNDER_BOX in hidings(tmp_path, one_page(*drawing))


@pytest.mark.parametrize(
    "drawing",
    [
        (words("Plain words"),),
        (box(148, 696, 130, 16), words("White on black", 150, colour="1")),
        (box(148, 696, 130, 16, "1 1 0"), words("On a yellow mark", 150)),
        (words("Under a line", 150), box(148, 704, 130, 1)),
        (words("Framed", 150), "148 696 130 16 re S\n"),
        (box(148, 696, 130, 16),),
        (words("REDACTED", 150), box(148, 696, 130, 16)),
        (words("06/17/2019", 150), box(148, 696, 130, 16)),
        (words("xxxxxxxx", 150), box(148, 696, 130, 16)),
        (words("Beside", 50), box(148, 696, 130, 16)),
        (words("Off the page", 5_000), box(4_990, 696, 130, 16)),
    ],
)
def test_what_hides_nothing_is_not_reported(tmp_path: Path, drawing: tuple[str, ...]) -> None:
    assert found(tmp_path, one_page(*drawing)) == []


def test_words_under_a_note_are_found(tmp_path: Path) -> None:
    drawn = Drawn()
    look = drawn.stream("/Type/XObject/Subtype/Form/BBox[0 0 130 16]", b"0 0 0 rg 0 0 130 16 re f")
    mark = drawn.add(
        b"<</Type/Annot/Subtype/Square/Rect[148 696 278 712]/F 4/AP<</N %d 0 R>>>>" % look
    )
    drawn.page(words(SECRET, 150), marks=f"{mark} 0 R")
    assert hidings(tmp_path, drawn.bytes()) == [Hiding.TEXT_UNDER_NOTE]


def test_a_redaction_that_was_only_marked_is_found(tmp_path: Path) -> None:
    drawn = Drawn()
    mark = drawn.add(b"<</Type/Annot/Subtype/Redact/Rect[148 696 278 712]/F 4>>")
    drawn.page(words(SECRET, 150), marks=f"{mark} 0 R")
    assert hidings(tmp_path, drawn.bytes()) == [Hiding.MARKED_ONLY]


def layered(state: str, drawing: str) -> bytes:
    """A PDF with this drawing in a layer that is ON or OFF."""
    drawn = Drawn()
    layer = drawn.add(b"<</Type/OCG/Name(Names)>>")
    drawn.root = f"/OCProperties<</OCGs[{layer} 0 R]/D<</{state}[{layer} 0 R]>>>>"
    resources = f"/Properties<</L {layer} 0 R>>"
    drawn.page(f"{words('Plain words')}/OC /L BDC\n{drawing}EMC\n", resources=resources)
    return drawn.bytes()


def test_words_in_a_layer_that_is_switched_off_are_found(tmp_path: Path) -> None:
    content = layered("OFF", words(SECRET, 72, 600))
    (finding,) = found(tmp_path, content)
    assert finding.hiding is Hiding.TEXT_IN_LAYER
    assert finding.text.replace(" ", "") == SECRET.replace(" ", "")


def test_words_in_a_layer_that_shows_are_not_reported(tmp_path: Path) -> None:
    assert found(tmp_path, layered("ON", words("Seen by all", 72, 600))) == []
    assert found(tmp_path, layered("OFF", words("White", 72, 600, colour="1"))) == []


def picture(drawn: Drawn, dots: bytes, width: int, height: int) -> str:
    """A grey picture as a resource; paint it with /Im Do."""
    number = drawn.stream(
        f"/Type/XObject/Subtype/Image/Width {width}/Height {height}"
        "/ColorSpace/DeviceGray/BitsPerComponent 8",
        dots,
    )
    return f"/XObject<</Im {number} 0 R>>"


def test_words_under_a_black_picture_are_found(tmp_path: Path) -> None:
    drawn = Drawn()
    resources = picture(drawn, bytes(4), 2, 2)
    painted = "q 130 0 0 16 148 696 cm /Im Do Q\n"
    drawn.page(words(SECRET, 150) + painted, resources=resources)
    assert hidings(tmp_path, drawn.bytes()) == [Hiding.TEXT_UNDER_PICTURE]


def test_words_kept_behind_a_scan_that_blacks_them_out_are_found(tmp_path: Path) -> None:
    drawn = Drawn()
    # A white scan with a black bar at half its height.
    rows = [b"\xff" * 100] * 45 + [b"\0" * 100] * 10 + [b"\xff" * 100] * 45
    resources = picture(drawn, b"".join(rows), 100, 100)
    scan = "q 612 0 0 792 0 0 cm /Im Do Q\n"
    drawn.page(scan + words(SECRET, 150, 396, mode=3), resources=resources)
    assert hidings(tmp_path, drawn.bytes()) == [Hiding.TEXT_UNDER_BLACK]


def test_a_box_over_a_scan_that_is_whole_below_is_found(tmp_path: Path) -> None:
    drawn = Drawn()
    stripes = b"".join(b"\0\xff" * 50 for _ in range(100))
    resources = picture(drawn, stripes, 100, 100)
    scan = "q 612 0 0 792 0 0 cm /Im Do Q\n"
    drawn.page(scan + box(100, 300, 200, 50), resources=resources)
    assert hidings(tmp_path, drawn.bytes()) == [Hiding.PICTURE_UNDER_BOX]


def test_a_scan_with_its_words_behind_it_is_not_reported(tmp_path: Path) -> None:
    drawn = Drawn()
    resources = picture(drawn, b"\xff" * 10_000, 100, 100)
    scan = "q 612 0 0 792 0 0 cm /Im Do Q\n"
    drawn.page(words("As read by OCR", mode=3) + scan, resources=resources)
    assert found(tmp_path, drawn.bytes()) == []


def test_hidden_words_are_never_shown_by_a_search(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(
        one_page(words("The visible part"), words(SECRET, 72, 680), box(70, 676, 140, 16))
    )
    document = Document(
        request="2026-0001", agency="x", path="a.pdf", file=file, sha256="ab" * 32, kind=Kind.PDF
    )
    done = pages.update(tmp_path / "cache", [document])
    assert "marked sensitive, not shown" in done.sensitive[0].text
    (hit,) = pages.search(tmp_path / "cache", "visible").hits
    assert "Roe" not in hit.passage.text
    assert "█" in hit.passage.text
    assert pages.search(tmp_path / "cache", "informant").hits == ()


def test_a_locked_pdf_cannot_be_looked_into_and_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not really a PDF"):
        found(tmp_path, b"%PDF-1.4 no")


def test_what_was_looked_into_once_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(one_page(words(SECRET, 150), box(148, 696, 130, 16)))
    document = Unread(file, "ab" * 32, Kind.PDF)
    assert looked(tmp_path, document.sha256) is None
    assert look_all([document], tmp_path) == 1
    assert look_all([document], tmp_path) == 0
    look = looked(tmp_path, document.sha256)
    assert look is not None
    assert look.is_sensitive
    assert look.findings == tuple(findings(file))


def office(path: Path, **parts: str) -> Path:
    """An office file with these parts; `_` is a slash, `0` a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            archive.writestr(name.replace("_", "/").replace("0", "."), content)
    path.write_bytes(buffer.getvalue())
    return path


def carried(path: Path) -> dict[Carried, str]:
    """What the file carries along."""
    return {one.what: one.detail for one in hidden(path, kind(path))}


def test_what_a_word_file_carries_is_listed(tmp_path: Path) -> None:
    file = office(
        tmp_path / "a.docx",
        word_document0xml='<w:p><w:del w:id="1"><w:rPr><w:vanish/></w:rPr></w:del></w:p>',
        word_comments0xml="<w:comments/>",
        word_vbaProject0bin="macro",
        docProps_core0xml="<cp:x><dc:creator>A. Deputy</dc:creator></cp:x>",
    )
    assert carried(file) == {
        Carried.CHANGES: "1 place",
        Carried.HIDDEN_TEXT: "1 place",
        Carried.COMMENTS: "comments.xml",
        Carried.MACROS: "vbaProject.bin",
        Carried.METADATA: "author: A. Deputy",
    }


def test_hidden_sheets_and_rows_are_listed(tmp_path: Path) -> None:
    file = office(
        tmp_path / "a.xlsx",
        xl_workbook0xml='<sheet name="Open"/><sheet name="Calc" state="veryHidden"/>',
        xl_worksheets_sheet10xml='<row r="1" hidden="1"/>',
    )
    assert carried(file) == {Carried.HIDDEN_SHEET: "Calc", Carried.HIDDEN_ROWS: "1 group"}


def test_scripts_and_files_in_a_pdf_are_listed_and_not_run(tmp_path: Path) -> None:
    drawn = Drawn()
    drawn.root = "/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert\\(1\\))>>]>>>>"
    drawn.page(words("x"))
    (tmp_path / "a.pdf").write_bytes(drawn.bytes())
    assert carried(tmp_path / "a.pdf") == {Carried.SCRIPT: "1; never run"}


# By x-ray's own tests of these files: where there is a failed redaction, and how many.
TRUTH = {"rectangles_yes.pdf": 3, "rectangles_yes_2.pdf": 1}
MANUAL = Path(__file__).resolve().parents[1] / "docs" / "archive.md"


@pytest.mark.data
def test_the_real_redactions_are_scored_as_the_manual_says(data: Path) -> None:
    files = sorted((data / "pdf" / "x-ray").glob("*.pdf"))
    counts = {file.name: len(list(findings(file))) for file in files}
    score = {
        "filings": len(counts),
        "files found": sum(counts[name] > 0 for name in TRUTH),
        "places found": sum(min(counts[name], count) for name, count in TRUTH.items()),
        "missed": sum(max(0, count - counts[name]) for name, count in TRUTH.items()),
        "false": sum(max(0, count - TRUTH.get(name, 0)) for name, count in counts.items()),
    }
    opened = 0
    others = sorted(set(data.rglob("*.pdf")) - set(files))
    for file in others:
        try:
            score["false"] += len(list(findings(file)))
            opened += 1
        except Unreadable:
            continue
    said = " ".join(MANUAL.read_text(encoding="utf-8").split())
    row = " | ".join(str(number) for number in (*score.values(), opened))
    assert f"| {row} |" in said, row
    assert (score["missed"], score["false"]) == (0, 0)
