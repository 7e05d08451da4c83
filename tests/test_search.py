"""A word that stands anywhere in what was filed is found, with its page and its passage."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpra.archive.kinds import Kind
from cpra.archive.sniffer import kind
from cpra.errors import CpraError
from cpra.index import pages
from cpra.index.pages import Document, Filters, Found
from cpra.index.passages import LENGTH, passage
from cpra.index.query import And, Near, Not, Or, Words, parsed


class Library:
    """Documents in a folder, indexed when they are searched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        self.documents: list[Document] = []
        self.waiting: list[Document] = []

    def add(
        self,
        name: str,
        words: str,
        *,
        request: str = "2026-0001",
        agency: str = "lapd",
        on: date | None = None,
        installment: int | None = None,
    ) -> Document:
        """Write a text file, to be indexed before the next search."""
        file = self.folder / request / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(words, encoding="utf-8")
        document = Document(
            request=request,
            agency=agency,
            path=name,
            file=file,
            sha256=hashlib.sha256(words.encode()).hexdigest(),
            kind=kind(file),
            on=on,
            installment=installment,
        )
        self.documents.append(document)
        self.waiting.append(document)
        return document

    def search(self, text: str, filters: Filters | None = None) -> Found:
        """Search it all."""
        if self.waiting:
            pages.update(self.cache, self.waiting)
            self.waiting = []
        return pages.search(self.cache, text, filters or Filters())

    def names(self, text: str, filters: Filters | None = None) -> set[str]:
        """The files that are found."""
        return {hit.path for hit in self.search(text, filters).hits}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty one."""
    return Library(tmp_path)


@pytest.fixture
def policies(library: Library) -> Library:
    """Three short texts."""
    library.add("one.txt", "The officer's policies on licence plates, kept by the police chief.")
    library.add("two.txt", "A policy about surveillance cameras; no license plate is read.")
    library.add("three.txt", "Réponse définitive du chef de la police: néant.")
    return library


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("policy", {"one.txt", "two.txt"}),
        ("POLICIES", {"one.txt", "two.txt"}),
        ("police", {"one.txt", "three.txt"}),
        ("policy plate", {"one.txt", "two.txt"}),
        ("policy AND chief", {"one.txt"}),
        ("chief OR chef", {"one.txt", "three.txt"}),
        ("policy NOT chief", {"two.txt"}),
        ("policy -chief", {"two.txt"}),
        ("(chief OR cameras) AND policy", {"one.txt", "two.txt"}),
        ('"policy"', {"two.txt"}),
        ('"police chief"', {"one.txt"}),
        ('"chief police"', set()),
        ('"licence plates"', {"one.txt"}),
        ('policy NOT "police chief"', {"two.txt"}),
        ("officer's", {"one.txt"}),
        ("surveil*", {"two.txt"}),
        ("surveill*", {"two.txt"}),
        ("surveillances*", set()),
        ("policy*", {"two.txt"}),
        ("polic*", {"one.txt", "two.txt", "three.txt"}),
        ("licen* plate", {"one.txt", "two.txt"}),
        ("reponse", {"three.txt"}),
        ("RÉPONSE", {"three.txt"}),
        ("re\u0301ponse", {"three.txt"}),
        ("officer NEAR/3 licence", {"one.txt"}),
        ("officer NEAR/1 licence", set()),
        ("licence NEAR/3 officer", {"one.txt"}),
        ('"police chief" NEAR/9 plates', {"one.txt"}),
        ("nothing", set()),
    ],
)
def test_a_query_finds_what_it_says(policies: Library, query: str, found: set[str]) -> None:
    assert policies.names(query) == found


@pytest.mark.parametrize(
    ("query", "ignored"),
    [
        ("policy AND", "AND with nothing"),
        ("(policy", "opening parenthesis"),
        ("policy)", "closing parenthesis"),
        ('"policy', "quotation mark"),
        ("policy §", "no letters or digits"),
        ("policy NEAR", "NEAR with nothing after it"),
        ("NOT policy", "only says NOT"),
        ("policy NOT", "NOT with nothing"),
        ("", None),
    ],
)
def test_what_cannot_be_meant_is_ignored_and_said(
    policies: Library, query: str, ignored: str | None
) -> None:
    found = policies.search(query)
    if ignored is None:
        assert found.hits == ()
    else:
        assert ignored in " ".join(found.ignored)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab"()*-/ ANDORTE\u00e9§\n', max_size=30))
def test_no_query_raises(text: str) -> None:
    parsed(text)


@pytest.mark.parametrize(
    "text",
    ["a)" * 2_000, "NOT " * 999 + "a", "-" * 3_999 + "a", "(" * 3_999 + "a", "a NEAR " * 500],
)
def test_a_query_of_nothing_but_nesting_is_read(text: str) -> None:
    """The first was found by the fuzzer."""
    query = parsed(text)
    assert query.node is not None or query.ignored


def test_a_query_is_read_as_a_person_means_it() -> None:
    assert parsed('a (b OR "c d") NOT e NEAR/4 f*').node == And(
        (
            Words(("a",)),
            Or((Words(("b",)), Words(("c", "d"), exact=True))),
            Not(Words(("e",))),
            Words(("f",), prefix=True),
        )
    ) or isinstance(parsed("e NEAR/4 f*").node, Near)


def test_the_passage_shows_the_hits(policies: Library) -> None:
    hit = policies.search("licence plate").hits[0]
    assert hit.passage.marked("[", "]") == (
        "The officer's policies on [licence] [plates], kept by the police chief."
    )
    assert (hit.page, hit.request, hit.agency, hit.kind) == (1, "2026-0001", "lapd", "txt")


def test_a_word_deep_inside_is_found_with_its_page(library: Library) -> None:
    library.add("long.txt", "\f".join([*["filler words"] * 400, "the needle", *["more"] * 99]))
    hits = library.search("needle").hits
    assert [(hit.path, hit.page) for hit in hits] == [("long.txt", 401)]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), {"a.txt", "b.txt", "c.html"}),
        (Filters(requests=("2026-0001",)), {"a.txt", "b.txt"}),
        (Filters(agencies=("lasd",)), {"c.html"}),
        (Filters(kinds=(Kind.HTML,)), {"c.html"}),
        (Filters(after=date(2026, 3, 2)), {"b.txt", "c.html"}),
        (Filters(before=date(2026, 3, 1)), {"a.txt"}),
        (Filters(after=date(2026, 3, 2), before=date(2026, 3, 2)), {"b.txt"}),
        (Filters(installment=2), {"b.txt"}),
        (Filters(requests=("2026-0009",)), set()),
    ],
)
def test_filters_narrow_it(library: Library, filters: Filters, found: set[str]) -> None:
    library.add("a.txt", "plate a", on=date(2026, 3, 1), installment=1)
    library.add("b.txt", "plate b", on=date(2026, 3, 2), installment=2)
    library.add("c.html", "<html>plate c", request="2026-0002", agency="lasd", on=date(2026, 3, 3))
    assert library.names("plate", filters) == found


def test_a_document_that_changed_is_found_by_its_new_words_only(library: Library) -> None:
    library.add("notes.md", "old words")
    assert library.names("old") == {"notes.md"}
    library.add("notes.md", "new words")
    assert library.names("old") == set()
    assert library.names("new") == {"notes.md"}


def test_what_has_not_changed_is_not_indexed_again(policies: Library) -> None:
    policies.search("policy")
    done = pages.update(policies.cache, policies.documents)
    assert (done.indexed, done.removed) == (0, 0)


def test_what_a_request_no_longer_has_is_taken_out(policies: Library) -> None:
    policies.search("policy")
    done = pages.update(policies.cache, policies.documents[:1], whole=["2026-0001"])
    assert (done.indexed, done.removed) == (0, 2)
    assert policies.names("policy") == {"one.txt"}


def test_the_index_is_deleted_and_made_anew_without_loss(policies: Library) -> None:
    before = policies.search("policy").hits
    pages.forget(policies.cache)
    assert not pages.is_current(policies.cache)
    assert policies.search("policy").hits == ()
    pages.update(policies.cache, policies.documents)
    after = policies.search("policy").hits
    assert {(hit.path, hit.page, hit.passage) for hit in after} == {
        (hit.path, hit.page, hit.passage) for hit in before
    }


def test_a_damaged_index_says_how_to_get_a_new_one(policies: Library) -> None:
    policies.search("policy")
    for file in (policies.cache / "pages" / "index").iterdir():
        if file.name == "meta.json":
            file.write_text("{", encoding="utf-8")
    with pytest.raises(CpraError, match="made anew"):
        policies.search("policy")


def test_a_document_that_cannot_be_read_is_said(library: Library) -> None:
    file = library.folder / "a.pdf"
    file.write_bytes(b"%PDF-1.4 no")
    document = Document(
        request="2026-0001", agency="x", path="a.pdf", file=file, sha256="ab" * 32, kind=Kind.PDF
    )
    done = pages.update(library.cache, [document])
    assert [problem.path for problem in done.problems] == ["a.pdf"]


def test_a_passage_is_short_and_cannot_drive_a_terminal() -> None:
    text = "\x1b[31mred\n\n" + "filler " * 100 + "the NEEDLE \u202eis\there " + "more " * 100
    shown = passage(text, parsed("needle here").wanted)
    assert "[NEEDLE]" in shown.marked("[", "]")
    assert "[here]" in shown.marked("[", "]")
    assert shown.text.isprintable()
    assert len(shown.text) <= LENGTH + 10


def test_a_passage_with_accents_marks_the_right_letters() -> None:
    shown = passage("Das ist die ﬁnale Réponse — naïve.", parsed("reponse finale naive").wanted)
    assert shown.marked("[", "]") == "Das ist die [ﬁnale] [Réponse] — [naïve]."


def test_chinese_is_found_by_its_signs(library: Library) -> None:
    library.add("a.txt", "关于公共记录的最终答复已经发出")
    assert library.names("答复") == {"a.txt"}
    assert library.names("复答") == set()


@pytest.mark.data
def test_words_of_real_documents_are_found(data: Path, tmp_path: Path) -> None:
    documents = [
        Document(
            request="2026-0001",
            agency="san-mateo",
            path=file.relative_to(data).as_posix(),
            file=file,
            sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
            kind=kind(file),
        )
        for folder in ("cases", "office", "email")
        for file in sorted((data / folder).rglob("*"))
        if file.is_file()
    ]
    pages.update(tmp_path, documents)
    found = pages.search(tmp_path, '"Automated License Plate Reader"').hits
    assert any("Policy_463" in hit.path and hit.page == 1 for hit in found)
    assert all("license plate reader" in hit.passage.text.lower() for hit in found)
