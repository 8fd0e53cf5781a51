"""Error codes and their names in each OCPP version."""

import pytest

from plugfest.ocpp.errors import V16_CODES, V201_CODES, ErrorCode, Failure, RemoteError


def test_1_6_misspells_two_codes():
    assert V16_CODES.to_wire(ErrorCode.OccurrenceConstraintViolation) == "OccurenceConstraintViolation"
    assert V16_CODES.to_wire(ErrorCode.FormatViolation) == "FormationViolation"
    assert V201_CODES.to_wire(ErrorCode.OccurrenceConstraintViolation) == "OccurrenceConstraintViolation"
    assert V201_CODES.to_wire(ErrorCode.FormatViolation) == "FormatViolation"


@pytest.mark.parametrize("code", [ErrorCode.MessageTypeNotSupported, ErrorCode.RpcFrameworkError])
def test_1_6_replaces_missing_codes_by_generic_error(code):
    assert V16_CODES.to_wire(code) == "GenericError"


@pytest.mark.parametrize("codes", [V16_CODES, V201_CODES], ids=["1.6", "2.0.1"])
def test_every_code_of_a_version_is_read_as_it_is_written(codes):
    round_trip = {
        code: codes.from_wire(codes.to_wire(code)) for code in ErrorCode if codes.to_wire(code) != "GenericError"
    }
    assert round_trip == {code: code for code in round_trip}
    assert codes.from_wire("GenericError") is ErrorCode.GenericError


@pytest.mark.parametrize(
    ("codes", "unknown"), [(V16_CODES, "FormatViolation"), (V201_CODES, "FormationViolation"), (V201_CODES, "Oops")]
)
def test_a_code_that_a_version_does_not_have_stays_a_string(codes, unknown):
    assert codes.from_wire(unknown) == unknown
    assert not isinstance(codes.from_wire(unknown), ErrorCode)


def test_every_failure_has_an_answer_or_is_ignored_in_both_versions():
    assert set(V16_CODES.answers) == set(V201_CODES.answers) == set(Failure)


def test_a_remote_error_is_one_line():
    error = RemoteError(ErrorCode.FormatViolation, "Object contains unknown field `x`", "$.evse")
    assert str(error) == "FormatViolation: Object contains unknown field `x` at $.evse"
