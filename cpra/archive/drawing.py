"""A PDF page as grey dots, and the boxes on it."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

SCALE = 2.0
"""Dots for each point of the page; letters are then high enough to tell ink from paper."""
SMALLEST = 4.0
"""Points a cover must measure both ways."""
ALIKE = 24
"""Shades, of 256, that count as one colour."""

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points."""


Colour = tuple[int, int, int]
"""Red, green and blue."""


@dataclass(frozen=True, slots=True)
class Shades:
    """How light and dark a box is."""

    darkest: int
    range: int
    common_share: float
    """Share of the dots that have the most frequent shade, or nearly."""


class Drawing:
    """A page as grey dots."""

    def __init__(self, page: Any, *, notes: bool) -> None:
        width, height = page.get_size()
        self._scale = min(SCALE, (4_000_000 / max(1.0, width * height)) ** 0.5)
        self._page = page
        bitmap = page.render(
            scale=self._scale, grayscale=True, may_draw_forms=notes, draw_annots=notes
        )
        self._rows, self._stride = bytes(bitmap.buffer), bitmap.stride
        self._width, self._height = bitmap.width, bitmap.height

    def shades(self, box: Box) -> Shades | None:
        """The shades in a box of the page; None when it is off the page or too small."""
        dots = self._dots(box)
        if len(dots) < 4:
            return None
        counts = {shade: dots.count(shade) for shade in set(dots)}
        common = max(counts, key=counts.__getitem__)
        near = sum(n for shade, n in counts.items() if abs(shade - common) <= ALIKE)
        return Shades(min(dots), max(dots) - min(dots), near / len(dots))

    def same(self, other: Drawing, box: Box) -> bool:
        """Whether the box looks the same in both drawings."""
        return self._dots(box) == other._dots(box)

    def _dots(self, box: Box) -> bytes:
        left, bottom, right, top = self._on_drawing(box)
        first, last = max(0, round(top)), min(self._height, round(bottom))
        start, end = max(0, round(left)), min(self._width, round(right))
        if end <= start or last <= first:
            return b""
        return b"".join(
            self._rows[row * self._stride + start : row * self._stride + end]
            for row in range(first, last)
        )

    def _on_drawing(self, box: Box) -> Box:
        """A box of the page in dots of the drawing, the page's rotation and crop undone."""
        import pypdfium2.raw as raw

        xs, ys = [], []
        for x, y in ((box[0], box[1]), (box[2], box[3])):
            across, down = ctypes.c_int(), ctypes.c_int()
            raw.FPDF_PageToDevice(
                self._page, 0, 0, self._width * 16, self._height * 16, 0, x, y, across, down
            )
            xs.append(across.value / 16)
            ys.append(down.value / 16)
        return min(xs), max(ys), max(xs), min(ys)


def address(item: Any) -> int:
    """Where pdfium keeps an object, to know it again."""
    return ctypes.cast(item, ctypes.c_void_p).value or 0


def matrix(raw: Any, item: Any) -> tuple[float, ...]:
    """How an object is moved and turned."""
    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, found)
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def times(one: tuple[float, ...], two: tuple[float, ...]) -> tuple[float, ...]:
    """One movement after the other."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def bounds(raw: Any, item: Any) -> Box:
    """The box around an object, in its own measure."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return (0.0, 0.0, 0.0, 0.0)
    return (left.value, bottom.value, right.value, top.value)


def fill(raw: Any, item: Any) -> tuple[Colour, int]:
    """The colour an object is filled with, and how opaque it is, of 255."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
    return (red.value, green.value, blue.value), alpha.value


def moved(box: Box, matrix: tuple[float, ...]) -> Box:
    """A box after a movement."""
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return (min(xs), min(ys), max(xs), max(ys))


def is_large(box: Box) -> bool:
    """Whether a box is large enough to hide a letter."""
    return box[2] - box[0] >= SMALLEST and box[3] - box[1] >= SMALLEST


def is_page(box: Box, page: Any) -> bool:
    """Whether it covers nearly all of the page: a scan, with its words behind it."""
    width, height = page.get_size()
    return (box[2] - box[0]) * (box[3] - box[1]) > 0.8 * float(width * height)


def share(box: Box, cover: Box) -> float:
    """How much of a box lies under a cover."""
    width = min(box[2], cover[2]) - max(box[0], cover[0])
    height = min(box[3], cover[3]) - max(box[1], cover[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return width * height / area if width > 0 and height > 0 and area > 0 else 0.0


def overlap(one: Box, two: Box) -> Box:
    """What two boxes have in common."""
    return (max(one[0], two[0]), max(one[1], two[1]), min(one[2], two[2]), min(one[3], two[3]))


def around(one: Box, two: Box) -> Box:
    """The box around both."""
    return (min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3]))


def whole(box: Box) -> tuple[int, int, int, int]:
    """A box in whole points."""
    return (round(box[0]), round(box[1]), round(box[2]), round(box[3]))
