"""The sampled values of OCPP 2.0.1."""

import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.recording.record import Direction
from plugfest.lab.v201.rules.metering.configured_measurands import measurand_rules
from plugfest.lab.v201.rules.metering.sampled_values import CONTEXT, LOCATIONS_AND_PHASES, OMITTED_UNIT, UNIT

BEGIN, END = "Transaction.Begin", "Transaction.End"
REGISTER = "Energy.Active.Import.Register"
EVSE = {"id": 1, "connectorId": 1}


def event(
    record: StationRecord, seq_no: int, event_type: str, *contexts: str, reason: str = "", **value: object
) -> None:
    """An event with a sample in each context."""
    samples = [{"value": 1, "context": context} | value for context in contexts]
    values = [{"timestamp": stamp(seq_no), "sampledValue": samples}] if samples else None
    more = {} if values is None else {"meterValue": values}
    record.event(seq_no, reason or "ChargingStateChanged", seq_no=seq_no, event_type=event_type, evse=EVSE, **more)


@pytest.mark.parametrize(
    ("event_type", "reason", "contexts", "right"),
    [
        ("Started", "", (BEGIN,), True),
        ("Started", "", ("Sample.Periodic",), False),
        ("Started", "", (), True),
        ("Ended", "", ("Sample.Periodic", END), True),
        ("Ended", "", ("Sample.Clock",), True),
        ("Ended", "", ("Sample.Periodic",), False),
        ("Updated", "MeterValuePeriodic", ("Sample.Periodic",), True),
        ("Updated", "MeterValuePeriodic", ("Sample.Periodic", "Sample.Clock"), True),
        ("Updated", "MeterValuePeriodic", ("Sample.Clock",), False),
        ("Updated", "MeterValuePeriodic", ("Other",), False),
        ("Updated", "MeterValueClock", ("Sample.Clock",), True),
        ("Updated", "Trigger", ("Trigger",), True),
        ("Updated", "Trigger", ("Other",), False),
        ("Updated", "", ("Trigger",), False),
        ("Updated", "", ("Interruption.Begin",), True),
        ("Updated", "", (BEGIN,), True),
        ("Updated", "", (END,), False),
    ],
)
def test_the_context_is_that_of_the_event(event_type: str, reason: str, contexts: tuple[str, ...], right: bool) -> None:
    record = StationRecord()
    event(record, 0, event_type, *contexts, reason=reason)
    assert (violating_frames(CONTEXT, record) == []) is right


def test_a_transaction_begins_once() -> None:
    record = StationRecord()
    event(record, 0, "Started", BEGIN)
    event(record, 1, "Updated", BEGIN)
    assert violating_frames(CONTEXT, record) == [2]


def test_an_omitted_context_is_periodic() -> None:
    record = StationRecord()
    values = [{"timestamp": stamp(0), "sampledValue": [{"value": 1}]}]
    record.event(0, event_type="Started", meterValue=values)
    assert violating_frames(CONTEXT, record) == [0]


def test_units_and_locations_are_those_of_the_evse() -> None:
    record = StationRecord()
    event(record, 0, "Started", BEGIN, unitOfMeasure={"unit": "W"})
    event(record, 1, "Updated", "Other", location="EV")
    event(record, 2, "Updated", "Other", measurand="Voltage")
    assert violating_frames(UNIT, record) == [0]
    assert violating_frames(LOCATIONS_AND_PHASES, record) == [2]
    assert violating_frames(OMITTED_UNIT, record) == [4]


# Configured measurands

CONFIGURED = {
    "SampledDataCtrlr.TxStartedMeasurands": (REGISTER,),
    "SampledDataCtrlr.TxUpdatedMeasurands": (REGISTER, "SoC"),
    "SampledDataCtrlr.TxEndedMeasurands": (REGISTER,),
    "AlignedDataCtrlr.Measurands": ("Voltage",),
}
MEASURANDS, AT_START, LATE_START, AT_END = measurand_rules(lambda name: CONFIGURED.get(name, ()))


@pytest.mark.parametrize(
    ("event_type", "context", "measurand", "right"),
    [
        ("Started", BEGIN, REGISTER, True),
        ("Started", BEGIN, "SoC", False),
        ("Updated", "Sample.Periodic", "SoC", True),
        ("Updated", "Sample.Clock", "Voltage", True),
        ("Updated", "Sample.Periodic", "Frequency", False),
        ("Ended", END, "SoC", False),
    ],
)
def test_the_measurands_are_configured(event_type: str, context: str, measurand: str, right: bool) -> None:
    record = StationRecord()
    event(record, 0, event_type, context, measurand=measurand)
    assert (violating_frames(MEASURANDS, record) == []) is right


def test_meter_values_requests_have_aligned_measurands() -> None:
    record = StationRecord()
    for at, measurand in enumerate(("Voltage", REGISTER)):
        value = {"timestamp": stamp(at), "sampledValue": [{"value": 1, "measurand": measurand}]}
        record.request(at, "MeterValues", {"evseId": 1, "meterValue": [value]}, {})
    assert violating_frames(MEASURANDS, record) == [2]


def test_nothing_is_judged_without_known_variables() -> None:
    record = StationRecord()
    event(record, 0, "Started", BEGIN, measurand="SoC")
    event(record, 1, "Ended")
    for rule in measurand_rules(lambda _: ()):
        assert violating_frames(rule, record) == []


def test_events_before_the_last_configuration_are_not_judged() -> None:
    record = StationRecord()
    event(record, 0, "Started", BEGIN, measurand="SoC")
    data = {"component": {"name": "SampledDataCtrlr"}, "variable": {"name": "X"}, "attributeValue": "1"}
    record.add(Direction.FROM_LAB, 1, [2, "set", "SetVariables", {"setVariableData": [data]}])
    assert violating_frames(MEASURANDS, record) == []


def test_the_register_is_in_the_first_and_the_last_event() -> None:
    record = StationRecord()
    event(record, 0, "Started")
    event(record, 1, "Ended", END, measurand="SoC")
    assert violating_frames(AT_START, record) == [0]
    assert violating_frames(AT_END, record) == [2]


def test_the_register_is_not_needed_before_the_evse_is_known() -> None:
    record = StationRecord()
    record.event(0, event_type="Started")
    event(record, 1, "Ended", END)
    assert violating_frames(AT_START, record) == []
    assert violating_frames(AT_END, record) == []


def without_evse(*contexts: str) -> StationRecord:
    """A transaction whose EVSE is not known at the start, with these meter values after that."""
    record = StationRecord()
    record.event(0, "Authorized", event_type="Started")
    for number, context in enumerate(contexts, 1):
        sample = {"value": 1.0, "measurand": REGISTER, "context": context}
        values = [{"timestamp": stamp(number), "sampledValue": [sample]}]
        record.event(number, "CablePluggedIn", seq_no=number, meterValue=values, evse={"id": 1, "connectorId": 1})
    record.event(10, seq_no=len(contexts) + 1, info={"chargingState": "Charging"})
    return record


def test_the_values_of_the_start_come_until_charging_starts_if_the_evse_was_not_known() -> None:
    assert violating_frames(LATE_START, without_evse(BEGIN)) == []
    assert violating_frames(LATE_START, without_evse("Other")) == [4]
    assert violating_frames(LATE_START, without_evse()) == [2]


def test_the_values_of_the_start_may_come_in_an_event_of_their_own() -> None:
    record = without_evse()
    sample = {"value": 1.0, "measurand": REGISTER, "context": BEGIN}
    values = [{"timestamp": stamp(10), "sampledValue": [sample]}]
    record.event(10, "Authorized", seq_no=2, meterValue=values)
    assert violating_frames(LATE_START, record) == []


def test_the_values_of_the_start_do_not_come_late_with_the_end() -> None:
    record = without_evse()
    sample = {"value": 1.0, "measurand": REGISTER, "context": BEGIN}
    record.event(
        11,
        "StopAuthorized",
        event_type="Ended",
        seq_no=2,
        meterValue=[{"timestamp": stamp(1), "sampledValue": [sample]}],
    )
    assert violating_frames(LATE_START, record) == [2]
