"""The audit says what came against what was asked, and names every gap and every bad file."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cpra.archive.sheets import sheet_pages
from cpra.reports.gaps import Gap, Stamped, bates_gaps, name_gaps, page_gaps, stamps
from cpra.reports.workbook import Sheet, write
from tests.drawn import Drawn, box, one_page, words
from tests.running import cpra, done


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one request of two items, sent."""
    root = tmp_path / "ws"
    done("init", str(root), cwd=tmp_path)
    done("agency", "add", "Testville", "--kind", "city", cwd=root)
    done("new", "general", "--agency", "testville", "--no-input", "--subject", "Logs",
         "--item", "Access logs of 2026", "--item", "The policy", cwd=root)  # fmt: skip
    done("sent", "1", "--on", "2026-03-02", "--via", "portal", cwd=root)
    return root


def audited(workspace: Path, *options: str) -> Any:
    """The audit as programs see it."""
    return done("audit", "1", "--json", *options, cwd=workspace).result


def test_items_are_set_against_what_came(workspace: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (workspace / name).write_text(f"words of {name}", encoding="utf-8")
    done("file", "1", "a.txt", "b.txt", "--as", "records", "--on", "2026-04-01", "--item", "1",
         "--installment", "1", cwd=workspace)  # fmt: skip
    found = audited(workspace)
    assert [(i["number"], i["productions"], i["files"], i["last"]) for i in found["items"]] == [
        (1, 1, 2, "2026-04-01"),
        (2, 0, 0, None),
    ]
    shown = done("audit", "1", cwd=workspace).out
    assert "nothing came" in shown


def test_installments_are_listed_and_a_missing_one_is_a_gap(workspace: Path) -> None:
    for number, day in ((2, "10"), (5, "20")):
        (workspace / f"{number}.txt").write_text(str(number), encoding="utf-8")
        done("file", "1", f"{number}.txt", "--on", f"2026-04-{day}", "--item", "1",
             "--installment", str(number), cwd=workspace)  # fmt: skip
    found = audited(workspace)
    assert [(one["number"], one["files"], one["items"]) for one in found["installments"]] == [
        (2, 1, [1]),
        (5, 1, [1]),
    ]
    gaps = [(gap["row"], gap["first"], gap["last"]) for gap in found["gaps"]]
    assert gaps == [("installments", "1", "1"), ("installments", "3", "4")]
    shown = done("audit", "1", cwd=workspace).out
    assert " 5  2026-04-20  1 file, 1 page · items 1" in shown
    assert "installments: 3 to 4 missing" in shown


def test_every_bad_file_is_named(workspace: Path) -> None:
    (workspace / "empty.pdf").touch()
    (workspace / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (workspace / "page.pdf").write_text("<html>The portal is down</html>", encoding="utf-8")
    (workspace / "one.txt").write_text("the same words", encoding="utf-8")
    (workspace / "two.txt").write_text("the same words", encoding="utf-8")
    scan = Drawn()
    dots = scan.stream(
        "/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8",
        b"\0\xff\0\xff",
    )
    scan.page("q 500 0 0 700 50 50 cm /Im Do Q", resources=f"/XObject<</Im {dots} 0 R>>")
    (workspace / "scan.pdf").write_bytes(scan.bytes())
    ran = cpra("file", "1", "empty.pdf", "broken.pdf", "page.pdf", "one.txt", "two.txt",
               "scan.pdf", "--as", "records", "--on", "2026-04-01", cwd=workspace)  # fmt: skip
    assert ran.code == 1
    assert "not what its name says" in ran.err
    assert "damaged" in ran.err
    rows = {Path(row["path"]).name: row for row in audited(workspace)["files"]}
    assert rows["empty.pdf"]["problems"] == ["is empty", *rows["empty.pdf"]["problems"][1:]]
    assert "is html, not what its name says" in rows["page.pdf"]["problems"]
    assert "damaged" in rows["broken.pdf"]["problems"][0]
    assert rows["scan.pdf"]["unread"] == 1
    assert "was filed before" in rows["two.txt"]["problems"]
    assert rows["two.txt"]["first"].endswith("one.txt")


def test_a_file_of_another_request_is_noticed_by_its_portal_name(workspace: Path) -> None:
    done("record", "1", "acknowledged", "--on", "2026-03-03", "--reference", "W012159-021226",
         cwd=workspace)  # fmt: skip
    for name in ("W012159-021226_Message_History.txt", "W012160-021226_Message_History.txt"):
        (workspace / name).write_text(name, encoding="utf-8")
        done("file", "1", name, "--as", "records", "--on", "2026-04-01", cwd=workspace)
    bad = [row for row in audited(workspace)["files"] if row["problems"]]
    assert [Path(row["path"]).name for row in bad] == ["W012160-021226_Message_History.txt"]
    assert "belongs to W012160-021226" in bad[0]["problems"][0]


def test_withheld_pages_are_listed_with_their_ground(workspace: Path) -> None:
    (workspace / "r.pdf").write_bytes(
        Drawn()
        .page(words("Report of 2026"))
        .page(words("PAGE WITHHELD IN FULL PURSUANT TO Gov. Code 7923.600"))
        .bytes()
    )
    done("file", "1", "r.pdf", "--as", "records", "--on", "2026-04-01", cwd=workspace)
    (row,) = audited(workspace)["withheld"]
    assert (row["page"], row["grounds"]) == (2, ["Gov. Code § 7923.600"])


def test_redactions_are_named_and_shown_only_on_request(workspace: Path) -> None:
    secret = one_page(words("Informant Jane Roe"), box(70, 696, 150, 16))
    (workspace / "secret.pdf").write_bytes(secret)
    done("file", "1", "secret.pdf", "--as", "records", "--on", "2026-04-01", cwd=workspace)
    plain = done("audit", "1", "--redactions", cwd=workspace).out
    assert "page 1: text under a box, 16 characters" in plain
    assert "Roe" not in plain + done("audit", "1", cwd=workspace).out
    assert "Roe" not in done("audit", "1", "--json", cwd=workspace).out
    assert "Roe" not in done("text", "1", "secret.pdf", cwd=workspace).out
    assert "Roe" in done("audit", "1", "--redactions", "--reveal", cwd=workspace).out
    assert cpra("audit", "1", "--reveal", cwd=workspace).code == 2


def test_filing_says_at_once_what_is_sensitive_and_shows_nothing_of_it(workspace: Path) -> None:
    secret = one_page(words("Informant Jane Roe"), box(70, 696, 150, 16))
    (workspace / "secret.pdf").write_bytes(secret)
    ran = done("file", "1", "secret.pdf", "--on", "2026-04-01", cwd=workspace)
    assert "1 page in 1 file hide words or pictures that were not removed" in ran.out
    assert "Roe" not in ran.out + ran.err


def test_filing_says_at_once_what_needs_ocr(workspace: Path) -> None:
    (workspace / "scan.pdf").write_bytes(one_page("0.5 g 100 100 400 500 re f"))
    ran = done("file", "1", "scan.pdf", "--on", "2026-04-01", cwd=workspace)
    assert "1 page shows something, and OCR found no words there" in ran.out
    with (workspace / "requests" / "cpra.toml").open("a", encoding="utf-8") as file:
        file.write("\n[limits]\nocr = 0\n")
    (workspace / "other.pdf").write_bytes(one_page("0.5 g 100 100 400 501 re f"))
    ran = done("file", "1", "other.pdf", "--on", "2026-04-01", cwd=workspace)
    assert "1 page has no words; reading them needs OCR: `cpra text 1 --ocr`" in ran.out


def test_the_spreadsheet_holds_it_all_and_is_never_replaced(workspace: Path) -> None:
    (workspace / "a.txt").write_text("words", encoding="utf-8")
    done("file", "1", "a.txt", "--as", "records", "--on", "2026-04-01", cwd=workspace)
    done("audit", "1", "--output", "audit.xlsx", cwd=workspace)
    pages = {label.split(",")[0]: text for text, label in sheet_pages(workspace / "audit.xlsx")}
    assert list(pages) == [
        "Items",
        "Installments",
        "Files",
        "Gaps",
        "Withheld",
        "Redactions",
        "Carried along",
    ]
    assert "Access logs of 2026" in pages["Items"]
    assert "a.txt" in pages["Files"]
    assert cpra("audit", "1", "--output", "audit.xlsx", cwd=workspace).code == 4
    assert cpra("audit", "1", "--output", "audit.csv", cwd=workspace).code == 2


def test_a_workbook_takes_any_text_and_calculates_nothing(tmp_path: Path) -> None:
    rows = [("=1+1", 3), ("<b>&\x00\x1b", None), ("\ud800", 2.5), ("x" * 40_000, -1)]
    write(tmp_path / "a.xlsx", [Sheet("One & two", ("words", "number"), rows)])
    (text, label), *_ = sheet_pages(tmp_path / "a.xlsx")
    assert label.startswith("One & two")
    assert text.splitlines()[1] == "=1+1\t3"
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert '<c r="A2" s="2" t="inlineStr"><is>' in sheet
    assert "<f>" not in sheet
    assert re.findall("<xf [^>]*>", styles)[2].startswith('<xf fontId="0" quotePrefix="1"')
    assert text.splitlines()[2].startswith("<b>&")


def bates(*numbers: int, prefix: str = "TPD") -> tuple[Gap, ...]:
    """The gaps in these stamps, one on each page."""
    found: list[Stamped] = []
    for page, number in enumerate(numbers, start=1):
        found += stamps(
            "a.pdf", page, f"Words\nmore\nwords\nand\nso\non\nhere\n{prefix} {number:06}"
        )
    return bates_gaps(found)


def test_a_hole_in_the_bates_numbers_is_named() -> None:
    assert bates(1, 2, 3, 7, 8) == (Gap("Bates TPD", "000004", "000006", 3),)


def test_a_bates_number_that_stands_twice_is_named() -> None:
    assert bates(1, 2, 2, 3) == (Gap("Bates TPD", "000002", "000002", 2, "given twice"),)


@pytest.mark.parametrize(
    ("numbers", "prefix"), [((1, 2, 3), "TPD"), ((5, 90), "TPD"), ((10, 300, 7000, 90_000), "REF")]
)
def test_numbers_that_are_no_row_are_no_gap(numbers: tuple[int, ...], prefix: str) -> None:
    assert bates(*numbers, prefix=prefix) == ()


def test_pages_that_a_document_counts_and_does_not_have_are_named() -> None:
    pages = [f"Page {n} of 9" for n in (1, 2, 5, 9)]
    assert page_gaps("a.pdf", pages) == (
        Gap("a.pdf: page … of 9", "3", "4", 2),
        Gap("a.pdf: page … of 9", "6", "8", 3),
    )
    assert page_gaps("a.pdf", ["see page 3 of 12 of the manual"]) == ()


def test_a_hole_in_files_that_count_up_is_named() -> None:
    names = ["Doc_1.pdf", "Doc_2.pdf", "Doc_4.pdf", "2026-01-01.pdf", "other.txt"]
    assert name_gaps(names) == (Gap("files Doc_….pdf", "3", "3", 1),)


def test_containers_that_were_not_wholly_unpacked_are_named(workspace: Path) -> None:
    (workspace / "a.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(60))
    with zipfile.ZipFile(workspace / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.bin", bytes(30_000_000))
    with zipfile.ZipFile(workspace / "crc.zip", "w") as archive:
        archive.writestr("bad.txt", b"these words are damaged")
        archive.writestr("good.txt", b"these are not")
    content = (workspace / "crc.zip").read_bytes()
    (workspace / "crc.zip").write_bytes(content.replace(b"words", b"WORDS", 1))
    with zipfile.ZipFile(workspace / "whole.zip", "w") as archive:
        archive.writestr("a.txt", b"words")
    with zipfile.ZipFile(workspace / "none.zip", "w"):
        pass
    names = ("a.7z", "bomb.zip", "crc.zip", "whole.zip", "none.zip")
    assert cpra("file", "1", *names, "--on", "2026-04-01", cwd=workspace).code == 1
    said = {Path(row["path"]).name: row["problems"] for row in audited(workspace)["files"]}
    assert said["a.7z"] == ["is a 7z archive, which cpra keeps closed"]
    (bomb,) = said["bomb.zip"]
    assert bomb.startswith("would unpack to 30 MB, ")
    assert bomb.endswith(" (the limit is 200 times); nothing in it was unpacked")
    assert said["crc.zip"] == ["1 of its 2 files could not be unpacked"]
    assert said["whole.zip"] == []
    assert said["none.zip"] == ["holds 0 files"]
    done("file", "1", "bomb.zip", "--on", "2026-04-02", "--limit", "1GB", cwd=workspace)
    said = {row["path"]: row["problems"] for row in audited(workspace)["files"]}
    assert said["answers/2026-04-01-records/bomb.zip"] == []


def test_a_locked_zip_is_named(workspace: Path) -> None:
    with zipfile.ZipFile(workspace / "a.zip", "w") as archive:
        archive.writestr("secret.txt", b"words")
    content = bytearray((workspace / "a.zip").read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (workspace / "a.zip").write_bytes(content)
    assert cpra("file", "1", "a.zip", "--on", "2026-04-01", cwd=workspace).code == 1
    (row,) = [row for row in audited(workspace)["files"] if row["path"].endswith("a.zip")]
    assert row["problems"] == [
        "is locked with a password and is kept as it came; ask the agency for the password"
    ]
