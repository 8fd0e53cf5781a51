"""A report says on its first page if the station calls itself otherwise than the PICS does."""

import json

import pytest
from tests.reports import campaigns

from plugfest.products import load_product
from plugfest.reports.model.identity_mismatch import identity_mismatch
from plugfest.reports.model.report import FrameEntry


def told(product: str, **said: object) -> list[str]:
    payload = {"chargingStation": said, "reason": "PowerUp"} if product != "reference-16-ac" else said
    text = json.dumps([2, "1", "BootNotification", payload])
    return list(identity_mismatch(load_product(product), [FrameEntry(at=0, direction="station", text=text)]))


def test_the_names_of_the_pics_need_no_word() -> None:
    assert (
        told(campaigns.PRODUCT, vendorName="Alpitronic", model="Hypercharger HYC 200", firmwareVersion="hyc_v3.0.0")
        == []
    )
    assert told("reference-16-ac", chargePointVendor="Plugfest", chargePointModel="Reference 1.6 AC") == []


@pytest.mark.parametrize(
    ("product", "said"),
    [
        (campaigns.PRODUCT, {"vendorName": "Alpitronic", "model": "Hypercharger", "firmwareVersion": "hyc_v2.9.9"}),
        ("reference-16-ac", {"chargePointVendor": "Plugfest", "firmwareVersion": "hyc_v2.9.9"}),
    ],
)
def test_another_firmware_is_told(product: str, said: dict[str, object]) -> None:
    (sentence,) = told(product, **said)
    assert "firmware version 'hyc_v2.9.9', PICS " in sentence
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
def test_what_is_no_bootnotification_says_nothing(text: str) -> None:
    frames = [FrameEntry(at=0, direction="station", text=text)]
    assert list(identity_mismatch(campaigns.product(), frames)) == []
