"""500 letters in three forms, beside docxtpl and bare typst on the same letters: `letters.py`.

Everything runs in one process of a fresh environment, letter by letter in turns, so that only the
ratios are results. docxtpl is installed there and nowhere else. `--quick` makes 50 and writes
nothing down; otherwise LibreOffice, if it is on PATH, opens all of the .docx as a check, 200 a run.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from harness import installed, machine, workplace, write_section

PAGE = """\
#set document(title: [TITLE])
#set page(
  paper: "us-letter", margin: (x: 1.1in, top: 1in, bottom: 1in),
  header: context if counter(page).get().first() > 1 [#text(9pt, gray)[RUNNING]],
  footer: context align(center, text(9pt, gray)[
    Page #counter(page).display() of #counter(page).final().first()
  ]),
)
#set text(font: "Libertinus Serif", size: 11.5pt, lang: "en", hyphenate: false)
#set par(justify: false, leading: 0.62em, spacing: 1.12em)
#let item(label, body) = block(grid(columns: (26pt, 1fr), label, body))
"""
"""the page of our letters, as a person would write it by hand"""


@dataclass(slots=True)
class Meter:
    """How long each way of doing something took, over all letters."""

    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, name: str, work: Callable[[], Any]) -> Any:
        """Do it, and add what it took to its sum."""
        started = time.perf_counter()
        result = work()
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started
        return result


def main() -> int:
    """Measure in a fresh environment, print, and write the table down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="50 letters, nothing written down")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    count = 50 if options.quick else 500
    if options.inside:
        print("\n".join(measured(count, options.inside)))
        return 0
    with workplace() as place:
        programs = installed(Path(place))
        python = str(programs / "python")
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q", "docxtpl"]
        subprocess.run(pip, check=True)
        into = Path(place) / "letters"
        into.mkdir()
        order = [python, __file__, "--inside", str(into), *(["--quick"] * options.quick)]
        done = subprocess.run(order, capture_output=True, encoding="utf-8", cwd=place, check=False)
        if done.returncode:
            sys.stderr.write(done.stderr)
            return done.returncode
        lines = done.stdout.splitlines()
        if not options.quick:
            lines += office(into, count)
            write_section("letters", ["## Letters", "", machine(), "", *lines])
    print("\n".join(lines))
    return 0


def measured(count: int, into: Path) -> Iterator[str]:
    """Write the letters, ours and theirs in turns, and give the lines of the table."""
    from docxtpl import DocxTemplate

    from cpra.letters.pdf import pdf
    from cpra.letters.text import text
    from cpra.letters.word import word

    meter = Meter()
    letters = list(written(count, meter))
    pattern = into / "pattern.docx"
    pattern.write_bytes(docxtpl_pattern(letters[0]))
    word(letters[0]), pdf(letters[0]), plain_typst(letters[0])  # what is made once is made now
    for number, letter in enumerate(letters):
        made = meter.time("docx", lambda letter=letter: word(letter))
        meter.time("docxtpl", lambda letter=letter: by_docxtpl(DocxTemplate, pattern, letter))
        meter.time("pdf", lambda letter=letter: pdf(letter))
        meter.time("typst", lambda letter=letter: plain_typst(letter))
        meter.time("txt", lambda letter=letter: text(letter))
        (into / f"{number:03}.docx").write_bytes(made)
    yield from table(meter, count)


def written(count: int, meter: Meter) -> Iterator[Any]:
    """The letters: one template, every one with another agency and another period."""
    from cpra import statutes
    from cpra.core.items import Item
    from cpra.letters import example
    from cpra.letters.letter import parse
    from cpra.letters.render import items, render, subject
    from cpra.letters.template import find

    law = statutes.law().authorities
    template = find("alpr-access-logs", None)
    bare = example.facts(template, law)
    for number in range(count):
        first = date(2024, 1, 1) + timedelta(days=number)
        values = {**example.values(template), "from": first.isoformat()}
        values["to"] = (first + timedelta(days=90)).isoformat()
        agency = replace(bare.agency, name=f"Police Department of City {number} & County")
        facts = replace(bare, agency=agency, id=f"2026-{number:04}")

        def whole(facts: Any = facts, values: Any = values) -> str:
            texts = items(template, values, facts, law)
            full = replace(
                facts,
                items=tuple(Item(n, t) for n, t in enumerate(texts, start=1)),
                subject=subject(template, values, facts),
            )
            return render(template, values, full, law)

        yield parse(meter.time("render", whole))


def docxtpl_pattern(letter: Any) -> bytes:
    """Our own .docx with docxtpl's tags in place of the words, paragraph by paragraph."""
    from docx import Document

    from cpra.letters.word import word

    document = Document(io.BytesIO(word(letter)))
    for number, paragraph in enumerate(document.paragraphs):
        if paragraph.text:
            for run in paragraph.runs[1:]:
                run._r.getparent().remove(run._r)
            paragraph.runs[0].text = f"{{{{ p[{number}] }}}}"
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def by_docxtpl(template_class: Any, pattern: Path, letter: Any) -> bytes:
    """The same letter by docxtpl, as its manual says: a template, a context, a saved file."""
    words = [letter.dated, letter.via, *letter.to, *letter.re, ""]
    words += [p.text for block in letter.body for p in getattr(block, "paragraphs", (block,))]
    words += [letter.closing, *letter.signature]
    document = template_class(pattern)
    document.render({"p": words + [""] * 40}, autoescape=True)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def plain_typst(letter: Any, _made: list[Any] = []) -> bytes:  # noqa: B006 (one compiler, as ours)
    """The same page in typst's own markup, compiled and nothing else."""
    from typst import Compiler

    if not _made:
        _made.append(Compiler(ignore_system_fonts=True))
    name, *contact = map(quoted, letter.sender)
    running = quoted(f"{letter.to[0]}  ·  {letter.dated}")
    page = PAGE.replace("TITLE", quoted(letter.re[0])).replace("RUNNING", running)
    parts = [
        f'#block(text(15pt, weight: "bold")[{name}])',
        f"#block(text(9pt, gray)[{'  ·  '.join(contact)}])",
        "#line(length: 100%, stroke: 0.5pt)",
        letter.dated,
        f"*{quoted(letter.via)}*",
        " \\\n".join(map(quoted, letter.to)),
        f"#item[*Re:*][*{quoted(letter.re[0])}* \\ {quoted(letter.re[1])}]",
    ]
    for block in letter.body:
        words = [quoted(p.text) for p in getattr(block, "paragraphs", (block,))]
        number = getattr(block, "number", None)
        parts.append(f"#item[{number}.][{words[0]}]" if number else words[0])
    parts += [quoted(letter.closing), "#v(1.6em)", " \\\n".join(map(quoted, letter.signature))]
    source = page + "\n\n".join(parts)
    return _made[0].compile(
        input=source.encode("utf-8"), format="pdf", timestamp=datetime(2026, 9, 15, tzinfo=UTC)
    )


def quoted(words: str) -> str:
    """Words in which typst sees no markup."""
    return re.sub(r"([\\#$*_`<>@\[\]~=/-])", r"\\\1", words)


def table(meter: Meter, count: int) -> Iterator[str]:
    """The figures as Markdown."""
    took = meter.seconds
    yield f"{count} letters from one template, each with another agency and period."
    yield ""
    yield "| part | milliseconds a letter | beside | its milliseconds | ratio | at most |"
    yield "|---|---:|---|---:|---:|---:|"
    for name, other, label, limit in (
        ("docx", "docxtpl", "docxtpl", 1.0),
        ("pdf", "typst", "bare typst", 1.3),
    ):
        mine, theirs = (1000 * took[key] / count for key in (name, other))
        ratio = mine / theirs
        mark = "" if ratio <= limit else " **missed**"
        yield f"| {name} | {mine:.1f} | {label} | {theirs:.1f} | {ratio:.2f}{mark} | {limit} |"
    for name, label in (("txt", "txt"), ("render", "from the template to letter.md")):
        yield f"| {label} | {1000 * took[name] / count:.1f} | | | | |"


def office(into: Path, count: int) -> list[str]:
    """LibreOffice over all of them, 200 a run: more than 247 files it drops silently."""
    soffice = shutil.which("soffice")
    if soffice is None:
        return ["", "LibreOffice is not on this machine; the .docx were not opened."]
    every = sorted(str(path) for path in into.glob("[0-9]*.docx"))
    batches = [every[first : first + 200] for first in range(0, len(every), 200)]
    started = time.perf_counter()
    profile = (into / "profile").as_uri()
    order = [soffice, "--headless", f"-env:UserInstallation={profile}", "--convert-to", "pdf"]
    order += ["--outdir", str(into / "pdf")]
    for batch in batches:
        subprocess.run([*order, *batch], capture_output=True, check=True)
    opened = len(list((into / "pdf").glob("*.pdf")))
    seconds = time.perf_counter() - started
    return ["", f"LibreOffice opened {opened} of {count} in {len(batches)} runs, {seconds:.0f} s."]


if __name__ == "__main__":
    raise SystemExit(main())
