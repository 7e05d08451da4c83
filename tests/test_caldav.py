"""A calendar on a real server, kept in step: made, replaced, taken away, and never run over."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cpra.actions.calendars import push
from cpra.mail.caldav import Session, calendar, resource
from cpra.reports.calendar import entries
from cpra.workspace import Workspace
from tests.servers.certificates import made as certificate
from tests.servers.program import Cpra, draft, workspace
from tests.servers.radicale import HOME, LOGIN, PASSWORD, Radicale, radicale

PRINTS = f"{sys.executable} -c \"print('{PASSWORD}')\""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Radicale]:
    """Radicale with an empty calendar."""
    with radicale(tmp_path / "radicale") as running:
        yield running


@pytest.fixture
def mine(tmp_path: Path, server: Radicale) -> Cpra:
    """A workspace with a request sent on March 2, and the calendar connected."""
    made = workspace(tmp_path / "records")
    draft(made)
    made.ok("sent", "1", "--on", "2026-03-02", "--via", "email")
    made.ok("calendar", "connect", server.url, "--login", LOGIN, "--password-command", PRINTS)
    return made


def titles(server: Radicale) -> list[str]:
    return sorted(
        line.removeprefix("SUMMARY:")
        for entry in server.entries()
        for line in entry.splitlines()
        if line.startswith("SUMMARY:")
    )


def test_a_deadline_stands_in_the_calendar_as_another_program_reads_it(
    mine: Cpra, server: Radicale
) -> None:
    assert "1 entry put" in mine.ok("calendar", "push")
    (entry,) = server.entries()
    assert "DTSTART;VALUE=DATE:20260312" in entry
    assert entry.count("BEGIN:VALARM") == 2
    assert "Gov. Code" in entry
    assert "METHOD" not in entry
    assert titles(server)[0].startswith("Determination due")


def test_pushing_again_changes_nothing(mine: Cpra, server: Radicale) -> None:
    mine.ok("calendar", "push")
    before = server.entries()
    assert "0 entries put, 0 taken away, 1 as they were" in mine.ok("calendar", "push")
    assert server.entries() == before


def test_a_date_that_changes_is_replaced_and_one_that_is_met_goes(
    mine: Cpra, server: Radicale
) -> None:
    mine.ok("calendar", "push")
    mine.ok("record", "1", "extended", "--on", "2026-03-10", "--until", "2026-03-26")
    mine.ok("calendar", "push")
    (entry,) = server.entries()
    assert "DTSTART;VALUE=DATE:20260326" in entry
    mine.ok("record", "1", "produced", "--on", "2026-03-20", "--complete")
    mine.ok("calendar", "push")
    assert server.entries() == []


def test_reminders_stand_there_until_they_are_done(mine: Cpra, server: Radicale) -> None:
    mine.ok("--today", "2026-03-03", "remind", "1", "2026-03-09", "call", "the", "clerk")
    mine.ok("calendar", "push")
    assert any(title.startswith("call the clerk") for title in titles(server))
    mine.ok("--today", "2026-03-09", "remind", "1", "--done")
    mine.ok("calendar", "push")
    assert not any(title.startswith("call the clerk") for title in titles(server))


def test_what_somebody_changed_there_stays_until_the_date_itself_moves(
    mine: Cpra, server: Radicale
) -> None:
    mine.ok("calendar", "push")
    (entry,) = server.entries()
    (name,) = server.names
    changed = entry.replace("SUMMARY:Determination", "SUMMARY:MINE Determination")
    status, _, _ = server.ask("PUT", HOME + name, changed, **{"Content-Type": "text/calendar"})
    assert status in (201, 204)
    mine.ok("calendar", "push")
    assert titles(server)[0].startswith("MINE")
    mine.ok("agency", "edit", "EPD", "--closed", "2026-03-12")
    mine.ok("calendar", "push")
    (entry,) = server.entries()
    assert "MINE" not in entry
    assert "DTSTART;VALUE=DATE:20260313" in entry


def test_entries_of_others_are_never_touched(mine: Cpra, server: Radicale) -> None:
    other = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:dentist\r\n"
        "DTSTAMP:20260301T000000Z\r\nDTSTART;VALUE=DATE:20260305\r\nSUMMARY:Dentist\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    status, _, _ = server.ask(
        "PUT", f"{HOME}dentist.ics", other, **{"Content-Type": "text/calendar"}
    )
    assert status == 201
    mine.ok("calendar", "push")
    mine.ok("record", "1", "withdrawn", "--on", "2026-03-10")
    mine.ok("calendar", "push")
    assert titles(server) == ["Dentist"]


def test_with_its_memory_lost_it_finds_its_own_entries_again(mine: Cpra, server: Radicale) -> None:
    mine.ok("calendar", "push")
    (mine.root / "requests" / ".cache" / "calendar.json").unlink()
    mine.ok("calendar", "push")
    assert len(server.entries()) == 1
    (mine.root / "requests" / ".cache" / "calendar.json").unlink()
    mine.ok("record", "1", "withdrawn", "--on", "2026-03-10")
    mine.ok("calendar", "push")
    assert server.entries() == []


def test_an_entry_that_was_deleted_there_comes_back(mine: Cpra, server: Radicale) -> None:
    mine.ok("calendar", "push")
    (name,) = server.names
    server.ask("DELETE", HOME + name)
    assert "1 entry put" in mine.ok("calendar", "push")
    assert len(server.entries()) == 1


def test_a_wrong_password_or_address_is_one_sentence_without_the_password(
    mine: Cpra, server: Radicale
) -> None:
    wrong = f"{sys.executable} -c \"print('wrong-{PASSWORD}')\""
    mine.ok("calendar", "connect", server.url, "--login", LOGIN, "--password-command", wrong)
    said = mine.fails(1, "calendar", "push")
    assert "the login or the password is not right" in said
    assert PASSWORD not in said
    nowhere = server.url.replace("/cpra/", "/nothing/")
    mine.ok("calendar", "connect", nowhere, "--login", LOGIN, "--password-command", PRINTS)
    assert "there is no calendar at this address" in mine.fails(1, "calendar", "push")
    mine.ok("calendar", "connect", "http://127.0.0.1:1/x/", "--login", LOGIN,
            "--password-command", PRINTS)  # fmt: skip
    assert "takes no connections" in mine.fails(1, "calendar", "push")
    for url in ("http://dav.example.org/x/", "https://me:secret@dav.example.org/x/"):
        mine.fails(4, "calendar", "connect", url, "--login", LOGIN)
    mine.ok("calendar", "disconnect")
    assert "cpra calendar connect" in mine.fails(3, "calendar", "push")
    assert PASSWORD not in (mine.root / "requests" / "cpra.toml").read_text("utf-8").replace(
        PRINTS, ""
    )


def test_a_discreet_calendar_names_no_subject(mine: Cpra, server: Radicale) -> None:
    config = mine.root / "requests" / "cpra.toml"
    text = config.read_text("utf-8").replace("format = 1", "format = 1\ndiscreet = true")
    config.write_text(text, encoding="utf-8")
    mine.ok("--today", "2026-03-03", "remind", "1", "2026-03-09", "ask about plate readers")
    mine.ok("calendar", "push")
    text = "\n".join(server.entries())
    assert len(server.entries()) == 2
    for word in ("ALPR", "plate", "EPD", "Exampleville"):
        assert word not in text


def test_a_resource_has_a_name_that_every_server_takes() -> None:
    assert resource("cpra.determination-0a1b@cpra") == "cpra-cpra.determination-0a1b.ics"
    assert resource("a/b c?d@cpra") == "cpra-a-b-c-d.ics"


def test_a_calendar_over_tls_works_with_a_trusted_certificate_only(
    tmp_path: Path, mine: Cpra
) -> None:
    trusted = certificate(tmp_path / "tls")
    with radicale(tmp_path / "radicale-tls", trusted) as server:
        mine.ok("calendar", "connect", server.url, "--login", LOGIN, "--password-command", PRINTS)
        assert "is not one this machine trusts" in mine.fails(1, "calendar", "push")
        assert server.entries() == []
        mine.but(SSL_CERT_FILE=str(trusted.authority)).ok("calendar", "push")
        assert len(server.entries()) == 1
    itself = certificate(tmp_path / "self-signed", trusted=False)
    with radicale(tmp_path / "radicale-self", itself) as server:
        mine.ok("calendar", "connect", server.url, "--login", LOGIN, "--password-command", PRINTS)
        assert "is not one this machine trusts" in mine.fails(1, "calendar", "push")
        assert server.entries() == []


class Quicker(Session):
    """A session with a server at which somebody else does something just before each PUT."""

    def __init__(self, server: Radicale, mine: Cpra, *steps: str) -> None:
        super().__init__(calendar(Workspace(mine.root)))
        self.server, self.steps = server, list(steps)

    def put(self, name: str, data: bytes, etag: str | None) -> str | None:
        """Somebody is quicker, as often as there is a step left."""
        step = self.steps.pop(0) if self.steps else ""
        if step == "change":
            text = data.decode().replace("SUMMARY:", f"SUMMARY:THEIRS {len(self.steps)} ")
            self.server.ask("PUT", HOME + name, text, **{"Content-Type": "text/calendar"})
        elif step == "delete":
            self.server.ask("DELETE", HOME + name)
        return super().put(name, data, etag)


@pytest.fixture
def moved(mine: Cpra, monkeypatch: pytest.MonkeyPatch) -> Cpra:
    """The workspace with a date that has moved since the last push."""
    monkeypatch.setenv("XDG_CONFIG_HOME", mine.own["XDG_CONFIG_HOME"])
    mine.ok("calendar", "push")
    mine.ok("agency", "edit", "EPD", "--closed", "2026-03-12")
    return mine


@pytest.mark.parametrize("step", ["change", "delete"])
def test_what_happens_there_during_a_push_is_looked_at_again(
    moved: Cpra, server: Radicale, step: str
) -> None:
    workspace = Workspace(moved.root)
    done = push(workspace, Quicker(server, moved, step), entries(workspace), server.url)
    assert (done.put, done.problems) == (1, [])
    (entry,) = server.entries()
    assert "DTSTART;VALUE=DATE:20260313" in entry


def test_an_entry_that_is_changed_again_and_again_is_left_and_named(
    moved: Cpra, server: Radicale
) -> None:
    workspace = Workspace(moved.root)
    twice = Quicker(server, moved, "change", "change")
    done = push(workspace, twice, entries(workspace), server.url)
    assert done.put == 0
    assert "is being changed by somebody else" in done.problems[0]
    assert titles(server)[0].startswith("THEIRS")
    moved.ok("calendar", "push")
    assert not titles(server)[0].startswith("THEIRS")


@contextmanager
def misbehaving(manner: str) -> Iterator[str]:
    """A web server that does as it is told, which no calendar does; gives its address."""
    free = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_PROPFIND(self) -> None:
            if manner == "hang":
                free.wait()
            if manner in ("hang", "drop"):
                return
            status = {"redirect": 302, "full": 507}.get(manner, 207)
            self.send_response(status)
            self.send_header("Location", "https://elsewhere.example.org/")
            self.send_header("Content-Length", "9")
            self.end_headers()
            self.wfile.write(b"<rubbish>")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}/me/cpra/"
        finally:
            free.set()
            running.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        ("hang", "did not answer in time"),
        ("drop", "was lost"),
        ("rubbish", "did not answer as a calendar does"),
        ("redirect", "the server sends elsewhere"),
        ("full", "the server is full"),
    ],
)
def test_a_server_that_hangs_drops_or_talks_nonsense_is_given_up(
    mine: Cpra, manner: str, why: str
) -> None:
    with misbehaving(manner) as url:
        mine.ok("calendar", "connect", url, "--login", LOGIN, "--password-command", PRINTS)
        config = mine.root / "requests" / "cpra.toml"
        text = config.read_text("utf-8").replace("[calendar]", "[calendar]\ntimeout = 1")
        config.write_text(text, encoding="utf-8")
        assert why in mine.fails(1, "calendar", "push")
