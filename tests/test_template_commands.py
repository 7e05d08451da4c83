"""`cpra template` and `cpra follow-up`, typed as a requester types them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jinja2 import BaseLoader

from cpra.cli import cli
from cpra.errors import BadFile, CpraError, Refused
from cpra.letters.sandbox import Language
from cpra.letters.template import find, names

MANUAL = (Path(__file__).resolve().parents[1] / "docs" / "templates.md").read_text("utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with one request that was sent on September 15, 2026."""
    monkeypatch.chdir(tmp_path)
    run("init", ".")
    run("agency", "add", "Example City Police Department", "--kind", "city", "--alias", "ecpd")
    new = ["new", "general", "--agency", "ecpd", "--no-input"]
    run("--today", "2026-09-15", *new, "--item", "The usage policy in effect on March 1, 2026.")
    run("--today", "2026-09-15", "sent", "1", "--on", "today", "--via", "email")
    return tmp_path


def run(*words: str) -> Result:
    """A command that must succeed."""
    result = CliRunner().invoke(cli, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_shelf_can_be_seen_without_a_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = run("template", "list").stdout

    assert all(f"  {name} " in shown for name in names(None))
    listed = json.loads(run("template", "list", "--law", "foia", "--json").stdout)
    assert {one["law"] for one in listed} == {"foia"}


def test_a_template_says_what_it_asks_and_what_it_cites() -> None:
    shown = run("template", "show", "late").stdout

    assert "answer_by" in shown
    assert "Gov. Code § 7922.535(a)" in shown
    assert "To the custodian of records:" in run("template", "show", "late", "--example").stdout
    assert "el día para el que" in run("template", "show", "late", "--language", "es").stdout


def test_a_copy_is_yours_and_is_never_written_over(here: Path) -> None:
    run("template", "copy", "late")
    assert "(yours)" in run("template", "list").stdout
    with pytest.raises(Refused, match="is there already"):
        run("template", "copy", "late")
    assert (here / "templates" / "late.md").read_text("utf-8").startswith("+++\n")


def test_a_template_that_was_just_begun_is_right_already(here: Path) -> None:
    run("template", "new", "street-cameras")

    assert "nothing wrong" in run("template", "check").stderr
    assert (
        "Contracts for street cameras"
        in run("template", "show", "street-cameras", "--example").stdout
    )
    assert (here / "templates" / "street-cameras.md").is_file()


def test_what_is_wrong_with_your_templates_is_listed_and_the_command_fails(here: Path) -> None:
    text = find("late", None)
    mine = here / "templates" / "mine.md"
    mine.write_text(
        '+++\ntitle = "Mine"\nlaw = "cpra"\nkind = "letter"\nauthorities = ["cpra.7923.650"]\n'
        '+++\nSee {{ law("cpra.7923.650") }} and {{ law("cpra.7922.000") }}.\n',
        encoding="utf-8",
    )
    result = CliRunner().invoke(cli, ["template", "check"])

    assert isinstance(result.exception, BadFile)
    assert f'{mine}, line 7: "cpra.7923.650" is not verified' in result.stdout
    assert f'{mine}, line 7: cites "cpra.7922.000", which its list' in result.stdout
    assert text.own is False


def test_the_next_letter_is_named_with_its_reason_before_it_is_drafted(here: Path) -> None:
    said = run("--today", "2026-09-29", "follow-up", "1", "--dry-run").stdout

    assert said.startswith("late: No determination: the time has passed\n  because the determ")
    assert not list((here / "requests").glob("*/draft/late"))


def test_the_next_letter_is_drafted_and_the_command_that_sends_it_is_shown(here: Path) -> None:
    said = run("--today", "2026-09-29", "follow-up", "1", "--set", "answer_by=in 3 weeks").stdout
    (letter,) = (here / "requests").glob("*/draft/late/letter.md")

    assert "`cpra sent 1 --letter late --on today --via email`" in said
    assert "by Tuesday, October 20, 2026" in " ".join(letter.read_text("utf-8").split())
    done = run("--today", "2026-09-29", "follow-up", "1", "late", "--anew", "--json").stdout
    assert json.loads(done)["letter"] == "late"


def test_the_wrong_letter_is_refused_and_nothing_is_written(here: Path) -> None:
    for words in (["late"], ["denial"], ["appeal"], ["foia-late"], []):
        with pytest.raises(CpraError):
            run("--today", "2026-09-20", "follow-up", "1", *words)
    assert [path.name for path in (here / "requests").glob("*/draft/*/")] == []


def test_a_request_can_be_read_along_in_spanish_with_its_own_words(here: Path) -> None:
    read = run("template", "show", "general", "--language", "es", "--request", "1").stdout

    assert (here / "requests").is_dir()
    assert "1. The usage policy in effect on March 1, 2026." in read
    assert "Copia de lectura en español" in read
    assert "10 días desde que la reciban" in " ".join(read.split())


# --- the manual ------------------------------------------------------------------


def test_the_manual_names_every_template() -> None:
    named = set(re.findall(r"[a-z][a-z-]+", MANUAL))

    assert [name for name in names(None) if name not in named] == []


def test_the_manual_names_every_filter() -> None:
    known = set(Language(BaseLoader(), {}).filters) - {"turns"}

    assert [name for name in sorted(known) if f"`{name}`" not in MANUAL] == []
