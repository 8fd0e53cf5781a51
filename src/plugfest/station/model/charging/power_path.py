"""The power path of one EVSE: retention lock, offered power, contactor."""

import math
from collections.abc import Callable

from plugfest.hardware.ports import Connector, Evse, HardwareError, Pilot
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
        self._limit = math.inf
        self._timer = f"EV ready at {name}"
        self._timers = timers
        self._changed = changed
        self._connector: Connector | None = None

    def connected(self, connector_id: int | None) -> bool:
        """Whether an EV is connected to this connector."""
        return connector_id is not None and self.evse.connectors[connector_id].pilot in _CONNECTED

    @property
    def energy_flows(self) -> bool:
        return self.evse.meter.read().power > 0

    @property
    def phases_used(self) -> int | None:
        """The number of phases that carry current; None for direct current."""
        if not self.evse.phases:
            return None
        return sum(1 for current in self.evse.meter.read().currents if current > 0)

    def occupied_connector(self) -> int | None:
        """The connector with an EV, else the one with a cable, else None."""
        connectors = self.evse.connectors
        with_ev = (number for number, each in connectors.items() if each.pilot in _CONNECTED)
        with_cable = (number for number, each in connectors.items() if each.occupied)
        return next(with_ev, None) or next(with_cable, None)

    def deliver(self, connector_id: int) -> bool:
        """Lock the cable and offer energy. False: the lock did not engage, no energy is offered (G05.FR.01)."""
        if not self.lock_cable(connector_id):
            return False
        self._connector = self.evse.connectors[connector_id]
        self.delivering = True
        self._offer()
        self.update_contactor()
        return True

    def limit(self, watts: float) -> bool:
        """Set the maximum power to offer. Returns whether that suspends or resumes charging."""
        before, self._limit = self._limit, watts
        switched = (before > 0) != (watts > 0)
        if self.delivering and switched:
            self._offer()
        elif self.delivering and before != watts:
            self.evse.offer(self._offered)
        return self.delivering and switched

    @property
    def _offered(self) -> float:
        return max(min(self._limit, self.evse.max_power), 0.0)

    def _offer(self) -> None:
        """Offer what the limit allows. An offer starts the time in which the EV must get ready."""
        if self._offered > 0:
            self._timers.set(self._timer, EV_READY_TIMEOUT, self._changed)
        else:
            self._timers.cancel(self._timer)
        self.evse.offer(self._offered)

    def lock_cable(self, connector_id: int) -> bool:
        """False: the retention lock did not engage."""
        lock = self.evse.connectors[connector_id].retention_lock
        return lock is None or lock.engage()

    def update_contactor(self) -> None:
        """Close the contactor if the EV is ready, else open it."""
        if self._connector is None or not self.delivering:
            return
        ready = self._connector.pilot in _READY
        if ready and not self._connector.contactor.closed:
            self._close(self._connector)
        elif not ready and self._connector.contactor.closed:
            self._connector.contactor.open()

    def stop(self) -> None:
        """Open the contactors and offer no energy."""
        self._timers.cancel(self._timer)
        self.delivering = False
        self._connector = None
        for connector in self.evse.connectors.values():
            connector.contactor.open()
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
        if energy_denied or (self.delivering and not self._offered):
            return ChargingState.SUSPENDED_EVSE
        if self.delivering and not self._timers.is_running(self._timer):
            return ChargingState.SUSPENDED_EV
        return ChargingState.EV_CONNECTED

    def _close(self, connector: Connector) -> None:
        try:
            connector.contactor.close()
        except HardwareError:
            return  # the EV is no longer ready; the pilot reports it
        self._timers.cancel(self._timer)
