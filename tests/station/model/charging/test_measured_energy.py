"""Whether energy flows is measured: a changed measurement is examined as any other change."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.station.station_bench import CARD, StationBench, product_variant, reply_invalid, run_on_bench
from tests.station.v16.station_bench import CARD as CARD_16
from tests.station.v16.station_bench import station_bench

from plugfest.clock import run_simulated
from plugfest.hardware.virtual.quantities import Quantity
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def remote_start(bench: StationBench) -> m.RequestStartTransactionRequest:
    token = t.IdTokenType(id_token="A", type=t.IdTokenEnumType.ISO14443)
    return m.RequestStartTransactionRequest(id_token=token, remote_start_id=1, evse_id=1)


async def by_card(bench: StationBench) -> None:
    bench.hardware.present_token("A", CARD, 1)


async def remotely(bench: StationBench) -> None:
    assert (await bench.csms.call(remote_start(bench))).status == "Accepted"


@pytest.mark.parametrize("start", [by_card, remotely])
def test_a_transaction_starts_when_the_meter_measures_again_what_flows(start: Callable[[StationBench], object]) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.impose(1, Quantity.POWER, 0.0)
        bench.hardware.plug_in(1, 1)
        await start(bench)  # type: ignore[misc]
        await asyncio.sleep(60)
        assert bench.transcript() == []
        bench.hardware.impose(1, Quantity.POWER, None)
        await asyncio.sleep(5)
        assert bench.transcript() == [
            f"Started {'RemoteStart' if start is remotely else 'ChargingStateChanged'} Charging"
        ]  # E01.FR.06

    run_on_bench(body, start="EnergyTransfer", stop="EnergyTransfer")


def test_a_transaction_ends_when_the_meter_measures_that_nothing_flows() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await by_card(bench)
        await asyncio.sleep(60)
        bench.hardware.impose(1, Quantity.POWER, 0.0)
        await asyncio.sleep(5)
        assert bench.events[-1].event_type is t.TransactionEventEnumType.Ended  # E06.FR.07
        assert not bench.hardware.evses[1].connectors[1].contactor.closed

    run_on_bench(body, start="EnergyTransfer", stop="EnergyTransfer")


def test_an_energy_limit_holds_when_more_power_flows_than_before(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.csms.replies["TransactionEvent"] = reply_invalid
        bench.hardware.set_external_limit("EMS", 6000.0)
        bench.hardware.plug_in(1, 1)
        await by_card(bench)
        await asyncio.sleep(120)
        bench.hardware.set_external_limit("EMS", None)
        await asyncio.sleep(3600)
        assert bench.transcript()[-1] == "Updated ChargingStateChanged SuspendedEVSE"
        assert bench.hardware.evses[1].meter.read().energy_import == pytest.approx(5_000, abs=1)  # E05.FR.03

    run_on_bench(
        body,
        product_variant(tmp_path, "alpitronic-hyc-200-eu", {"C-03": True}),
        start="EVConnected",
        TxCtrlr__StopTxOnInvalidId="false",
        TxCtrlr__MaxEnergyOnInvalidId="5000",
        SampledDataCtrlr__TxUpdatedInterval="0",
    )


def test_the_status_of_a_16_connector_follows_what_the_meter_measures() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            bench.hardware.impose(1, Quantity.POWER, 0.0)
            await bench.status("SuspendedEV")
            bench.hardware.impose(1, Quantity.POWER, None)
            await bench.status("Charging")

    run_simulated(scenario())


def test_a_power_that_has_changed_at_the_start_of_a_reserved_transaction_is_reported_after_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario() -> None:
        async with station_bench("reference-16-ac") as bench:
            await bench.csms.call(
                m16.ReserveNowRequest(
                    connector_id=1, expiry_date=bench.csms.now() + timedelta(hours=1), id_tag=CARD_16, reservation_id=1
                )
            )
            bench.hardware.plug_in(1, 1)
            await asyncio.sleep(5)
            bench.csms.received.clear()

            bench.hardware.present_token(CARD_16, "ISO14443", 1)
            bench.hardware.evses[1].meter.impose(Quantity.POWER, 3000.0)  # its event is still to come
            await bench.csms.expect(m16.StartTransactionRequest)
            await bench.status("Charging")

    run_simulated(scenario())
    assert [record for record in caplog.records if record.exc_info] == []
