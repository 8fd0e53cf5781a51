"""The virtual hardware keeps the contract of hardware drivers, and the contract detects a driver that does not."""

import asyncio

import pytest

from plugfest.clock import run_simulated
from plugfest.hardware import contract
from plugfest.hardware.contract import CHECKS, ContractError
from plugfest.hardware.ports import Hardware
from plugfest.hardware.virtual.spec import ConnectorSpec, EvseSpec, StationSpec
from plugfest.hardware.virtual.station import VirtualHardware

DC = EvseSpec(connectors=(ConnectorSpec(fixed_cable=True), ConnectorSpec(fixed_cable=True)), phases=0, max_power=2e5)
AC = EvseSpec(connectors=(ConnectorSpec(retention_lock=True),), phases=3, max_power=22_080)
SWITCHABLE = EvseSpec(connectors=(ConnectorSpec(),), phases=3, max_power=22_080, phase_counts=(1, 3))
ACCESS_LOCK = EvseSpec(connectors=(ConnectorSpec(retention_lock=True, access_lock=True),), phases=1, max_power=7_360)


class VirtualOperator:
    evse_id = 1
    connector_id = 1

    def __init__(self, hardware: VirtualHardware) -> None:
        self._hardware = hardware

    async def plug_in(self) -> None:
        self._hardware.plug_in(self.evse_id, self.connector_id)
        await asyncio.sleep(0)

    async def unplug(self) -> None:
        self._hardware.unplug(self.evse_id, self.connector_id)
        await asyncio.sleep(0)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("evse", [DC, AC, SWITCHABLE, ACCESS_LOCK], ids=["dc", "ac", "switchable", "access-lock"])
def test_virtual_hardware_keeps(evse: EvseSpec, check: contract.Check) -> None:
    async def run() -> None:
        hardware = VirtualHardware(StationSpec(evses=(evse, evse)))
        port: Hardware = hardware
        await check(port, VirtualOperator(hardware))

    run_simulated(run())


def test_contract_detects_a_meter_that_runs_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        hardware = VirtualHardware(StationSpec(evses=(AC,)))
        meter = hardware.evses[1].meter
        flow = meter.flow
        monkeypatch.setattr(meter, "flow", lambda watts, phases: flow(-watts, phases))
        await contract.check_charging(hardware, VirtualOperator(hardware))

    with pytest.raises(ContractError, match="no power flows"):
        run_simulated(run())


def test_contract_detects_a_contactor_that_closes_without_an_ev(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        hardware = VirtualHardware(StationSpec(evses=(AC,)))
        monkeypatch.setattr(hardware.evses[1].connectors[1].contactor, "close", lambda: None)
        await contract.check_contactor_needs_ev(hardware, VirtualOperator(hardware))

    with pytest.raises(ContractError, match="closed without an EV"):
        run_simulated(run())


def test_contract_detects_an_evse_that_charges_on_all_phases_after_an_offer_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> None:
        hardware = VirtualHardware(StationSpec(evses=(SWITCHABLE,)))
        meter = hardware.evses[1].meter
        flow = meter.flow
        monkeypatch.setattr(meter, "flow", lambda watts, phases: flow(watts, 3))
        await contract.check_phase_switching(hardware, VirtualOperator(hardware))

    with pytest.raises(ContractError, match="1 phases are offered, and 3 carry current"):
        run_simulated(run())


def test_contract_detects_an_evse_that_switches_phases_under_load(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        hardware = VirtualHardware(StationSpec(evses=(SWITCHABLE,)))
        evse = hardware.evses[1]
        monkeypatch.setattr(evse, "_switch_phases", lambda phases: setattr(evse, "_offered_phases", phases))
        await contract.check_phase_switching(hardware, VirtualOperator(hardware))

    with pytest.raises(ContractError, match="switches to 3 phases under load"):
        run_simulated(run())


def test_contract_detects_an_evse_that_accepts_any_number_of_phases(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        hardware = VirtualHardware(StationSpec(evses=(AC,)))
        monkeypatch.setattr(hardware.evses[1], "offer", lambda watts, phases=None: None)
        await contract.check_phase_counts(hardware, VirtualOperator(hardware))

    with pytest.raises(ContractError, match="accepted an offer on"):
        run_simulated(run())
