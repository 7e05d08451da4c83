"""Fetching and filing 5,000 messages from Dovecot on this machine, beside mbsync storing them.

`fetch.py` (as root: Dovecot is started for it). Whole processes in turns, each into a fresh place.
The messages answer fifty requests, a hundred each; every tenth has an attachment. `--quick` takes
500 and writes nothing; without it, the table goes into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from harness import ROOT, Run, Runs, installed, machine, run, workplace, write_section

sys.path.insert(0, str(ROOT))

from tests.servers.certificates import Certificate, made
from tests.servers.dovecot import Dovecot, dovecot
from tests.servers.smtp import LOGIN, PASSWORD

REQUESTS = 50
AT_LEAST = 0.5
TODAY = ("--today", "2026-03-20")
SYNC = """\
IMAPAccount a
Host localhost
Port {port}
User {login}
Pass "{password}"
SSLType IMAPS
CertificateFile {authority}

IMAPStore far
Account a

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX

Channel c
Far :far:
Near :near:
Create Near
Sync Pull
SyncState *
"""


def main() -> int:
    """Measure, print, write the table down, and fail if it is slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="500 messages, nothing written down")
    quick = parser.parse_args().quick
    count, rounds = (500, 2) if quick else (5_000, 5)
    with workplace() as place:
        root = Path(place)
        programs = installed(root)
        certificate = made(root / "tls")
        os.environ["SSL_CERT_FILE"] = str(certificate.authority)
        os.environ["XDG_CONFIG_HOME"] = str(root / "config")
        with dovecot(certificate) as box:
            for number in range(count):
                box.deliver(message(number), f"{number:06d}")
            workspace(programs, root / "template", box)
            found = measured(programs, root, box, certificate, rounds, count)
    ratio = found["mbsync"].milliseconds / found["cpra fetch"].milliseconds
    lines = list(report(found, count, ratio))
    print("\n".join(lines))
    if not quick:
        write_section("fetch", lines)
    return 0 if quick or ratio >= AT_LEAST else 1


def message(number: int) -> bytes:
    """An answer of about four kilobytes, and of forty where something is attached."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = "records@exampleville.example", LOGIN
    made["Subject"] = f"Re: your request [2026-{number % REQUESTS + 1:04d}]"
    made["Date"] = "Thu, 12 Mar 2026 10:00:00 -0700"
    made["Message-ID"] = f"<{number}@exampleville.example>"
    made.set_content("\n\n".join(letter(number)))
    if number % 10 == 0:
        table = f"number,{number}\n".encode() * 2_000
        made.add_attachment(table, maintype="text", subtype="csv", filename="log.csv")
    return made.as_bytes()


def letter(number: int) -> Iterator[str]:
    """What the message says: some of it in each of them, some of it only here."""
    yield f"Dear requester,\n\nthis concerns your request of March {number % 28 + 1}, 2026."
    for place in range(8):
        yield (
            f"The unit that keeps box {number}-{place} has told us that its {place * number + 3} "
            f"folders are kept in room {number % 90}, and that somebody looks through them now."
        )
    yield from (
        "The Department is still looking for the records that you asked for.",
        "You need not do anything at the moment. We will write again.",
        "Sincerely,\n\nPat Example\nRecords Supervisor\nExampleville",
        "This message is for the person named above. If it has reached you by mistake, please "
        "tell us and delete it. Consider the environment before you print it.\n" * 6,
    )


def workspace(programs: Path, folder: Path, box: Dovecot) -> None:
    """Fifty requests that were sent on March 2, and the account."""
    cpra = str(programs / "cpra")

    def do(*words: str) -> None:
        subprocess.run(
            [cpra, "--workspace", str(folder), "--today", "2026-03-02", *words],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    subprocess.run([cpra, "init", str(folder)], check=True, stdout=subprocess.DEVNULL)
    do("agency", "add", "Exampleville", "--email", "records@exampleville.example")
    for number in range(1, REQUESTS + 1):
        do("new", "general", "--agency", "exampleville", "--no-input", "--subject",
           f"Contract {number}", "--item", f"Contract number {number}")  # fmt: skip
        do("sent", str(number), "--on", "2026-03-02", "--via", "email")
    printing = f"{sys.executable} -c \"print('{PASSWORD}')\""
    do("account", "add", "a", "--address", LOGIN, "--imap", f"localhost:{box.tls_port}",
       "--imap-security", "tls", "--password-command", printing)  # fmt: skip


def measured(
    programs: Path, root: Path, box: Dovecot, certificate: Certificate, rounds: int, count: int
) -> dict[str, Runs]:
    """Both in turns, the first round for warming up; what each has stored is counted."""
    settings = root / "mbsyncrc"
    settings.write_text(
        SYNC.format(
            port=box.tls_port,
            login=LOGIN,
            password=PASSWORD,
            authority=certificate.authority,
            folder=root / "mail",
        ),
        encoding="utf-8",
    )
    found: dict[str, list[Run]] = {"mbsync": [], "cpra fetch": []}
    mail = root / "mail"
    for number in range(rounds + 1):
        mail.mkdir()
        subprocess.run(["sync"], check=True)
        found["mbsync"].append(run(["mbsync", "-c", str(settings), "c"], root))
        assert len(list((mail / "INBOX" / "new").iterdir())) == count
        # Nothing is deleted in between: ext4 is slow to make files soon after it has lost many.
        mail.rename(root / f"mail-{number}")
        # The password command is allowed for that place only.
        here = root / f"workspace-{number}"
        shutil.copytree(root / "template", here)
        cpra = [str(programs / "cpra"), "--workspace", str(here), *TODAY]
        subprocess.run([*cpra, "account", "allow"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["sync"], check=True)
        found["cpra fetch"].append(run([*cpra, "fetch"], root))
        filed = sum(1 for _ in (here / "requests").glob("*/answers/*/message.eml"))
        assert filed == count, f"{filed} of {count} were filed"
    return {name: Runs(tuple(every[1:])) for name, every in found.items()}


def report(found: dict[str, Runs], count: int, ratio: float) -> list[str]:
    """The table, in Markdown."""
    rows = [
        ("mbsync, into a Maildir", "mbsync", 1.0, ""),
        ("`cpra fetch`: matched, read, filed with 50 requests", "cpra fetch", ratio, AT_LEAST),
    ]
    return [
        "## Fetching",
        "",
        machine(),
        "",
        f"{count:,} messages from Dovecot on the same machine, each of them durable on the disk. A "
        "ratio of 1 is the speed of mbsync.",
        "",
        "| program | messages a second | ratio | at least | MB |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {label} | {count / (found[key].milliseconds / 1000):,.0f} | {own:.2f} | {least} | "
            f"{found[key].megabytes:.0f} |"
            for label, key, own, least in rows
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
