"""Meter values read from the messages of a station."""

import json

import pytest
from msgspec.structs import replace
from tests.reports import conversations
from tests.reports.conversations import LAB, STATION, exchange

from plugfest.reports.evidence.meter_values import UNKNOWN_CONNECTOR, Sample, samples
from plugfest.reports.model.report import Report

BEGIN = (0.0, LAB, '[2,"0","Reset",{}]')  # times count from the first frame
REGISTER = "Energy.Active.Import.Register"


def event(run: str, *values: dict[str, object], evse: dict[str, int] | None = None, time: str = "") -> str:
    """A TransactionEvent with these sampled values."""
    payload: dict[str, object] = {"transactionInfo": {"transactionId": run}}
    if values:
        payload["meterValue"] = [{"sampledValue": list(values)} | ({"timestamp": time} if time else {})]
    return json.dumps(payload | ({"evse": evse} if evse else {}))


def of_event(*values: dict[str, object], at: float = 1.0, time: str = "") -> list[Sample]:
    sent = exchange(at, STATION, 1, "TransactionEvent", event("T", *values, evse={"id": 1}, time=time))
    return samples(conversations.report(BEGIN, *sent))


def of_1_6(*sent: conversations.TimedFrame) -> Report:
    report = conversations.report(*sent)
    return replace(report, product=replace(report.product, ocpp_version="1.6"))


@pytest.mark.parametrize(
    ("value", "quantity", "amount"),
    [
        ({"value": 2500.0}, "energy", 2.5),
        ({"value": 2.5, "measurand": REGISTER, "unitOfMeasure": {"unit": "kWh"}}, "energy", 2.5),
        ({"value": 25, "measurand": REGISTER, "unitOfMeasure": {"unit": "Wh", "multiplier": 2}}, "energy", 2.5),
        ({"value": 11000.0, "measurand": "Power.Active.Import", "location": "Outlet"}, "power", 11.0),
        ({"value": "11", "measurand": "Power.Active.Import", "unit": "kW"}, "power", 11.0),
        ({"value": 16, "measurand": "Current.Import"}, "current", 16.0),
        ({"value": 2.3, "measurand": "Voltage", "unitOfMeasure": {"unit": "V", "multiplier": 2}}, "voltage", 230.0),
        ({"value": "81", "measurand": "SoC", "unit": "Percent", "location": "EV"}, "soc", 81.0),
    ],
)
def test_a_value_is_read_in_the_unit_of_its_quantity(value: dict[str, object], quantity: str, amount: float) -> None:
    (sample,) = of_event(value)
    assert (sample.connector, sample.quantity, sample.value) == ("EVSE 1", quantity, pytest.approx(amount))


@pytest.mark.parametrize(
    "value",
    [
        {"value": 7.0, "measurand": "Temperature"},
        {"value": 7.0, "measurand": "Voltage", "unitOfMeasure": {"unit": "A"}},
        {"value": 7.0, "measurand": "Power.Active.Import", "location": "Inlet"},
        {"value": 7.0, "measurand": REGISTER, "unitOfMeasure": {"unit": "varh"}},
        {"value": 7.0, "measurand": REGISTER, "unitOfMeasure": {"multiplier": 400}},
        {"value": 7.0, "measurand": REGISTER, "unitOfMeasure": {"multiplier": "x"}},
        {"value": 7.0, "measurand": REGISTER, "unitOfMeasure": {"unit": ["Wh"]}},
        {"value": "NaN"},
        {"value": "much"},
        {"value": None},
        {},
    ],
)
def test_a_value_that_cannot_be_decoded_is_omitted(value: dict[str, object]) -> None:
    assert of_event(value) == []


@pytest.mark.parametrize(
    "payload", ["[]", '{"meterValue":7}', '{"meterValue":[7]}', '{"meterValue":[{"sampledValue":{}}]}', '"\\ud800"']
)
def test_an_invalid_message_has_no_samples(payload: str) -> None:
    assert samples(conversations.report(*exchange(0, STATION, 1, "MeterValues", payload))) == []


def test_phases_are_added_up_where_there_is_no_total() -> None:
    phases = [
        {"value": 1000.0 * number, "measurand": "Power.Active.Import", "phase": f"L{number}"} for number in (1, 2, 3)
    ]
    total = {"value": 6100.0, "measurand": "Power.Active.Import"}
    assert [one.value for one in of_event(*phases)] == [pytest.approx(6.0)]
    assert [one.value for one in of_event(*phases, total)] == [pytest.approx(6.1)]


def test_phases_of_current_and_voltage_are_kept() -> None:
    phases = [
        *({"value": 10.0 + n, "measurand": "Current.Import", "phase": f"L{n}"} for n in (1, 2)),
        {"value": 231.0, "measurand": "Voltage", "phase": "L1-N"},
    ]
    assert [(one.quantity, one.phase, one.value) for one in of_event(*phases)] == [
        ("current", "L1", 11.0),
        ("current", "L2", 12.0),
        ("voltage", "L1-N", 231.0),
    ]


def test_a_transaction_keeps_the_evse_of_its_first_message() -> None:
    sent = [
        *exchange(1, STATION, 1, "TransactionEvent", event("T", evse={"id": 2, "connectorId": 1})),
        *exchange(2, STATION, 2, "TransactionEvent", event("T", {"value": 500.0})),
    ]
    assert [(one.connector, one.transaction_id) for one in samples(conversations.report(*sent))] == [("EVSE 2", "T")]


def test_connectors_of_one_evse_have_different_names() -> None:
    report = conversations.report(
        *exchange(1, STATION, 1, "TransactionEvent", event("T", {"value": 1.0}, evse={"id": 1, "connectorId": 2}))
    )
    first, *_ = report.claims.connectors
    two = replace(report.claims, connectors=(first, replace(first, connector=2)))
    assert [one.connector for one in samples(replace(report, claims=two))] == ["EVSE 1 connector 2"]


def test_an_evse_that_the_product_does_not_have_is_unknown() -> None:
    sent = exchange(1, STATION, 1, "TransactionEvent", event("T", {"value": 1.0}, evse={"id": 77}))
    assert [one.connector for one in samples(conversations.report(*sent))] == [UNKNOWN_CONNECTOR]


def test_meter_values_outside_of_transactions_belong_to_none() -> None:
    payload = '{"evseId":1,"meterValue":[{"sampledValue":[{"value":1000}]}]}'
    assert samples(conversations.report(BEGIN, *exchange(3, STATION, 1, "MeterValues", payload))) == [
        Sample(at=3, frame=1, connector="EVSE 1", quantity="energy", value=1.0, transaction_id=None)
    ]


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("2026-01-01T09:30:20Z", 20.0),  # it waited in a queue
        ("2026-01-01T10:30:20+01:00", 20.0),
        ("2026-01-01T09:31:42Z", 100.0),  # a clock that is two seconds ahead
        ("2025-01-01T09:30:20Z", 100.0),  # a clock that is wrong
        ("2026-01-01T09:40:00Z", 100.0),
        ("yesterday", 100.0),
        ("0001-01-01T00:00:00+14:00", 100.0),
    ],
)
def test_a_plausible_timestamp_of_the_station_is_used(time: str, at: float) -> None:
    assert [one.at for one in of_event({"value": 1.0}, at=100.0, time=time)] == [at]


def test_a_transaction_of_1_6_is_metered_from_its_start_to_its_stop() -> None:
    values = [{"sampledValue": [{"value": "1500"}]}]
    report = of_1_6(
        *exchange(
            1,
            STATION,
            1,
            "StartTransaction",
            '{"connectorId":2,"meterStart":1000}',
            '{"transactionId":5,"idTagInfo":{}}',
        ),
        *exchange(
            2, STATION, 2, "MeterValues", json.dumps({"connectorId": 2, "transactionId": 5, "meterValue": values})
        ),
        *exchange(3, STATION, 3, "StopTransaction", '{"transactionId":5,"meterStop":2000}'),
    )
    assert [(one.connector, one.value, one.transaction_id) for one in samples(report)] == [
        ("Connector 2", 1.0, "5"),
        ("Connector 2", 1.5, "5"),
        ("Connector 2", 2.0, "5"),
    ]


def test_only_messages_of_the_station_are_metered() -> None:
    assert samples(conversations.report(*exchange(1, LAB, 1, "MeterValues", '{"evseId":1,"meterValue":[]}'))) == []
