"""A station is not accused of what belongs to the time before the lab, and the campaign goes on."""

from collections.abc import Iterable

import pytest
from tests.rig.preparation.changed_frames import Change, Message
from tests.rig.time_before.earlier_csms import Situation, campaign_after, findings
from tests.rig.time_before.situations import (
    SITUATIONS,
    charging,
    charging_offline,
    session_offline,
    updating_firmware_later,
)

CASES = {"reference-ac": "TC_E_04", "reference-16-ac": "TC_004_1"}


@pytest.mark.parametrize("product", CASES)
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
def test_whatever_another_csms_has_left_the_station_has_no_finding_and_the_case_passes(
    situation: Situation, product: str
) -> None:
    outcome = campaign_after(situation, product, CASES[product])
    assert findings(outcome) == []
    assert [result.verdict for result in outcome.results] == ["PASS"]


def _with(**fields: object) -> Change:
    """The requests with other values."""

    def change(message: Message) -> Iterable[Message]:
        return ([*message[:3], message[3] | fields],) if len(message) == 4 else (message,)

    return change


def _ended(**info: object) -> Change:
    """The Ended event with another seqNo or transactionInfo."""

    def change(message: Message) -> Iterable[Message]:
        if len(message) == 4 and message[3]["eventType"] == "Ended":
            message[3]["seqNo"] += info.pop("gap", 0)
            message[3]["transactionInfo"] |= info
        return (message,)

    return change


def _next_request_id(message: Message) -> Iterable[Message]:
    message[3]["requestId"] += message[3]["status"] == "Installed"
    return (message,)


@pytest.mark.parametrize(
    ("situation", "product", "action", "change", "rule"),
    [
        (charging, "reference-ac", "TransactionEvent", _ended(gap=2), "seqNo without gaps"),
        (session_offline, "reference-ac", "TransactionEvent", _ended(gap=2), "seqNo without gaps"),
        (
            charging_offline,
            "reference-ac",
            "TransactionEvent",
            _ended(chargingState="Charging"),
            "no energy after the end of a transaction",
        ),
        (
            updating_firmware_later,
            "reference-ac",
            "FirmwareStatusNotification",
            _next_request_id,
            "requestId in every firmware status",
        ),
        (
            charging,
            "reference-16-ac",
            "StopTransaction",
            _with(meterStop=0),
            "energy register never decreases in a transaction",
        ),
        (session_offline, "reference-16-ac", "StopTransaction", _with(meterStop=-5), "meterStop not below meterStart"),
    ],
)
def test_what_the_lab_has_seen_of_such_a_station_is_judged(
    situation: Situation, product: str, action: str, change: Change, rule: str
) -> None:
    outcome = campaign_after(situation, product, CASES[product], {action: change})
    assert f"every case: {rule}" in {finding.step for finding in outcome.findings if finding.fails}
