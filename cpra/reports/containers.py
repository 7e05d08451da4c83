"""Containers of which not everything was filed: locked, damaged, over a limit, of a closed kind."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from cpra.archive.kinds import PACKED, Kind
from cpra.archive.limits import Limits
from cpra.archive.unpack import left_closed
from cpra.core.request import Request


def left_inside(folder: Path, request: Request, limits: Limits) -> dict[str, str]:
    """For each such container, what was left in it and why, as a sentence without a subject."""
    filed = _filed_from(request)
    found: dict[str, str] = {}
    for event in request.events:
        for path, paper in event.about.items():
            if paper.kind in PACKED and (folder / path).is_file():
                left = left_closed(folder / path, Kind(paper.kind), filed[path], limits)
                if left:
                    found[path] = left
    return found


def _filed_from(request: Request) -> Counter[str]:
    """How many files came out of each container, at once or when it was opened later."""
    filed: Counter[str] = Counter()
    for event in request.events:
        for path, paper in event.about.items():
            if not paper.inside:
                continue
            place = "/".join(path.split("/")[:2])
            beside = f"{place}/{paper.inside}"
            kept = [one for one in event.source if one.rpartition("/")[2] == paper.inside]
            filed[beside if beside in event.about or not kept else kept[0]] += 1
    return filed
