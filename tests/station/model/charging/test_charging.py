"""Charging sessions of one driver after another at one EVSE."""

import asyncio
from pathlib import Path

from tests.station.blocks.test_e_cables import CARD, charge, detachable_cable, is_locked, present
from tests.station.station_bench import StationBench, reply_invalid, run_on_bench


def test_the_driver_before_cannot_unlock_the_cable_of_a_driver_who_charges(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        accepts = bench.csms.replies.pop("TransactionEvent")
        bench.csms.replies["TransactionEvent"] = reply_invalid
        await charge(bench)  # A is deauthorized, and the cable stays locked for A (E05.FR.11)
        bench.csms.replies["TransactionEvent"] = accepts
        bench.hardware.present_token("B", CARD, 1)
        await asyncio.sleep(15)
        assert bench.hardware.evses[1].meter.read().power > 0
        await present(bench, "A")
        assert is_locked(bench)

    run_on_bench(body, detachable_cable(tmp_path), start="PowerPathClosed", stop="PowerPathClosed")
