"""The words of a document are read once, page by page, by a process that may be killed."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from cpra import disk
from cpra.archive import html, text
from cpra.archive.kinds import Kind
from cpra.archive.limits import Limits
from cpra.archive.plain import PAGE, stretches, text_of
from cpra.archive.sniffer import kind
from cpra.archive.store import Page, Store, Summary
from tests.needs import needs_program

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(*pages: str, extra: str = "") -> bytes:
    """A PDF with one line of text on each page."""
    objects = ["<</Type/Catalog/Pages 2 0 R" + extra + ">>", ""]
    kids = []
    for words in pages:
        stream = f"BT /F1 12 Tf 72 700 Td ({words}) Tj ET"
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        font = "<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {len(objects)} 0 R"
            f"/Resources<</Font{font}>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{content}\nendobj\n".encode())
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{place:010} 00000 n \n".encode() for place in places))
    out.write(f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{start}\n%%EOF".encode())
    return out.getvalue()


def docx(path: Path, **parts: str) -> Path:
    """A Word file with these parts under word/, `__` for a dot."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return path


def read(tmp_path: Path, file: Path, limits: Limits | None = None) -> text.Pages:
    """Its pages, with the store beside the file."""
    return text.pages(file, kind(file), tmp_path / "cache", limits=limits or Limits())


def words(pages: text.Pages) -> list[str]:
    """The words of each page."""
    return [page.text.strip() for page in pages.pages]


def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("first page", "second page"))
    assert words(read(tmp_path, tmp_path / "a.pdf")) == ["first page", "second page"]


def test_what_was_read_once_is_not_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf("words"))
    unread = text.Unread(file, "ab" * 32, Kind.PDF)
    assert text.read_all([unread], tmp_path / "cache") == 1
    assert text.read_all([unread, unread], tmp_path / "cache") == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\nno more than this", "damaged or not really a PDF"),
        (b"%PDF-1.4\n" + b"\0" * 5_000, "damaged or not really a PDF"),
    ],
)
def test_a_broken_pdf_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    found = read(tmp_path, tmp_path / "a.pdf")
    assert said in found.problems[0]
    assert found.pages == ()


def test_a_locked_pdf_is_said(tmp_path: Path) -> None:
    source = pdf("secret").replace(
        b"/Size",
        b"/Encrypt<</Filter/Standard/V 1/R 2/O(01234567890123456789012345678901)"
        b"/U(01234567890123456789012345678901)/P -4>>/ID[(a)(b)]/Size",
    )
    (tmp_path / "a.pdf").write_bytes(source)
    assert "locked with a password" in read(tmp_path, tmp_path / "a.pdf").problems[0]


def test_a_pdf_with_javascript_is_read_and_the_script_is_not_run(tmp_path: Path) -> None:
    script = "/OpenAction<</S/JavaScript/JS(app.alert\\('x'\\);while\\(1\\){})>>"
    (tmp_path / "a.pdf").write_bytes(pdf("words", extra=script))
    assert words(read(tmp_path, tmp_path / "a.pdf")) == ["words"]


def test_a_page_tree_that_goes_in_a_circle_comes_to_an_end(tmp_path: Path) -> None:
    looping = pdf("words").replace(b"/Kids[4 0 R]", b"/Kids[2 0 R]")
    (tmp_path / "a.pdf").write_bytes(looping)
    assert read(tmp_path, tmp_path / "a.pdf", Limits(seconds=20)).problems


def test_a_page_with_a_picture_and_no_words_is_listed_as_unread(tmp_path: Path) -> None:
    with_box = pdf("x").replace(
        b"BT /F1 12 Tf 72 700 Td (x) Tj ET", b"0 0 500 700 re f" + b" " * 16
    )
    (tmp_path / "a.pdf").write_bytes(with_box)
    assert read(tmp_path, tmp_path / "a.pdf").unread == (1,)


def test_five_hundred_pages_are_five_hundred_pages(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(*[f"page number {n}" for n in range(500)]))
    found = read(tmp_path, tmp_path / "a.pdf")
    assert words(found)[499] == "page number 499"
    stored = text.stored_text(tmp_path / "cache", disk.sha256(tmp_path / "a.pdf"))
    assert stored is not None
    with stored:
        assert stored.page(250).text.strip() == "page number 249"
        assert stored.count == 500


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    slow, quick = tmp_path / "slow.html", tmp_path / "quick.txt"
    slow.write_text("<html>" + "<a><b>" * 2_000_000, encoding="utf-8")
    quick.write_text("quick", encoding="utf-8")
    wanted = [text.Unread(slow, "aa" * 32, Kind.HTML), text.Unread(quick, "bb" * 32, Kind.TXT)]
    text.read_all(wanted, tmp_path / "cache", limits=Limits(seconds=1), processes=1)
    store = Store(tmp_path / "cache" / "text")
    first, second = store.open("aa" * 32), store.open("bb" * 32)
    assert first is not None
    assert second is not None
    with first, second:
        assert [page.text for page in second] == ["quick"]
        assert first.count or first.summary.problems


def test_an_xml_bomb_does_not_go_off(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = (
        f'<!DOCTYPE w [<!ENTITY e0 "boom">{entities}]>'
        f"<w:document {W}><w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:document>"
    )
    found = read(tmp_path, docx(tmp_path / "a.docx", document=bomb))
    assert sum(len(page.text) for page in found.pages) < 10_000


def test_an_entity_that_names_a_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the secret", encoding="utf-8")
    outside = (
        f'<!DOCTYPE w [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
        f"<w:document {W}><w:p><w:r><w:t>a &x; b</w:t></w:r></w:p></w:document>"
    )
    found = read(tmp_path, docx(tmp_path / "a.docx", document=outside))
    assert "secret" not in "".join(words(found))


def test_a_word_file_gives_what_is_hidden_in_it(tmp_path: Path) -> None:
    file = docx(
        tmp_path / "a.docx",
        document=(
            f"<w:document {W}><w:body><w:p><w:r><w:t>The policy </w:t></w:r>"
            "<w:del><w:r><w:delText>secret </w:delText></w:r></w:del>"
            '<w:r><w:t>holds</w:t><w:footnoteReference w:id="2"/></w:r></w:p>'
            "<w:p><w:r><w:lastRenderedPageBreak/><w:t>Next page</w:t></w:r></w:p>"
            "</w:body></w:document>"
        ),
        header1=f"<w:hdr {W}><w:p><w:r><w:t>Confidential</w:t></w:r></w:p></w:hdr>",
        footnotes=f"<w:footnotes {W}><w:p><w:r><w:t>A note</w:t></w:r></w:p></w:footnotes>",
        comments=(
            f'<w:comments {W}><w:comment w:author="Chief"><w:p><w:r><w:t>Remove this</w:t></w:r>'
            "</w:p></w:comment></w:comments>"
        ),
    )
    found = read(tmp_path, file)
    assert [(page.label, page.text) for page in found.pages] == [
        ("", "The policy [deleted: secret ]holds[2]"),
        ("", "Next page"),
        ("headers and footers", "Confidential"),
        ("footnotes", "A note"),
        ("comments", "[comment by Chief] Remove this"),
    ]


def test_a_damaged_word_file_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, docx(tmp_path / "a.docx", document=f"<w:document {W}><w:p>"))
    assert "damaged" in found.problems[0]


def test_the_words_of_a_web_page_are_read_and_its_scripts_are_not() -> None:
    source = b"<title>T</title><script>var x='no'</script><p>One<p>two&nbsp;&eacute;<td>a<td>b"
    assert html.words(source) == "T\nOne\ntwo é\na\tb"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_a_text_is_read_in_any_encoding(encoding: str) -> None:
    words = "The agency's naïve réponse, in plain words that go on for a while. " * 5
    assert text_of(words.encode(encoding)) == words


def test_a_long_text_has_stretches_that_say_their_lines() -> None:
    pages = list(stretches("\n".join(f"line {n}" for n in range(1, 1_001))))
    assert pages[0][1].startswith("lines 1-")
    assert pages[-1][1].endswith("-1000")
    assert all(len(words) <= PAGE for words, _ in pages)
    joined = "\n".join(words for words, _ in pages)
    assert joined.count("\n") == 999


def test_form_feeds_are_pages() -> None:
    assert [words for words, _ in stretches("one\ftwo\fthree")] == ["one", "two", "three"]


def test_the_store_gives_back_what_was_put_in(tmp_path: Path) -> None:
    pages = [Page(n, f"page {n} " * (n % 400), "é" if n % 2 else "") for n in range(1, 300)]
    store = Store(tmp_path)
    store.write("ab" * 32, pages, Summary(("a problem",), (3, 4)))
    stored = store.open("ab" * 32)
    assert stored is not None
    with stored:
        assert list(stored) == pages
        assert [stored.page(n) for n in (1, 150, 299)] == [pages[0], pages[149], pages[298]]
        assert stored.summary == Summary(("a problem",), (3, 4))
        with pytest.raises(IndexError):
            stored.page(300)


def test_a_damaged_file_of_the_store_counts_as_missing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("ab" * 32, [Page(1, "words")], Summary())
    path = store.path("ab" * 32)
    path.write_bytes(path.read_bytes()[:-5])
    assert store.open("ab" * 32) is None
    (tmp_path / "a.txt").write_text("words again", encoding="utf-8")
    unread = text.Unread(tmp_path / "a.txt", "ab" * 32, Kind.TXT)
    (tmp_path / "text").mkdir()
    (tmp_path / "ab").rename(tmp_path / "text" / "ab")
    assert text.read_all([unread], tmp_path) == 1


def xlsx(path: Path, workbook: str, **sheets: str) -> Path:
    """A workbook made by hand: its list of sheets, and the rows of each."""
    relations = "".join(
        f'<Relationship Id="{name}" Target="worksheets/{name}.xml" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
        for name in sheets
    )
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships {package}><Relationship Id="a" Target="xl/workbook.xml" Type="http://'
            'schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
            "</Relationships>",
        )
        archive.writestr(
            "xl/workbook.xml", f"<workbook {main} {office}><sheets>{workbook}</sheets></workbook>"
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f"<Relationships {package}>{relations}</Relationships>"
        )
        for name, rows in sheets.items():
            archive.writestr(
                f"xl/worksheets/{name}.xml",
                f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>",
            )
    return path


def test_a_hidden_sheet_is_read_and_named(tmp_path: Path) -> None:
    file = xlsx(
        tmp_path / "a.xlsx",
        '<sheet name="Open" sheetId="1" r:id="one"/>'
        '<sheet name="Calc" sheetId="2" state="hidden" r:id="two"/>',
        one='<row r="1"><c r="A1"><v>5</v></c><c r="C1"><v>2.5</v></c></row>',
        two='<row r="1"><c r="A1" t="inlineStr"><is><t>secret</t></is></c></row>',
    )
    found = read(tmp_path, file)
    assert [(page.label, page.text) for page in found.pages] == [
        ("Open", "5\t\t2.5"),
        ("Calc (hidden)", "secret"),
    ]


def test_an_xml_bomb_in_a_workbook_does_not_go_off(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE w [<!ENTITY e0 "boom">{entities}]>'
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e11;</t></is></c></row>'
    file = xlsx(tmp_path / "a.xlsx", '<sheet name="One" sheetId="1" r:id="one"/>', one=cell)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts["xl/worksheets/one.xml"] = bomb + parts["xl/worksheets/one.xml"]
    parts["xl/comments1.xml"] = f"{bomb}<comments><text><t>&e11;</t></text></comments>"
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    found = read(tmp_path, file)
    assert sum(len(page.text) for page in found.pages) < 10_000


def test_a_sheet_that_swells_stops_at_the_memory_that_it_may_take(tmp_path: Path) -> None:
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>' + "x" * 400_000_000 + "</t></is></c></row>"
    file = xlsx(tmp_path / "a.xlsx", '<sheet name="One" sheetId="1" r:id="one"/>', one=cell)
    del cell
    found = read(tmp_path, file, Limits(memory=400_000_000))
    assert found.problems


def test_a_locked_workbook_is_said(tmp_path: Path) -> None:
    # A locked office file is a compound file with this stream in it.
    name = "EncryptedPackage".encode("utf-16-le")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    (tmp_path / "a.xlsx").write_bytes(head + bytes(504) + name + bytes(60))
    assert "locked with a password" in read(tmp_path, tmp_path / "a.xlsx").problems[0]


def test_slides_come_with_their_notes_and_hidden_ones_are_named(tmp_path: Path) -> None:
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    with zipfile.ZipFile(tmp_path / "a.pptx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/presentation.xml", "<p/>")
        archive.writestr("ppt/slides/slide1.xml", f"<s {a}><a:p><a:t>First</a:t></a:p></s>")
        archive.writestr("ppt/slides/slide2.xml", f'<s {a} show="0"><a:p><a:t>Two</a:t></a:p></s>')
        archive.writestr(
            "ppt/slides/_rels/slide1.xml.rels",
            '<r Target="../notesSlides/notesSlide7.xml" Type="x"/>',
        )
        archive.writestr("ppt/notesSlides/notesSlide7.xml", f"<n {a}><a:t>Say it</a:t></n>")
    found = read(tmp_path, tmp_path / "a.pptx")
    assert [(page.label, page.text) for page in found.pages] == [
        ("slide 1", "First\n[notes] Say it"),
        ("slide 2 (hidden)", "Two"),
    ]


def test_what_cannot_be_read_is_listed_and_never_silently_empty(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0" + bytes(100))
    assert read(tmp_path, tmp_path / "a.mp4").unread == (1,)


@pytest.mark.data
def test_old_word_files_are_read_by_libreoffice(data: Path, tmp_path: Path) -> None:
    needs_program("soffice")
    file = data / "office" / "doctor" / "word-doc.doc"
    assert sum(len(page.text) for page in read(tmp_path, file).pages) > 5_000


@pytest.mark.data
def test_every_real_pdf_gives_pages_or_a_problem(data: Path, tmp_path: Path) -> None:
    files = sorted(data.rglob("*.pdf"))
    unread = [text.Unread(file, f"{n:064}", kind(file)) for n, file in enumerate(files)]
    text.read_all(unread, tmp_path)
    silent = []
    for document in unread:
        found = text.pages(document.path, document.kind, tmp_path, sha256=document.sha256)
        if not any(words(found)) and not found.problems and not found.unread:
            silent.append(document.path.name)
    # Pages that are truly blank, and one file without a byte in it.
    blank = {"empty.pdf", "livecycle.pdf", "meta.pdf", "no_contents.pdf", "missing_docinfo.pdf"}
    assert set(silent) <= blank | {"docinfo_latin1_key.pdf", "trivial.pdf"}


@pytest.mark.data
def test_the_pages_of_real_message_histories_are_as_many_as_their_list_says(
    data: Path, tmp_path: Path
) -> None:
    rows = (data / "cases" / "truth.csv").read_text(encoding="utf-8").splitlines()[1:]
    for row in rows:
        name, _, pages = row.split(",")[:3]
        found = text.pages(data / name, Kind.PDF, tmp_path)
        assert len(found.pages) == int(pages)


def test_the_summary_is_plain_json(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("ab" * 32, [], Summary(("x",), ()))
    assert b'"problems": ["x"]' in store.path("ab" * 32).read_bytes()
    assert json.loads('"x"') == "x"
