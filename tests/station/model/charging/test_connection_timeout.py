"""The time in which an authorized driver has to plug in."""

import asyncio
from pathlib import Path

from tests.station.blocks.test_e_cables import CARD, detachable_cable
from tests.station.station_bench import StationBench, run_on_bench


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
