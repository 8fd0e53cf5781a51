"""The rules of OCPP 1.6 that need no more than a few words each."""

import pytest
from tests.lab.rules.cases import action
from tests.lab.v16.rules.talk import Talk, broken_at, reading, stamp

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.schedule_periods import schedule_periods
from plugfest.lab.settings import Tokens
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.v16.rules.energy_register import energy_in_time, energy_register
from plugfest.lab.v16.rules.every_case import rules
from plugfest.lab.v16.rules.meter_of_transaction import meter_of_transaction
from plugfest.lab.v16.rules.request_ids import firmware_request_id, log_request_id
from plugfest.lab.v16.rules.who_and_where import CONNECTOR, ID_TAG

VALID = Tokens().valid


def test_every_rule_has_a_name_of_its_own_and_a_requirement() -> None:
    every = rules(Ledger())
    assert len({rule.name for rule in every}) == len(every)
    assert all(rule.requirement for rule in every)


# Transactions


@pytest.mark.parametrize(
    ("name", "stops"),
    [
        ("the id that the CSMS gave", [{"transactionId": 8, "meterStop": 5}]),
        ("a transaction stops once", [{"meterStop": 5}, {"meterStop": 6}]),
        ("the meter runs forward", [{"meterStop": -5}]),
        ("time runs forward", [{"meterStop": 5, "timestamp": stamp(-60)}]),
    ],
)
def test_what_holds_for_every_transaction(name: str, stops: list[dict[str, object]]) -> None:
    talk = Talk()
    talk.start(10)
    (rule,) = (one for one in rules(talk.ledger) if one.name == name)
    assert broken_at(rule, talk) == []
    for stop in stops:
        talk.said(20, "StopTransaction", **({"transactionId": 7, "timestamp": stamp(20)} | stop))
    assert broken_at(rule, talk) == [len(talk.frames) - 2]


def test_a_right_transaction_breaks_no_rule() -> None:
    talk = Talk()
    talk.start(10, VALID.id_token)
    talk.meter(15, reading(15, 1), transactionId=7)
    talk.stop(20)
    actions = action(ActionKind.PLUG_IN, at=5.0), action(ActionKind.PRESENT_TOKEN, at=9.0, token=VALID)
    assert [rule.name for rule in rules(talk.ledger) if broken_at(rule, talk, *actions)] == []


def test_a_transaction_begins_for_who_was_there() -> None:
    presented = action(ActionKind.PRESENT_TOKEN, at=9.0, token=VALID)
    talk = Talk()
    talk.start(10, "stale")
    assert broken_at(ID_TAG, talk, presented) == [0]
    assert broken_at(ID_TAG, talk) == []  # nobody came: how it was authorized is another matter
    talk = Talk()
    talk.asked(5, "RemoteStartTransaction", idTag="STALE")
    talk.start(10, "stale")
    assert broken_at(ID_TAG, talk, presented) == []


def test_a_transaction_begins_where_the_cable_is() -> None:
    talk = Talk()
    talk.start(10, connector_id=2)
    assert broken_at(CONNECTOR, talk, action(ActionKind.PLUG_IN, at=5.0)) == [0]
    assert broken_at(CONNECTOR, talk, action(ActionKind.PLUG_IN, at=5.0, evse_id=2)) == []


# Registers


def metered(*values: object, **sample: object) -> Talk:
    talk = Talk()
    talk.start(0)
    for at, value in enumerate(values):
        talk.meter(at, reading(at, value, **sample), transactionId=7)
    return talk


def test_a_register_that_goes_down_is_found() -> None:
    for talk, frames in ((metered(5, 7, 7), []), (metered(5, 7, "6.2"), []), (metered(5, 7, "5.9"), [6])):
        assert broken_at(energy_register(talk.ledger), talk) == frames


def test_what_is_no_register_may_go_down_and_what_is_signed_cannot_be_read() -> None:
    for sample in ({"measurand": "Power.Active.Import"}, {"format": "SignedData"}):
        talk = metered(5, 4, **sample)
        assert broken_at(energy_register(talk.ledger), talk) == []
    talk = metered(5, "much")
    assert broken_at(energy_register(talk.ledger), talk) == []


def test_units_and_places_count() -> None:
    talk = Talk()
    talk.meter(1, reading(1, 900, unit="Wh"), reading(2, 1, unit="kWh"), reading(3, 5, location="Inlet"))
    assert broken_at(energy_register(talk.ledger), talk) == []
    talk.meter(4, reading(4, 998, location="Outlet"))
    assert broken_at(energy_register(talk.ledger), talk) == [2]


def test_the_readings_at_the_end_of_a_transaction_are_of_the_same_register() -> None:
    talk = metered(5)
    talk.stop(9, transactionData=[reading(9, 3)])
    assert broken_at(energy_register(talk.ledger), talk) == [4]


def test_a_transaction_begins_with_the_meter_where_the_last_one_left_it() -> None:
    talk = Talk()
    talk.start(0)
    talk.stop(9)
    talk.start(20)
    assert broken_at(energy_register(talk.ledger), talk) == [4]


def test_what_an_earlier_case_has_told_is_not_found_again() -> None:
    talk = Talk()
    talk.meter(1, reading(1, 900))
    talk.start(5)
    talk.stop(9)
    later = Talk()
    later.ledger = talk.ledger
    for _ in range(3):
        later.said(10, "Heartbeat", {"currentTime": "2026-01-01T00:00:00Z"})
    assert broken_at(energy_register(talk.ledger), talk) == [2]
    later.frames[:4] = []
    assert broken_at(energy_register(talk.ledger), later) == []


def test_energy_that_cannot_have_flowed_in_the_time_is_found() -> None:
    for values, frames in (((0, 1_050), []), ((0, 5_000), [4]), ((0, "1.05"), [])):
        talk = metered(*values)
        assert broken_at(energy_in_time(talk.ledger), talk) == frames
    talk = metered(0, 5, unit="kWh")
    assert broken_at(energy_in_time(talk.ledger), talk) == [4]


def ended(**context: object) -> Talk:
    talk = Talk()
    talk.start(0)
    talk.stop(9, transactionData=[reading(9, 3, **context)])
    return talk


def test_the_meter_of_a_transaction_is_told_alike_in_both_places() -> None:
    for context, frames in (
        ({"context": "Transaction.End"}, [2]),
        ({"context": "Transaction.Begin"}, [2]),
        ({"context": "Transaction.Begin", "measurand": "Voltage"}, []),
        ({"context": "Transaction.Begin", "phase": "L1"}, []),
        ({"context": "Sample.Periodic"}, []),
    ):
        talk = ended(**context)
        assert broken_at(meter_of_transaction(talk.ledger), talk) == frames
    talk = metered("0.4", context="Transaction.Begin")
    assert broken_at(meter_of_transaction(talk.ledger), talk) == []
    talk = metered(40, context="Transaction.Begin")
    assert broken_at(meter_of_transaction(talk.ledger), talk) == [2]


# Work that has a requestId

FIRMWARE = {
    "location": "http://x/y",
    "retrieveDateTime": "2026-01-01T00:00:00Z",
    "signingCertificate": "PEM",
    "signature": "AA==",
}
KINDS = [
    pytest.param(
        firmware_request_id,
        "SignedUpdateFirmware",
        {"firmware": FIRMWARE},
        "SignedFirmwareStatusNotification",
        "Downloading",
        id="firmware",
    ),
    pytest.param(
        log_request_id,
        "GetLog",
        {"logType": "SecurityLog", "log": {"remoteLocation": "http://x"}},
        "LogStatusNotification",
        "Uploading",
        id="log",
    ),
]


@pytest.mark.parametrize(("rule", "begin", "payload", "tell", "status"), KINDS)
@pytest.mark.parametrize(("told", "frames"), [({"requestId": 5}, []), ({"requestId": 6}, [2]), ({}, [2])])
def test_what_is_told_of_an_update_and_of_an_upload_names_its_request(
    rule: object,
    begin: str,
    payload: dict[str, object],
    tell: str,
    status: str,
    told: dict[str, object],
    frames: list[int],
) -> None:
    talk = Talk()
    talk.asked(1, begin, requestId=5, **payload)
    talk.said(2, tell, status=status, **told)
    assert callable(rule)
    assert broken_at(rule(), talk) == frames


# Schedules


@pytest.mark.parametrize(("starts", "frames"), [((0, 10), []), ((0, 10, 5), [1]), ((5,), [1]), ((), [1])])
def test_the_periods_of_a_composite_schedule_are_in_the_order_of_time(
    starts: tuple[int, ...], frames: list[int]
) -> None:
    talk = Talk()
    periods = [{"startPeriod": start, "limit": 16.0} for start in starts]
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    asked = talk.lab(0, "GetCompositeSchedule", connectorId=1, duration=60)
    talk.answers(1, asked, status="Accepted", connectorId=1, chargingSchedule=schedule)
    assert broken_at(schedule_periods("section 7.14"), talk) == frames
