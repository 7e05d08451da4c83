"""Pages that are pictures are read by what is installed, once, and never silently left empty."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from cpra import disk
from cpra.actions import reading
from cpra.archive import ocr, text
from cpra.archive.kinds import Kind
from cpra.archive.pdf import scan
from cpra.archive.sniffer import kind
from cpra.errors import CpraError
from cpra.workspace import Workspace
from tests.drawn import Drawn, one_page
from tests.drawn import words as words_at
from tests.needs import missing, needs_program
from tests.running import cpra, done, sent_request


@pytest.fixture(params=["tesseract", "rapidocr"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each engine alone: tesseract as it is found, rapidocr where no program is on PATH."""
    if request.param == "tesseract":
        needs_program("tesseract")
    else:
        (tmp_path / "no-programs").mkdir()
        monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
        if not ocr.engine():
            missing("rapidocr is not installed: pip install 'cpra[ocr]'")
    assert ocr.engine() == request.param
    return str(request.param)


def scanned(tmp_path: Path, *lines: str) -> Path:
    """A PDF whose page is a picture of these words, drawn by pdfium."""
    drawn = one_page(*(words_at(line, 72, 700 - 40 * n) for n, line in enumerate(lines)))
    (tmp_path / "typed.pdf").write_bytes(drawn)
    _, width, height, rest = scan(tmp_path / "typed.pdf", 1).split(b" ", 3)
    dots = rest.split(b"\n", 1)[1]
    paper = Drawn()
    image = paper.stream(
        f"/Type/XObject/Subtype/Image/Width {int(width)}/Height {int(height)}"
        "/ColorSpace/DeviceGray/BitsPerComponent 8",
        dots,
    )
    paper.page("q 612 0 0 792 0 0 cm /Im Do Q", resources=f"/XObject<</Im {image} 0 R>>")
    (tmp_path / "scan.pdf").write_bytes(paper.bytes())
    return tmp_path / "scan.pdf"


def unread(file: Path) -> text.Unread:
    """The file as a document whose words are wanted."""
    return text.Unread(file, disk.sha256(file), kind(file))


@pytest.mark.usefixtures("engine")
def test_a_scan_is_read_by_ocr_once(tmp_path: Path) -> None:
    file = scanned(tmp_path, "Automated license plate readers", "shall be audited every month")
    cache, document = tmp_path / "cache", unread(file)
    assert text.pages(file, Kind.PDF, cache).unread == (1,)
    assert text.read_scans([document], cache) == 1
    found = text.pages(file, Kind.PDF, cache)
    assert "license plate readers\n" in found.pages[0].text
    assert found.unread == ()
    assert text.read_scans([document], cache) == 0


@pytest.mark.usefixtures("engine")
def test_a_page_that_ocr_cannot_read_stays_unread_and_is_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(one_page("0.5 g 100 100 400 500 re f"))
    cache, document = tmp_path / "cache", unread(tmp_path / "a.pdf")
    assert text.read_scans([document], cache) == 0
    assert text.pages(tmp_path / "a.pdf", Kind.PDF, cache).unread == (1,)
    stored = text.stored_text(cache, document.sha256)
    assert stored is not None
    with stored:
        assert stored.summary.waiting == ()


@pytest.mark.usefixtures("engine")
def test_a_picture_that_is_none_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    cache = tmp_path / "cache"
    assert text.read_scans([unread(tmp_path / "a.png")], cache) == 0
    assert text.pages(tmp_path / "a.png", Kind.PNG, cache).unread == (1,)


@pytest.mark.data
def test_a_real_scan_is_read_nearly_word_by_word(data: Path, tmp_path: Path, engine: str) -> None:
    file = data / "pdf" / "ocrmypdf" / "linn.png"
    text.read_scans([unread(file)], tmp_path / "cache")
    read = " ".join(page.text for page in text.pages(file, Kind.PNG, tmp_path / "cache").pages)
    truth = set(re.findall(r"\w{4,}", file.with_suffix(".txt").read_text(encoding="utf-8")))
    found = truth & set(re.findall(r"\w{4,}", read))
    assert len(found) > 0.9 * len(truth), (engine, truth - found)


def test_without_an_engine_the_page_is_listed_and_the_way_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    assert ocr.engine() == ""
    file = scanned(tmp_path, "Words")
    assert text.pages(file, Kind.PDF, tmp_path / "cache").unread == (1,)
    with pytest.raises(CpraError, match=r"nothing that reads pictures"):
        reading.read(Workspace(tmp_path), tmp_path, scans=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one request that was sent."""
    return sent_request(tmp_path)


def pages_at_once(root: Path, number: int) -> None:
    """Set how many pages are read by OCR without being asked."""
    with (root / "requests" / "cpra.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[limits]\nocr = {number}\n")


def without_programs(engine: str, tmp_path: Path) -> dict[str, str]:
    """The environment in which only this engine is found."""
    return {"PATH": str(tmp_path / "no-programs")} if engine == "rapidocr" else {}


def test_a_filed_scan_is_read_at_once_and_found(root: Path, tmp_path: Path, engine: str) -> None:
    scan, env = (
        scanned(tmp_path, "Tidewater regional task force"),
        without_programs(engine, tmp_path),
    )
    ran = done("file", "1", str(scan), "--on", "2026-04-01", cwd=root, env=env)
    assert "1 page without words: read by OCR" in ran.out
    assert "needs OCR" not in ran.out
    assert "[Tidewater] regional" in done("search", "tidewater", cwd=root).out


def test_more_scans_than_the_setting_says_wait_until_they_are_asked_for(
    root: Path, tmp_path: Path, engine: str
) -> None:
    pages_at_once(root, 0)
    env = without_programs(engine, tmp_path)
    scan = str(scanned(tmp_path, "Tidewater regional task force"))
    ran = done("file", "1", scan, "--on", "2026-04-01", cwd=root, env=env)
    assert "needs OCR: `cpra text 1 --ocr`" in ran.out
    nothing = cpra("search", "tidewater", cwd=root)
    assert (nothing.code, nothing.out) == (1, "")
    assert "1 new document has pages without words; `cpra text ID --ocr`" in nothing.err
    asked = done("text", "1", cwd=root, env=env)
    assert "1 page without words: `cpra text 1 --ocr` reads them" in asked.err
    done("text", "1", "--ocr", cwd=root, env=env)
    assert "[Tidewater] regional" in done("search", "tidewater", cwd=root).out
    # What was read stands in the cache by its hash: a new index asks nobody to read it again.
    again = done("text", "1", "--ocr", "--json", cwd=root, env={"PATH": str(tmp_path)})
    rows = again.result
    assert isinstance(rows, list)
    assert [row["by_ocr"] for row in rows if row["kind"] == "pdf" and row["by_ocr"]] == [1]


def test_few_scans_that_were_left_are_read_when_the_words_are_asked_for(
    root: Path, tmp_path: Path
) -> None:
    pages_at_once(root, 0)
    scan = str(scanned(tmp_path, "Tidewater regional task force"))
    done("file", "1", scan, "--on", "2026-04-01", cwd=root)
    settings = root / "requests" / "cpra.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("ocr = 0", "ocr = 1"), encoding="utf-8")
    assert "1 page read by OCR" in done("text", "1", cwd=root).out
    assert "[Tidewater] regional" in done("search", "tidewater", cwd=root).out
