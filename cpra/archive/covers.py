"""What lies on top of a PDF page, and which letters do not show because of it."""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from cpra.archive.drawing import (
    ALIKE,
    Box,
    Colour,
    Drawing,
    Shades,
    address,
    fill,
    is_page,
    overlap,
    share,
)
from cpra.archive.look import Hiding

COVERED = 0.7
"""Share of a letter that a cover must lie over."""
CELL = 36
"""Points of the squares in which covers are looked up."""
LARGEST = 400
"""Squares of a page each way."""
MOST = 20_000
"""Objects of one page that are looked at."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Something on a page that can hide what is under it, and when it was painted."""

    item: Any
    order: int
    box: Box
    hiding: Hiding
    colour: Colour | None = None
    """Of a box that was painted; None for pictures and notes."""

    @property
    def is_dark(self) -> bool:
        """Whether it is black or nearly."""
        return self.colour is not None and max(self.colour) < 96


class Letters:
    """The letters of a page, and how each of them is hidden."""

    def __init__(
        self,
        page: Any,
        order: dict[int, int],
        covers: list[Cover],
        before: Drawing,
        after: Drawing,
        layered: Collection[int] = (),
    ) -> None:
        import pypdfium2.raw as raw

        self._raw = raw
        self._page = page
        self._order = order
        self._before, self._after = before, after
        self._layered = layered
        self._ink: dict[int, Colour] = {}
        self._near: dict[tuple[int, int], list[Cover]] = {}
        for cover in covers:
            left, bottom, right, top = (int(edge // CELL) for edge in cover.box)
            for column in range(max(-LARGEST, left), min(LARGEST, right) + 1):
                for row in range(max(-LARGEST, bottom), min(LARGEST, top) + 1):
                    self._near.setdefault((column, row), []).append(cover)

    def each(self) -> Iterator[tuple[str, Box, Hiding | None]]:
        """Every sign in reading order, its box, and how it is hidden if it is."""
        raw, text_page = self._raw, self._page.get_textpage()
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        for index in range(text_page.count_chars()):
            letter = chr(raw.FPDFText_GetUnicode(text_page, index))
            if letter.isspace() or not letter.isprintable():
                yield letter, (0.0, 0.0, 0.0, 0.0), None
                continue
            raw.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
            box = (left.value, bottom.value, right.value, top.value)
            cell = (int((box[0] + box[2]) / 2 // CELL), int((box[1] + box[3]) / 2 // CELL))
            over = [one for one in self._near.get(cell, ()) if share(box, one.box) >= COVERED]
            looked_at = over or self._layered
            item = raw.FPDFText_GetTextObject(text_page, index) if looked_at else None
            over = [cover for cover in over if not self._shows(item, cover)]
            hiding = self._hiding(item, box, over) if over else None
            if hiding is None and self._layered and self._is_switched_off(item, box):
                hiding = Hiding.TEXT_IN_LAYER
            yield letter, box, hiding
        text_page.close()

    def _shows(self, item: Any, cover: Cover) -> bool:
        """Whether a letter was painted on a box in another colour, as in most tables."""
        if cover.colour is None or self._order.get(address(item), MOST) < cover.order:
            return False
        pairs = zip(self._colour(item), cover.colour, strict=True)
        return max(abs(one - two) for one, two in pairs) > 2 * ALIKE

    def _colour(self, item: Any) -> Colour:
        place = address(item)
        ink = self._ink.get(place)
        if ink is None:
            ink = self._ink[place] = fill(self._raw, item)[0]
        return ink

    def _is_switched_off(self, item: Any, box: Box) -> bool:
        """Whether a letter in a layer leaves no ink on the page, though it has another colour."""
        if address(item) not in self._layered:
            return False
        invisible = self._raw.FPDFTextObj_GetTextRenderMode(item)
        if invisible == self._raw.FPDF_TEXTRENDERMODE_INVISIBLE:
            return False
        shades = self._before.shades((box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1))
        if shades is None or shades.range > ALIKE:
            return False
        red, green, blue = self._colour(item)
        return abs((red * 3 + green * 6 + blue) / 10 - shades.darkest) > 3 * ALIKE

    def _hiding(self, item: Any, box: Box, over: list[Cover]) -> Hiding | None:
        """How this letter is hidden by what lies over it."""
        wide = (box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1)
        order = self._order.get(address(item), MOST)
        bare = self._after.shades(wide)
        came_out = (
            bare is not None and bare.range > ALIKE and not self._before.same(self._after, box)
        )
        for cover in over:
            shades = self._before.shades(overlap(wide, cover.box))
            if shades is None:
                continue
            if cover.hiding is Hiding.TEXT_UNDER_PICTURE:
                found = self._behind_picture(item, order, cover, shades)
                if found is not None:
                    return found
            elif came_out:
                # Black on black counts whichever was painted first. A label on the box may show,
                # while what was painted before the box does not.
                on_top = order < cover.order < MOST and shades.common_share >= 0.6
                if shades.range <= ALIKE or on_top:
                    return cover.hiding
        return None

    def _behind_picture(
        self, item: Any, order: int, picture: Cover, shades: Shades
    ) -> Hiding | None:
        """Whether a letter lies behind a picture, or behind what a scan shows as black."""
        if shades.range > ALIKE:
            return None
        above = picture.order > order
        if above and not is_page(picture.box, self._page):
            return picture.hiding
        invisible = self._raw.FPDFTextObj_GetTextRenderMode(item)
        unseen = above or invisible == self._raw.FPDF_TEXTRENDERMODE_INVISIBLE
        return Hiding.TEXT_UNDER_BLACK if shades.darkest < 64 and unseen else None
