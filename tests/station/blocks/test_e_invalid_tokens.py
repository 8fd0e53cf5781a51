"""Transactions whose token the CSMS does not accept (E05)."""

import asyncio
from pathlib import Path

import pytest
from tests.station.station_bench import CARD, StationBench, cable_first, product_variant, reply_invalid, run_on_bench


def test_token_not_accepted_in_the_response_ends_the_transaction() -> None:
    async def body(bench: StationBench) -> None:
        bench.csms.replies["TransactionEvent"] = reply_invalid
        await cable_first(bench)
        assert bench.transcript()[-1] == "Ended Deauthorized EVConnected because DeAuthorized"  # E05.FR.10

    run_on_bench(body, start="EVConnected", stop="Authorized", TxCtrlr__StopTxOnInvalidId="true")


def test_token_not_accepted_only_stops_the_energy_with_stop_point_ev_connected() -> None:
    async def body(bench: StationBench) -> None:
        bench.csms.replies["TransactionEvent"] = reply_invalid
        await cable_first(bench)
        assert bench.transcript()[-1] == "Updated Deauthorized EVConnected"  # E05.FR.09
        assert bench.hardware.evses[1].meter.read().power == 0

    run_on_bench(body, start="EVConnected", stop="EVConnected", TxCtrlr__StopTxOnInvalidId="true")


def test_token_not_accepted_suspends_the_energy() -> None:
    async def body(bench: StationBench) -> None:
        bench.csms.replies["TransactionEvent"] = reply_invalid
        await cable_first(bench)
        assert bench.transcript()[-1] == "Updated ChargingStateChanged SuspendedEVSE"  # E05.FR.02
        bench.csms.replies.pop("TransactionEvent")
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(2)
        assert bench.transcript()[-1] == "Ended StopAuthorized EVConnected because Local"

    run_on_bench(body, start="EVConnected", stop="Authorized", TxCtrlr__StopTxOnInvalidId="false")


def test_token_not_accepted_gets_max_energy_on_invalid_id(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.csms.replies["TransactionEvent"] = reply_invalid
        await cable_first(bench)
        assert bench.transcript()[-1] == "Updated ChargingStateChanged Charging"  # E05.FR.03
        await asyncio.sleep(600)
        assert bench.transcript()[-1] == "Updated ChargingStateChanged SuspendedEVSE"
        assert bench.hardware.evses[1].meter.read().energy_import == pytest.approx(5_000, abs=1)

    run_on_bench(
        body,
        product_variant(tmp_path, "alpitronic-hyc-200-eu", {"C-03": True}),
        start="EVConnected",
        TxCtrlr__StopTxOnInvalidId="false",
        TxCtrlr__MaxEnergyOnInvalidId="5000",
        SampledDataCtrlr__TxUpdatedInterval="0",
    )
