"""Makes cpra/demo/answer.eml, the made-up agency's answer that `cpra demo` files.

Run it when the story changes: `python -m tests.make_demo_answer`. Everything in it is invented.
It needs openpyxl beside cpra itself.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "cpra" / "demo" / "answer.eml"
AGENCY = "Exampleville Police Department"
MOMENT = datetime(2026, 10, 2, 14, 5)
PURPOSES = (
    "stolen vehicle, patrol",
    "amber alert",
    "burglary series",
    "hit and run",
    "assist county sheriff",
    "training, no search kept",
)
DEEP = "assist outside agency: Tidewater Regional Task Force, standing request of March 9"
"""stands on the last page only"""


def main() -> None:
    """Write the answer; the same bytes every time."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Records Unit <records@exampleville.example>"
    message["To"] = "requester@example.org"
    message["Date"] = "Fri, 02 Oct 2026 14:05:00 -0700"
    message["Subject"] = "Your request of September 15, 2026 (26-0114): first records"
    message["Message-ID"] = "<20261002210500.4711@exampleville.example>"
    message.set_content(
        "Good afternoon,\n\n"
        "The Department has determined that your request seeks disclosable records. The first\n"
        "records are attached as a zip file: the access log as a PDF, and the counts by agency\n"
        "as a spreadsheet. We expect to have the data dictionary by October 30, 2026.\n\n"
        "License-plate numbers and the names of users have been removed.\n\n"
        "Dana Sample\nRecords Supervisor\n"
    )
    message.add_attachment(
        _zip(), maintype="application", subtype="zip", filename="Documents_26-0114.zip"
    )
    message.set_boundary("=_exampleville_26-0114")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(message.as_bytes())


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("ALPR access log 2026 Q1.pdf", _pdf()),
            ("Searches by agency.xlsx", _spreadsheet()),
        ):
            info = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


def _pdf() -> bytes:
    import typst

    rows = []
    for n in range(1, 181):
        day = f"2026-0{1 + n // 61}-{1 + n % 28:02d}"
        purpose = DEEP if n == 174 else PURPOSES[n % len(PURPOSES)]
        rows.append(f"[{day}], [{(7 * n) % 24:02d}:{(13 * n) % 60:02d}], [EPD], [{purpose}],")
    source = (
        '#set document(title: "ALPR access log", date: none)\n'
        '#set page(paper: "us-letter", numbering: "1 / 1")\n#set text(size: 9pt)\n'
        f"= {AGENCY} (made up)\n== ALPR access log, January to March 2026\n"
        "#table(columns: (auto, auto, auto, 1fr), [*Date*], [*Time*], [*Agency*], [*Purpose*],\n"
        + "\n".join(rows)
        + "\n)\n"
    )
    made = typst.compile(source.encode(), format="pdf", timestamp=0)
    assert isinstance(made, bytes)
    return made


def _spreadsheet() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = AGENCY
    book.properties.created = book.properties.modified = MOMENT
    sheet = book.active
    assert sheet is not None
    sheet.title = "Searches"
    for row in (
        ("Agency", "Searches"),
        ("Exampleville Police Department", 151),
        ("Example County Sheriff", 28),
        ("Tidewater Regional Task Force", 1),
    ):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
