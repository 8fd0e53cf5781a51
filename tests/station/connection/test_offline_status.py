"""Connector statuses reported after being offline (B04)."""

import asyncio

import pytest
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.ocpp.v201 import messages as m


@pytest.mark.parametrize(("offline", "reported"), [(30, 1), (90, 2)])
def test_after_a_short_offline_period_only_changes_are_reported(offline: float, reported: int) -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            station.network_off()
            assert isinstance(station.hardware, VirtualHardware)
            station.hardware.plug_in(1, 1)
            await asyncio.sleep(offline)
            before = len(csms.all(m.StatusNotificationRequest))
            station.network_on()
            await csms.until(lambda: len(csms.handshakes) == 2)
            await asyncio.sleep(5)
            assert len(csms.all(m.StatusNotificationRequest)) - before == reported

    run_simulated(scenario())


def test_a_change_at_the_moment_of_the_loss_is_reported() -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            assert csms.peer is not None
            assert isinstance(station.hardware, VirtualHardware)
            await csms.peer.close()
            station.hardware.plug_in(1, 1)
            before = len(csms.all(m.StatusNotificationRequest))
            await csms.until(lambda: len(csms.handshakes) == 2)
            await asyncio.sleep(5)
            assert len(csms.all(m.StatusNotificationRequest)) - before == 1

    run_simulated(scenario())
