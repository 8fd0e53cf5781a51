"""The lab in a program."""

import asyncio
from pathlib import Path

import pytest

from plugfest import Lab, LabFailed, UnusableSettings, run
from plugfest.lab.verdict import Verdict
from plugfest.products import load_product
from plugfest.rig.operators.virtual import VirtualOperator
from plugfest.rig.selftest.behaviours.behaviour import patched
from plugfest.rig.selftest.behaviours.catalogue import by_name
from plugfest.station.setup.virtual_hardware import virtual_hardware

PRODUCT = "alpitronic-hyc-200-eu"
WRONG = next(each for each in by_name().values() if "TC_E_03_CS" in each.cases and each.product is None)


def test_cases_are_run_against_a_virtual_station() -> None:
    campaign = Lab(PRODUCT).test("TC_E_09", "TC_B_01*")
    assert list(campaign.verdicts) == ["TC_E_09_CS", "TC_B_01_CS"]
    assert campaign.passed
    assert campaign["TC_E_09"].checks > 0
    assert any("TransactionEvent" in frame.text for frame in campaign.frames_of("TC_E_09"))
    assert str(campaign) == "TC_E_09_CS  PASS\nTC_B_01_CS  PASS"


def test_what_a_wrong_station_violates_is_a_finding() -> None:
    with patched(WRONG.patches):
        campaign = Lab(PRODUCT).test("TC_E_03")
    assert not campaign.passed
    assert campaign["TC_E_03"].verdict is Verdict.FAIL
    assert any(finding.requirement for finding in campaign.findings)
    assert "expected" in str(campaign)


def test_the_lab_waits_for_a_station_at_which_an_operator_of_the_program_acts() -> None:
    product = load_product(PRODUCT)
    lab = Lab(product, listen="ws://127.0.0.1:0", operator=VirtualOperator(product, virtual_hardware(product)))
    campaign = run(lab.run("TC_E_09"), simulated=True)
    assert campaign.passed
    assert campaign.report.run.operator == "program"
    assert lab.settings.security_profile == 1


def test_the_report_is_written_in_every_format(tmp_path: Path) -> None:
    page = Lab("reference-16-plain", security_profile=1).test("TC_001").write(tmp_path)
    assert page.is_file()
    assert {"report.json", "junit.xml", "cases.csv"} <= {each.name for each in tmp_path.iterdir()}


def test_the_cases_that_apply_are_listed() -> None:
    assert "TC_E_09_CS" in Lab(PRODUCT).cases


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"listen": "http://x", "operator": "http=http://x"}, "is not ws://HOST:PORT"),
        ({"listen": "ws://127.0.0.1:0"}, "needs an operator"),
        ({"listen": "ws://127.0.0.1:0", "operator": "ssh=x"}, 'is not "http=URL"'),
        ({"listen": "ws://127.0.0.1:0", "operator": "http=http://x", "security_profile": 2}, "cannot be used with ws"),
        ({"security_profile": 3}, "needs listen"),
        ({"settings": {"no_such_setting": 1}}, "no_such_setting"),
        ({"settings": Path("no-such-file.toml")}, "no-such-file.toml"),
    ],
)
def test_settings_that_cannot_be_are_refused(options: dict[str, object], reason: str) -> None:
    with pytest.raises(UnusableSettings, match=reason):
        Lab(PRODUCT, **options)  # type: ignore[arg-type]


def test_a_case_that_does_not_apply_is_an_error() -> None:
    with pytest.raises(LabFailed, match="TC_Z_99"):
        Lab("chargepoint-ct4000").test("TC_Z_99")


def test_a_running_loop_has_to_await_the_lab() -> None:
    async def main() -> None:
        with pytest.raises(LabFailed, match=r"use `await lab.run"):
            Lab("reference-ac").test("TC_E_09")

    asyncio.run(main())
