"""How queries and memory grow with the number of pages, as a small picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 300, 70, 40
BLUE, RED, GREEN = "#1f6feb", "#d1242f", "#1a7f37"


@dataclass(frozen=True, slots=True)
class Size:
    """What a library of so many pages took."""

    pages: int
    median: float
    """Milliseconds of the median query."""
    worst: float
    """Milliseconds of the slowest."""
    memory: float
    """The most megabytes that were held while it was indexed."""


def draw(sizes: Sequence[Size], path: Path) -> None:
    """Write the picture: both scales go by powers of ten."""
    top = math.log10(max(max(size.worst, size.memory) for size in sizes)) + 0.2
    parts = []
    for name, colour, values in (
        ("median query, ms", BLUE, [size.median for size in sizes]),
        ("worst query, ms", RED, [size.worst for size in sizes]),
        ("memory while indexing, MB", GREEN, [size.memory for size in sizes]),
    ):
        points = [place(s.pages, v, top) for s, v in zip(sizes, values, strict=True)]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{joined}" fill="none" stroke="{colour}"/>')
        for (x, y), value in zip(points, values, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
            parts.append(text(x, y - 8, f"{value:.1f}" if value < 100 else f"{value:.0f}"))
        parts.append(text(points[-1][0] - 60, points[-1][1] + 18, name, colour))
    parts += [text(place(s.pages, 1, top)[0], HEIGHT - 14, f"{s.pages:,} pages") for s in sizes]
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f"{''.join(parts)}</svg>\n",
        encoding="utf-8",
    )


def place(pages: float, value: float, top: float) -> tuple[float, float]:
    """Where a value stands on the picture."""
    across = (math.log10(pages) - 4) / 2
    up = (math.log10(max(value, 0.1)) + 1) / (top + 1)
    x = LEFT + across * (WIDTH - LEFT - 60)
    return x, HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - 30)


def text(x: float, y: float, words: str, colour: str = "black") -> str:
    """Words on the picture."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="{colour}">{words}</text>'
