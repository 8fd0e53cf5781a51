"""What makes alterations of a report show: a line in the file that says what the rest is, signed by the lab.

A sealed file is the bytes of the unsealed one with the seal put between them, at a place that each form has for it. The
seal is a line of JSON with the digest of all the other bytes, and with digests of the report's parts, which only tell
where an alteration is. What is signed is `DOMAIN` and that line with an empty `value`. Nothing is normalized: a blank
more is an alteration.
"""

import hashlib
import re
from typing import Final, Literal

import msgspec

from plugfest.reports.signing.part_digests import FormName, parts
from plugfest.reports.signing.signer import Signer, is_signed

DOMAIN: Final = b"plugfest report seal 1\n"


class SignatureLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a lab says of a file. Digests are SHA-256, they and keys in small hexadecimal digits.

    `report` is the digest of the JSON form without its seal, the same for all forms of one report. `content` is that of
    this file without the seal. `parts` has the beginnings of the digests of its parts. `public_key` and `value`, the
    signature, are of Ed25519.
    """

    format: Literal[1] = 1
    form: FormName
    report: str
    content: str
    parts: dict[str, str]
    public_key: str
    value: str

    @property
    def is_genuine(self) -> bool:
        """Whether the one with that key said exactly this."""
        return is_signed(_signed_bytes(self), self.value, self.public_key)


class Place(msgspec.Struct, frozen=True):
    """Where a form has its seal: between which bytes, and before what, with which the file has to end."""

    opening: bytes
    closing: bytes
    ending: bytes  # a regular expression


_IN_A_COMMENT = Place(b"<!-- plugfest-signature ", b" -->\n", rb"")
PLACES: Final[dict[FormName, Place]] = {
    "json": Place(b',\n  "signature": ', b"", rb"\n}\n"),
    "html": _IN_A_COMMENT,
    "xml": _IN_A_COMMENT,
    # Not behind the end: PDF/A allows nothing there, and readers look for the end in the last kilobyte.
    "pdf": Place(b"%plugfest-signature ", b"\n", rb"startxref\s+\d+\s+%%EOF\n?"),
}


class Opened(msgspec.Struct, frozen=True):
    """A signed file in its parts. `signature` is None if it is not one of ours; `behind` is what follows the end."""

    content: bytes
    signature: SignatureLine | None
    behind: bytes


def sealed(form: FormName, content: bytes, report: bytes, signer: Signer) -> bytes:
    """The file with its seal. `report` is the JSON form without one.

    Raises:
        ValueError: the content is none of that form.
    """
    place = PLACES[form]
    ending = re.search(rb"(?:%b)\Z" % place.ending, content)
    if ending is None:
        raise ValueError(f"no {form} file ends like this")
    offset = ending.start()
    unsigned = SignatureLine(
        form=form,
        report=hashlib.sha256(report).hexdigest(),
        content=hashlib.sha256(content).hexdigest(),
        parts=parts(form, content),
        public_key=signer.public_key,
        value="",
    )
    signature = msgspec.structs.replace(unsigned, value=signer.sign(_signed_bytes(unsigned)))
    return b"".join((content[:offset], place.opening, _written(signature), place.closing, content[offset:]))


def opened(data: bytes) -> Opened | None:
    """Take a file apart; None where it carries no seal."""
    found = {form: data.rfind(place.opening) for form, place in PLACES.items()}
    place, offset = max(((PLACES[form], offset) for form, offset in found.items()), key=lambda one: one[1])
    if offset < 0:
        return None
    rest = data[offset + len(place.opening) :]
    written = rest.partition(b"\n")[0].removesuffix(place.closing.removesuffix(b"\n"))
    closed = rest.startswith(place.closing, len(written))
    behind = rest[len(written) + len(place.closing) * closed :]
    ending = re.match(place.ending, behind)
    end = b"" if ending is None else ending[0]
    signature = _read(written, place) if closed else None
    return Opened(data[:offset] + end, signature, behind.removeprefix(end))


def _written(signature: SignatureLine) -> bytes:
    """One line; no two hyphens in a row, which would end a comment."""
    return msgspec.json.encode(signature).replace(b"--", rb"-\u002d")


def _signed_bytes(signature: SignatureLine) -> bytes:
    return DOMAIN + _written(msgspec.structs.replace(signature, value=""))


def _read(line: bytes, place: Place) -> SignatureLine | None:
    """The seal, if it is written to the letter as we write it."""
    try:
        signature = msgspec.json.decode(line, type=SignatureLine)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return signature if _written(signature) == line and PLACES[signature.form] == place else None
