"""What a test needs from the machine: skipped with the way to get it, or, in CI, a failure."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

from tests.programs import advice


def missing(reason: str) -> NoReturn:
    """Skip this test and say why; in CI nothing may be missing, so there it fails."""
    if os.environ.get("CPRA_CI") == "1":
        pytest.fail(f"CI must not skip: {reason}")
    pytest.skip(reason)


def needs_program(name: str) -> str:
    """The path of a program on this machine, or a skip that names the line that installs it."""
    path = shutil.which(name)
    if path is None:
        missing(f"{name} is not on PATH: {advice(name)}")
    return path
