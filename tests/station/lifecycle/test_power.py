"""Shutdown of a station."""

import asyncio

import pytest
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.ocpp.v201 import messages as m
from plugfest.station.lifecycle.power import SHUTDOWN_TIMEOUT


@pytest.mark.parametrize("listens", [True, False])
def test_a_shutdown_closes_the_connection_and_does_not_wait_long_for_the_csms(listens: bool) -> None:
    async def scenario() -> float:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            assert csms.peer is not None
            if not listens:
                csms.peer._websocket.transport.pause_reading()
            start = asyncio.get_running_loop().time()
            await station.close()
            assert not station.powered
            return asyncio.get_running_loop().time() - start

    assert run_simulated(scenario()) == pytest.approx(0 if listens else SHUTDOWN_TIMEOUT, abs=0.1)
