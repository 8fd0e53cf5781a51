"""What the control API shows of a lock after an authorization that a power loss has ended."""

import asyncio

from tests.station.station_bench import StationBench, station_bench
from tests.station.v16.station_bench import StationBench as StationBench16
from tests.station.v16.station_bench import station_bench as station_bench_16

from plugfest.clock import run_simulated
from plugfest.station.control.commands import Control


async def power_cycle(control: Control) -> None:
    await control.power_off()
    await asyncio.sleep(30)
    control.power_on()
    await asyncio.sleep(60)


async def authorize(control: Control) -> None:
    control.present_token("A", "ISO14443", 1)
    await asyncio.sleep(5)


def is_locked(control: Control) -> bool:
    return control.state().evses[0].connectors[0].locked


def control_of(bench: StationBench | StationBench16) -> Control:
    return Control(bench.station, bench.hardware)


def test_a_cable_without_a_transaction_is_released_and_its_driver_can_charge() -> None:
    async def run() -> None:
        async with station_bench("reference-ac", start="EnergyTransfer", stop="EnergyTransfer") as bench:
            control = control_of(bench)
            control.ev_suspend(1)
            control.plug_in(1, 1)
            await authorize(control)
            assert is_locked(control)
            assert control.state().transactions == []
            await power_cycle(control)
            assert not is_locked(control)
            control.ev_resume(1)
            await authorize(control)
            assert is_locked(control)
            assert len(control.state().transactions) == 1

    run_simulated(run())


def test_the_cable_of_a_transaction_stays_locked_for_its_driver() -> None:
    async def run() -> None:
        async with station_bench("reference-ac", start="EVConnected", stop="Authorized") as bench:
            control = control_of(bench)
            control.plug_in(1, 1)
            await authorize(control)
            for _ in range(2):
                await power_cycle(control)
                assert is_locked(control)
            assert control.state().transactions == []
            await authorize(control)
            assert not is_locked(control)

    run_simulated(run())


def test_an_authorization_without_a_cable_locks_nothing_in_2_0_1() -> None:
    async def run() -> None:
        async with station_bench("reference-ac", start="EVConnected", stop="Authorized") as bench:
            control = control_of(bench)
            await authorize(control)
            await power_cycle(control)
            assert not is_locked(control)

    run_simulated(run())


def test_a_restarted_station_of_1_6_locks_nothing_without_a_transaction() -> None:
    async def run() -> None:
        async with station_bench_16("reference-16-ac") as bench:
            control = control_of(bench)
            await authorize(control)
            await power_cycle(control)
            assert not is_locked(control)
            control.plug_in(1, 1, "evse")
            await authorize(control)
            await power_cycle(control)
            assert not is_locked(control)

    run_simulated(run())
