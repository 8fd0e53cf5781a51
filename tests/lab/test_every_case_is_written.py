"""Every case of the certification programs is implemented."""

from plugfest.lab.selection import cases
from plugfest.products.plan import plan

PROFILES = (
    "Core",
    "Advanced Security",
    "Local Authorization List Management",
    "Smart Charging",
    "Advanced Device Management",
    "Reservation",
    "Advanced User Interface",
)


def test_every_case_of_all_profiles_but_iso_15118_is_implemented() -> None:
    implemented = cases("2.0.1")
    assert [case.id for case in plan("2.0.1") if case.profile in PROFILES and case.id not in implemented] == []


def test_every_case_of_ocpp_1_6_is_implemented() -> None:
    assert [case.id for case in plan("1.6") if case.id not in cases("1.6")] == []
