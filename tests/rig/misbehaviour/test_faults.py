"""How transport faults are written."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.ocpp.versions import V16, V201
from plugfest.rig.misbehaviour.errors import MisbehaviourError
from plugfest.rig.misbehaviour.faults import KINDS, Form, Kind, Seconds, TransportFault, Way, parse_fault


def test_every_parameter_is_read() -> None:
    assert parse_fault(
        "late", "rate=0.5, seconds=1-2.5,direction=both,message=Reset,kind=answer", V201
    ) == TransportFault(
        name="late", rate=0.5, seconds=Seconds(1, 2.5), direction=Way.BOTH, message="Reset", kind=Kind.ANSWER
    )
    assert parse_fault("malformed", "form=not-utf8,size=10", V16) == TransportFault(
        name="malformed", form=Form.NOT_UTF8, size=10
    )


@pytest.mark.parametrize("name", list(KINDS))
def test_a_fault_without_parameters_has_its_defaults_and_is_written_as_it_is_read(name: str) -> None:
    fault = parse_fault(name, "", V201)
    assert 0 < fault.rate <= 1
    assert parse_fault(*str(fault).partition(":")[::2], V201) == fault


@pytest.mark.parametrize(
    ("parameters", "line"),
    [
        ("rate=2", "late: rate=2: expected a number from 0 to 1"),
        ("rate=nan", "late: rate=nan: expected a number from 0 to 1"),
        ("rate=", "late: rate=: expected a number from 0 to 1"),
        ("seconds=5-1", "late: seconds=5-1: expected seconds up to 86400, such as 3 or 1-5"),
        ("seconds=-1", "late: seconds=-1: expected seconds up to 86400, such as 3 or 1-5"),
        ("second=1", "late: second=1: did you mean seconds=?"),
        ("rate", "late: rate: the parameters are rate=, seconds=, direction=, message=, kind="),
        ("rate=0.1,", "late: an empty parameter: the parameters are rate=, seconds=, direction=, message=, kind="),
        ("form=truncated", "late: form=truncated: the parameters are rate=, seconds=, direction=, message=, kind="),
        ("direction=up", "late: direction=up: expected sent or received or both"),
        ("message=Resett", "late: message=Resett: OCPP 2.0.1 has no such message; did you mean Reset?"),
    ],
)
def test_a_wrong_parameter_is_one_line(parameters: str, line: str) -> None:
    with pytest.raises(MisbehaviourError) as error:
        parse_fault("late", parameters, V201)
    assert str(error.value) == line


@given(st.sampled_from(list(KINDS)), st.text(max_size=40))
def test_any_text_is_read_or_refused_in_one_line(name: str, text: str) -> None:
    with suppress(MisbehaviourError):
        assert parse_fault(name, text, V201).name == name
