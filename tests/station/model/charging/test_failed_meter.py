"""A meter that cannot be read: no energy flows, the transaction ends with what the meter has shown last."""

import asyncio

import pytest
from tests.station.station_bench import CARD, StationBench, cable_first, run_on_bench
from tests.station.v16.station_bench import station_bench

from plugfest.clock import run_simulated
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v16 import types as t16
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


@pytest.fixture(autouse=True)
def no_error(caplog: pytest.LogCaptureFixture) -> object:
    yield
    assert [record for record in caplog.records if record.exc_info] == []


def registers(event: m.TransactionEventRequest) -> list[tuple[str, float]]:
    """The context and the value of each register in an event."""
    assert isinstance(event.meter_value, list)
    return [
        (str(value.context), value.value)
        for each in event.meter_value
        for value in each.sampled_value
        if value.measurand == t.MeasurandEnumType.Energy_Active_Import_Register
    ]


def test_a_transaction_whose_meter_fails_ends_with_the_register_that_was_read_last() -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        await asyncio.sleep(600)
        read_last = registers(bench.events[-1])[-1][1]
        bench.hardware.fail_meter(1, failed=True)
        assert not await _closed_after_a_second(bench)
        end = bench.events[-1]
        assert (end.event_type, end.trigger_reason) == ("Ended", "AbnormalCondition")  # E06.FR.16
        assert registers(end)[-1] == ("Transaction.End", pytest.approx(read_last, abs=2000))
        assert registers(end)[-1][1] >= read_last > 0
        assert bench.connector_statuses()[-1] == "Faulted"

    run_on_bench(body, SampledDataCtrlr__TxUpdatedInterval="60")


async def _closed_after_a_second(bench: StationBench) -> bool:
    await asyncio.sleep(1)
    return bench.hardware.evses[1].connectors[1].contactor.closed


def test_no_energy_flows_until_the_meter_works_again() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.fail_meter(1, failed=True)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(2)
        bench.hardware.present_token("A", CARD, 1)
        await asyncio.sleep(30)
        assert not await _closed_after_a_second(bench)
        bench.hardware.fail_meter(1, failed=False)
        await asyncio.sleep(5)
        assert bench.connector_statuses()[-1] == "Occupied"
        bench.hardware.present_token("A", CARD, 1)
        await asyncio.sleep(20)
        assert await _closed_after_a_second(bench)

    run_on_bench(body)


def test_the_csms_gets_no_meter_values_of_a_failed_meter_and_all_other_answers() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.fail_meter(1, failed=True)
        trigger = m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.MeterValues, evse=t.EVSEType(id=1))
        assert (await bench.csms.call(trigger)).status in ("Rejected", "NotImplemented")
        data = t.GetVariableDataType(
            component=t.ComponentType(name="EVSE", evse=t.EVSEType(id=1)), variable=t.VariableType(name="Power")
        )
        result = await bench.csms.call(m.GetVariablesRequest(get_variable_data=[data]))
        assert result.get_variable_result[0].attribute_status in ("Accepted", "UnknownVariable")

    run_on_bench(body, AlignedDataCtrlr__Interval="60")


def test_a_16_transaction_stops_with_the_last_register_and_the_connector_reports_the_meter() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            await asyncio.sleep(600)
            bench.hardware.fail_meter(1, failed=True)
            stop = await bench.csms.expect(m16.StopTransactionRequest)
            start = await bench.csms.expect(m16.StartTransactionRequest)
            assert start.meter_start < stop.meter_stop
            await bench.status("Faulted")
            last = bench.csms.all(m16.StatusNotificationRequest)[-1]
            assert last.error_code == t16.StatusNotificationErrorCode.PowerMeterFailure

    run_simulated(scenario())


def test_a_16_transaction_that_a_power_loss_ends_has_a_register_though_the_meter_has_failed() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            await asyncio.sleep(600)
            await bench.station.power_off()
            bench.hardware.power_off()
            bench.hardware.fail_meter(1, failed=True)
            bench.station.power_on()
            stop = await bench.csms.expect(m16.StopTransactionRequest)
            start = bench.csms.all(m16.StartTransactionRequest)[0]
            assert stop.meter_stop >= start.meter_start
            assert stop.reason == t16.StopTransactionReason.PowerLoss

    run_simulated(scenario())
