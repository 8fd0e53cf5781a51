"""No case of the certification program is forgotten."""

from plugfest.lab.registry import cases
from plugfest.products.plan import plan

PROFILES = ("Core", "Advanced Security")


def test_every_case_of_core_and_advanced_security_has_code() -> None:
    written = cases("2.0.1")
    assert [case.id for case in plan("2.0.1") if case.profile in PROFILES and case.id not in written] == []


def test_nothing_is_written_that_is_not_planned() -> None:
    assert cases("2.0.1").keys() <= {case.id for case in plan("2.0.1")}
