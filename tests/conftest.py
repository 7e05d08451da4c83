"""What every test may ask for: the real documents, where they are there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.needs import missing

# How long an example takes says something of the machine, nothing of cpra.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data() -> Path:
    """Real documents that nobody here wrote; see CONTRIBUTING.md."""
    folder = Path(os.environ.get("CPRA_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        missing(f"the real documents are not in {folder}; set CPRA_TEST_DATA to their folder")
    return folder
