"""The licence gate finds copyleft wherever it stands: in a package, under it, or in its wheel."""

from __future__ import annotations

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    spec = spec_from_file_location("licences", ROOT / ".ci" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["licences"] = module
    spec.loader.exec_module(module)
    return module


def installed(site: Path, name: str, *lines: str, **files: str) -> None:
    """A distribution as pip would leave it in a site folder."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    meta = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *lines]
    (info / "METADATA").write_text("\n".join(meta), encoding="utf-8")
    record = [f"{info.name}/METADATA,,"]
    for path, text in files.items():
        at = info / path.replace("__", "/")
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(text, encoding="utf-8")
        record.append(f"{at.relative_to(site).as_posix()},,")
    (info / "RECORD").write_text("\n".join(record), encoding="utf-8")


@pytest.mark.parametrize(
    ("licence", "copyleft"),
    [
        ("MIT", False),
        ("LGPL-2.1-or-later", True),
        ("AGPL-3.0-only", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Lesser General Public License v2 (LGPLv2)", True),
        ("Apache-2.0 OR GPL-2.0-only", False),
        ("MIT AND GPL-3.0-only", True),
        ("Mozilla Public License 2.0 (MPL 2.0)", False),
    ],
)
def test_a_licence_is_copyleft_if_no_way_to_take_it_is_free_of_it(
    gate: ModuleType, licence: str, copyleft: bool
) -> None:
    assert gate.is_copyleft(licence) is copyleft


def test_the_tree_goes_through_extras_and_dependencies_of_dependencies(
    gate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(
        tmp_path,
        "house",
        "Provides-Extra: attic",
        "Requires-Dist: plain",
        "Requires-Dist: deep; extra == 'attic'",
        "Requires-Dist: absent; sys_platform == 'nowhere'",
        "Requires-Dist: colorama; sys_platform == 'win32'",
    )
    installed(tmp_path, "plain", "License-Expression: MIT", "Requires-Dist: unasked; extra == 'x'")
    installed(tmp_path, "deep", "License: BSD", "Requires-Dist: deeper")
    installed(
        tmp_path,
        "deeper",
        "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
        sboms__parts="",
        licenses__COPYING="GNU General Public License",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found, wrong = gate.tree([gate.Requirement("house[attic]")])
    del found["house"]
    assert {name: package.licence for name, package in found.items() if name != "colorama"} == {
        "plain": "MIT",
        "deep": "BSD",
        "deeper": "GNU General Public License v3 (GPLv3)",
    }
    assert found["deeper"].files == ("licenses/COPYING",)
    assert wrong == ["absent (for house) is not installed, so its licence is not known"]


def test_the_parts_of_a_wheel_are_read_from_its_bill_of_materials(gate: ModuleType) -> None:
    bill = {
        "components": [
            {"name": "crate", "licenses": [{"expression": "MIT OR Apache-2.0"}]},
            {"name": "library", "licenses": [{"license": {"id": "LGPL-2.1-only"}}]},
            {"name": "silent"},
        ]
    }
    assert list(gate.components(json.loads(json.dumps(bill)))) == [
        ("crate", "MIT OR Apache-2.0"),
        ("library", "LGPL-2.1-only"),
        ("silent", ""),
    ]
