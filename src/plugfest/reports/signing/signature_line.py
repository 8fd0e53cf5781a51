"""The signature of a report: a line in the file that is signed by the lab.

A signed file consists of the bytes of the unsigned one and, at the place that its format has for it, the signature
line. The line is JSON. It has the digest of all other bytes of the file, and digests of the report's parts, which only
locate an alteration. The signed bytes are `DOMAIN` and the line with an empty `value`. Nothing is normalized: an added
space is an alteration.
"""

import hashlib
import re
from typing import Final, Literal

import msgspec

from plugfest.reports.signing.part_digests import SignedFormat, part_digests
from plugfest.reports.signing.signer import Signer, is_valid_signature

DOMAIN: Final = b"plugfest report seal 1\n"  # part of every signature: it must not change


class SignatureLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The signature of a file by a lab. Digests are SHA-256 in lower-case hexadecimal digits.

    `format_version` (`format` in JSON) is the version of this line, `format` (`form` in JSON) the format of the file.
    `report` is the digest of the unsigned JSON, equal in all formats of a report. `content` is the digest of this file
    without the signature line. `parts` are the first digits of the digests of its parts. `public_key` and `value`, the
    signature, are Ed25519 in lower-case hexadecimal digits.
    """

    format_version: Literal[1] = msgspec.field(name="format", default=1)
    format: SignedFormat = msgspec.field(name="form")
    report: str
    content: str
    parts: dict[str, str]
    public_key: str
    value: str

    @property
    def is_genuine(self) -> bool:
        """Whether the owner of the key signed this line."""
        return is_valid_signature(_signed_bytes(self), self.value, self.public_key)


class SignaturePosition(msgspec.Struct, frozen=True):
    """Where the signature line is in a format: between `prefix` and `suffix`, directly before `file_end`."""

    prefix: bytes
    suffix: bytes
    file_end: bytes  # a regular expression


_IN_A_COMMENT = SignaturePosition(b"<!-- plugfest-signature ", b" -->\n", rb"")
POSITIONS: Final[dict[SignedFormat, SignaturePosition]] = {
    "json": SignaturePosition(b',\n  "signature": ', b"", rb"\n}\n"),
    "html": _IN_A_COMMENT,
    "xml": _IN_A_COMMENT,
    # Not after the end: PDF/A forbids that, and readers look for the end in the last kilobyte.
    "pdf": SignaturePosition(b"%plugfest-signature ", b"\n", rb"startxref\s+\d+\s+%%EOF\n?"),
}


class SignedFile(msgspec.Struct, frozen=True):
    """The parts of a signed file.

    `content` is the file without the signature line. `signature` is None if the line is not one that Plugfest writes.
    `trailing` are bytes after the end of the file.
    """

    content: bytes
    signature: SignatureLine | None
    trailing: bytes


def add_signature(format: SignedFormat, content: bytes, report: bytes, signer: Signer) -> bytes:
    """The file with a signature line. `report` is the unsigned JSON of the report.

    Raises:
        ValueError: the content does not end like a file of this format.
    """
    position = POSITIONS[format]
    file_end = re.search(rb"(?:%b)\Z" % position.file_end, content)
    if file_end is None:
        raise ValueError(f"the content does not end like a {format} file")
    offset = file_end.start()
    unsigned = SignatureLine(
        format=format,
        report=hashlib.sha256(report).hexdigest(),
        content=hashlib.sha256(content).hexdigest(),
        parts=part_digests(format, content),
        public_key=signer.public_key,
        value="",
    )
    signature = msgspec.structs.replace(unsigned, value=signer.sign(_signed_bytes(unsigned)))
    return b"".join((content[:offset], position.prefix, _encoded(signature), position.suffix, content[offset:]))


def split_signature(data: bytes) -> SignedFile | None:
    """Separate the signature line from a file; None if it has none."""
    offsets = {format: data.rfind(position.prefix) for format, position in POSITIONS.items()}
    format, offset = max(offsets.items(), key=lambda found: found[1])
    if offset < 0:
        return None
    position = POSITIONS[format]
    rest = data[offset + len(position.prefix) :]
    line = rest.partition(b"\n")[0].removesuffix(position.suffix.removesuffix(b"\n"))
    closed = rest.startswith(position.suffix, len(line))
    trailing = rest[len(line) + len(position.suffix) * closed :]
    file_end = re.match(position.file_end, trailing)
    end = b"" if file_end is None else file_end[0]
    signature = _decoded(line, position) if closed else None
    return SignedFile(data[:offset] + end, signature, trailing.removeprefix(end))


def _encoded(signature: SignatureLine) -> bytes:
    """The line; without two consecutive hyphens, which would end a comment."""
    return msgspec.json.encode(signature).replace(b"--", rb"-\u002d")


def _signed_bytes(signature: SignatureLine) -> bytes:
    return DOMAIN + _encoded(msgspec.structs.replace(signature, value=""))


def _decoded(line: bytes, position: SignaturePosition) -> SignatureLine | None:
    """The signature line; None if it is not encoded exactly as Plugfest does."""
    try:
        signature = msgspec.json.decode(line, type=SignatureLine)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return signature if _encoded(signature) == line and POSITIONS[signature.format] == position else None
