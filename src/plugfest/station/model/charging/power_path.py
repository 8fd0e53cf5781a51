"""The power path of one EVSE: retention lock, offered power, contactor."""

import math
from collections.abc import Callable

from plugfest.hardware.ports import Connector, Evse, HardwareError, Pilot, Reading
from plugfest.hardware.readings import reading_of
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.events import ChargingState

EV_READY_TIMEOUT = 10.0
"""Seconds from an offer of energy until the EV must be ready; after that the charging state is SuspendedEV."""

_CONNECTED = frozenset({Pilot.EV_CONNECTED, Pilot.EV_READY, Pilot.EV_READY_VENTILATED})
_READY = frozenset({Pilot.EV_READY, Pilot.EV_READY_VENTILATED})


class PowerPath:
    """Delivers energy to one EV."""

    def __init__(self, name: str, evse: Evse, timers: Timers, changed: Callable[[], None]) -> None:
        self.evse = evse
        self.delivering = False
        """Whether the EV may draw energy."""
        self.meter_failed = False
        """Whether the last read of the meter has failed. No EV counts as connected then: energy must be measured."""
        self._register: float | None = None
        self._limit = math.inf
        self._phases = evse.phases
        self._timer = f"EV ready at {name}"
        self._pause_timer = f"pause before a change of phases at {name}"
        self._timers = timers
        self._changed = changed
        self._connector: Connector | None = None

    def connected(self, connector_id: int | None) -> bool:
        """Whether an EV is connected to this connector."""
        return connector_id is not None and self._is_connected(self.evse.connectors[connector_id])

    def read_meter(self) -> Reading | None:
        """The present reading; None if the meter has failed."""
        reading = reading_of(self.evse.meter)
        self.meter_failed = reading is None
        if reading is not None:
            self._register = reading.energy_import
        return reading

    @property
    def register(self) -> float | None:
        """The energy in Wh that the meter shows, or has shown last; None if it has not been read yet."""
        self.read_meter()
        return self._register

    @property
    def energy_flows(self) -> bool:
        reading = self.read_meter()
        return reading is not None and reading.power > 0

    @property
    def phases_used(self) -> int | None:
        """The number of phases that carry current; None for direct current, and if it cannot be measured."""
        reading = self.read_meter()
        if not self.evse.phases or reading is None:
            return None
        return sum(1 for current in reading.currents if current > 0)

    def occupied_connector(self) -> int | None:
        """The connector with an EV, else the one with a cable, else None."""
        connectors = self.evse.connectors
        with_ev = (number for number, each in connectors.items() if self._is_connected(each))
        with_cable = (number for number, each in connectors.items() if each.occupied)
        return next(with_ev, None) or next(with_cable, None)

    def deliver(self, connector_id: int) -> bool:
        """Lock the cable and offer energy. False: the lock did not engage, no energy is offered (G05.FR.01)."""
        if not self.lock_cable(connector_id):
            return False
        self._connector = self.evse.connectors[connector_id]
        self.delivering = True
        self._update_offer()
        self.update_contactor()
        return True

    def limit(self, watts: float, phases: int) -> bool:
        """Set the maximum power to offer, and on how many phases. Returns whether that suspends or resumes charging."""
        changed = (self._limit, self._phases) != (watts, phases)
        self._limit, self._phases = watts, phases
        return self.delivering and changed and self._update_offer()

    def start_pause(self) -> None:
        """Begin the pause in which the EV must be without power before the number of phases may change."""
        if len(self.evse.phase_counts) > 1:
            self._timers.set(self._pause_timer, self.evse.phase_pause, self._end_pause)

    def _end_pause(self) -> None:
        if not self.evse.offered and self._closed_contactors():
            # The EV did not stop (IEC 61851-1, Table A.6, sequence 10.2): the pause begins with open contactors.
            self._open_contactors()
            self.start_pause()
        elif self.delivering and self._update_offer():
            self._changed()

    def _update_offer(self) -> bool:
        """Offer what the limit allows. Returns whether an offer begins or ends.

        The beginning of an offer starts the time in which the EV must get ready.
        """
        offered_before = self.evse.offered > 0
        if self._must_pause:
            self.evse.offer(0.0)
        else:
            self.evse.offer(max(min(self._limit, self.evse.max_power), 0.0), self._phases)
        offered_now = self.evse.offered > 0
        if offered_now and not offered_before:
            self._timers.set(self._timer, EV_READY_TIMEOUT, self._changed)
        elif not offered_now:
            self._timers.cancel(self._timer)
        if offered_before and not offered_now:
            self.start_pause()
        return offered_before != offered_now

    @property
    def _must_pause(self) -> bool:
        """Whether the number of phases is to change, and the EV still has power or had it until a moment ago."""
        if self._phases == self.evse.offered_phases:
            return False
        powered = self.evse.offered > 0 or bool(self._closed_contactors())
        return powered or self._timers.is_running(self._pause_timer)

    def lock_cable(self, connector_id: int) -> bool:
        """False: the retention lock did not engage."""
        lock = self.evse.connectors[connector_id].retention_lock
        return lock is None or lock.engage()

    def update_contactor(self) -> None:
        """Close the contactor if the EV is ready, else open it."""
        if self._connector is None or not self.delivering:
            return
        ready = self._connector.pilot in _READY and not self.meter_failed
        if ready and self.evse.offered and not self._connector.contactor.closed:
            self._close(self._connector)
        elif not ready and self._connector.contactor.closed:
            self._connector.contactor.open()
            self.start_pause()

    def stop(self) -> None:
        """Open the contactors and offer no energy."""
        self._timers.cancel(self._timer)
        if self.evse.offered:
            self.start_pause()
        self.delivering = False
        self._connector = None
        self._open_contactors()
        self.evse.offer(0.0)

    def unlock_cable(self) -> None:
        """Release the retention locks."""
        for connector in self.evse.connectors.values():
            if connector.retention_lock is not None:
                connector.retention_lock.release()

    @property
    def locked(self) -> bool:
        locks = (each.retention_lock for each in self.evse.connectors.values())
        return any(lock is not None and lock.engaged for lock in locks)

    def allow_access(self, allowed: bool) -> None:
        """Release or engage the access locks, where there are any (AQ-2)."""
        for connector in self.evse.connectors.values():
            if connector.access_lock is None:
                continue
            if allowed:
                connector.access_lock.release()
            else:
                connector.access_lock.engage()

    def charging_state(self, *, connected: bool, energy_denied: bool) -> ChargingState:
        if not connected:
            return ChargingState.IDLE
        if self.energy_flows:
            return ChargingState.CHARGING
        if energy_denied or (self.delivering and not self.evse.offered):
            return ChargingState.SUSPENDED_EVSE
        if self.delivering and not self._timers.is_running(self._timer):
            return ChargingState.SUSPENDED_EV
        return ChargingState.EV_CONNECTED

    def _is_connected(self, connector: Connector) -> bool:
        return connector.pilot in _CONNECTED and not self.meter_failed

    def _closed_contactors(self) -> list[Connector]:
        return [connector for connector in self.evse.connectors.values() if connector.contactor.closed]

    def _open_contactors(self) -> None:
        for connector in self.evse.connectors.values():
            connector.contactor.open()

    def _close(self, connector: Connector) -> None:
        if connector.retention_lock is not None and not connector.retention_lock.engage():
            return  # G05.FR.01: the CSMS may have unlocked the cable while nothing was offered
        try:
            connector.contactor.close()
        except HardwareError:
            return  # the EV is no longer ready; the pilot reports it
        self._timers.cancel(self._timer)
