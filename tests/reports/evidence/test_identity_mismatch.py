"""A statement says if the BootNotification differs from the PICS."""

import json

import pytest
from tests.reports import campaigns

from plugfest.products import load_product
from plugfest.reports.evidence.identity_mismatch import identity_mismatch
from plugfest.reports.model.report import FrameEntry


def mismatch(product: str, **identity: object) -> list[str]:
    payload = {"chargingStation": identity, "reason": "PowerUp"} if product != "reference-16-ac" else identity
    text = json.dumps([2, "1", "BootNotification", payload])
    return list(identity_mismatch(load_product(product), [FrameEntry(at=0, direction="station", text=text)]))


def test_matching_names_give_no_statement() -> None:
    assert (
        mismatch(campaigns.PRODUCT, vendorName="Alpitronic", model="Hypercharger HYC 200", firmwareVersion="hyc_v3.0.0")
        == []
    )
    assert mismatch("reference-16-ac", chargePointVendor="Plugfest", chargePointModel="Reference 1.6 AC") == []


@pytest.mark.parametrize(
    ("product", "identity"),
    [
        (campaigns.PRODUCT, {"vendorName": "Alpitronic", "model": "Hypercharger", "firmwareVersion": "hyc_v2.9.9"}),
        ("reference-16-ac", {"chargePointVendor": "Plugfest", "firmwareVersion": "hyc_v2.9.9"}),
    ],
)
def test_another_firmware_version_is_reported(product: str, identity: dict[str, object]) -> None:
    (sentence,) = mismatch(product, **identity)
    assert 'firmware version "hyc_v2.9.9", in the PICS ' in sentence
    assert "vendor" not in sentence


NOTHING = [
    "",
    "[2]",
    '[2,"1","BootNotification",{"model":"\\ud800"}]',
    '[2,"1","BootNotification",' + "[" * 5000 + "]" * 5000 + "]",
    '[2,"1","BootNotification",[]]',
    '[2,"1","BootNotification",{"model":5}]',
]


@pytest.mark.parametrize("text", NOTHING)
def test_an_invalid_bootnotification_gives_no_statement(text: str) -> None:
    frames = [FrameEntry(at=0, direction="station", text=text)]
    assert list(identity_mismatch(campaigns.product(), frames)) == []
