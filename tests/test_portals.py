"""What portals call their files is understood; no date is read from a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpra.archive.portals import PortalName, Role, portal_name


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (
            "W012129-020926_Message_History.pdf",
            PortalName("GovQA", Role.HISTORY, "W012129-020926"),
        ),
        ("Request_Summary_PRA_1122026.pdf", PortalName("GovQA", Role.SUMMARY)),
        ("Closing_Response_1122026.pdf", PortalName("GovQA", Role.CLOSING)),
        (
            "W012159-021226/SOP_205_(2).pdf",
            PortalName("GovQA", Role.RECORD, "W012159-021226", "SOP_205.pdf"),
        ),
        (
            "[http][token][][v][Policy 463.pd].pdf",
            PortalName("GovQA", Role.RECORD, "", "Policy 463.pdf"),
        ),
        ("Documents_26-11873.zip", PortalName("NextRequest", Role.BUNDLE, "26-11873")),
        ("report.pdf", None),
        ("Documents.zip", None),
    ],
)
def test_a_portals_name_is_understood(name: str, found: PortalName | None) -> None:
    assert portal_name(name) == found


@pytest.mark.data
def test_every_real_portal_file_tells_its_request(data: Path) -> None:
    folder = data / "cases" / "san-mateo-public-records"
    for file in folder.rglob("*"):
        if file.is_file():
            found = portal_name(file.relative_to(folder).as_posix())
            assert found is not None
            assert found.reference == file.parent.name
            assert (found.role is Role.HISTORY) == ("Message_History" in file.name)
