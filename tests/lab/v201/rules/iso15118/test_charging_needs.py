"""The charging needs and the plan of an EV fit one another and the time."""

import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.v201.rules.iso15118.charging_needs import CHARGING_NEEDS

NEEDS, PLAN, REPEATED, ORDER = CHARGING_NEEDS

AC = {"energyAmount": 10000, "evMinCurrent": 6, "evMaxCurrent": 32, "evMaxVoltage": 230}
DC = {"evMaxCurrent": 300, "evMaxVoltage": 400}


def send_needs(record: StationRecord, at: float, transfer: str = "AC_three_phase", **parameters: object) -> None:
    needs = {"requestedEnergyTransfer": transfer} | (parameters or {"acChargingParameters": AC})
    payload = {"evseId": 1, "chargingNeeds": needs}
    record.request(at, "NotifyEVChargingNeeds", payload, {"status": "Rejected"})


def send_plan(
    record: StationRecord,
    at: float,
    *,
    base: float | None = None,
    phases: int = 3,
    starts: tuple[int, ...] = (0,),
    answered: bool = True,
) -> None:
    periods = [{"startPeriod": start, "limit": 6.0, "numberPhases": phases} for start in starts]
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    payload = {"timeBase": stamp(at if base is None else base), "evseId": 1, "chargingSchedule": schedule}
    record.request(at, "NotifyEVChargingSchedule", payload, {"status": "Accepted"} if answered else None)


@pytest.mark.parametrize(
    ("transfer", "parameters", "right"),
    [
        ("AC_three_phase", {"acChargingParameters": AC}, True),
        ("DC", {"dcChargingParameters": DC}, True),
        ("DC", {"acChargingParameters": AC}, False),
        ("AC_single_phase", {"acChargingParameters": AC, "dcChargingParameters": DC}, False),
        ("AC_single_phase", {"acChargingParameters": AC | {"evMinCurrent": 33}}, False),
        ("AC_single_phase", {"acChargingParameters": AC, "departureTime": stamp(100)}, True),
        ("AC_single_phase", {"acChargingParameters": AC, "departureTime": stamp(-100)}, False),
    ],
)
def test_the_parameters_fit_the_energy_transfer(transfer: str, parameters: dict[str, object], right: bool) -> None:
    record = StationRecord()
    record.event(1, "Authorized")
    send_needs(record, 2, transfer, **parameters)
    assert (violating_frames(NEEDS, record) == []) is right


@pytest.mark.parametrize(("base", "phases", "right"), [(5, 3, True), (-100, 3, False), (5, 4, False)])
def test_a_plan_begins_with_the_transaction_or_later(base: float, phases: int, right: bool) -> None:
    record = StationRecord()
    record.event(1, "CablePluggedIn", event_type="Started", evse={"id": 1, "connectorId": 1})
    send_plan(record, 6, base=base, phases=phases)
    assert (violating_frames(PLAN, record) == []) is right


@pytest.mark.parametrize(("starts", "right"), [((0, 60), True), ((30,), False), ((0, 60, 60), False)])
def test_the_periods_of_a_plan_begin_at_0_and_are_in_order(starts: tuple[int, ...], right: bool) -> None:
    record = StationRecord()
    send_plan(record, 6, starts=starts)
    assert (violating_frames(PLAN, record) == []) is right


@pytest.mark.parametrize(("base", "answered", "right"), [(1, True, False), (1, False, True), (2, True, True)])
def test_a_plan_is_sent_once_unless_it_is_not_answered(base: float, answered: bool, right: bool) -> None:
    record = StationRecord()
    send_plan(record, 1, answered=answered)
    send_plan(record, 2, base=base)
    assert (violating_frames(REPEATED, record) == []) is right


def test_the_needs_come_before_the_plan() -> None:
    record = StationRecord()
    send_needs(record, 1)
    send_plan(record, 2)
    assert violating_frames(ORDER, record) == []
    wrong = StationRecord()
    send_plan(wrong, 1)
    send_needs(wrong, 2)
    assert len(violating_frames(ORDER, wrong)) == 1


def test_after_a_start_offline_a_plan_may_come_first() -> None:
    record = StationRecord()
    record.event(1, "Authorized", offline=True)
    send_plan(record, 2)
    send_needs(record, 3)
    assert violating_frames(ORDER, record) == []
