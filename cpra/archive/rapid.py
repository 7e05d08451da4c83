"""Words in pictures by rapidocr, from the extra `ocr`: for machines without tesseract.

Its models come in its wheel, so that nothing is fetched when it reads.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cpra.archive.pdf import Unreadable

SURE = 0.6
"""Score, of 1, that at least one line must have for a page to count as read."""
FRAMES = 5_000
"""Pages of one picture that are read."""


def is_installed() -> bool:
    """Whether the extra is there."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "PIL"))


def pages(path: Path) -> Iterator[str]:
    """The words of a picture; a TIFF may have many pages."""
    from PIL import Image, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            for _, frame in zip(range(FRAMES), ImageSequence.Iterator(picture), strict=False):
                yield _words(frame)
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as error:
        raise Unreadable("is a picture that cannot be opened") from error


def page(picture: bytes) -> str:
    """The words of one picture in memory."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as drawn:
        return _words(drawn)


@lru_cache(maxsize=1)
def _engine() -> Any:
    import rapidocr

    quiet = {"Global.log_level": "critical"}
    # Two processes read side by side; each has one thread.
    alone = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
    return rapidocr.RapidOCR(params={**quiet, **alone})


def _words(picture: Any) -> str:
    """Lines of words, those at one height in one line; nothing when no line is sure."""
    import numpy

    found = _engine()(numpy.asarray(picture.convert("RGB")))
    if found.boxes is None or not any(score >= SURE for score in found.scores):
        return ""
    lines: list[tuple[float, float, list[str]]] = []
    for box, words in zip(found.boxes, found.txts, strict=True):
        top, bottom = float(box[:, 1].min()), float(box[:, 1].max())
        middle = (top + bottom) / 2
        if lines and lines[-1][0] <= middle <= lines[-1][1]:
            lines[-1][2].append(words.strip())
        else:
            lines.append((top, bottom, [words.strip()]))
    return "\n".join(" ".join(line) for _, _, line in lines)
