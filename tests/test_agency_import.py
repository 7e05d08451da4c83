"""Lists of agencies made elsewhere: every row is taken whole or named, none is half imported."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from cpra import agencies
from cpra.agencies import Agency
from cpra.archive.tables import table
from cpra.errors import BadFile, NotFound
from tests.typed import Desk, desk

MUCKROCK = (
    "agency,jurisdiction,email,cc_emails,phone,fax,address_suite,address_street,address_city,"
    "address_state,address_zip,portal_url,portal_type,aliases,foia_website,website,requires_proxy\n"
    'Exampleville Police Department,"Exampleville, CA",pra@example.org,,555-0100,555-0101,Suite 4,'
    "1 Main St,Exampleville,CA,90000,exampleville.example.org/requests,nextrequest,EXPD,,,False\n"
    'Police Department,"Springfield, CA",springfield@example.org,,,,,,,,,,,,,,\n'
    'Police Department,"Shelbyville, CA",shelbyville@example.org,,,,,,,,,,,,,,\n'
    'Sheriff,"Example County, CA",,,,,,,,,,,,,,,\n'
    'Superior Court,"Example County, CA",,,,,,,,,,,,,,,\n'
    "Department of Examples,California,,,,,,,,,,,,,,,\n"
    "Office of Examples,United States of America,,,,,,,,,,,,,,,\n"
)


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    return desk(tmp_path / "records")


def written(tmp_path: Path, content: str | bytes, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def book(at: Desk) -> dict[str, Agency]:
    return dict(agencies.read(at.workspace).agencies)


def test_muckrocks_agency_csv_is_read_by_its_headers(at: Desk, tmp_path: Path) -> None:
    typed = at.cpra("agency", "import", written(tmp_path, MUCKROCK))
    assert (typed.code, typed.out) == (0, "Imported 7 agencies\n")
    assert "cc_emails, phone, portal_type, foia_website, website, requires_proxy" in typed.err
    first = book(at)["expd"]
    assert first.address == "1 Main St\nSuite 4\nExampleville, CA 90000"
    assert first.portal == "https://exampleville.example.org/requests"
    assert (first.email, first.fax, first.aliases) == ("pra@example.org", "555-0101", ("EXPD",))
    kinds = {agency.name: agency.kind for agency in book(at).values()}
    assert kinds == {
        "Exampleville Police Department": "city",
        "Police Department (Springfield)": "city",
        "Police Department (Shelbyville)": "city",
        "Sheriff": "county",
        "Superior Court": "court",
        "Department of Examples": "state",
        "Office of Examples": "federal",
    }
    assert "The kind was taken from place and name, and picks the law" in typed.err


def test_a_plain_table_may_hold_closures_and_receipt(at: Desk, tmp_path: Path) -> None:
    rows = (
        "Agency Name;Type;Portal;Closed;Receipt;Cut-off;Source;Date checked;Mailing address\n"
        "Exampleville;municipal;https://x.example.org;every-friday; next open day;17:00;"
        'https://example.org;3/2/2026;"City Hall\n1 Main St"\n'
    )
    at.done("agency", "import", written(tmp_path, rows))
    one = book(at)["exampleville"]
    assert (one.kind, one.checked, one.source) == ("city", date(2026, 3, 2), "https://example.org")
    assert one.address == "City Hall\n1 Main St"
    (closure,) = one.office.closures
    assert (closure.weekly, closure.status) == ((4,), "P")
    assert one.office.receipt == "next-open-day"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('Exampleville,city,"a@example.org, b@example.org"', "is not one e-mail address"),
        ("Exampleville,city", "it has 2 cells, and the header has 3"),
        (",city,a@example.org", "it has no name"),
        ("Exampleville,town hall,", 'the kind is "town hall"; it may be city, county'),
        ("Exampleville,,", "it says no kind"),
        ("Good Agency,city,", '"Good Agency" is on line 2 already'),
        ("Old Agency,city,", '"Old Agency" is already in the address book as old-agency'),
        ("Example\x07ville,city,", "the name holds the invisible sign U+0007"),
        ("Example\u202eville,city,", "the name holds the invisible sign U+202E"),
        (f"{'x' * 600},city,", "the name has 600 characters; a quotation mark may be missing"),
    ],
)
def test_one_bad_row_is_named_and_nothing_is_imported(
    at: Desk, tmp_path: Path, row: str, reason: str
) -> None:
    at.done("agency", "add", "Old Agency")
    before = at.workspace.agencies.read_bytes()
    path = written(tmp_path, f"name,kind,email\nGood Agency,city,\n\n{row}\n")
    typed = at.cpra("agency", "import", path)
    assert typed.code == 5
    assert "list.csv, line 4: " in typed.err
    assert reason in typed.err
    assert "1 row of 2 cannot be taken: nothing imported" in typed.err
    assert "--skip-bad imports the other 1" in typed.err
    assert at.workspace.agencies.read_bytes() == before
    at.done("agency", "import", path, "--skip-bad")
    assert set(book(at)) == {"old-agency", "good-agency"}


def test_an_agency_of_another_state_is_refused_because_its_law_is_unknown(
    at: Desk, tmp_path: Path
) -> None:
    path = written(tmp_path, 'agency,jurisdiction\nPolice,"Boston, MA"\nRecords,Nevada\n')
    typed = at.cpra("agency", "import", path)
    assert "line 2: it is in Boston, MA; cpra knows the laws of California" in typed.err
    assert "line 3: it is in Nevada" in typed.err
    assert book(at) == {}


def test_rows_that_say_no_kind_take_the_one_that_is_given(at: Desk, tmp_path: Path) -> None:
    at.done("agency", "import", written(tmp_path, "name\nExampleville\n"), "--kind", "county")
    assert book(at)["exampleville"].kind == "county"


def test_a_list_without_names_is_refused_with_its_columns(at: Desk, tmp_path: Path) -> None:
    typed = at.cpra("agency", "import", written(tmp_path, "phone,e-mail\n1,2\n"))
    assert typed.code == 5
    assert "line 1: no column is called agency or name" in typed.err
    assert "its columns are phone, e-mail" in typed.err


@pytest.mark.parametrize("content", ["", "\n\n", "name,kind\n"])
def test_an_empty_list_imports_nothing_and_says_so(at: Desk, tmp_path: Path, content: str) -> None:
    typed = at.cpra("agency", "import", written(tmp_path, content))
    assert typed.code == 5
    assert "has no rows" in typed.err or "there is no agency in it" in typed.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16"])
def test_a_list_is_read_in_the_encoding_it_was_saved_in(
    at: Desk, tmp_path: Path, encoding: str
) -> None:
    text = 'name,kind,aliases\n"San José, “Central” Peñasco",city,Peña\nLa Cañada,city,\n'
    at.done("agency", "import", written(tmp_path, text.encode(encoding)))
    assert book(at)["pena"].name == "San José, “Central” Peñasco"


def test_a_row_in_another_encoding_than_the_rest_is_named(at: Desk, tmp_path: Path) -> None:
    mixed = "name,kind\nSan José,city\nPeñasco,city\n".encode() + "Niño,city\n".encode("cp1252")
    typed = at.cpra("agency", "import", written(tmp_path, mixed))
    assert typed.code == 5
    assert "line 4: the name has bytes that are not in the encoding of the rest" in typed.err
    assert book(at) == {}


def test_a_workbook_is_a_list_too(at: Desk, tmp_path: Path) -> None:
    from tests.workbooks import workbook

    sheets = {
        "Cover": [],
        "Agencies": [["name", "kind"], ["Exampleville", "city"]],
        "More": [["name", "kind"], ["Shelbyville", "county"]],
    }
    path = workbook(tmp_path / "list.xlsx", sheets)
    at.done("agency", "import", path)
    at.done("agency", "import", path, "--sheet", "more")
    assert {agency.name: agency.kind for agency in book(at).values()} == {
        "Exampleville": "city",
        "Shelbyville": "county",
    }
    typed = at.cpra("agency", "import", path, "--sheet", "None")
    assert (typed.code, 'no sheet "None"; there are Agencies, More' in typed.err) == (5, True)


def test_a_preview_writes_nothing(at: Desk, tmp_path: Path) -> None:
    before = at.workspace.agencies.read_bytes()
    shown = at.done("agency", "import", written(tmp_path, MUCKROCK), "--preview")
    assert "Exampleville Police Department (EXPD) · city · California Public Records Act" in shown
    assert at.workspace.agencies.read_bytes() == before


def test_an_agency_that_comes_with_cpra_keeps_its_key(at: Desk, tmp_path: Path) -> None:
    rows = "agency,kind,email\nLos Angeles Police Department,city,records@example.org\n"
    at.done("agency", "import", written(tmp_path, rows))
    assert book(at)["lapd"].aliases == ("LAPD",)
    at.done("agency", "import", written(tmp_path, "agency,kind\nPolice Commission,city\n"))
    assert book(at)["police-commission"].aliases == ()


def test_the_bad_rows_are_all_in_the_json(at: Desk, tmp_path: Path) -> None:
    rows = "name,kind\n" + ",city\n" * 30
    typed = at.cpra("agency", "import", written(tmp_path, rows), "--json")
    assert len(typed.json["problems"]) == 30
    assert typed.json["written"] is False
    typed = at.cpra("agency", "import", written(tmp_path, rows))
    assert "and 10 more (--json has all)" in typed.err


def test_two_thousand_agencies_are_imported_in_seconds(at: Desk, tmp_path: Path) -> None:
    rows = "".join(f"Agency of Examples {n},city,a{n}@example.org\n" for n in range(2000))
    path = written(tmp_path, f"name,kind,email\n{rows}")
    start = time.perf_counter()
    at.done("agency", "import", path)
    assert time.perf_counter() - start < 20
    assert len(book(at)) == 2000


# --- the files themselves ---


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.4 ...", "is a PDF, not a table"),
        (b"<html><table><tr><td>name</td></tr></table>", "is no table of text"),
        (b"\x7fELF\x02\x01\x01" + bytes(40) + b"name\x00\x00kind\x00", "is no table of text"),
        (b"PK\x03\x04 not really", "is no workbook that can be read"),
        (b'name\n"x\n' + b"y\n" * 80_000, "line 2: this row does not end"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_way_out(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(BadFile, match=reason):
        list(table(written(tmp_path, content, "list.xls")).rows)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"there is no file .*none\.csv"):
        table(tmp_path / "none.csv")


def test_a_workbook_that_asks_for_all_memory_ends_only_its_own_reading(tmp_path: Path) -> None:
    from tests.workbooks import workbook

    path = workbook(tmp_path / "bomb.xlsx", {"Sheet": [["name"]]}, far="XFD1048576")
    with pytest.raises(BadFile, match="needs more memory than a table may take"):
        table(path)


def test_where_each_row_begins_is_known_across_cells_of_several_lines(tmp_path: Path) -> None:
    found = table(written(tmp_path, 'a,b\n1,"x\ny"\n2,z\n'))
    assert [line for line, _ in found.rows] == [1, 2, 4]
