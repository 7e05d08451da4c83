"""Containers that somebody prepared: what is in them is kept, and nothing gets out."""

from __future__ import annotations

import csv
import io
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from cpra.archive.intake import Limits, Taken, take, unpack_kept
from cpra.archive.unpack import safe_parts

Entry = tuple[str, bytes]


def made_zip(path: Path, *entries: Entry, mode: int = 0) -> Path:
    """A zip with these members, as they stand."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name)
            info.filename = name  # undo what ZipInfo cleans
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return path


def taken(tmp_path: Path, source: Path, limits: Limits | None = None) -> Taken:
    """Take it into a folder two levels down, so that an escape would be seen."""
    into = tmp_path / "answers" / "into"
    into.mkdir(parents=True)
    result = take([source], into, limits or Limits())
    on_disk = {p.relative_to(into).as_posix() for p in into.rglob("*") if p.is_file()}
    assert on_disk == {filed.path for filed in result.files}
    assert (into / source.name).read_bytes() == source.read_bytes()
    return result


def contents(tmp_path: Path, result: Taken) -> dict[str, bytes]:
    """What lies in the folder, by path."""
    into = tmp_path / "answers" / "into"
    return {filed.path: (into / filed.path).read_bytes() for filed in result.files}


def said(result: Taken) -> str:
    """All that the requester is told."""
    return "\n".join(str(problem) for problem in result.problems)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("../../evil.txt", "a/evil.txt"),
        ("/etc/cron.d/evil", "a/etc/cron.d/evil"),
        ("..\\..\\evil.txt", "a/evil.txt"),
        ("C:\\Windows\\evil.txt", "a/Windows/evil.txt"),
        ("\\\\server\\share\\e.txt", "a/server/share/e.txt"),
        ("dir/../../evil.txt", "a/dir/evil.txt"),
        ("....//evil.txt", "a/unnamed/evil.txt"),
        ("CON.txt", "a/_CON.txt"),
        ("..", "a/unnamed"),
    ],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str, place: str) -> None:
    source = made_zip(tmp_path / "a.zip", (name, b"evil"), ("ok.txt", b"ok"))
    result = taken(tmp_path, source)
    assert contents(tmp_path, result)[place] == b"evil"
    assert contents(tmp_path, result)["a/ok.txt"] == b"ok"
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == ["a.zip", "answers"]
    if name != "....//evil.txt":
        assert place in said(result)
    assert [filed.name for filed in result.files][1] == name


def test_a_symlink_is_neither_made_nor_followed(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", ("passwd", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777)
    result = taken(tmp_path, source)
    assert [filed.path for filed in result.files] == ["a.zip"]
    assert "link" in said(result)


def test_what_is_stored_can_only_be_read(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", ("run.sh", b"#!/bin/sh"), mode=stat.S_IFREG | 0o6777)
    taken(tmp_path, source)
    mode = (tmp_path / "answers" / "into" / "a" / "run.sh").stat().st_mode
    assert stat.S_IMODE(mode) & 0o7333 == 0


def test_two_of_the_same_name_both_live(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        source = made_zip(tmp_path / "a.zip", ("r.txt", b"1"), ("r.txt", b"2"), ("R.TXT", b"3"))
    result = taken(tmp_path, source)
    assert sorted(contents(tmp_path, result).values())[:3] == [b"1", b"2", b"3"]
    assert "more than once" in said(result)


def test_a_bomb_is_kept_and_not_unpacked(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", ("zeros.bin", bytes(50_000_000)))
    result = taken(tmp_path, source)
    assert result.closed == ("a.zip",)
    assert "would unpack to 50 MB" in said(result)
    assert "(the limit is 200 times)" in said(result)
    assert said(result).endswith("if you trust it, file it again with --limit 50MB")


def test_more_than_the_limit_is_kept_and_the_limit_is_stated(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", ("a.bin", os.urandom(30_000)))
    result = taken(tmp_path, source, Limits(total=20_000))
    assert "would unpack to 30 kB (the limit is 20 kB)" in said(result)


def test_a_kept_container_is_unpacked_when_the_requester_trusts_it(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", ("zeros.bin", bytes(50_000_000)))
    into = tmp_path / "again"
    into.mkdir()
    result = unpack_kept(source, into, Limits().raised(60_000_000))
    assert [(filed.path, filed.size, filed.source) for filed in result.files] == [
        ("a/zeros.bin", 50_000_000, "a.zip")
    ]


def test_a_list_that_lies_about_the_size_is_not_believed(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", ("zeros.bin", bytes(5_000_000)))
    lying = source.read_bytes().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 50))
    source.write_bytes(lying)
    result = taken(tmp_path, source)
    assert [filed.path for filed in result.files] == ["a.zip"]
    assert "damaged" in said(result)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_other_programs_squeeze_is_read_and_never_beyond_its_list(
    tmp_path: Path, method: int
) -> None:
    source, words = tmp_path / "s.zip", os.urandom(400_000).hex().encode()
    with zipfile.ZipFile(source, "w", method) as archive:
        archive.writestr("big.txt", b"\0" * 60_000_000)
        archive.writestr("words.txt", words)
    raw = source.read_bytes()
    size = (60_000_000).to_bytes(4, "little")
    source.write_bytes(raw.replace(size, (100).to_bytes(4, "little")))

    result = taken(tmp_path, source)

    assert "s/big.txt" not in contents(tmp_path, result)
    assert contents(tmp_path, result)["s/words.txt"] == words
    assert "it holds more than its list says" in said(result)


def test_a_tar_whose_own_header_is_a_trick_stops_nothing(tmp_path: Path) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("a.txt")
        info.pax_headers = {"comment": "x" * 5_000}
        info.size = 5
        archive.addfile(info, io.BytesIO(b"hello"))
    data = raw.getvalue()
    source = tmp_path / "a.tar"
    honest = b"5014 comment=" + b"x" * 5_000
    assert honest in data
    source.write_bytes(data.replace(honest, b"9" * 5_000 + b" comment=x" + b"x" * 3))

    assert contents(tmp_path, taken(tmp_path, source))["a/a.txt"] == b"hello"


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", ("a.txt", os.urandom(3_000)))
    data = bytearray(source.read_bytes())
    central = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = bytes(data[central:end])
    twin = entry.replace(b"a.txt", b"b.txt")
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, 2 * len(entry), central, 0)
    source.write_bytes(bytes(data[:central]) + entry + twin + tail)
    result = taken(tmp_path, source)
    assert "share the same bytes" in said(result)
    assert result.closed == ("a.zip",)


def test_a_zip_that_claims_petabytes_is_refused_by_its_list(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", ("a.txt", b"x" * 1_000))
    data = source.read_bytes()
    claimed = struct.pack("<HHQQ", 1, 16, 20 * 10**15, 1_000)
    central, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = bytearray(data[central:end])
    entry[24:28] = b"\xff\xff\xff\xff"
    entry[20:24] = b"\xff\xff\xff\xff"
    entry[30:32] = struct.pack("<H", len(claimed))
    whole = bytes(entry) + claimed
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(whole), central, 0)
    source.write_bytes(data[:central] + whole + tail)
    result = taken(tmp_path, source)
    assert "would unpack to 20000 TB (the limit is 5 GB)" in said(result)


def test_too_many_entries_are_refused_before_they_are_read(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", *[(f"{n}.txt", b"") for n in range(1_000)])
    result = taken(tmp_path, source, Limits(entries=500))
    assert "holds 1,000 files (the limit is 500)" in said(result)
    assert [filed.path for filed in result.files] == ["a.zip"]


def test_a_zip_within_a_zip_within_a_zip_stops_at_the_depth(tmp_path: Path) -> None:
    inner = b"the core"
    for number in range(8):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("core.txt" if number == 0 else "in.zip", inner)
        inner = buffer.getvalue()
    source = tmp_path / "a.zip"
    source.write_bytes(inner)
    result = taken(tmp_path, source, Limits(depth=3))
    assert [filed.path for filed in result.files] == [
        "a.zip",
        "a/in.zip",
        "a/in/in.zip",
        "a/in/in/in.zip",
    ]
    assert "the limit" in said(result)
    assert result.closed == ("a/in/in/in.zip",)


def test_a_zip_that_holds_itself_comes_to_an_end(tmp_path: Path) -> None:
    # Not a true quine, but the same for us: every level holds the next, forever as far as we look.
    inner = b"PK\x05\x06" + b"\0" * 18
    for _ in range(30):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("r.zip", inner)
        inner = buffer.getvalue()
    source = tmp_path / "r.zip"
    source.write_bytes(inner)
    assert len(taken(tmp_path, source).files) == 1 + Limits().depth


def test_a_damaged_entry_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", ("bad.txt", b"bad" * 500), ("good.txt", b"good"))
    data = bytearray(source.read_bytes())
    crc = zlib.crc32(b"bad" * 500)
    data[data.index(struct.pack("<I", crc)) :][:1] = b""
    for place in range(len(data) - 4):
        if data[place : place + 4] == struct.pack("<I", crc):
            data[place] ^= 1
    source.write_bytes(bytes(data))
    result = taken(tmp_path, source)
    assert [filed.path for filed in result.files] == ["a.zip", "a/good.txt"]
    assert '"bad.txt" is damaged' in said(result)


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_a_cut_off_zip_is_kept_and_said_to_be_damaged(tmp_path: Path, keep: float) -> None:
    source = made_zip(tmp_path / "a.zip", ("a.txt", os.urandom(5_000)))
    source.write_bytes(source.read_bytes()[: int(5_000 * keep)])
    result = taken(tmp_path, source)
    assert "is damaged" in said(result)
    assert result.closed == ("a.zip",)


def test_deep_folders_become_a_path_that_every_system_takes(tmp_path: Path) -> None:
    name = "/".join(f"a folder with a long name {n}" for n in range(60)) + "/file.txt"
    source = made_zip(tmp_path / "a.zip", (name, b"deep"))
    result = taken(tmp_path, source)
    assert len(result.files[1].path) <= 160
    assert result.files[1].name == name


@pytest.mark.parametrize("text", ["a.txt", "../a", "\\..\\a", "C:a", "a/./b", "", "///"])
def test_no_part_of_a_name_is_special(text: str) -> None:
    parts, _ = safe_parts(text)
    assert parts
    assert not {"", ".", ".."} & set(parts)
    assert not any("/" in part or "\\" in part for part in parts)


def ok_is_kept(result: Taken, files: dict[str, bytes]) -> bool:
    """`ok.txt` came out and something was said."""
    return any(path.endswith("ok.txt") for path in files) and bool(result.problems)


def only_kept(result: Taken, files: dict[str, bytes]) -> bool:
    """The container alone is kept, and the reason is given."""
    return len(files) == 1 and bool(result.problems) and bool(result.closed)


def expanded(count: int) -> Callable[[Taken, dict[str, bytes]], bool]:
    """So many files came out of it."""
    return lambda _, files: len(files) == count + 1


EXPECTED: dict[str, Callable[[Taken, dict[str, bytes]], bool]] = {
    "slip-dotdot.zip": ok_is_kept,
    "slip-absolute.zip": ok_is_kept,
    "slip-backslash.zip": ok_is_kept,
    "slip-drive.zip": expanded(2),
    "symlink-escape.zip": lambda result, files: (
        expanded(1)(result, files) and bool(result.problems)
    ),
    "symlink-file.zip": lambda result, files: expanded(0)(result, files) and bool(result.problems),
    "setuid.zip": expanded(1),
    "dup-names.zip": expanded(3),
    "unicode-names.zip": lambda result, files: (
        expanded(5)(result, files) and not any("\u202e" in p for p in (*files, said(result)))
    ),
    "control-names.zip": lambda result, files: (
        expanded(8)(result, files) and "\x1b" not in "".join(files) + said(result)
    ),
    "deep.zip": expanded(1),
    "empty.zip": lambda result, files: len(files) == 1 and "0 files" in said(result),
    "truncated.zip": only_kept,
    "not-a-zip.zip": lambda result, files: len(files) == 1 and str(result.files[0].kind) == "txt",
    "prefixed.zip": expanded(3),
    "bad-crc.zip": lambda result, files: expanded(2)(result, files) and "a.txt" in said(result),
    "enc-zipcrypto.zip": lambda result, files: (
        only_kept(result, files) and "locked" in said(result)
    ),
    "plain.7z": only_kept,
    "lzma.zip": lambda _, files: files["lzma/l.txt"] == b"lzma text " * 100,
    "bzip2.zip": expanded(1),
}


@pytest.mark.data
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_prepared_archive_is_handled_as_its_list_expects(
    data: Path, tmp_path: Path, name: str
) -> None:
    result = taken(tmp_path, data / "zip" / name)
    assert EXPECTED[name](result, contents(tmp_path, result)), said(result)


@pytest.mark.data
def test_the_list_of_prepared_archives_is_whole(data: Path) -> None:
    with (data / "zip" / "EXPECT.csv").open(encoding="utf-8", newline="") as file:
        assert {row["file"] for row in csv.DictReader(file)} == set(EXPECTED)


@pytest.mark.data
def test_a_locked_zip_opens_with_its_password(data: Path, tmp_path: Path) -> None:
    result = take([data / "zip" / "enc-zipcrypto.zip"], tmp_path, password="password")
    assert [filed.path for filed in result.files][1:] == ["enc-zipcrypto/secret.txt"]
    assert result.problems == ()


@pytest.mark.data
def test_a_wrong_password_is_said(data: Path, tmp_path: Path) -> None:
    result = take([data / "zip" / "enc-zipcrypto.zip"], tmp_path, password="wrong")
    assert len(result.files) == 1
    assert "password" in said(result)


def test_an_entry_without_a_name_is_kept_all_the_same(tmp_path: Path) -> None:
    source = made_zip(tmp_path / "a.zip", ("x", b"words"))
    # The same entry with the length of its name made zero, in both places where it stands.
    data = bytearray(source.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[26:28] = data[central + 28 : central + 30] = b"\0\0"
    source.write_bytes(
        bytes(data[:30]) + bytes(data[31 : central + 46]) + bytes(data[central + 47 :])
    )
    result = taken(tmp_path, source)
    assert result.files[0].path == "a.zip"
    assert result.problems or len(result.files) == 2
