"""The virtual station does what any PICS claims, and the lab tests it."""

from pathlib import Path

import pytest
from tests.rig.campaigns import campaign, written_cases
from tests.rig.variations import variation

from plugfest.lab.settings import LabSettings, Tokens
from plugfest.lab.verdict import Verdict


def not_passed(product: str, settings: LabSettings | None = None, blocks: str = "") -> dict[str, object]:
    chosen = [one for one in written_cases(product) if not blocks or one.id[3] in blocks]
    outcome = campaign(product, chosen, settings)
    return {one.id: one.findings for one in outcome.results if one.verdict is not Verdict.PASS or not one.checks}


@pytest.mark.parametrize("seed", range(6))
def test_a_product_with_other_answers_passes_its_cases(tmp_path: Path, seed: int) -> None:
    assert not_passed(variation(tmp_path, seed)) == {}


@pytest.mark.parametrize("kind", ["ISO15693", "KeyCode", "MacAddress"])
def test_tokens_of_every_type_work(kind: str) -> None:
    assert not_passed("reference-ac", LabSettings(tokens=Tokens().of_kind(kind)), "CE") == {}


def test_another_evse_can_be_under_test() -> None:
    assert not_passed("reference-ac", LabSettings(evse_id=2)) == {}
