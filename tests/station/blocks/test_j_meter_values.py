"""Meter values on the wire (J01, J02)."""

import asyncio
import base64
from itertools import pairwise
from pathlib import Path

import pytest
from tests.station.station_bench import HYC, StationBench, product_variant, run_on_bench

from plugfest.clock import utc_now
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ChargingSchedule,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    SchedulePeriod,
)

CT4000 = "chargepoint-ct4000"
ENERGY = "Energy.Active.Import.Register"


async def charge(bench: StationBench, seconds: float = 15) -> None:
    bench.hardware.plug_in(1, 1)
    bench.hardware.present_token("A", "ISO14443", 1)
    await asyncio.sleep(seconds)


def contexts(event: m.TransactionEventRequest) -> list[str]:
    """The context of each meter value."""
    return [value.sampled_value[0].context.value for value in given(event.meter_value) or []]


def measurands(values: list[t.MeterValueType]) -> list[str]:
    return [sample.measurand.value for value in values for sample in value.sampled_value]


def of(bench: StationBench, trigger: str) -> list[m.TransactionEventRequest]:
    return [event for event in bench.events if event.trigger_reason.value == trigger]


def test_values_of_the_start_come_with_the_first_event_that_knows_the_evse() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.present_token("A", "ISO14443")
        await asyncio.sleep(1)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(15)
        assert [contexts(event) for event in bench.events] == [[], ["Transaction.Begin"], []]  # E01.FR.17

    run_on_bench(body, start="Authorized")


def test_values_of_the_start_come_with_the_start_where_the_evse_is_known() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        assert contexts(bench.events[0]) == ["Transaction.Begin"]  # E01.FR.09
        assert measurands(bench.events[0].meter_value) == [ENERGY, "Power.Active.Import"]

    run_on_bench(body, start="EVConnected", SampledDataCtrlr__TxStartedMeasurands=f"{ENERGY},Power.Active.Import")


def test_periodic_values_come_at_their_interval() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench, 65)
        periodic = of(bench, "MeterValuePeriodic")  # J02.FR.11
        times = [event.timestamp.timestamp() for event in periodic]
        assert [later - earlier for earlier, later in pairwise(times)] == pytest.approx([10] * 5)
        assert contexts(periodic[0]) == ["Sample.Periodic"]
        registers = [event.meter_value[0].sampled_value[0].value for event in periodic]
        assert registers == sorted(registers)  # J02.FR.16
        assert registers[-1] > registers[0]

    run_on_bench(body, start="EVConnected", SampledDataCtrlr__TxUpdatedInterval="10")


def test_no_periodic_values_come_with_an_interval_of_zero_until_it_is_set() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench, 60)
        assert of(bench, "MeterValuePeriodic") == []
        await bench.set("SampledDataCtrlr.TxUpdatedInterval", "10")
        await asyncio.sleep(25)
        assert len(of(bench, "MeterValuePeriodic")) == 2

    run_on_bench(body, start="EVConnected", SampledDataCtrlr__TxUpdatedInterval="0")


def test_last_event_holds_values_of_start_interval_and_end() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench, 35)
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(1)
        ended = bench.events[-1]
        assert contexts(ended) == [  # E06.FR.11
            "Transaction.Begin",
            "Sample.Periodic",
            "Sample.Periodic",
            "Sample.Periodic",
            "Transaction.End",
        ]

    run_on_bench(body, start="EVConnected", stop="Authorized", SampledDataCtrlr__TxEndedInterval="10")


def test_last_event_holds_start_and_end_only_with_an_interval_of_zero() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench, 35)
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(1)
        assert contexts(bench.events[-1]) == ["Transaction.Begin", "Transaction.End"]

    run_on_bench(body, start="EVConnected", stop="Authorized", SampledDataCtrlr__TxEndedInterval="0")


def test_last_event_holds_clock_aligned_values() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench, 35)
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(1)
        ended = bench.events[-1]
        assert set(contexts(ended)) == {"Sample.Clock"}
        assert all(value.timestamp.timestamp() % 10 == 0 for value in ended.meter_value)

    run_on_bench(
        body,
        start="EVConnected",
        stop="Authorized",
        AlignedDataCtrlr__TxEndedInterval="10",
        SampledDataCtrlr__TxEndedMeasurands="",
    )


def test_clock_aligned_values_come_at_round_times_from_every_evse() -> None:
    async def body(bench: StationBench) -> None:
        await asyncio.sleep(65)
        requests = bench.csms.all(m.MeterValuesRequest)
        assert {request.evse_id for request in requests} == {1, 2}  # J01.FR.14
        times = sorted({request.meter_value[0].timestamp.timestamp() for request in requests})
        assert [later - earlier for earlier, later in pairwise(times)] == [20.0] * (len(times) - 1)
        assert times[0] % 20 == 0
        assert requests[0].meter_value[0].sampled_value[0].context is t.ReadingContextEnumType.Sample_Clock

    run_on_bench(body, AlignedDataCtrlr__Interval="20")


def test_clock_aligned_values_of_a_transaction_come_with_its_events() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench, 65)
        clock = of(bench, "MeterValueClock")  # J01.FR.22
        assert len(clock) == 3
        assert contexts(clock[0]) == ["Sample.Clock"]
        assert {request.evse_id for request in bench.csms.all(m.MeterValuesRequest)} == {2}

    run_on_bench(body, start="EVConnected", AlignedDataCtrlr__Interval="20")


def test_clock_aligned_values_can_be_kept_for_idle_times(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench, 100)
        assert bench.csms.all(m.MeterValuesRequest) == []  # J01.FR.20
        assert of(bench, "MeterValueClock") == []
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(25)
        assert len(bench.csms.all(m.MeterValuesRequest)) == 2

    product = product_variant(tmp_path, HYC, {"C-28": True})
    run_on_bench(
        body,
        product,
        start="EVConnected",
        stop="Authorized",
        AlignedDataCtrlr__SendDuringIdle="true",
        AlignedDataCtrlr__Interval="20",
    )


def test_phases_used_are_reported_for_alternating_current() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench, 25)
        charging = next(event for event in bench.events if given(event.transaction_info.charging_state) == "Charging")
        assert charging.number_of_phases_used == 1  # E02.FR.18
        values = {s.measurand.value: s for s in of(bench, "MeterValuePeriodic")[0].meter_value[0].sampled_value}
        assert values["Voltage"].value == 230.0
        assert values["Power.Factor"].value == 0.98
        assert values["Power.Active.Import"].value == pytest.approx(7360 * 0.98)

    run_on_bench(
        body,
        CT4000,
        start="EVConnected",
        SampledDataCtrlr__TxUpdatedInterval="20",
        SampledDataCtrlr__TxUpdatedMeasurands="Voltage,Power.Factor,Power.Active.Import",
    )


def test_another_number_of_phases_is_reported_when_it_carries_current() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench, 25)
        running = bench.station.station
        assert running is not None
        schedule = ChargingSchedule(unit=RateUnit.AMPERE, periods=(SchedulePeriod(0, 16, 1),), start=utc_now())
        running.context.shared.get(ChargingProfiles).put(
            ChargingProfile(
                id=1,
                evse_id=1,
                stack_level=0,
                purpose=ProfilePurpose.TX_DEFAULT,
                kind=ProfileKind.ABSOLUTE,
                schedule=schedule,
            )
        )
        await asyncio.sleep(20)
        reported = [
            (given(event.transaction_info.charging_state), given(event.number_of_phases_used)) for event in bench.events
        ]
        assert reported[-4:] == [
            ("Charging", 3),
            ("SuspendedEVSE", None),
            ("EVConnected", None),
            ("Charging", 1),  # E02.FR.19
        ]
        assert bench.hardware.evses[1].meter.read().currents == pytest.approx((16, 0, 0))

    run_on_bench(body, "reference-ac", start="EVConnected")


def test_readings_are_signed_if_configured(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench, 15)
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(1)
        begin, *end = [_signed(value) for event in (bench.events[0], bench.events[-1]) for value in event.meter_value]
        assert base64.b64decode(begin.signed_meter_data).startswith(b"OCMF|")  # J02.FR.21
        assert base64.b64decode(begin.public_key).startswith(b"oca:base16:asn1:")
        assert [each.public_key for each in end] == ["", ""]

    run_on_bench(
        body,
        product_variant(tmp_path, HYC, {"C-42": True}),
        start="EVConnected",
        stop="Authorized",
        SampledDataCtrlr__SignReadings="true",
        OCPPCommCtrlr__PublicKeyWithSignedMeterValue="OncePerTransaction",
    )


def _signed(value: t.MeterValueType) -> t.SignedMeterValueType:
    signed = value.sampled_value[0].signed_meter_value
    assert isinstance(signed, t.SignedMeterValueType)
    return signed
