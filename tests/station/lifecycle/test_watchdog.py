"""The watchdog restarts failed software."""

import logging

import pytest
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201.types import BootReasonEnumType
from plugfest.station.station import Station


def test_the_watchdog_restarts_failed_software(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            assert station.station is not None
            context = station.station.context
            context.device_model.provide("OCPPCommCtrlr", "HeartbeatInterval", lambda: "no number")
            context.device_model.put("OCPPCommCtrlr", "HeartbeatInterval", 1)
            boot = await csms.expect(m.BootNotificationRequest, 2)
            assert boot.reason is BootReasonEnumType.Watchdog
            await csms.expect(m.HeartbeatRequest)

    with caplog.at_level(logging.ERROR):
        run_simulated(scenario())
    assert "the watchdog restarts it" in caplog.text


def test_the_watchdog_restarts_software_that_fails_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    starts: list[Station] = []

    def fail_once(station: Station) -> None:
        starts.append(station)
        if len(starts) == 1:
            raise RuntimeError("not today")

    async def scenario() -> None:
        async with powered_station(on_start=fail_once) as (_, csms):
            boot = await csms.expect(m.BootNotificationRequest)
            assert boot.reason is BootReasonEnumType.Watchdog

    with caplog.at_level(logging.ERROR):
        run_simulated(scenario())
    assert len(starts) == 2
