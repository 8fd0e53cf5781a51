"""Every alteration of a signed report is detected and located, and the signer is named."""

import hashlib
import json

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reports.signed import FORMATS, OTHER_SIGNER, SIGNER, report, signed, unsigned

from plugfest.reports.formats import as_json
from plugfest.reports.signing import signature_line, verification
from plugfest.reports.signing.part_digests import ONLY_FORMATTING, SignedFormat
from plugfest.reports.signing.signature_line import POSITIONS, SignatureLine, add_signature
from plugfest.reports.signing.verification import SignatureState, verify_report

formats = pytest.mark.parametrize("format", FORMATS)


def signature_of(data: bytes) -> SignatureLine:
    found = signature_line.split_signature(data)
    assert found is not None
    assert found.signature is not None
    return found.signature


def offset(format: SignedFormat) -> int:
    """The offset of the signature."""
    return signed(format).rindex(POSITIONS[format].prefix)


def problems(data: bytes) -> tuple[str, ...]:
    checked = verify_report(data)
    assert checked.state is SignatureState.ALTERED
    return checked.problems


# Intact


@formats
def test_a_signed_format_is_intact_and_names_the_signer(format: SignedFormat) -> None:
    checked = verify_report(signed(format))
    assert (checked.state, checked.format, checked.signer) == (SignatureState.INTACT, format, SIGNER.fingerprint)


def test_all_formats_of_a_report_name_the_same_report() -> None:
    assert len({verify_report(signed(format)).report for format in FORMATS}) == 1


@formats
def test_the_signature_is_one_insertion(format: SignedFormat) -> None:
    place = offset(format)
    assert signed(format).startswith(unsigned(format)[:place] + POSITIONS[format].prefix)
    assert signed(format).endswith(unsigned(format)[place:])


def test_the_signed_json_is_json_and_the_same_report() -> None:
    written = json.loads(signed("json"))
    assert list(written)[-1] == "signature"
    assert as_json.read(signed("json")) == report()


def test_a_signed_pdf_ends_as_pdf_readers_expect() -> None:
    assert b"startxref" in signed("pdf")[-1024:]
    assert signed("pdf").endswith(b"%%EOF\n")


def test_a_file_without_its_end_is_not_signed() -> None:
    with pytest.raises(ValueError, match="does not end like a pdf file"):
        add_signature("pdf", b"%PDF-1.7\n", b"", SIGNER)


@pytest.mark.parametrize(
    ("format", "before", "trailing"),
    [
        ("json", b',\n  "signature": ', b""),
        ("html", b"<!-- plugfest-signature ", b" -->\n"),
        ("xml", b"<!-- plugfest-signature ", b" -->\n"),
        ("pdf", b"%plugfest-signature ", b"\n"),
    ],
)
def test_a_signature_can_be_verified_by_the_steps_of_the_guide(
    format: SignedFormat, before: bytes, trailing: bytes
) -> None:
    head, _, rest = signed(format).rpartition(before)
    line = rest.partition(b"\n")[0].removesuffix(b" -->")
    written = json.loads(line)
    content = head + rest[len(line) + len(trailing) :]
    assert hashlib.sha256(content).hexdigest() == written["content"]
    assert hashlib.sha256(unsigned("json")).hexdigest() == written["report"]
    message = b"plugfest report seal 1\n" + line.replace(written["value"].encode(), b"")
    key = bytes.fromhex(written["public_key"])
    Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(written["value"]), message)
    assert hashlib.sha256(key).hexdigest() == SIGNER.fingerprint


# Any alteration


@formats
@settings(max_examples=400)
@given(data=st.data())
def test_every_altered_inserted_or_deleted_byte_is_detected(format: SignedFormat, data: st.DataObject) -> None:
    whole = signed(format)
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = bytes([data.draw(st.integers(0, 255).filter(lambda one: one != whole[place]))])
    assert verify_report(whole[:place] + byte + whole[place + 1 :]).state is not SignatureState.INTACT
    assert verify_report(whole[:place] + byte + whole[place:]).state is not SignatureState.INTACT
    assert verify_report(whole[:place] + whole[place + 1 :]).state is not SignatureState.INTACT


@pytest.mark.parametrize("format", ["xml", "pdf"])
def test_no_byte_of_the_signature_can_be_changed(format: SignedFormat) -> None:
    whole = signed(format)
    for place in range(offset(format), len(whole)):
        for other in {whole[place] ^ 0x20, whole[place] ^ 1}:  # the other case of a letter, the next digit
            assert verify_report(whole[:place] + bytes([other]) + whole[place + 1 :]).state is not SignatureState.INTACT


@formats
@given(st.binary(min_size=1, max_size=40))
def test_appended_bytes_are_detected(format: SignedFormat, appended: bytes) -> None:
    assert verify_report(signed(format) + appended).state is not SignatureState.INTACT


@formats
def test_a_truncated_file_is_not_intact(format: SignedFormat) -> None:
    whole = signed(format)
    for length in (0, 1, len(whole) // 2, offset(format), len(whole) - 2, len(whole) - 1):
        assert verify_report(whole[:length]).state is not SignatureState.INTACT


@given(st.binary(max_size=300))
def test_any_content_has_a_result(garbage: bytes) -> None:
    assert verify_report(garbage).state is not SignatureState.INTACT
    for format in FORMATS:
        assert verify_report(garbage + POSITIONS[format].prefix + garbage).state is SignatureState.ALTERED


# What was altered


def altered_json(old: str, new: str) -> bytes:
    text = signed("json").decode()
    assert text.count(old) >= 1
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"verdict": "FAIL"', '"verdict": "PASS"', "cases/TC_E_09_CS was changed"),
        ("hyc_v3.0.0", "hyc_v3.0.1", "product/firmware_version was changed"),
        ('"clock": "simulated"', '"clock": "real"', "run/clock was changed"),
        ('[2,\\"1\\"', '[2,\\"2\\"', "frames/from 0 was changed"),
        ('  "disclaimer": ', '  "claimer": ', "disclaimer is missing"),
        ('  "disclaimer": ', '  "x": 1,\n  "disclaimer": ', "x was added"),
        ('  "disclaimer": ', '   "disclaimer": ', "only whitespace"),
        ('"checks": 9', '"checks": 9.0', "cases/TC_A_01_CS was changed"),
        ('"Core"', '"\\u0043ore"', "only whitespace"),
        ('  "disclaimer": ', '  "disclaimer": {', "it is no longer valid JSON"),
    ],
)
def test_an_altered_json_names_the_part(old: str, new: str, problem: str) -> None:
    (found, *_) = problems(altered_json(old, new))
    assert found.startswith(problem)


def test_an_altered_page_names_the_section() -> None:
    page = signed("html").replace(b"seqNo 0", b"seqNo 1", 1)
    assert problems(page) == ("findings-TC_E_09_CS was changed",)


def test_an_altered_junit_file_names_the_case() -> None:
    assert problems(signed("xml").replace(b"seqNo 0", b"seqNo 1", 1)) == ("TC_E_09_CS Name of TC_E_09_CS was changed",)


def test_a_pdf_names_the_bytes() -> None:
    whole = signed("pdf")
    assert problems(whole[:1500] + b"X" + whole[1501:]) == (
        "bytes between 1024 and 2048 were changed, added or removed",
    )


def test_changed_line_ends_are_reported() -> None:
    for format in ("json", "html", "xml"):
        assert problems(signed(format).replace(b"\n", b"\r\n")) == (verification.ONLY_CARRIAGE_RETURNS,)


@pytest.mark.parametrize("format", ["json", "html", "xml"])
def test_changed_line_ends_do_not_hide_other_changes(format: SignedFormat) -> None:
    altered = signed(format).replace(b"seqNo 0", b"seqNo 1", 1).replace(b"\n", b"\r\n")
    line_ends, place = problems(altered)
    assert line_ends == verification.CARRIAGE_RETURNS
    assert "TC_E_09_CS" in place


def test_a_json_that_another_program_rewrote_is_altered() -> None:
    anew = json.dumps(json.loads(signed("json")), separators=(",", ":")).encode()
    assert problems(anew) == (verification.REWRITTEN, ONLY_FORMATTING)
    assert verify_report(anew).signer == SIGNER.fingerprint
    assert problems(anew.replace(b"hyc_v3.0.0", b"hyc_v3.0.1")) == (
        verification.REWRITTEN,
        "product/firmware_version was changed",
    )


def test_a_rewritten_json_with_an_invalid_signature_has_no_signer() -> None:
    written = json.loads(signed("json"))
    written["signature"]["content"] = "0" * 64
    assert verify_report(json.dumps(written).encode()).signer is None


def test_a_duplicate_key_is_reported() -> None:
    doubled = signed("json").replace(b'"cases": [', b'"cases": [],\n  "cases": [', 1)
    assert problems(doubled) == ("cases occurs more than once in an object",)


@formats
def test_appended_bytes_are_counted(format: SignedFormat) -> None:
    assert problems(signed(format) + b"more") == ("4 bytes were appended to the file",)


def test_an_update_appended_to_a_pdf_is_an_alteration() -> None:
    (problem,) = problems(signed("pdf") + b"1 0 obj\nendobj\nstartxref\n9\n%%EOF\n")
    assert " bytes were appended to the file: it is not a PDF update that can be read" in problem


# Signatures


@formats
def test_without_the_signature_it_is_unsigned(format: SignedFormat) -> None:
    checked = verify_report(unsigned(format))
    assert (checked.state, checked.problems) == (SignatureState.UNSIGNED, (verification.NO_SIGNATURE,))


def test_a_signature_names_its_own_signer() -> None:
    assert verify_report(signed("xml", OTHER_SIGNER)).signer == OTHER_SIGNER.fingerprint


def test_a_report_that_another_lab_signed_again_is_altered() -> None:
    assert problems(signed("json", OTHER_SIGNER)) == (
        f"the report names the lab with the key {SIGNER.fingerprint}, which did not sign it",
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"public_key": OTHER_SIGNER.public_key}, (verification.NOT_GENUINE,)),
        ({"parts": {}}, (verification.NOT_GENUINE,)),
        ({"content": "0" * 64}, (verification.NOT_GENUINE, verification.CONTENT_ALTERED_TOO)),
        ({"public_key": "no key"}, (verification.NOT_GENUINE,)),
        ({"value": ""}, (verification.NOT_GENUINE,)),
    ],
)
def test_an_altered_signature_line_has_no_signer(change: dict[str, object], expected: tuple[str, ...]) -> None:
    genuine = signature_of(signed("xml"))
    forged = msgspec.structs.replace(genuine, **change)
    checked = verify_report(signed("xml").replace(msgspec.json.encode(genuine), msgspec.json.encode(forged)))
    assert (checked.state, checked.signer, checked.problems) == (SignatureState.ALTERED, None, expected)


@formats
def test_a_signature_at_another_position_is_not_valid(format: SignedFormat) -> None:
    whole, content = signed(format), unsigned(format)
    place = offset(format)
    line = whole[place : len(whole) - len(content) + place]
    assert whole == content[:place] + line + content[place:]
    for elsewhere in (0, place // 2, place - 1):
        assert verify_report(content[:elsewhere] + line + content[elsewhere:]).state is not SignatureState.INTACT


def test_a_hyphen_in_a_name_does_not_end_the_comment() -> None:
    page = b'<section id="a--><script>">x</section>\n'
    whole = add_signature("html", page, b"", SIGNER)
    assert verify_report(whole).state is SignatureState.INTACT
    assert whole.count(b"-->") == 2
