"""Made-up records to measure with: words as often as in real text, on pages, in PDFs."""

from __future__ import annotations

import bisect
import itertools
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

COMMON = (
    "the of and to in a is that for it as was with be by on not he his but at are this have from or"
    " had an they which one you were all her she there would their we him been has when who will no"
    " more if out so up said what its about than into them can only other time new some could these"
    " may first then do any like my now over such our man me even most made after also did many off"
    " department police officer records request public agency city county state policy report data"
    " system camera license plate access search audit share sheriff letter date number section code"
)
SYLLABLES = "ba be bi bo da de di do fa fe ga go ka ke la le li lo ma me mi mo na ne no pa pe po ra"
VOCABULARY = 60_000


class Prose:
    """An endless text whose words follow Zipf's law."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)  # noqa: S311 (test data)
        parts = SYLLABLES.split()
        made = (
            "".join(self._chance.choice(parts) for _ in range(self._chance.randint(2, 5)))
            for _ in itertools.count()
        )
        words = dict.fromkeys(COMMON.split())
        while len(words) < VOCABULARY:
            words[next(made)] = None
        self.words = list(words)
        self._sums = list(itertools.accumulate(1 / (rank + 2) for rank in range(VOCABULARY)))

    def line(self, count: int) -> str:
        """So many words."""
        total = self._sums[-1]
        places = (bisect.bisect(self._sums, self._chance.random() * total) for _ in range(count))
        return " ".join(self.words[place] for place in places)

    def page(self, size: int = 2_200) -> str:
        """Lines of words, about so many characters in all."""
        lines, length = [], 0
        while length < size:
            line = self.line(13)
            lines.append(line)
            length += len(line) + 1
        return "\n".join(lines)

    def pages(self, count: int) -> Iterator[str]:
        """So many pages."""
        return (self.page() for _ in range(count))


def pdfs(folder: Path, documents: int, pages: int, seed: int = 1) -> list[Path]:
    """Born-digital PDFs with text in an embedded font, as a word processor makes them."""
    import typst

    folder.mkdir(parents=True)
    prose = Prose(seed)
    source = folder / "page.typ"
    source.write_text(
        '#set page("us-letter", margin: 2.2cm)\n#set text(size: 10.5pt)\n'
        "#for (n, page) in json(bytes(sys.inputs.pages)).enumerate() {\n"
        "  if n > 0 { pagebreak() }\n  par(page)\n}\n",
        encoding="utf-8",
    )
    made = []
    for number in range(documents):
        text = json.dumps([prose.page().replace("\n", " ") for _ in range(pages)])
        path = folder / f"record {number:04}.pdf"
        typst.compile(source, output=path, sys_inputs={"pages": text})
        made.append(path)
    source.unlink()
    return made


if __name__ == "__main__":
    # In a process of its own: what it holds in memory would count for whoever is measured next.
    pdfs(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
