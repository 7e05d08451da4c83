"""What was filed can be proved without cpra: by sha256sum, the BagIt validator and openssl."""

from __future__ import annotations

import subprocess
from pathlib import Path

import bagit
import pytest

from cpra.archive import seal, stamp
from cpra.errors import BadFile
from tests.drawn import box, one_page, words
from tests.needs import needs_program
from tests.running import cpra, done
from tests.servers.tsa import Authority, authority


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> object:
    """A time-stamp authority."""
    with authority(tmp_path_factory.mktemp("tsa") / "authority") as found:
        yield found


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one request that was sent and answered."""
    root = tmp_path / "ws"
    done("init", str(root), cwd=tmp_path)
    done("agency", "add", "Testville", "--kind", "city", cwd=root)
    done("new", "general", "--agency", "testville", "--no-input", "--subject", "Logs",
         "--item", "Access logs of 2026", cwd=root)  # fmt: skip
    done("sent", "1", "--on", "2026-03-02", "--via", "portal", cwd=root)
    (root / "logs.csv").write_text("day,who\n2026-01-01,A\n", encoding="utf-8")
    done("file", "1", "logs.csv", "--as", "records", "--on", "2026-04-01", cwd=root)
    return root


def folder(workspace: Path) -> Path:
    """The one request's folder."""
    return next((workspace / "requests").glob("2026-0001-*"))


def test_the_manifest_is_what_sha256sum_reads(workspace: Path) -> None:
    needs_program("sha256sum")
    text = done("manifest", "1", cwd=workspace).out
    assert "  answers/2026-04-01-records/logs.csv\n" in text
    checked = subprocess.run(
        ["sha256sum", "-c", "--quiet", "-"],
        input=text,
        text=True,
        cwd=folder(workspace),
        capture_output=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_a_manifest_never_replaces_a_file(workspace: Path) -> None:
    done("manifest", "1", "--output", "m.sha256", cwd=workspace)
    again = cpra("manifest", "1", "--output", "m.sha256", cwd=workspace)
    assert again.code == 4
    assert "nothing is replaced" in again.err


def test_the_library_of_congress_accepts_the_bag(workspace: Path) -> None:
    done("export", "1", "--bag", "--to", str(workspace / "bag"), cwd=workspace)
    bag = bagit.Bag(str(workspace / "bag"))
    bag.validate()
    names = set(bag.payload_files())
    inside = f"data/{folder(workspace).name}"
    assert f"{inside}/answers/2026-04-01-records/logs.csv" in names
    assert f"{inside}/events.jsonl" in names
    assert any(name.endswith("letter.pdf") for name in names)
    statement = (workspace / "bag" / inside / "custody.txt").read_text(encoding="utf-8")
    assert "STATEMENT OF THE CUSTODIAN" in statement
    assert "ordinary course" not in statement  # nothing that the log does not show
    assert "2026-0001" in statement


def test_a_bag_that_was_touched_is_no_longer_valid(workspace: Path) -> None:
    done("export", "1", "--bag", "--to", str(workspace / "bag"), cwd=workspace)
    csv = next((workspace / "bag").rglob("logs.csv"))
    csv.chmod(0o600)
    csv.write_text("day,who\n2026-01-01,B\n", encoding="utf-8")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(workspace / "bag")).validate()


def test_a_plain_export_has_a_manifest_of_itself(workspace: Path) -> None:
    needs_program("sha256sum")
    done("export", "1", "--to", str(workspace / "out"), cwd=workspace)
    checked = subprocess.run(
        ["sha256sum", "-c", "--quiet", "manifest.sha256"], cwd=workspace / "out", check=False
    )
    assert checked.returncode == 0


def test_an_export_leaves_out_what_is_sensitive_and_says_so(workspace: Path) -> None:
    secret = one_page(words("Informant Jane Roe"), box(70, 696, 150, 16))
    (workspace / "secret.pdf").write_bytes(secret)
    (workspace / "open.pdf").write_bytes(one_page(words("Nothing to hide")))
    done("file", "1", "secret.pdf", "open.pdf", "--as", "records", "--on", "2026-04-02",
         cwd=workspace)  # fmt: skip
    ran = done("export", "1", "--to", str(workspace / "out"), cwd=workspace)
    names = {path.name for path in (workspace / "out").rglob("*")}
    assert "open.pdf" in names
    assert "secret.pdf" not in names
    assert "1 file left out" in ran.err
    listed = next((workspace / "out").rglob("left-out.txt")).read_text(encoding="utf-8")
    assert "answers/2026-04-02-records/secret.pdf" in listed
    done("export", "1", "--sensitive", "--to", str(workspace / "all"), cwd=workspace)
    assert any(path.name == "secret.pdf" for path in (workspace / "all").rglob("*"))


def test_what_changed_on_disk_is_not_exported(workspace: Path) -> None:
    csv = folder(workspace) / "answers" / "2026-04-01-records" / "logs.csv"
    csv.chmod(0o600)
    csv.write_text("changed", encoding="utf-8")
    ran = cpra("export", "1", "--to", str(workspace / "out"), cwd=workspace)
    assert ran.code == 4
    assert "not what it was when it was filed" in ran.err
    assert not (workspace / "out").exists()


def test_an_export_never_replaces_a_folder(workspace: Path) -> None:
    (workspace / "out").mkdir()
    assert cpra("export", "1", "--to", str(workspace / "out"), cwd=workspace).code == 4


def test_a_stamp_is_verified_by_openssl_too(workspace: Path, tsa: Authority) -> None:
    ran = done("stamp", "1", "--server", tsa.url, "--trust", str(tsa.root), cwd=workspace)
    assert "Test TSA" in ran.out
    place = next((folder(workspace) / "seals").iterdir())
    verified = subprocess.run(
        [
            *(needs_program("openssl"), "ts", "-verify", "-data", str(place / "manifest.sha256")),
            *("-in", str(place / "manifest.tsr"), "-CAfile", str(place / "trusted.pem")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Verification: OK" in verified.stdout + verified.stderr
    checked = done("check", cwd=workspace).out
    assert "1 time-stamp verified (last: 20" in checked
    assert "root certificate" not in checked
    assert "log written anew" not in checked


def test_a_stamp_whose_server_is_not_known_is_not_called_verified(
    workspace: Path, tsa: Authority
) -> None:
    done("stamp", "1", "--server", tsa.url, cwd=workspace)
    checked = done("check", cwd=workspace).out
    assert "verified" not in checked
    assert "1 time-stamp that anybody can have made" in checked
    assert "A whole log written anew would agree too" in checked


def test_a_newest_line_robbed_of_its_checksum_is_named(workspace: Path) -> None:
    log = folder(workspace) / "events.jsonl"
    head, _, newest = log.read_text(encoding="utf-8").rstrip("\n").rpartition("\n")
    bare = newest.rpartition(',"sum":')[0] + "}"
    log.write_text(f"{head}\n{bare}\n", encoding="utf-8")
    assert "has no checksum, so nothing shows whether it was changed" in (
        done("check", cwd=workspace).out
    )


def test_a_server_that_sends_its_chain_is_understood(workspace: Path, tmp_path: Path) -> None:
    with authority(tmp_path / "chained", chain=True) as tsa:
        done("stamp", "1", "--server", tsa.url, "--trust", str(tsa.root), cwd=workspace)
    assert "1 time-stamp verified" in done("check", cwd=workspace).out


def test_a_stamp_holds_while_the_log_grows_and_breaks_when_its_end_is_lost(
    workspace: Path, tsa: Authority
) -> None:
    done("stamp", "1", "--server", tsa.url, "--trust", str(tsa.root), cwd=workspace)
    done("record", "1", "closed", "--on", "2026-05-01", cwd=workspace)
    assert "1 time-stamp verified" in done("check", cwd=workspace).out
    log = folder(workspace) / "events.jsonl"
    lines = log.read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if '"kind":"produced"' not in line]
    log.write_text("\n".join(kept), encoding="utf-8")
    ran = cpra("check", cwd=workspace)
    assert ran.code == 5
    assert "the log's newest at the stamp" in ran.out


def test_a_manifest_that_was_changed_no_longer_fits_its_stamp(
    workspace: Path, tsa: Authority
) -> None:
    done("stamp", "1", "--server", tsa.url, cwd=workspace)
    place = next((folder(workspace) / "seals").iterdir())
    (place / "manifest.sha256").chmod(0o600)
    (place / "manifest.sha256").write_text("other", encoding="utf-8")
    ran = cpra("check", cwd=workspace)
    assert ran.code == 5
    assert "about other bytes" in ran.out


def test_a_stranger_signed_stamp_is_refused_and_nothing_is_written(
    workspace: Path, tsa: Authority, tmp_path: Path
) -> None:
    with authority(tmp_path / "stranger") as stranger:
        ran = cpra("stamp", "1", "--server", tsa.url, "--trust", str(stranger.root), cwd=workspace)
    assert ran.code == 5
    assert "signature" in ran.err
    assert not (folder(workspace) / "seals").exists()


@pytest.mark.parametrize(
    ("server", "code"), [("http://127.0.0.1:9/", 6), ("ftp://example.org", 2), ("nonsense", 2)]
)
def test_a_server_that_does_not_answer_changes_nothing(
    workspace: Path, server: str, code: int
) -> None:
    ran = cpra("stamp", "1", "--server", server, cwd=workspace)
    assert ran.code == code
    assert "stamped" not in (folder(workspace) / "events.jsonl").read_text(encoding="utf-8")


def test_an_answer_that_is_no_stamp_is_refused() -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        stamp.verified(b"data", b"<html>not found</html>")


def test_a_manifest_is_read_back() -> None:
    lines = (seal.Line("ab" * 32, "a b.pdf"), seal.Line("cd" * 32, "é.txt"))
    assert seal.parsed(seal.manifest(lines, "ef" * 32)) == (lines, "ef" * 32)
