"""The contact sheets of every letter in its three forms: `docs/letters-*.png`.

Needs LibreOffice (one run over all the .docx) and pdftoppm. Run it when a template or the look of a
letter has changed, and look at the result.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import typst

from cpra import statutes
from cpra.letters import example
from cpra.letters.forms import write_forms
from cpra.letters.render import render
from cpra.letters.template import Template, find, names

DOCS = Path(__file__).resolve().parent
SHEET = """\
#let letters = json("letters.json")
#set page(width: auto, height: auto, margin: 8pt)
#set text(font: "DejaVu Sans Mono", size: 5pt)
#let paper(body) = box(width: 92pt, height: 119pt, stroke: 0.3pt + gray, clip: true, body)
#grid(columns: 3, gutter: 10pt, ..letters.map(l => stack(spacing: 3pt,
  text(weight: "bold", l.name),
  stack(dir: ltr, spacing: 3pt,
    paper(image(l.name + "-word.png", width: 92pt)),
    paper(image(l.name + "-pdf.png", width: 92pt)),
    paper(pad(6pt, text(size: 1.75pt, raw(l.text)))),
  ),
)))
"""


def main() -> int:
    """Write, convert, and put the pages side by side: Word, PDF, text."""
    if not (shutil.which("soffice") and shutil.which("pdftoppm")):
        sys.stderr.write("LibreOffice and pdftoppm are needed (apt-get install ...)\n")
        return 1
    every = [find(name, None) for name in names(None)]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for template in every:
            _write(template, place)
        _to_pdf(place)
        for template in every:
            _picture(place / "word" / f"{template.name}.pdf", place / f"{template.name}-word")
            _picture(place / f"{template.name}.pdf", place / f"{template.name}-pdf")
        for kind, title in (("request", "requests"), ("letter", "follow-ups")):
            shown = [template for template in every if template.kind == kind]
            _sheet(shown, place, DOCS / f"letters-{title}.png")
    return 0


def _write(template: Template, place: Path) -> None:
    authorities = statutes.law().authorities
    facts = example.facts(template, authorities)
    letter = place / f"{template.name}.md"
    letter.write_text(
        render(template, example.values(template), facts, authorities), encoding="utf-8"
    )
    _, problems = write_forms(letter)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")


def _to_pdf(place: Path) -> None:
    """One run of LibreOffice over all of them."""
    order = ["soffice", "--headless", f"-env:UserInstallation={(place / 'profile').as_uri()}"]
    every = sorted(str(path) for path in place.glob("*.docx"))
    order += ["--convert-to", "pdf", "--outdir", str(place / "word"), *every]
    subprocess.run(order, check=True, capture_output=True)


def _picture(pdf: Path, stem: Path) -> None:
    """The first page as a picture."""
    order = ["pdftoppm", "-png", "-gray", "-r", "40", "-f", "1", "-l", "1", "-singlefile"]
    subprocess.run([*order, str(pdf), str(stem)], check=True, capture_output=True)


def _sheet(templates: list[Template], place: Path, target: Path) -> None:
    letters = [
        {
            "name": template.name,
            "text": (place / f"{template.name}.txt").read_text(encoding="utf-8"),
        }
        for template in templates
    ]
    (place / "letters.json").write_text(json.dumps(letters), encoding="utf-8")
    (place / "sheet.typ").write_text(SHEET, encoding="utf-8")
    made = typst.compile(str(place / "sheet.typ"), root=str(place), format="png", ppi=150.0)
    if not isinstance(made, bytes):
        raise TypeError("a sheet is one page")
    target.write_bytes(made)


if __name__ == "__main__":
    raise SystemExit(main())
