"""The power path of an EVSE that switches phases."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from msgspec.structs import replace

from plugfest.clock import run_simulated
from plugfest.hardware.ports import HardwareEvent
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.hardware.virtual.spec import PHASE_PAUSE, ConnectorSpec, EvseSpec, StationSpec
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.events import ChargingState

SPEC = EvseSpec(connectors=(ConnectorSpec(fixed_cable=True),), phases=3, max_power=22_080, phase_counts=(1, 3))
REACTION = 2.0
"""Seconds until an EV is ready after an offer."""


def charging(body: Callable[[PowerPath, VirtualEvse], Coroutine[Any, Any, None]], spec: EvseSpec = SPEC) -> None:
    """Run `body` with an EV that charges on three phases."""

    async def scenario() -> None:
        hardware = VirtualHardware(StationSpec(evses=(spec,)))
        timers = Timers(lambda work, name: asyncio.create_task(work, name=name))
        path = PowerPath("EVSE 1", hardware.evses[1], timers, lambda: path.update_contactor())

        def update(event: HardwareEvent) -> None:
            asyncio.get_running_loop().call_soon(path.update_contactor)

        hardware.listen(update)
        hardware.plug_in(1, 1)
        assert path.deliver(1)
        await asyncio.sleep(REACTION)
        await body(path, hardware.evses[1])

    run_simulated(scenario())


def used(evse: VirtualEvse) -> int:
    return sum(current > 0 for current in evse.meter.read().currents)


def test_another_number_of_phases_begins_after_the_pause() -> None:
    async def body(path: PowerPath, evse: VirtualEvse) -> None:
        assert used(evse) == 3
        assert path.limit(3680, 1)
        assert path.charging_state(connected=True, energy_denied=False) is ChargingState.SUSPENDED_EVSE
        await asyncio.sleep(PHASE_PAUSE - 0.5)
        assert (evse.offered, evse.offered_phases) == (0, 3)
        await asyncio.sleep(0.5 + REACTION)
        assert used(evse) == 1
        assert path.charging_state(connected=True, energy_denied=False) is ChargingState.CHARGING

    charging(body)


def test_a_product_may_have_a_pause_of_its_own() -> None:
    async def body(path: PowerPath, evse: VirtualEvse) -> None:
        path.limit(3680, 1)
        await asyncio.sleep(29.5)
        assert evse.offered == 0
        await asyncio.sleep(0.5 + REACTION)
        assert used(evse) == 1

    charging(body, replace(SPEC, phase_pause=30.0))


def test_time_without_an_offer_counts_towards_the_pause() -> None:
    async def body(path: PowerPath, evse: VirtualEvse) -> None:
        path.limit(0, 3)
        await asyncio.sleep(PHASE_PAUSE + 1)
        path.limit(3680, 1)
        assert (evse.offered, evse.offered_phases) == (3680, 1)

    charging(body)


def test_an_ev_that_does_not_stop_is_cut_off_before_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(path: PowerPath, evse: VirtualEvse) -> None:
        connector = evse.connectors[1]
        monkeypatch.setattr(connector, "set_ready", lambda ready: None)
        path.limit(3680, 1)
        await asyncio.sleep(PHASE_PAUSE - 1)
        assert connector.contactor.closed
        await asyncio.sleep(2)
        assert not connector.contactor.closed
        await asyncio.sleep(PHASE_PAUSE - 2)
        assert (evse.offered, evse.offered_phases) == (0, 3)
        await asyncio.sleep(REACTION)
        assert used(evse) == 1

    charging(body)


def test_a_restart_within_the_pause_waits_for_its_end() -> None:
    async def body(path: PowerPath, evse: VirtualEvse) -> None:
        path.stop()
        path.limit(3680, 1)
        await asyncio.sleep(4)
        assert path.deliver(1)
        assert (evse.offered, evse.offered_phases) == (0, 3)
        await asyncio.sleep(PHASE_PAUSE - 4 + REACTION)
        assert used(evse) == 1

    charging(body)


def test_nothing_is_offered_after_a_stop_within_the_pause() -> None:
    async def body(path: PowerPath, evse: VirtualEvse) -> None:
        path.limit(3680, 1)
        path.stop()
        await asyncio.sleep(2 * PHASE_PAUSE)
        assert (evse.offered, used(evse)) == (0, 0)

    charging(body)


def test_a_cable_that_was_unlocked_without_an_offer_is_locked_before_energy_flows() -> None:
    async def body(path: PowerPath, evse: VirtualEvse) -> None:
        path.limit(0, 3)
        await asyncio.sleep(REACTION)
        path.unlock_cable()
        path.limit(11_000, 3)
        await asyncio.sleep(PHASE_PAUSE + REACTION)
        assert used(evse) == 3
        assert path.locked

    socket = ConnectorSpec(fixed_cable=False, retention_lock=True)
    charging(body, replace(SPEC, connectors=(socket,), phase_counts=(3,)))
