"""Words and pictures that an agency meant to black out and only covered.

What lies on top of a page (filled boxes, pictures, notes) is taken away and the page drawn again:
what shows then and did not show before was hidden, not removed. The finding names the page and the
box; the words themselves are given only to whoever asks for them.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cpra.archive.covers import MOST, Cover, Letters
from cpra.archive.drawing import (
    ALIKE,
    Box,
    Drawing,
    address,
    around,
    bounds,
    fill,
    is_large,
    matrix,
    moved,
    share,
    times,
    whole,
)
from cpra.archive.look import Finding, Hiding

DEEPEST = 8
HARMLESS = re.compile(
    r"[\W_]*|(?:\d{1,2}/\d{0,2}/?\d{0,4})+|(.)\1*"
    r"|(?:redact(?:ed|ion)?|privileged?|confidential|(?:filed)?underseal|sealed|exempt"
    r"|attorney-?client|workproduct|\(?b\)?\(?\d\)?(?:\(?[a-f]\)?)?)[\W_]*",
    re.IGNORECASE,
)
"""Under a cover without harm: no letters at all, dates of a stamp, one sign again and again, or the
label that says what was done."""


def findings(path: Path) -> Iterator[Finding]:
    """What is hidden in this PDF. Raises `pdf.Unreadable` when it cannot be opened."""
    import pypdfium2

    from cpra.archive.pdf import opened

    document = opened(path)
    layers = b"/OCProperties" in path.read_bytes()
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            continue
        try:
            yield from _Page(page, number + 1, layers).findings()
        finally:
            page.close()


class _Page:
    """One page, with what lies on it in the order of painting."""

    def __init__(self, page: Any, number: int, layers: bool) -> None:
        import pypdfium2.raw as raw

        self._raw = raw
        self._page = page
        self._number = number
        self._layers = layers
        self._covers: list[Cover] = []
        self._pictures: list[Cover] = []
        self._order: dict[int, int] = {}
        self._words: list[Any] = []

    def findings(self) -> Iterator[Finding]:
        """What is hidden on it."""
        self._walk()
        notes: list[Cover] = []
        for box, hiding in self._marks():
            if hiding is Hiding.MARKED_ONLY:
                yield Finding(self._number, whole(box), hiding, 0)
            else:
                notes.append(Cover(None, MOST, box, hiding))
        covers = [*self._covers, *notes, *self._pictures]
        blank = not self._words and not any(cover.is_dark for cover in self._covers)
        layered = {address(words) for words in self._words if self._layers or self._in_layer(words)}
        if blank or not (covers or layered):
            return
        before = Drawing(self._page, notes=True)
        for cover in (*self._covers, *self._pictures):
            self._raw.FPDFPageObj_SetIsActive(cover.item, 0)
        after = Drawing(self._page, notes=False)
        yield from self._texts(Letters(self._page, self._order, covers, before, after, layered))
        yield from self._covered_pictures(before)

    def _in_layer(self, words: Any) -> bool:
        """Whether a text says of itself that it belongs to a layer."""
        for place in range(max(0, self._raw.FPDFPageObj_CountMarks(words))):
            mark = self._raw.FPDFPageObj_GetMark(words, place)
            name, size = (ctypes.c_ushort * 8)(), ctypes.c_ulong()
            if self._raw.FPDFPageObjMark_GetName(mark, name, 16, size) and size.value == 6:
                return bytes(name)[:4].decode("utf-16-le") == "OC"
        return False

    def _walk(self) -> None:
        """Number all objects in the order of painting, and keep those that can cover something."""
        waiting: list[tuple[Any, tuple[float, ...], int]] = [
            (self._raw.FPDFPage_GetObject(self._page, n), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), 0)
            for n in range(self._raw.FPDFPage_CountObjects(self._page))
        ]
        waiting.reverse()
        while waiting and len(self._order) < MOST:
            item, placed, depth = waiting.pop()
            order = len(self._order)
            self._order[address(item)] = order
            sort = self._raw.FPDFPageObj_GetType(item)
            if sort == self._raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
                inner = times(matrix(self._raw, item), placed)
                count = self._raw.FPDFFormObj_CountObjects(item)
                waiting += [
                    (self._raw.FPDFFormObj_GetObject(item, n), inner, depth + 1)
                    for n in reversed(range(max(0, count)))
                ]
            elif sort == self._raw.FPDF_PAGEOBJ_TEXT:
                self._words.append(item)
            elif sort == self._raw.FPDF_PAGEOBJ_PATH:
                self._keep_path(item, order, placed)
            elif sort == self._raw.FPDF_PAGEOBJ_IMAGE:
                box = moved(bounds(self._raw, item), placed)
                if is_large(box):
                    self._pictures.append(Cover(item, order, box, Hiding.TEXT_UNDER_PICTURE))

    def _keep_path(self, item: Any, order: int, placed: tuple[float, ...]) -> None:
        raw = self._raw
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, mode, stroke)
        colour, alpha = fill(raw, item)
        box = moved(bounds(raw, item), placed)
        if mode.value and alpha == 255 and is_large(box):
            self._covers.append(Cover(item, order, box, Hiding.TEXT_UNDER_BOX, colour))

    def _marks(self) -> Iterator[tuple[Box, Hiding]]:
        """Notes and marks that lie on the page, and redactions that were only planned."""
        raw = self._raw
        covering = {
            *(raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_CIRCLE, raw.FPDF_ANNOT_POLYGON),
            *(raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_INK),
            *(raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_LINE, raw.FPDF_ANNOT_POLYLINE),
        }
        for place in range(min(raw.FPDFPage_GetAnnotCount(self._page), 2_000)):
            mark = raw.FPDFPage_GetAnnot(self._page, place)
            if not mark:
                continue
            sort, area = raw.FPDFAnnot_GetSubtype(mark), raw.FS_RECTF()
            found = raw.FPDFAnnot_GetRect(mark, area)
            raw.FPDFPage_CloseAnnot(mark)
            box = (
                min(area.left, area.right),
                min(area.bottom, area.top),
                max(area.left, area.right),
                max(area.bottom, area.top),
            )
            if found and sort == raw.FPDF_ANNOT_REDACT:
                yield box, Hiding.MARKED_ONLY
            elif found and sort in covering:
                yield box, Hiding.TEXT_UNDER_NOTE

    def _texts(self, letters: Letters) -> Iterator[Finding]:
        """Runs of letters that do not show with the covers on and do with the covers off."""
        runs: list[tuple[Hiding, Box, str]] = []
        gap = MOST
        for letter, box, hiding in letters.each():
            gap += 1
            if hiding is None:
                continue
            last = runs[-1] if runs else None
            if last and last[0] is hiding and gap <= 4 and abs(last[1][1] - box[1]) < 6:
                text = last[2] + (" " if gap > 1 else "") + letter
                runs[-1] = (hiding, around(last[1], box), text)
            else:
                runs.append((hiding, box, letter))
            gap = 0
        for hiding, area, text in runs:
            letters_only = text.replace(" ", "")
            if not HARMLESS.fullmatch(letters_only):
                yield Finding(self._number, whole(area), hiding, len(letters_only), text)

    def _covered_pictures(self, before: Drawing) -> Iterator[Finding]:
        """Dark boxes over a picture that still has what is under them."""
        dark = [
            cover
            for cover in self._covers
            if cover.is_dark
            and any(p.order < cover.order and share(cover.box, p.box) > 0.9 for p in self._pictures)
        ]
        if not dark:
            return
        for picture in self._pictures:
            self._raw.FPDFPageObj_SetIsActive(picture.item, 1)
        for words in self._words:
            self._raw.FPDFPageObj_SetIsActive(words, 0)
        bare = Drawing(self._page, notes=False)
        for cover in dark:
            left, bottom, right, top = cover.box
            inside = (left + 1, bottom + 1, right - 1, top - 1)
            shades, under = before.shades(inside), bare.shades(inside)
            if shades and under and shades.range <= ALIKE and under.range > 4 * ALIKE:
                yield Finding(self._number, whole(cover.box), Hiding.PICTURE_UNDER_BOX, 0)
