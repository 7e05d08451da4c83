"""The audit as the sheets of a workbook."""

from __future__ import annotations

from cpra.reports.audit import Audit
from cpra.reports.workbook import Cell, Sheet


def sheets(audit: Audit) -> tuple[Sheet, ...]:
    """Items, files, gaps, withheld pages, redactions and what is carried along, a sheet each."""
    files: list[tuple[Cell, ...]] = [
        (
            *(row.path, row.name, row.kind, row.size, row.pages, row.event, row.on.isoformat()),
            *(row.installment, ", ".join(map(str, row.items)), "; ".join(row.problems)),
            *(row.unread, row.first, row.sha256),
        )
        for row in audit.files
    ]
    return (
        Sheet(
            "Items",
            ("item", "asked", "status", "productions", "files", "pages", "last"),
            [
                (
                    *(row.number, row.asked, row.status, row.productions, row.files, row.pages),
                    row.last.isoformat() if row.last else "",
                )
                for row in audit.items
            ],
            (6, 60, 16, 12, 8, 8, 12),
        ),
        Sheet(
            "Installments",
            ("on", "installment", "items", "files", "pages", "said to be the last"),
            [
                (
                    *(row.on.isoformat(), row.number, ", ".join(map(str, row.items))),
                    *(row.files, row.pages, "yes" if row.complete else ""),
                )
                for row in audit.installments
            ],
            (12, 12, 12, 8, 8, 20),
        ),
        Sheet(
            "Files",
            (
                *("path", "the agency's name", "kind", "bytes", "pages", "filed as", "on"),
                *("installment", "items", "problems", "pages unread", "first filed", "SHA-256"),
            ),
            files,
            (50, 40, 8, 12, 8, 12, 12, 11, 8, 50, 12, 50, 66),
        ),
        Sheet(
            "Gaps",
            ("row", "from", "to", "count", "what"),
            [(gap.row, gap.first, gap.last, gap.count, gap.what) for gap in audit.gaps],
            (50, 14, 14, 8, 14),
        ),
        Sheet(
            "Withheld",
            ("path", "page", "grounds", "words"),
            [(one.path, one.page, "; ".join(one.grounds), one.words) for one in audit.withheld],
            (50, 8, 40, 80),
        ),
        Sheet(
            "Redactions",
            ("path", "page", "left", "bottom", "right", "top", "how", "characters", "text"),
            [
                (one.path, one.page, *one.box, one.hiding, one.characters, one.text)
                for one in audit.covered
            ],
            (50, 8, 8, 8, 8, 8, 40, 12, 60),
        ),
        Sheet(
            "Carried along",
            ("path", "what", "detail"),
            [(one.path, one.what, one.detail) for one in audit.carries],
            (50, 30, 80),
        ),
    )
