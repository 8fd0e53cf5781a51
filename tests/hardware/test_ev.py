"""The properties of an EV."""

import asyncio

import pytest
from tests.hardware.test_virtual import FIXED_DC, SOCKET_AC, station

from plugfest.clock import run_simulated
from plugfest.hardware.ports import HardwareError
from plugfest.hardware.virtual.ev import Ev, EvProperties
from plugfest.hardware.virtual.station import VirtualHardware


def charging(hardware: VirtualHardware, watts: float) -> None:
    """Plug in, offer this power, and let the EV take it."""
    hardware.plug_in(1, 1)
    hardware.evses[1].offer(watts)


def test_the_properties_of_an_ev_are_those_of_the_next_one_if_none_is_plugged_in() -> None:
    async def run() -> None:
        hardware = station(FIXED_DC)
        hardware.ev_configure(1, EvProperties(max_dc_power=10_000, state_of_charge=10, reaction_time=5))
        charging(hardware, 50_000)
        await asyncio.sleep(4)
        assert not hardware.evses[1].connectors[1].ev_ready
        await asyncio.sleep(2)
        hardware.evses[1].connectors[1].contactor.close()
        assert hardware.evses[1].meter.power == pytest.approx(10_000)
        hardware.evses[1].connectors[1].contactor.open()
        hardware.unplug(1, 1)
        hardware.plug_in(1, 1)
        assert hardware.evses[1].ev is not None
        assert hardware.evses[1].ev.max_dc_power == Ev().max_dc_power

    run_simulated(run())


def test_a_change_takes_effect_at_once_and_energy_before_it_counts_as_before() -> None:
    async def run() -> None:
        hardware = station(SOCKET_AC)
        charging(hardware, 11_040)
        await asyncio.sleep(2)
        hardware.evses[1].connectors[1].contactor.close()
        await asyncio.sleep(360)
        ev = hardware.evses[1].ev
        assert ev is not None
        hardware.ev_configure(1, EvProperties(capacity=1_000, ac_phases=1, max_ac_current=10))
        assert ev.state_of_charge == pytest.approx(20 + 100 * 11_040 * 0.98 / 10 / 60_000)
        assert hardware.evses[1].meter.power == pytest.approx(230 * 10 * 0.98)
        assert hardware.evses[1].meter.read().currents[1:] == (0.0, 0.0)
        before = ev.state_of_charge
        await asyncio.sleep(36)
        assert hardware.evses[1].ev_state_of_charge == pytest.approx(before + 100 * 2_254 / 100 / 1_000)

    run_simulated(run())


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        (EvProperties(), "give at least one of capacity, state_of_charge"),
        (EvProperties(capacity=0), "capacity is 1 to 10000000 Wh, not 0 Wh"),
        (EvProperties(state_of_charge=100.1), "state_of_charge is 0 to 100 %, not 100.1 %"),
        (EvProperties(max_ac_current=0), "max_ac_current is 0.1 to 1000 A, not 0 A"),
        (EvProperties(ac_phases=4), "ac_phases is 1 to 3, not 4"),
        (EvProperties(max_dc_power=-1), "max_dc_power is 1 to 10000000 W, not -1 W"),
        (EvProperties(reaction_time=1e308), "reaction_time is 0 to 3600 s, not 1e"),
        (EvProperties(capacity=float("nan")), "not nan Wh"),
    ],
)
def test_a_value_that_no_ev_has_is_refused_in_one_line_and_changes_nothing(
    properties: EvProperties, problem: str
) -> None:
    async def run() -> None:
        hardware = station(FIXED_DC)
        with pytest.raises(HardwareError) as refused:
            hardware.ev_configure(1, properties)
        assert problem in str(refused.value)
        hardware.plug_in(1, 1)
        assert hardware.evses[1].ev is not None
        assert vars(hardware.evses[1].ev) == vars(Ev())

    run_simulated(run())
