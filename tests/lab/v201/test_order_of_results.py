"""Results of GetVariables and SetVariables in the order of the variables, whatever order the station chose."""

import pytest

from plugfest.lab.v201.configuration import Variable, in_order
from plugfest.lab.verdict import NotConfigurable
from plugfest.ocpp.v201 import types as t

FIRST, SECOND = Variable("TxCtrlr", "StopTxOnInvalidId"), Variable("ClockCtrlr", "DateTime")


def result(variable: Variable, value: str) -> t.GetVariableResultType:
    return t.GetVariableResultType(
        attribute_status=t.GetVariableStatusEnumType.Accepted, attribute_value=value, **variable.wire()
    )


def test_results_are_found_by_their_variables() -> None:
    received = [result(SECOND, "now"), result(FIRST, "true")]
    assert [one.attribute_value for one in in_order([FIRST, SECOND], received)] == ["true", "now"]


def test_names_are_compared_without_regard_to_case() -> None:
    received = [result(Variable("txctrlr", "stopTXonInvalidId"), "true")]
    assert in_order([FIRST], received) == received


@pytest.mark.parametrize("received", [[], [result(SECOND, "now")], [result(FIRST, "true")] * 2])
def test_results_of_other_variables_are_an_error(received: list[t.GetVariableResultType]) -> None:
    with pytest.raises(NotConfigurable):
        in_order([FIRST], received)
