"""RFC 3161 time-stamps: a server that both sides trust says that these bytes existed then."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cpra.archive.seal import parsed
from cpra.errors import BadFile, CpraError, DeliveryFailed

MANIFEST = "manifest.sha256"
ANSWER = "manifest.tsr"
ROOTS = "trusted.pem"
"""The files of a time-stamp in its folder: what was stamped, the answer, whom to trust."""

TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
"""The use that a time-stamp server's certificate is made for."""
INSTALL = (
    "time-stamps need one more package, beside cpra: `pipx inject cpra rfc3161-client`, or "
    "`pip install rfc3161-client` in its environment"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time-stamp says."""

    at: datetime
    signer: str
    """The server's name in its certificate, if it sent one."""
    signed: bool
    """Whether the signature was checked up to a certificate that the requester trusts."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent to a time-stamp server: only a hash, and a number that no older answer has."""

    data: bytes
    nonce: int


def question(data: bytes) -> Question:
    """The question to a time-stamp server about these bytes."""
    client = _client()
    builder = client.TimestampRequestBuilder().data(data)
    made = builder.hash_algorithm(client.HashAlgorithm.SHA256).build()
    return Question(made.as_bytes(), made.nonce)


def verified(
    data: bytes, answer: bytes, roots: bytes = b"", asked: Question | None = None
) -> Stamp:
    """What this answer says about these bytes; BadFile when it is about others or not honest.

    With `roots`, certificates in PEM form, the signature is checked up to one of them. With
    `asked` it has to be the answer to that very question, and not an older one.
    """
    client = _client()
    try:
        found = client.decode_timestamp_response(answer)
    except ValueError as error:
        # Some servers order the certificates in their answer as only openssl accepts.
        by_openssl = _by_openssl(data, answer, roots, asked)
        if by_openssl is None:
            raise BadFile(f"the time-stamp cannot be read ({error})") from error
        return by_openssl
    if client.PKIStatus(found.status) not in (
        client.PKIStatus.GRANTED,
        client.PKIStatus.GRANTED_WITH_MODS,
    ):
        why = " ".join(found.status_string) or "without a reason"
        raise DeliveryFailed(f"the server refused to stamp it: {why}")
    about = found.tst_info
    if not _is_about(about.message_imprint, data):
        raise BadFile("the time-stamp is about other bytes than these")
    _check_nonce(about.nonce, asked)
    if roots:
        _check_signature(client, found, data, roots)
    return Stamp(about.gen_time, _signer(found), bool(roots))


def verified_in(place: Path, lines: Collection[str]) -> Stamp:
    """The time-stamp that is kept in this folder, verified again.

    It holds when its answer is about its manifest, its signature leads to the certificates that
    were given with it, and `lines`, the hashes of the log's lines, still has the one that was
    newest then. Raises BadFile when it does not.
    """
    try:
        data = (place / MANIFEST).read_bytes()
        answer = (place / ANSWER).read_bytes()
        roots = (place / ROOTS).read_bytes() if (place / ROOTS).is_file() else b""
    except OSError as error:
        raise BadFile(f"a part of the time-stamp is missing ({error.strerror})") from error
    found = verified(data, answer, roots)
    _, last = parsed(data.decode("utf-8", "replace"))
    if last and last not in lines:
        raise BadFile(
            f"the line that was the log's newest at the stamp of {found.at:%Y-%m-%d} is gone"
        )
    return found


def _check_nonce(nonce: int | None, asked: Question | None) -> None:
    if asked is not None and nonce != asked.nonce:
        raise BadFile("the time-stamp answers another question than the one that was asked")


def _by_openssl(data: bytes, answer: bytes, roots: bytes, asked: Question | None) -> Stamp | None:
    """The same by openssl; None when it is not there or cannot read the answer either."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return None
    with tempfile.TemporaryDirectory(prefix="cpra-") as room:
        files = {"data": data, "answer": answer, "roots": roots}
        paths = {name: Path(room) / name for name in files}
        for name, content in files.items():
            paths[name].write_bytes(content)
        shown = _run(openssl, "ts", "-reply", "-in", str(paths["answer"]), "-text")
        when = re.search(r"Time stamp: (\w{3} +\d+ [\d:]{8})[.\d]* (\d{4}) GMT", shown)
        if when is None:
            return None
        hexed = re.findall(r"^ +[\da-f]{4} - ((?:[\da-f]{2}[ -]){1,16})", shown, re.MULTILINE)
        if hashlib.sha256(data).hexdigest() != re.sub(r"[^\da-f]", "", "".join(hexed)):
            raise BadFile("the time-stamp is about other bytes than these")
        nonce = re.search(r"^Nonce: 0x([\dA-F]+)$", shown, re.MULTILINE)
        _check_nonce(int(nonce[1], 16) if nonce else None, asked)
        if roots:
            order = ("-data", str(paths["data"]), "-in", str(paths["answer"]))
            said = _run(openssl, "ts", "-verify", *order, "-CAfile", str(paths["roots"]))
            if "Verification: OK" not in said:
                raise BadFile("the signature of the time-stamp is not good (by openssl)")
    at = datetime.strptime(f"{when[1]} {when[2]}", "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    return Stamp(at, "", bool(roots))


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def _check_signature(client: Any, found: Any, data: bytes, roots: bytes) -> None:
    import cryptography.x509

    try:
        certificates = cryptography.x509.load_pem_x509_certificates(roots)
    except ValueError as error:
        raise BadFile(
            "the certificates to trust are not in the form PEM, which begins with "
            "-----BEGIN CERTIFICATE-----; the server's maker publishes them so"
        ) from error
    builder = client.VerifierBuilder()
    for certificate in certificates:
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(found, data)
    except (client.VerificationError, ValueError) as error:
        raise BadFile(f"the signature of the time-stamp is not good ({error})") from error


def _is_about(imprint: Any, data: bytes) -> bool:
    """Whether the hash in the stamp is that of the data, in the way the stamp names."""
    algorithms = {
        "2.16.840.1.101.3.4.2.1": hashlib.sha256,
        "2.16.840.1.101.3.4.2.2": hashlib.sha384,
        "2.16.840.1.101.3.4.2.3": hashlib.sha512,
    }
    way = algorithms.get(imprint.hash_algorithm.dotted_string)
    return way is not None and bool(way(data).digest() == imprint.message)


def _signer(found: Any) -> str:
    import cryptography.x509

    for raw in found.signed_data.certificates:
        certificate = cryptography.x509.load_der_x509_certificate(raw)
        try:
            usage = certificate.extensions.get_extension_for_class(
                cryptography.x509.ExtendedKeyUsage
            )
        except cryptography.x509.ExtensionNotFound:
            continue
        if any(use.dotted_string == TIME_STAMPING for use in usage.value):
            return str(certificate.subject.rfc4514_string())
    return ""


def _client() -> Any:
    try:
        import rfc3161_client
    except ImportError as error:
        raise CpraError(INSTALL) from error
    return rfc3161_client
