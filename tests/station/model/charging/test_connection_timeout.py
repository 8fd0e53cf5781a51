"""The time in which an authorized driver has to plug in."""

import asyncio
from pathlib import Path

from tests.station.blocks.test_e_cables import CARD, charge, detachable_cable, is_locked
from tests.station.station_bench import StationBench, run_on_bench

from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def test_a_driver_whose_cable_is_locked_in_the_socket_has_to_connect_the_ev_in_time(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1, "evse")
        bench.hardware.jam_lock(1, 1, jammed=True)
        bench.hardware.present_token("A", CARD, 1)
        await asyncio.sleep(120)
        bench.hardware.jam_lock(1, 1, jammed=False)
        bench.hardware.plug_in(1, 1, "ev")
        bench.hardware.present_token("B", CARD, 1)
        event = await bench.event(1)
        assert event.id_token is not None
        assert "B" in str(event.id_token)

    run_on_bench(body, detachable_cable(tmp_path), start="PowerPathClosed", TxCtrlr__EVConnectionTimeOut="60")


def test_a_remote_start_for_a_cable_that_is_still_locked_ends_without_an_ev(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        bench.hardware.unplug(1, 1, "ev")  # the first transaction ends, and its cable stays locked (E09.FR.03)
        await asyncio.sleep(5)
        assert is_locked(bench)
        token = t.IdTokenType(id_token="A", type=t.IdTokenEnumType.ISO14443)
        await bench.csms.call(m.RequestStartTransactionRequest(id_token=token, remote_start_id=1, evse_id=1))
        await asyncio.sleep(120)
        assert bench.transcript()[-1].startswith("Ended EVConnectTimeout")

    settings: dict[str, str] = {
        "TxCtrlr__EVConnectionTimeOut": "60",
        "OCPPCommCtrlr__UnlockOnEVSideDisconnect": "false",
    }
    product = detachable_cable(tmp_path)
    run_on_bench(body, product, start="Authorized", stop="EVConnected,Authorized", **settings)
