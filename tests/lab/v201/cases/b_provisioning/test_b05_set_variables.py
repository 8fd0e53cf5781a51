"""TC_B_11: values of the wrong format are rejected, values of the right format are accepted within the limits."""

import msgspec
import pytest
from tests.lab.scripted_campaign import campaign
from tests.lab.v201.cases.b_provisioning.inventory import Entry, attribute, entry, reports, required_entries

from plugfest.lab.v201.cases.b_provisioning.b05_set_variables import invalidly_formatted_values
from plugfest.lab.v201.configuration import Variable
from plugfest.lab.verdict import CaseResult, Verdict

SIGNIFICANCE = "SmartChargingCtrlr.LimitChangeSignificance"


def _significance(maximum: float) -> Entry:
    one = entry(SIGNIFICANCE, attribute("1", "ReadWrite"))
    characteristics = msgspec.structs.replace(one.variable_characteristics, max_limit=maximum)
    return msgspec.structs.replace(one, variable_characteristics=characteristics)


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _result(maximum: float, *, limit: float, threshold: str = "ReadWrite") -> CaseResult:
    """Of a station that reports this maximum of LimitChangeSignificance and enforces this limit."""

    def rejects(name: str, value: str) -> bool:
        if name == SIGNIFICANCE:
            return not _is_number(value) or float(value) > limit
        return name == "OCPPCommCtrlr.OfflineThreshold" and (threshold == "ReadOnly" or not value.isdecimal())

    full = [
        entry(one, attribute("1", threshold)) if one.name == "OfflineThreshold" else original
        for original in required_entries()
        for one in [Variable.of(original.component, original.variable)]
    ]
    (result,) = campaign(invalidly_formatted_values, prepare=reports([*full, _significance(maximum)], rejects=rejects))
    return result


@pytest.mark.parametrize("maximum", [20.0, 100.0])
def test_values_within_the_limits_are_accepted_and_others_rejected_for_any_reason(maximum: float) -> None:
    result = _result(maximum, limit=maximum)
    assert (result.verdict, result.findings) == (Verdict.PASS, ())


def test_a_value_beyond_the_limit_that_is_accepted_is_a_finding() -> None:
    assert _result(20.0, limit=100.0).verdict is Verdict.FAIL


def test_a_value_within_the_limits_that_is_rejected_is_a_finding() -> None:
    assert _result(100.0, limit=20.0).verdict is Verdict.FAIL


def test_a_threshold_that_cannot_be_set_is_a_finding() -> None:
    assert _result(100.0, limit=100.0, threshold="ReadOnly").verdict is Verdict.FAIL
