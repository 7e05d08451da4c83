"""Makes docs/example, the worked workspace: `python docs/make_example.py`. It is all made up.

It types the commands that a requester would type, each at the day on which it would be typed.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from cpra.cli import cli
from cpra.disk import remove_tree

TARGET = Path(__file__).resolve().parent / "example"

LETTER = """\
From: Civil Unit <civil@samplecounty.example>
To: requester@example.org
Date: Mon, 16 Mar 2026 09:12:00 -0700
Subject: Your request of March 2, 2026
Message-ID: <20260316161200.17@samplecounty.example>
Content-Type: text/plain; charset=utf-8

The records that you ask for are exempt under Government Code section 6254(f).
"""

COMMANDS = """
2026-02-27 agency add "Exampleville Police Department" --alias EPD --kind city
2026-02-27 agency add "Sample County Sheriff" --alias SCS --kind county
2026-03-01 new alpr-access-logs --agency EPD --set from=2026-01-01 --set to=2026-02-28 --set "units=the Records Unit" --no-input
2026-03-02 sent 1 --on 2026-03-02 --at 10:40 --via email
2026-03-04 record 1 acknowledged --on 2026-03-04 --reference 26-0031
2026-03-12 record 1 extended --on 2026-03-12 --until 2026-03-26 --ground "need to search and collect the records from field facilities" --signer "Dana Sample, Records Supervisor" --via email
2026-03-26 record 1 determined --on 2026-03-26 --disclosable some --estimated 2026-04-17
2026-04-17 file 1 ANSWER --as records --on 2026-04-17 --item 1 --item 2
2026-03-01 new ice-communications --agency SCS --set from=2026-01-01 --set to=2026-02-28 --set "units=the Civil Unit" --set "terms=detainer, notification, transfer" --no-input
2026-03-02 sent 2 --on 2026-03-02 --via mail
2026-03-05 record 2 received --on 2026-03-05
2026-03-16 file 2 LETTER --as denial --on 2026-03-16 --exemption "6254(f)"
2026-03-17 follow-up 2 denial
2026-03-20 new general --agency EPD --item "The department's retention schedule for license plate reader data in force on March 1, 2026" --subject "Retention schedule" --no-input
"""


def main() -> None:
    """Make the example anew."""
    if TARGET.exists():
        remove_tree(TARGET)
    with tempfile.TemporaryDirectory() as place, as_file(files("cpra") / "demo") as demo:
        # The log says where papers were taken from: from the Downloads of whoever has the example.
        os.environ["HOME"] = os.environ["USERPROFILE"] = place
        downloads = Path(place) / "Downloads"
        downloads.mkdir()
        letter, answer = downloads / "letter.eml", downloads / "answer.eml"
        letter.write_text(LETTER.replace("\n", "\r\n"), encoding="utf-8", newline="")
        shutil.copy(demo / "answer.eml", answer)
        papers = {"ANSWER": str(answer), "LETTER": str(letter)}
        cli.main(["init", str(TARGET)], standalone_mode=False)
        with contextlib.chdir(TARGET):
            for line in COMMANDS.strip().splitlines():
                day, command = line.split(" ", 1)
                words = [papers.get(word, word) for word in shlex.split(command)]
                print(f"$ cpra {command}")
                cli.main(["--today", day, *words], standalone_mode=False)
    shutil.rmtree(TARGET / "requests" / ".cache")
    for held in TARGET.rglob(".lock"):
        held.unlink()


if __name__ == "__main__":
    main()
