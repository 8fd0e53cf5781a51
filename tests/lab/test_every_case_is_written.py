"""Every case of the certification programs is implemented."""

from plugfest.lab.selection import cases
from plugfest.products.plan import plan, withdrawn_cases


def test_every_case_of_ocpp_2_0_1_is_implemented() -> None:
    assert len(plan("2.0.1")) == 407
    assert [case.id for case in plan("2.0.1") if case.id not in cases("2.0.1")] == []


def test_every_case_that_was_withdrawn_from_the_program_is_implemented() -> None:
    assert len(withdrawn_cases("2.0.1")) == 17
    assert [case.id for case in withdrawn_cases("2.0.1") if case.id not in cases("2.0.1")] == []


def test_every_case_of_ocpp_1_6_is_implemented() -> None:
    assert [case.id for case in plan("1.6") if case.id not in cases("1.6")] == []
