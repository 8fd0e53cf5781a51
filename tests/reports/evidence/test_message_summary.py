"""The main values of a message."""

import pytest

from plugfest.ocpp.versions import V16, V201
from plugfest.reports.evidence import message_summary


@pytest.mark.parametrize(
    ("action", "payload", "words"),
    [
        (
            "TransactionEvent",
            {"eventType": "Started", "seqNo": 0, "evse": {"id": 1}, "transactionInfo": {"chargingState": "Idle"}},
            ("Started", "seqNo 0", "EVSE 1", "Idle"),
        ),
        (
            "StatusNotification",
            {"connectorId": 1, "errorCode": "NoError", "status": "Charging"},
            ("connector 1", "Charging"),
        ),
        (
            "SetVariables",
            {
                "setVariableData": [
                    {
                        "component": {"name": "TxCtrlr"},
                        "variable": {"name": "TxStartPoint"},
                        "attributeValue": "Authorized",
                    }
                ]
            },
            ("TxCtrlr.TxStartPoint = Authorized",),
        ),
        ("NotifyReport", {"seqNo": 3, "tbc": False}, ("seqNo 3", "tbc false")),
        (
            "RequestStopTransaction",
            {"transactionId": "2288769c-a2c1-423d-9388-57b76a8ddbb4"},
            ("transaction 2288769c…",),
        ),
        ("Heartbeat", {}, ()),
        ("NobodyKnowsThis", {"status": "Odd", "other": 1}, ("Odd",)),
        ("Authorize", "no object", ()),
        ("GetVariables", {"getVariableData": "no list"}, ()),
    ],
)
def test_the_main_values_of_a_request(action: str, payload: object, words: tuple[str, ...]) -> None:
    assert message_summary.request_words(action, payload) == words


@pytest.mark.parametrize(
    ("action", "payload", "words"),
    [
        ("Reset", {"status": "Rejected", "statusInfo": {"reasonCode": "NotNow"}}, ("Rejected", "NotNow")),
        ("Authorize", {"idTokenInfo": {"status": "Invalid"}}, ("Invalid",)),
        ("SetVariables", {"setVariableResult": [{"attributeStatus": "Accepted"}] * 3}, ("Accepted",)),
        ("TransactionEvent", {}, ()),
        (
            "GetCompositeSchedule",
            {"status": "Accepted", "schedule": {"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}]}},
            ("Accepted", "16 from 0 s"),
        ),
    ],
)
def test_the_main_values_of_a_response(action: str, payload: object, words: tuple[str, ...]) -> None:
    assert message_summary.response_words(action, payload) == words


def test_a_series_key_has_no_counters() -> None:
    first, second = ({"eventType": "Updated", "seqNo": number} for number in (1, 2))
    assert message_summary.series_key(message_summary.REQUEST_TEMPLATES, "TransactionEvent", first) == ("Updated",)
    assert message_summary.series_key(message_summary.REQUEST_TEMPLATES, "TransactionEvent", second) == ("Updated",)


@pytest.mark.parametrize("table", [message_summary.REQUEST_TEMPLATES, message_summary.RESPONSE_TEMPLATES])
def test_the_templates_are_for_actions_of_ocpp(table: message_summary.Templates) -> None:
    assert table.keys() <= V16.requests.keys() | V201.requests.keys()
