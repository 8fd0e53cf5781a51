"""Whether a file of a report is as the lab signed it, who that lab is, and if it is not: what was altered."""

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from plugfest.reports.formats import as_json
from plugfest.reports.signing.part_digests import FormName, changes, doubled
from plugfest.reports.signing.signature_line import Opened, SignatureLine, opened
from plugfest.reports.signing.signer import fingerprint_of


class State(StrEnum):
    """What is known of a file."""

    INTACT = "intact"
    ALTERED = "altered"
    UNSIGNED = "unsigned"


NO_SIGNATURE: Final = "it carries no signature: it never did, or it was cut short, or the signature was removed"
NO_SIGNATURE_LINE: Final = "the line with the signature was altered"
NOT_GENUINE: Final = "the line with the signature was altered, or is not by the one whose key it names"
NOT_AS_SEALED_EITHER: Final = "the report is not as that line says either"
CARRIAGE_RETURNS: Final = "each line now ends with CR LF"
ONLY_CARRIAGE_RETURNS: Final = f"{CARRIAGE_RETURNS}, and nothing else was changed"
WRITTEN_ANEW: Final = "the file was written anew, with its signature"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a file shows. `signer` is the fingerprint of the key that signed it, None where that is not certain.

    `report` is the digest of the report that it is a form of, the same for all forms of one report.
    """

    state: State
    form: FormName | None = None
    signer: str | None = None
    report: str | None = None
    problems: tuple[str, ...] = ()


def check(data: bytes) -> Checked:
    """Check a file. No bytes are an error."""
    checked = _checked(data)
    if checked.state is not State.INTACT and b"\r\n" in data:
        restored = _checked(data.replace(b"\r\n", b"\n"))
        if restored.state is State.INTACT:
            return msgspec.structs.replace(restored, state=State.ALTERED, problems=(ONLY_CARRIAGE_RETURNS,))
        if restored.signer is not None and data.count(b"\n") == data.count(b"\r\n"):
            return msgspec.structs.replace(restored, problems=(CARRIAGE_RETURNS, *restored.problems))
    return checked


def _checked(data: bytes) -> Checked:
    found = opened(data)
    signature = None if found is None else found.signature
    if found is None or signature is None:
        unsigned = Checked(state=State.UNSIGNED, problems=(NO_SIGNATURE,))
        altered = Checked(state=State.ALTERED, problems=(NO_SIGNATURE_LINE,))
        return _written_anew(data) or (unsigned if found is None else altered)
    same = hashlib.sha256(found.content).hexdigest() == signature.content
    if not signature.is_genuine:
        not_genuine = (NOT_GENUINE,) if same else (NOT_GENUINE, NOT_AS_SEALED_EITHER)
        return Checked(state=State.ALTERED, form=signature.form, problems=not_genuine)
    signer = fingerprint_of(signature.public_key)
    problems = (
        list(_around(found, signature, signer)) if same else changes(signature.form, signature.parts, found.content)
    )
    state = State.ALTERED if problems else State.INTACT
    return Checked(state=state, form=signature.form, signer=signer, report=signature.report, problems=tuple(problems))


def _written_anew(data: bytes) -> Checked | None:
    """A JSON that a tool has read and written again, so that its seal is no line of ours; None where it is none."""
    try:
        report = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        signature = msgspec.json.decode(report.pop("signature", msgspec.Raw(b"null")), type=SignatureLine)
        content = msgspec.json.encode(report)
        problems = [*doubled(data), *changes(signature.form, signature.parts, content)]
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    if signature.form != "json" or not signature.is_genuine:
        return None
    signer = fingerprint_of(signature.public_key)
    return Checked(
        state=State.ALTERED,
        form=signature.form,
        signer=signer,
        report=signature.report,
        problems=(WRITTEN_ANEW, *dict.fromkeys(problems)),
    )


def _around(found: Opened, signature: SignatureLine, signer: str) -> Iterator[str]:
    """What is wrong with a file in which every byte of the report is right."""
    if found.behind:
        yield f"bytes appended behind its end: {len(found.behind)}"
    elif signature.form == "json":
        yield from _other_laboratories(found.content, signer)


def _other_laboratories(content: bytes, signer: str) -> Iterator[str]:
    """Which other lab than the one that signed it a report names: somebody made a signature of his own."""
    try:
        reports = as_json.read(content).reports
    except as_json.NoReport:
        return
    for other in {one.laboratory.fingerprint for one in reports} - {None, signer}:
        yield f"it names the lab with the key {other}, which did not sign it"
