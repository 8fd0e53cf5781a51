"""No case of the certification program is forgotten."""

import pytest

from plugfest.lab.selection import cases
from plugfest.products.plan import plan

PROFILES = ("Core", "Advanced Security")


def test_every_case_of_core_and_advanced_security_has_code() -> None:
    written = cases("2.0.1")
    assert [case.id for case in plan("2.0.1") if case.profile in PROFILES and case.id not in written] == []


def test_every_case_of_ocpp_1_6_has_code() -> None:
    assert [case.id for case in plan("1.6") if case.id not in cases("1.6")] == []


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_nothing_is_written_that_is_not_planned(version: str) -> None:
    assert cases(version).keys() <= {case.id for case in plan(version)}
