"""The physical model of one EVSE: the offer, the power that the EV draws, the energy that the meter counts."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from math import isfinite

from plugfest.hardware.ports import (
    BayChanged,
    ConnectorChanged,
    FlowChanged,
    HardwareError,
    HardwareEvent,
    MeasurementChanged,
)
from plugfest.hardware.virtual.connector import VirtualConnector
from plugfest.hardware.virtual.ev import Ev
from plugfest.hardware.virtual.meter import AC_POWER_FACTOR, AC_VOLTAGE, VirtualMeter
from plugfest.hardware.virtual.parts import VirtualBay
from plugfest.hardware.virtual.quantities import Quantity
from plugfest.hardware.virtual.signing import Signer
from plugfest.hardware.virtual.spec import EvseSpec


class VirtualEvse:
    """One EVSE. Power is constant between two events; a timer is set for the next step of the charge curve."""

    def __init__(self, evse_id: int, spec: EvseSpec, emit: Callable[[HardwareEvent], None]) -> None:
        self._id = evse_id
        self._spec = spec
        self._emit = emit
        self._offered = 0.0
        self._offered_phases = spec.phases
        self._flow = (0.0, 0)
        self._charging_ev: Ev | None = None
        self._counted_register = 0.0
        self._step_timer: asyncio.TimerHandle | None = None
        self._ready_timers: dict[int, asyncio.TimerHandle] = {}
        self.meter = VirtualMeter(spec.phases, Signer(f"meter-{evse_id}") if spec.signing_meter else None)
        self.bay = VirtualBay(lambda: emit(BayChanged(evse_id))) if spec.bay_sensor else None
        self.connectors: Mapping[int, VirtualConnector] = {
            number: VirtualConnector(
                fixed_cable=each.fixed_cable,
                retention_lock=each.retention_lock,
                access_lock=each.access_lock,
                changed=partial(self._connector_changed, number),
            )
            for number, each in enumerate(spec.connectors, start=1)
        }

    # The port `Evse`.

    @property
    def phases(self) -> int:
        return self._spec.phases

    @property
    def phase_counts(self) -> frozenset[int]:
        return frozenset(self._spec.phase_counts or filter(None, (self.phases,)))

    @property
    def phase_pause(self) -> float:
        return self._spec.phase_pause

    @property
    def max_power(self) -> float:
        return self._spec.max_power

    @property
    def offered_phases(self) -> int:
        return self._offered_phases

    @property
    def offered(self) -> float:
        return self._offered

    @property
    def ev(self) -> Ev | None:
        """The EV that is plugged in."""
        return next((each.ev for each in self.connectors.values() if each.ev is not None), None)

    @property
    def reports_state_of_charge(self) -> bool:
        return self._spec.reports_state_of_charge

    @property
    def state_of_charge(self) -> float | None:
        ev = self.ev
        if ev is None or not self.reports_state_of_charge:
            return None
        self._charge_ev()
        return ev.state_of_charge if ev.reported_state_of_charge is None else ev.reported_state_of_charge

    @property
    def ev_state_of_charge(self) -> float | None:
        """The state of charge of the EV, whether or not it reports it; None without an EV."""
        self._charge_ev()
        return None if self.ev is None else self.ev.state_of_charge

    def offer(self, watts: float, phases: int | None = None) -> None:
        wanted = self.phases if phases is None else phases
        if watts < 0 or wanted not in (self.phase_counts or {0}):
            raise ValueError(f"EVSE {self._id} cannot offer {watts} W on {wanted} phases")
        if watts:
            self._switch_phases(wanted)
        self._offered = min(watts, self._max_power)
        self.update()

    # The physical model.

    def _switch_phases(self, phases: int) -> None:
        """Connect so many phases. An interlock prevents it under load."""
        if phases == self._offered_phases:
            return
        if self._offered or any(each.contactor.closed for each in self.connectors.values()):
            raise HardwareError(f"EVSE {self._id} does not switch phases under load")
        self._offered_phases = phases

    @property
    def _max_power(self) -> float:
        """The maximum power on the phases that are connected."""
        return self.max_power * self._offered_phases / self.phases if self.phases else self.max_power

    def impose(self, quantity: Quantity, value: float | None) -> None:
        """Make a sensor measure this value; None: what it measures otherwise. HardwareError if it cannot."""
        if value is not None and not isfinite(value):
            raise HardwareError(f"{value:g} is not a number that a sensor measures")
        if value is not None and value < 0 and quantity is not Quantity.TEMPERATURE:
            raise HardwareError(f"{value:g} {quantity} is below zero")
        self._charge_ev()
        if quantity is Quantity.STATE_OF_CHARGE:
            self._impose_state_of_charge(value)
        else:
            self.meter.impose(quantity, value)
            self._counted_register = self.meter.measure().energy_import  # a register that was moved charges no EV
        self._emit(MeasurementChanged(self._id))

    def fail_meter(self, failed: bool) -> None:
        """The meter fails, or works again."""
        if failed != self.meter.failed:
            self.meter.failed = failed
            self._emit(MeasurementChanged(self._id))

    def _impose_state_of_charge(self, percent: float | None) -> None:
        if not self.reports_state_of_charge:
            raise HardwareError(f"EVSE {self._id} does not receive the state of charge of EVs")
        if self.ev is not None:
            self.ev.reported_state_of_charge = percent
        elif percent is not None:
            raise HardwareError(f"no EV is plugged in at EVSE {self._id}")

    def power_off(self) -> None:
        """Power off: contactors open, nothing is offered."""
        self._offered = 0.0
        for connector in self.connectors.values():
            connector.contactor.open()
        self.update()

    def update(self) -> None:
        """Calculate the power again after something has changed."""
        self._charge_ev()
        before, self._flow = self._flow, self._present_flow()
        self.meter.flow(*self._flow)
        self._schedule_next_step()
        for connector_id in self.connectors:
            self._update_ev_ready(connector_id)
        if (before[0] > 0, before[1]) != (self._flow[0] > 0, self._flow[1]):
            self._emit(FlowChanged(self._id))
        if before[0] != self._flow[0]:
            self._emit(MeasurementChanged(self._id))

    def _connector_changed(self, connector_id: int) -> None:
        self.update()
        self._emit(ConnectorChanged(self._id, connector_id))

    def _charge_ev(self) -> None:
        """Charge the battery with the energy that the meter has counted since the last call."""
        register = self.meter.observe().energy_import
        if self._charging_ev is not None:
            self._charging_ev.charge(register - self._counted_register)
        self._counted_register = register

    def _present_flow(self) -> tuple[float, int]:
        """Power in W and number of phases now."""
        active = next((each for each in self.connectors.values() if each.contactor.closed and each.ev_ready), None)
        self._charging_ev = None if active is None else active.ev
        if self._charging_ev is None:
            return 0.0, 0
        drawn = self._charging_ev.drawn_power(self._offered, self._offered_phases, AC_VOLTAGE)
        watts = drawn * AC_POWER_FACTOR if self.phases else drawn
        return watts, min(self._offered_phases, self._charging_ev.ac_phases) if watts else 0

    def _schedule_next_step(self) -> None:
        if self._step_timer is not None:
            self._step_timer.cancel()
            self._step_timer = None
        if self._charging_ev is not None and self._flow[0] > 0:
            seconds = self._charging_ev.energy_to_next_step() / self._flow[0] * 3600.0
            self._step_timer = asyncio.get_running_loop().call_later(seconds, self.update)

    def _update_ev_ready(self, connector_id: int) -> None:
        """An EV gets ready `reaction_time` seconds after an offer, and stops at once without one."""
        connector = self.connectors[connector_id]
        ev = connector.ev
        if ev is None or not ev.accepts_energy or self._offered == 0:
            self._cancel_ready_timer(connector_id)
            connector.set_ready(False)
        elif not connector.ev_ready and not connector.faulted and connector_id not in self._ready_timers:
            loop = asyncio.get_running_loop()
            self._ready_timers[connector_id] = loop.call_later(ev.reaction_time, self._get_ready, connector_id)

    def _get_ready(self, connector_id: int) -> None:
        del self._ready_timers[connector_id]
        self.connectors[connector_id].set_ready(True)

    def _cancel_ready_timer(self, connector_id: int) -> None:
        timer = self._ready_timers.pop(connector_id, None)
        if timer is not None:
            timer.cancel()
