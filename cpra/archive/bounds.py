"""What a process that reads one document may not do: write files, leave a core, take all memory."""

from __future__ import annotations

import sys


def confine(memory: int) -> None:
    """Bind this process for good; Windows has none of these limits."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory),
    ):
        hard = resource.getrlimit(what)[1]
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(what, (most, hard))
