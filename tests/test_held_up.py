"""Mail made to hold up its reader comes to an end: no text of any shape takes long.

Each shape is read in a process that may use so many seconds of processor time and no more; what
looked at a page of empty lines once for each of its lines would need an hour.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.running import ROOT

resource = pytest.importorskip("resource")

MOST = 60
"""Seconds of processor time, for what takes less than three."""

READ = """
import sys
from datetime import date
from cpra.actions.sorting import lore
from cpra.mail.facts import expiries, sentences
from cpra.mail.incoming import read
from cpra.mail.match import Known
from cpra.mail.matching import Requests
from cpra.mail.reading import reading

head, unit, size = sys.argv[1].encode(), sys.argv[2].encode(), int(sys.argv[3])
long = unit * (size // len(unit))
about = b"From: a@b.example\\nDate: Thu, 12 Mar 2026 10:00:00 -0700\\n"
if head == b"body":
    data = about + b"\\nDear requester.\\nWe write " + long + b"you.\\nSincerely,\\nPat\\n"
else:
    data = about + head + b": " + long + b"\\n\\nHello.\\n"
ours = Known(id="2026-0001", number=1, folder="f", agency="b", email="a@b.example",
             references=("PRA 26-0001",), message_ids=frozenset({"<1@me.example>"}),
             sent=date(2026, 3, 1))
found = read(data, "a test")
match = Requests((ours,)).match(found)
assert match.best is not None and match.best.known is ours
said = reading(found, lore())
expiries(found.links, sentences(found.words), date(2026, 3, 1))
print(said.meaning)
"""

# Under the 200,000 characters that are looked at, so that something stands behind the run.
BODIES = (
    *(" \n", "\n ", "\t\n", "\r\n ", "\n", " ", "a", "1", "1.", ">", "> ", ">\n", "re: ", "- "),
    *("on a\n", "from: a\n\n", "$1,", "items 1, ", "[2026-0001] ", "record link available "),
    *("http://a", "href=", "a.", "a@", "_", "message-id: <a\n", "1a-", "request number "),
)
HEADERS = (
    *(("Subject", "re: "), ("Subject", "=?utf-8?q?"), ("Subject", "1-"), ("To", "a@")),
    *(("References", "<1@a.example> "), ("References", "<a"), ("In-Reply-To", "<")),
    *(("From", "("), ("Cc", "=?"), ("Received", "; "), ("Content-Type", "a/b; c=")),
)


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST, MOST))


def read_within(head: str, unit: str, size: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ, head, unit, str(size)],
        cwd=ROOT,
        preexec_fn=limited,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-2_000:])


@pytest.mark.parametrize("unit", BODIES)
def test_a_text_of_one_thing_again_and_again_is_read(unit: str) -> None:
    read_within("body", unit, 190_000)


@pytest.mark.parametrize(("head", "unit"), HEADERS)
def test_a_header_without_end_is_read(head: str, unit: str) -> None:
    read_within(head, unit, 1_500_000)


def test_five_megabytes_of_empty_lines_are_read() -> None:
    read_within("body", " \n", 5_000_000)
