"""The physical model of the virtual hardware."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from plugfest.clock import run_simulated
from plugfest.hardware.ports import (
    BayChanged,
    FlowChanged,
    HardwareError,
    HardwareEvent,
    Pilot,
    StoredData,
    TokenPresented,
)
from plugfest.hardware.virtual.ev import Ev
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.hardware.virtual.spec import ConnectorSpec, EvseSpec, StationSpec
from plugfest.hardware.virtual.station import VirtualHardware

FIXED_DC = EvseSpec(
    connectors=(ConnectorSpec(fixed_cable=True),), phases=0, max_power=100_000, reports_state_of_charge=True
)
SOCKET_AC = EvseSpec(connectors=(ConnectorSpec(retention_lock=True),), phases=3, max_power=11_040, bay_sensor=True)
SWITCHABLE_AC = EvseSpec(connectors=(ConnectorSpec(),), phases=3, max_power=11_040, phase_counts=(1, 3))
ACCESS_LOCK_AC = EvseSpec(connectors=(ConnectorSpec(access_lock=True),), phases=1, max_power=3_680)


def simulated(body: Coroutine[Any, Any, None]) -> None:
    run_simulated(body)


def station(*evses: EvseSpec, ev: Ev | None = None, grid_meter: bool = False) -> VirtualHardware:
    return VirtualHardware(StationSpec(evses=evses, grid_meter=grid_meter), lambda: ev or Ev())


async def charge(hardware: VirtualHardware, evse_id: int = 1) -> VirtualEvse:
    """Plug in, offer the maximum power, close the contactor."""
    evse = hardware.evses[evse_id]
    hardware.plug_in(evse_id, 1)
    evse.offer(evse.max_power)
    await asyncio.sleep(2)
    evse.connectors[1].contactor.close()
    return evse


def test_a_fault_of_a_storage_makes_its_data_unavailable_until_it_is_cleared() -> None:
    async def run() -> None:
        hardware = station(FIXED_DC)
        hardware.set_available(StoredData.LOGS, available=False)
        assert [hardware.is_available(data) for data in StoredData] == [True, False]
        hardware.power_off()
        assert not hardware.is_available(StoredData.LOGS)
        hardware.set_available(StoredData.LOGS, available=True)
        assert all(hardware.is_available(data) for data in StoredData)

    simulated(run())


def test_meter_integrates_power_over_time() -> None:
    async def run() -> None:
        evse = await charge(station(FIXED_DC))
        await asyncio.sleep(360)
        assert evse.meter.read().energy_import == pytest.approx(10_000, rel=1e-6)

    simulated(run())


def test_battery_follows_the_charge_curve_and_the_ev_stops_when_it_is_full() -> None:
    async def run() -> None:
        ev = Ev(capacity=60_000, state_of_charge=20)
        evse = await charge(station(FIXED_DC, ev=ev))
        await asyncio.sleep(4 * 3600)
        assert ev.state_of_charge == 100.0
        assert evse.meter.read().energy_import == pytest.approx(48_000, rel=1e-6)
        assert evse.meter.read().power == 0
        assert evse.connectors[1].pilot is Pilot.EV_CONNECTED

    simulated(run())


def test_ev_draws_less_at_a_higher_state_of_charge() -> None:
    async def run() -> None:
        evse = await charge(station(FIXED_DC, ev=Ev(capacity=60_000, state_of_charge=79)))
        assert evse.meter.read().power == pytest.approx(100_000)
        await asyncio.sleep(60)
        assert evse.state_of_charge is not None
        assert evse.state_of_charge > 80
        assert evse.meter.read().power == pytest.approx(60_000)

    simulated(run())


def test_a_lower_offer_reduces_the_current() -> None:
    async def run() -> None:
        evse = await charge(station(SOCKET_AC))
        assert evse.meter.read().currents == pytest.approx((16, 16, 16))
        evse.offer(4_140)
        reading = evse.meter.read()
        assert reading.currents == pytest.approx((6, 6, 6))
        assert reading.power == pytest.approx(4_140 * reading.power_factor)

    simulated(run())


def test_single_phase_ev_draws_no_more_than_the_offered_current_from_one_phase() -> None:
    async def run() -> None:
        evse = await charge(station(SOCKET_AC, ev=Ev(ac_phases=1)))
        assert evse.meter.read().currents == pytest.approx((16, 0, 0))
        evse.offer(4_140)
        assert evse.meter.read().currents == pytest.approx((6, 0, 0))

    simulated(run())


def test_an_offer_on_one_phase_charges_the_ev_on_one_phase() -> None:
    async def run() -> None:
        hardware = station(SWITCHABLE_AC)
        received: list[HardwareEvent] = []
        hardware.listen(received.append)
        evse = await charge(hardware)
        evse.offer(0.0)
        evse.connectors[1].contactor.open()
        await asyncio.sleep(evse.phase_pause)
        evse.offer(11_040, 1)
        await asyncio.sleep(2)
        evse.connectors[1].contactor.close()
        reading = evse.meter.read()
        assert reading.currents == pytest.approx((16, 0, 0))
        assert reading.power == pytest.approx(3_680 * reading.power_factor)
        assert (evse.offered, evse.offered_phases) == (3_680, 1)
        assert received.count(FlowChanged(1)) == 3

    simulated(run())


def test_phases_are_not_switched_under_load() -> None:
    async def run() -> None:
        evse = await charge(station(SWITCHABLE_AC))
        with pytest.raises(HardwareError, match="EVSE 1 does not switch phases under load"):
            evse.offer(3_680, 1)
        assert evse.meter.read().currents == pytest.approx((16, 16, 16))
        with pytest.raises(ValueError, match="EVSE 1 cannot offer 3680 W on 2 phases"):
            evse.offer(3_680, 2)

    simulated(run())


def test_register_survives_a_power_loss_that_opens_the_contactor() -> None:
    async def run() -> None:
        hardware = station(FIXED_DC)
        evse = await charge(hardware)
        await asyncio.sleep(36)
        hardware.power_off()
        assert not evse.connectors[1].contactor.closed
        await asyncio.sleep(3600)
        assert evse.meter.read().energy_import == pytest.approx(1_000, rel=1e-6)

    simulated(run())


def test_suspended_ev_leaves_the_pilot_in_b_until_it_resumes() -> None:
    async def run() -> None:
        hardware = station(FIXED_DC)
        hardware.ev_suspend(1)
        hardware.plug_in(1, 1)
        evse = hardware.evses[1]
        evse.offer(evse.max_power)
        await asyncio.sleep(10)
        assert evse.connectors[1].pilot is Pilot.EV_CONNECTED
        hardware.ev_resume(1)
        await asyncio.sleep(10)
        assert evse.connectors[1].pilot is Pilot.EV_READY

    simulated(run())


def test_events_report_when_energy_flow_starts_and_stops() -> None:
    async def run() -> None:
        hardware = station(FIXED_DC)
        received: list[HardwareEvent] = []
        hardware.listen(received.append)
        await charge(hardware)
        assert received.count(FlowChanged(1)) == 1
        hardware.ev_suspend(1)
        assert received.count(FlowChanged(1)) == 2

    simulated(run())


def test_detachable_cable_has_two_ends() -> None:
    async def run() -> None:
        hardware = station(SOCKET_AC)
        connector = hardware.evses[1].connectors[1]
        hardware.plug_in(1, 1, "evse")
        assert connector.occupied
        assert connector.pilot is Pilot.NO_EV
        hardware.plug_in(1, 1, "ev")
        assert connector.pilot is Pilot.EV_CONNECTED
        hardware.unplug(1, 1, "ev")
        assert connector.occupied
        assert connector.pilot is Pilot.NO_EV

    simulated(run())


def test_locked_cable_cannot_be_unplugged_from_the_socket() -> None:
    async def run() -> None:
        hardware = station(SOCKET_AC)
        hardware.plug_in(1, 1)
        lock = hardware.evses[1].connectors[1].retention_lock
        assert lock is not None
        assert lock.engage()
        with pytest.raises(HardwareError, match="locked in connector 1 of EVSE 1"):
            hardware.unplug(1, 1)
        hardware.unplug(1, 1, "ev")
        lock.release()
        hardware.unplug(1, 1, "evse")

    simulated(run())


def test_plug_that_is_not_seated_cannot_be_locked() -> None:
    async def run() -> None:
        hardware = station(SOCKET_AC)
        hardware.plug_in(1, 1, seated=False)
        lock = hardware.evses[1].connectors[1].retention_lock
        assert lock is not None
        assert not lock.engage()

    simulated(run())


def test_a_cleared_lock_is_released_in_an_empty_socket_and_engaged_around_a_plug() -> None:
    async def run() -> None:
        hardware = station(SOCKET_AC)
        lock = hardware.evses[1].connectors[1].retention_lock
        assert lock is not None
        hardware.jam_lock(1, 1, jammed=True)
        assert not lock.release()
        hardware.jam_lock(1, 1, jammed=False)
        assert not lock.engaged
        hardware.plug_in(1, 1)
        hardware.jam_lock(1, 1, jammed=True)
        hardware.jam_lock(1, 1, jammed=False)
        assert lock.engaged
        assert lock.release()

    simulated(run())


def test_access_lock_prevents_plugging_in() -> None:
    async def run() -> None:
        hardware = station(ACCESS_LOCK_AC)
        lock = hardware.evses[1].connectors[1].access_lock
        assert lock is not None
        lock.engage()
        with pytest.raises(HardwareError, match="until a driver is authorized"):
            hardware.plug_in(1, 1)
        lock.release()
        hardware.plug_in(1, 1)

    simulated(run())


def test_fault_opens_the_contactor_and_lasts_until_it_is_cleared() -> None:
    async def run() -> None:
        hardware = station(FIXED_DC)
        evse = await charge(hardware)
        hardware.fault(1, 1, present=True)
        connector = evse.connectors[1]
        assert connector.faulted
        assert not connector.contactor.closed
        hardware.fault(1, 1, present=False)
        await asyncio.sleep(2)
        assert connector.pilot is Pilot.EV_READY

    simulated(run())


def test_events_report_evs_that_enter_and_leave_the_bay() -> None:
    async def run() -> None:
        hardware = station(SOCKET_AC)
        received: list[HardwareEvent] = []
        hardware.listen(received.append)
        hardware.park(1)
        bay = hardware.evses[1].bay
        assert bay is not None
        assert bay.occupied
        hardware.leave(1)
        assert received == [BayChanged(1), BayChanged(1)]

    simulated(run())


def test_impossible_actions_raise_an_error_of_one_line() -> None:
    async def run() -> None:
        hardware = station(FIXED_DC)
        with pytest.raises(HardwareError, match="there is no EVSE 7; the station has 1"):
            hardware.plug_in(7, 1)
        with pytest.raises(HardwareError, match="EVSE 1 has no connector 3; it has 1"):
            hardware.plug_in(1, 3)
        with pytest.raises(HardwareError, match="EVSE 1 has no parking bay sensor"):
            hardware.park(1)
        with pytest.raises(HardwareError, match="nothing is plugged in at connector 1"):
            hardware.unplug(1, 1)
        hardware.plug_in(1, 1)
        with pytest.raises(HardwareError, match="plugged in already"):
            hardware.plug_in(1, 1)

    simulated(run())


def test_events_report_token_and_start_button_with_their_type() -> None:
    async def run() -> None:
        hardware = station(FIXED_DC)
        received: list[HardwareEvent] = []
        hardware.listen(received.append)
        hardware.present_token("04AB", "ISO14443")
        hardware.press_start_button(1)
        assert received == [TokenPresented("04AB", "ISO14443"), TokenPresented("", "NoAuthorization", 1)]

    simulated(run())


def test_grid_meter_counts_the_sum_of_all_evses() -> None:
    async def run() -> None:
        hardware = station(FIXED_DC, FIXED_DC, grid_meter=True)
        await charge(hardware, 1)
        await charge(hardware, 2)
        await asyncio.sleep(18)
        assert hardware.grid_meter is not None
        reading = hardware.grid_meter.read()
        assert reading.power == pytest.approx(200_000)
        assert reading.energy_import == pytest.approx(
            sum(e.meter.read().energy_import for e in hardware.evses.values())
        )

    simulated(run())


def test_grid_meter_shows_the_current_of_each_phase() -> None:
    async def run() -> None:
        hardware = station(SOCKET_AC, replace(SOCKET_AC, phases=1, max_power=3_680), grid_meter=True)
        await charge(hardware, 1)
        await charge(hardware, 2)
        assert hardware.grid_meter is not None
        reading = hardware.grid_meter.read()
        assert reading.currents == pytest.approx((32, 16, 16))
        assert reading.power == pytest.approx(sum(each.meter.read().power for each in hardware.evses.values()))

    simulated(run())


def test_signature_of_a_signing_meter_can_be_verified_with_its_public_key() -> None:
    async def run() -> None:
        evse = VirtualHardware(StationSpec(evses=(replace(FIXED_DC, signing_meter=True),))).evses[1]
        signed, public_key = evse.meter.sign("04AB"), evse.meter.public_key
        assert signed is not None
        assert public_key is not None
        _, payload, signature = signed.data.decode().split("|")
        key = serialization.load_der_public_key(public_key)
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(bytes.fromhex(msgspec.json.decode(signature)["SD"]), payload.encode(), ec.ECDSA(hashes.SHA256()))

    simulated(run())


def test_an_ev_is_given_a_state_of_charge_and_charges_from_there() -> None:
    async def scenario() -> None:
        hardware = station(FIXED_DC, ev=Ev(capacity=60_000, state_of_charge=20))
        evse = await charge(hardware)
        hardware.ev_state_of_charge(1, 95)
        assert evse.ev_state_of_charge == 95
        assert evse.meter.power == pytest.approx(15_000)

    run_simulated(scenario())


def test_a_reading_that_is_only_observed_is_not_saved() -> None:
    async def scenario() -> None:
        saved: list[float] = []
        hardware = station(FIXED_DC)
        evse = await charge(hardware)
        evse.meter.resume_from(0.0, saved.append)
        await asyncio.sleep(60)
        observed = evse.meter.observe()
        assert observed.energy_import > 0
        assert saved == []
        assert evse.meter.read() == observed
        assert saved == [observed.energy_import]

    run_simulated(scenario())
