"""Transactions of an hour: what depends on how long a transaction lasts accuses no station."""

import pytest
from tests.rig.campaigns import campaign, written_cases

from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict

HOUR = LabSettings(transaction_duration=3600.0)
CASES = {
    "reference-dc": ("TC_C_15", "TC_C_18", "TC_E_08", "TC_E_54"),
    "reference-16-dc": ("TC_037_1", "TC_037_2", "TC_037_3", "TC_038", "TC_039"),
}


@pytest.mark.parametrize("product", CASES)
def test_no_case_accuses_a_station_after_an_hour(product: str) -> None:
    chosen = [each for each in written_cases(product) if each.id.removesuffix("_CS") in CASES[product]]
    assert len(chosen) == len(CASES[product])
    outcome = campaign(product, chosen, HOUR)
    assert {each.id: each.findings for each in outcome.results if each.verdict is not Verdict.PASS} == {}
