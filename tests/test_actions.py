"""What a requester can do, one function each: what it writes, and what it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from cpra import checks, folder
from cpra import workspace as workspaces
from cpra.actions import agencies as book
from cpra.actions import drafting, filing, posting, recording
from cpra.actions.drafting import Draft, Wish
from cpra.actions.filing import Filing
from cpra.actions.starting import start
from cpra.archive.limits import Limits
from cpra.core.events import ANY_DAY, BEFORE_SENDING, RECORDED_KINDS, Event
from cpra.core.request import Requester, Status
from cpra.errors import BadFile, CpraError, NotFound, Refused, WrongUsage
from cpra.index import rows
from cpra.letters import template
from cpra.workspace import Workspace

TODAY = date(2026, 11, 24)
SENT = date(2026, 9, 15)
NOW = "2026-11-24T10:00:00-08:00"


def drafted(space: Workspace, about: str = "towing", **more: str) -> Draft:
    """A request to the Los Angeles Police Department from the general template."""
    wish = Wish(
        template=template.find("general", space.templates),
        agency=book.shipped().find("lapd"),
        values={"about": about, **more},
        items=("The contract", "The invoices"),
        requester=Requester(name="A. Person"),
    )
    return drafting.new(space, wish, TODAY, NOW)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which request 1 was sent and request 2 is a draft."""
    root = tmp_path_factory.mktemp("first")
    start(root)
    space = Workspace(root)
    path = drafted(space).path
    drafted(space, "cameras")
    posting.sent(space, path, Event(kind="sent", on=SENT, via="email", recorded=NOW), (), TODAY)
    return root


@pytest.fixture
def space(first: Path, tmp_path: Path) -> Workspace:
    """The same, for one test; beside it a folder for papers."""
    (tmp_path / "papers").mkdir()
    return Workspace(shutil.copytree(first, tmp_path / "records"))


def one(space: Workspace, number: int = 1) -> Path:
    """The folder of a request."""
    return folder.find(space, str(number))


def paper(space: Workspace, name: str, text: str = "x") -> Path:
    """A document that came."""
    path = space.root.parent / "papers" / name
    path.write_text(text, encoding="utf-8")
    return path


def filed(
    space: Workspace, sources: Sequence[Path], day: int = 20, number: int = 1, **more: object
) -> Filing:
    """File documents as records that came on that day of September."""
    limits = more.pop("limits", Limits())
    assert isinstance(limits, Limits)
    event = Event(kind="produced", on=date(2026, 9, day), recorded=NOW)
    event = replace(event, **more)  # type: ignore[arg-type] # (each test names fields of Event)
    return filing.file(space, one(space, number), event, sources, TODAY, limits)


def recorded(space: Workspace, kind: str, number: int = 1, /, **more: object) -> Event:
    """Write down what happened on September 20."""
    event = replace(Event(kind=kind, on=date(2026, 9, 20), recorded=NOW), **more)  # type: ignore[arg-type] # (fields of Event)
    return recording.record(space, one(space, number), event, (), TODAY).event


def assert_whole(space: Workspace) -> None:
    """Nothing is damaged or unfinished."""
    report = checks.check(space)
    assert (report.damage, report.unfinished) == ((), ())


# Drafting


def test_a_new_request_is_a_folder_with_facts_a_log_and_a_letter_in_four_forms(
    space: Workspace,
) -> None:
    draft = drafted(space, "drones")
    assert draft.path.name == "2026-0003-lapd-drones"
    assert {p.relative_to(draft.path).as_posix() for p in draft.path.rglob("*")} == {
        *("answers", "sent", "draft", "request.toml", "events.jsonl", "notes.md"),
        *(f"draft/letter.{ending}" for ending in ("md", "txt", "docx", "pdf")),
    }
    assert [item.text for item in draft.request.items] == ["The contract", "The invoices"]
    assert draft.request.requester.name == "A. Person"
    assert folder.values(draft.path) == {"about": "drones"}
    assert [event.kind for event in draft.request.events] == ["drafted"]
    assert draft.request.status is Status.DRAFTED
    assert all(form.is_file() for form in draft.forms)
    assert_whole(space)


def test_an_agency_that_comes_with_cpra_is_put_into_the_book_when_it_is_asked(
    space: Workspace,
) -> None:
    assert space.agencies.read_text(encoding="utf-8").count("[agency.lapd]") == 1
    drafted(space, "drones")
    assert space.agencies.read_text(encoding="utf-8").count("[agency.lapd]") == 1


@pytest.mark.parametrize(
    ("more", "error"), [({"nope": "x"}, WrongUsage), ({"from": "2026-13-01"}, CpraError)]
)
def test_a_wish_that_cannot_be_drafted_leaves_nothing(
    space: Workspace, more: dict[str, str], error: type[CpraError]
) -> None:
    before = sorted(space.requests.rglob("*"))
    with pytest.raises(error):
        drafted(space, "drones", **more)
    assert sorted(space.requests.rglob("*")) == before
    assert drafted(space, "drones").request.id == "2026-0003"


def test_what_an_interrupted_draft_left_is_cleared_by_the_next(space: Workspace) -> None:
    (space.requests / ".partial-0a1b").mkdir()
    assert len(checks.check(space).unfinished) == 1
    drafted(space, "drones")
    assert_whole(space)


def test_ids_go_on_after_the_highest_and_begin_anew_each_year(space: Workspace) -> None:
    one(space, 2).rename(space.requests / "2026-0041-lapd-cameras")
    assert drafted(space, "drones").request.id == "2026-0042"
    wish = Wish(
        template=template.find("general", space.templates),
        agency=book.shipped().find("lapd"),
        values={"about": "jails"},
        items=("The contract",),
        requester=Requester(),
    )
    assert drafting.new(space, wish, date(2027, 1, 2), NOW).request.id == "2027-0001"


def test_an_edited_letter_gets_its_forms_again_and_a_line_in_the_log(space: Workspace) -> None:
    path = one(space, 2)
    letter = path / "draft" / "letter.md"
    letter.write_text(letter.read_text(encoding="utf-8") + "\nOne word more.\n", encoding="utf-8")
    (path / "draft" / ".partial-0a1b").write_bytes(b"left by a crash")
    draft = drafting.made_again(space, path, TODAY, NOW)
    assert "One word more." in (path / "draft" / "letter.txt").read_text(encoding="utf-8")
    assert [event.kind for event in draft.request.events] == ["drafted", "edited"]
    assert_whole(space)


def test_a_letter_that_has_left_is_not_made_again(space: Workspace) -> None:
    with pytest.raises(Refused, match="only a draft can be edited"):
        drafting.made_again(space, one(space), TODAY, NOW)


# Saying that it was sent


def test_what_was_sent_is_kept_exactly_as_the_draft_was(space: Workspace) -> None:
    (place,) = (one(space) / "sent").iterdir()
    assert place.name == "2026-09-15-request"
    for form in place.iterdir():
        assert form.read_bytes() == (one(space) / "draft" / form.name).read_bytes()
    assert {form.suffix for form in place.iterdir()} == {".md", ".txt", ".docx", ".pdf"}


def test_what_was_really_sent_may_be_another_paper(space: Workspace) -> None:
    event = Event(kind="sent", on=date(2026, 11, 20), via="fax", recorded=NOW)
    scan = paper(space, "scan.pdf")
    done = posting.sent(space, one(space, 2), event, (scan,), TODAY)
    assert [path.name for path in done.place.iterdir()] == ["scan.pdf"]
    assert list(done.event.files) == ["sent/2026-11-20-request/scan.pdf"]
    assert done.request.status is Status.SENT


def test_a_sending_that_was_taken_back_may_be_said_again(space: Workspace) -> None:
    event = Event(kind="voided", on=TODAY, reasons="another day", recorded=NOW)
    recording.record(space, one(space), event, (), TODAY, line=2)
    sent = Event(kind="sent", on=SENT, via="mail", recorded=NOW)
    done = posting.sent(space, one(space), sent, (), TODAY)
    assert done.place.name == "2026-09-15-request-2"
    assert_whole(space)


def test_a_follow_up_is_filed_under_its_own_name(space: Workspace) -> None:
    event = Event(kind="sent", on=date(2026, 10, 2), via="mail", letter="late", recorded=NOW)
    done = posting.sent(space, one(space), event, (paper(space, "late.pdf"),), TODAY)
    assert (done.event.kind, done.place.name) == ("letter-sent", "2026-10-02-late")
    assert done.request.status is Status.SENT


def test_a_draft_that_was_put_away_is_not_sent(space: Workspace) -> None:
    recorded(space, "withdrawn", 2)
    event = Event(kind="sent", on=date(2026, 11, 20), via="fax", recorded=NOW)
    with pytest.raises(
        Refused, match=r"is withdrawn; only a draft can be sent\. `cpra record 2 re"
    ):
        posting.sent(space, one(space, 2), event, (), TODAY)
    recorded(space, "reopened", 2)
    assert posting.sent(space, one(space, 2), event, (), TODAY).request.status is Status.SENT


# Writing down


@pytest.mark.parametrize("kind", sorted(set(RECORDED_KINDS) - {"voided"}))
def test_every_kind_can_be_written_down_with_papers(space: Workspace, kind: str) -> None:
    event = Event(kind=kind, on=date(2026, 9, 20), recorded=NOW, at=time(14, 5), note="seen")
    source = paper(space, "letter.pdf")
    done = recording.record(space, one(space), event, (source,), TODAY)
    assert done.place is not None
    assert done.place.parent == one(space) / "answers"
    assert folder.load(one(space)).log[-1] == done.event
    assert len(done.event.files) == 1
    assert_whole(space)


@pytest.mark.parametrize("kind", sorted(set(RECORDED_KINDS) - BEFORE_SENDING - ANY_DAY))
def test_what_comes_after_the_sending_is_refused_for_a_draft(space: Workspace, kind: str) -> None:
    before = (one(space, 2) / "events.jsonl").read_bytes()
    with pytest.raises(Refused, match="comes after it was sent"):
        recorded(space, kind, 2)
    assert (one(space, 2) / "events.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    "kind", sorted((BEFORE_SENDING | ANY_DAY) & set(RECORDED_KINDS) - {"voided"})
)
def test_these_make_sense_for_a_draft_too(space: Workspace, kind: str) -> None:
    recorded(space, kind, 2)
    assert_whole(space)


@pytest.mark.parametrize("kind", sorted(RECORDED_KINDS))
def test_a_field_that_a_kind_does_not_have_is_refused_and_not_lost(
    space: Workspace, kind: str
) -> None:
    values: dict[str, object] = {
        "until": date(2026, 10, 9),
        "estimated": date(2026, 10, 9),
        "grounds": ("voluminous",),
        "signed_by": "A. Clerk",
        "disclosable": "some",
        "items": (1,),
        "installment": 1,
        "complete": True,
        "exemptions": ("7923.600",),
        "amount": "20",
        "letter": "late",
        "due": date(2026, 10, 9),
        "server": "freetsa",
    }
    for name in set(values) - set(RECORDED_KINDS[kind]):
        with pytest.raises(WrongUsage, match=f'"{kind}" has no '):
            recorded(space, kind, 1, **{name: values[name]})


def test_a_kind_that_is_none_is_refused_with_the_list(space: Workspace) -> None:
    with pytest.raises(WrongUsage, match='"nope" is not an event; there are: received, '):
        recorded(space, "nope")


def test_taking_back_names_the_line_by_its_hash_and_keeps_the_reason(space: Workspace) -> None:
    recorded(space, "denied")
    event = Event(kind="voided", on=TODAY, reasons="another request", recorded=NOW)
    done = recording.record(space, one(space), event, (), TODAY, line=3)
    assert done.event.line == folder.load(one(space)).log[2].hash
    assert (done.event.why, done.event.reasons) == ("another request", "")
    assert done.request.status is Status.SENT
    with pytest.raises(NotFound, match="the log has no line 9"):
        recording.record(space, one(space), event, (), TODAY, line=9)
    with pytest.raises(WrongUsage, match="Give --line N"):
        recording.record(space, one(space), event, (), TODAY)


def test_what_is_written_to_a_settled_request_stands_in_the_lists(space: Workspace) -> None:
    recorded(space, "closed")
    recorded(space, "reopened")
    filed(space, (paper(space, "late.pdf"),))
    found = rows.rows(space)
    assert {row.id: row.status for row in found.requests()}["2026-0001"] == "producing"
    assert [row.path for row in found.files() if row.kind == "produced"] == [
        "answers/2026-09-20-records/late.pdf"
    ]
    found.close()


# Filing


def test_a_document_is_filed_byte_for_byte_and_read_only(space: Workspace) -> None:
    source = paper(space, "Final (2).pdf", "hello\r\n")
    done = filed(space, (source,))
    (kept,) = done.place.iterdir()
    assert (kept.name, kept.read_bytes()) == ("Final (2).pdf", source.read_bytes())
    assert kept.stat().st_mode & 0o222 == 0
    assert source.exists()
    assert_whole(space)


def test_a_second_answer_of_a_day_has_a_folder_of_its_own(space: Workspace) -> None:
    names = [filed(space, (paper(space, "a.txt", str(n)),)).place.name for n in range(3)]
    assert names == ["2026-09-20-records", "2026-09-20-records-2", "2026-09-20-records-3"]
    assert_whole(space)


def test_the_names_that_the_sender_gave_stand_in_the_log(space: Workspace) -> None:
    source = paper(space, "con.txt")
    done = filed(space, (source,))
    assert dict(done.event.names) == {"answers/2026-09-20-records/_con.txt": "con.txt"}


def test_what_is_here_already_is_named_with_its_first_place(space: Workspace) -> None:
    source = paper(space, "a.txt")
    assert filed(space, (source,)).again == ()
    event = Event(kind="sent", on=SENT, via="fax", recorded=NOW)
    posting.sent(space, one(space, 2), event, (), TODAY)
    again = filed(space, (source,), day=21, number=2).again
    assert again == (("a.txt", f"{one(space).name}/answers/2026-09-20-records/a.txt"),)
    assert_whole(space)


def orphan(space: Workspace, text: str) -> Path:
    """A folder of documents that no event speaks of, as a crash just before the log line leaves."""
    place = one(space) / "answers" / "2026-09-20-records"
    place.mkdir()
    (place / "a.txt").write_text(text, encoding="utf-8")
    return place


def test_a_folder_that_an_interrupted_run_left_is_taken_when_it_holds_the_same(
    space: Workspace,
) -> None:
    place = orphan(space, "x")
    assert len(checks.check(space).unfinished) == 1
    assert filed(space, (paper(space, "a.txt", "x"),)).place == place
    assert_whole(space)


def test_a_folder_that_an_interrupted_run_left_stays_when_other_documents_come(
    space: Workspace,
) -> None:
    place = orphan(space, "x")
    assert filed(space, (paper(space, "a.txt", "y"),)).place.name == "2026-09-20-records-2"
    assert (place / "a.txt").read_text(encoding="utf-8") == "x"
    assert len(checks.check(space).unfinished) == 1
    assert filed(space, (paper(space, "a.txt", "x"),)).place == place
    assert_whole(space)


def test_a_folder_that_the_log_speaks_of_is_never_taken_for_one(space: Workspace) -> None:
    source = paper(space, "a.txt")
    first = filed(space, (source,)).place
    assert filed(space, (source,), note="it came twice").place != first
    assert filed(space, (source,)).place == first
    assert_whole(space)


def test_what_an_interrupted_filing_left_is_cleared_by_the_next(space: Workspace) -> None:
    (one(space) / "answers" / ".partial-0a1b").mkdir()
    (one(space) / "answers" / ".partial-0a1b" / "half.pdf").write_bytes(b"x")
    filed(space, (paper(space, "a.txt"),))
    assert_whole(space)


def test_a_closed_container_is_opened_from_the_kept_copy_with_a_higher_limit(
    space: Workspace,
) -> None:
    source = space.root.parent / "papers" / "a.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(5_000_000))
    done = filed(space, (source,))
    assert done.taken.closed == ("a.zip",)
    with pytest.raises(BadFile, match=r"nothing was filed: a\.zip: would unpack to 5 MB"):
        filed(space, (source,), limits=Limits().raised(10**6))
    again = filed(space, (source,), limits=Limits().raised(10**9))
    assert [Path(f.path).name for f in again.taken.files] == ["zeros"]
    assert_whole(space)


def test_a_folder_is_not_filed_into_itself(space: Workspace) -> None:
    for source in (space.root, space.requests, one(space), one(space) / "answers"):
        with pytest.raises(WrongUsage, match="holds the request itself"):
            filed(space, (source,))
    filed(space, (one(space, 2) / "draft",))
    assert_whole(space)


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only administrators make links")
def test_a_link_to_the_request_is_not_filed_into_it_either(space: Workspace) -> None:
    link = space.root.parent / "papers" / "link"
    link.symlink_to(space.requests)
    with pytest.raises(WrongUsage, match="holds the request itself"):
        filed(space, (link,))


def test_a_request_whose_answers_git_did_not_keep_gets_them_again(space: Workspace) -> None:
    (one(space) / "answers").rmdir()
    filed(space, (paper(space, "a.txt"),))
    assert_whole(space)


def test_nothing_is_written_for_an_event_that_cannot_be(space: Workspace) -> None:
    before = (one(space) / "events.jsonl").read_bytes()
    with pytest.raises(WrongUsage, match="has not come yet"):
        filed(space, (paper(space, "a.txt"),), on=date(2026, 12, 1))
    with pytest.raises(NotFound, match="has no item 9; it has items 1 and 2"):
        filed(space, (paper(space, "a.txt"),), items=(9,))
    assert list((one(space) / "answers").iterdir()) == []
    assert (one(space) / "events.jsonl").read_bytes() == before


def test_the_log_is_json_that_any_program_reads(space: Workspace) -> None:
    filed(space, (paper(space, "a.txt"),), items=(1,), complete=True, reference="26-1")
    last = json.loads((one(space) / "events.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert last.pop("source") == [(space.root.parent / "papers" / "a.txt").as_posix()]
    assert [known["kind"] for known in last.pop("about").values()] == ["txt"]
    assert {k: v for k, v in last.items() if k not in ("previous", "sum", "files")} == {
        "kind": "produced",
        "on": "2026-09-20",
        "recorded": NOW,
        "reference": "26-1",
        "items": [1],
        "complete": True,
    }


# Starting


def test_a_workspace_can_be_made_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    start(tmp_path / "a" / "b")
    assert workspaces.find(tmp_path / "a" / "b").root == tmp_path / "a" / "b"
