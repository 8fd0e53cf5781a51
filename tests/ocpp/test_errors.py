"""Error codes: one meaning, two spellings."""

import pytest

from plugfest.ocpp.errors import V16_CODES, V201_CODES, ErrorCode, Failure, RemoteError


def test_1_6_misspells_two_codes():
    assert V16_CODES.spell(ErrorCode.OccurrenceConstraintViolation) == "OccurenceConstraintViolation"
    assert V16_CODES.spell(ErrorCode.FormatViolation) == "FormationViolation"
    assert V201_CODES.spell(ErrorCode.OccurrenceConstraintViolation) == "OccurrenceConstraintViolation"
    assert V201_CODES.spell(ErrorCode.FormatViolation) == "FormatViolation"


@pytest.mark.parametrize("code", [ErrorCode.MessageTypeNotSupported, ErrorCode.RpcFrameworkError])
def test_1_6_covers_the_codes_it_lacks_with_a_generic_error(code):
    assert V16_CODES.spell(code) == "GenericError"


@pytest.mark.parametrize("codes", [V16_CODES, V201_CODES], ids=["1.6", "2.0.1"])
def test_every_code_that_a_version_has_is_read_as_it_is_spelled(codes):
    read_back = {code: codes.read(codes.spell(code)) for code in ErrorCode if codes.spell(code) != "GenericError"}
    assert read_back == {code: code for code in read_back}
    assert codes.read("GenericError") is ErrorCode.GenericError


@pytest.mark.parametrize(
    ("codes", "foreign"), [(V16_CODES, "FormatViolation"), (V201_CODES, "FormationViolation"), (V201_CODES, "Oops")]
)
def test_a_code_that_a_version_does_not_have_stays_a_text(codes, foreign):
    assert codes.read(foreign) == foreign
    assert not isinstance(codes.read(foreign), ErrorCode)


def test_every_failure_has_an_answer_or_is_ignored_in_both_versions():
    assert set(V16_CODES.answers) == set(V201_CODES.answers) == set(Failure)


def test_an_error_of_theirs_reads_as_one_line():
    error = RemoteError(ErrorCode.FormatViolation, "Object contains unknown field `x`", "$.evse")
    assert str(error) == "FormatViolation: Object contains unknown field `x` at $.evse"
