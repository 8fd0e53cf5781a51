"""A virtual station, and the actions of drivers, EVs and faults at it."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from plugfest.hardware.ports import (
    CableLocked,
    ConnectorChanged,
    EvsesChosen,
    ExternalLimitChanged,
    Fault,
    HardwareError,
    HardwareEvent,
    LimitPeriod,
    StoredData,
    TokenPresented,
)
from plugfest.hardware.virtual.communication import CommunicatingEv, VirtualCommunication
from plugfest.hardware.virtual.connector import VirtualConnector
from plugfest.hardware.virtual.display import VirtualDisplay
from plugfest.hardware.virtual.ev import Ev, EvProperties
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.hardware.virtual.meter import GridMeter
from plugfest.hardware.virtual.quantities import Quantity
from plugfest.hardware.virtual.spec import StationSpec

Side: TypeAlias = Literal["ev", "evse", "both"]
"""Which end of the cable. Only the EV end of a fixed cable can be unplugged."""


EXTERNAL_SOURCES: Final = ("EMS", "SO", "Other")
"""Who may set an external limit."""


class VirtualHardware:
    """Hardware in memory. It outlives reboots and power losses of the station's software.

    The methods from `plug_in` on are actions of drivers and EVs. They raise HardwareError if an action is not possible.
    """

    def __init__(self, spec: StationSpec, new_ev: Callable[[], Ev] = Ev) -> None:
        self._listeners: list[Callable[[HardwareEvent], None]] = []
        self._new_ev = new_ev
        self._evs: dict[int, Ev] = {}
        self.evses: Mapping[int, VirtualEvse] = {
            number: VirtualEvse(number, each, self._emit) for number, each in enumerate(spec.evses, start=1)
        }
        self.communications: Mapping[int, VirtualCommunication] = {
            number: VirtualCommunication(number, self.evses[number], self._emit)
            for number, each in enumerate(spec.evses, start=1)
            if each.communicates
        }
        self.grid_meter = GridMeter([each.meter for each in self.evses.values()]) if spec.grid_meter else None
        self.display = VirtualDisplay() if spec.display else None
        self._unavailable: frozenset[StoredData] = frozenset()

    def is_available(self, data: StoredData) -> bool:
        return data not in self._unavailable

    def listen(self, listener: Callable[[HardwareEvent], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def power_off(self) -> None:
        """Power loss: contactors open, EVs stop; locks and cables stay as they are."""
        for communication in self.communications.values():
            communication.interrupt()
        for evse in self.evses.values():
            evse.power_off()
        if self.display is not None:
            self.display.go_dark()

    # Actions.

    def plug_in(self, evse_id: int, connector_id: int, side: Side = "both", *, seated: bool = True) -> None:
        """Plug in the ends that are not plugged in. `seated` False: not far enough for the retention lock."""
        connector = self._connector(evse_id, connector_id)
        into_socket = side in ("evse", "both") and not connector.cable_in_socket
        into_ev = side in ("ev", "both") and not connector.cable_in_ev
        if not into_socket and not into_ev:
            raise HardwareError(f"the cable of connector {connector_id} of EVSE {evse_id} is plugged in already")
        if connector.access_locked and (into_socket or connector.fixed_cable):
            raise HardwareError(f"connector {connector_id} of EVSE {evse_id} is locked until a driver is authorized")
        if into_socket:
            connector.plug_into_socket(seated=seated)
        if into_ev:
            connector.plug_into_ev(self._ev(evse_id))

    def unplug(self, evse_id: int, connector_id: int, side: Side = "both") -> None:
        """Unplug the ends that are plugged in. After "both" the EV leaves; the next `plug_in` is another EV."""
        connector = self._connector(evse_id, connector_id)
        from_socket = side in ("evse", "both") and connector.cable_in_socket and not connector.fixed_cable
        from_ev = side in ("ev", "both") and connector.cable_in_ev
        if not from_socket and not from_ev:
            raise HardwareError(f"nothing is plugged in at connector {connector_id} of EVSE {evse_id}")
        if from_socket and connector.plug_locked:
            raise CableLocked(f"the cable is locked in connector {connector_id} of EVSE {evse_id}")
        if from_socket:
            connector.unplug_from_socket()
        if from_ev:
            connector.unplug_from_ev()
        if side == "both":
            self._leave(evse_id)

    def present_token(self, id_token: str, token_type: str, evse_id: int | None = None) -> None:
        """Present a token, at an EVSE or at a reader for all EVSEs (None)."""
        if evse_id is not None:
            self._evse(evse_id)
        self._emit(TokenPresented(id_token, token_type, evse_id))

    def press_start_button(self, evse_id: int) -> None:
        self._evse(evse_id)
        self._emit(TokenPresented("", "NoAuthorization", evse_id))

    def choose(self, evse_ids: Collection[int]) -> None:
        """Choose EVSEs from the menu of the display."""
        offered = frozenset() if self.display is None else self.display.offered
        if not evse_ids or not offered.issuperset(evse_ids):
            raise HardwareError(f"the display offers no choice of EVSE {', '.join(map(str, evse_ids))}")
        self._emit(EvsesChosen(tuple(evse_ids)))

    def set_external_limit(
        self,
        source: str,
        watts: float | None,
        evse_id: int | None = None,
        later: Sequence[LimitPeriod] = (),
        duration: int | None = None,
    ) -> None:
        """A system beside the CSMS limits the whole station or an EVSE, or releases that limit (None).

        `later` and `duration` are those of ExternalLimitChanged.
        """
        if source not in EXTERNAL_SOURCES:
            raise HardwareError(f"an external limit is set by {', '.join(EXTERNAL_SOURCES)}, not by {source}")
        for limit in () if watts is None else (watts, *(period.watts for period in later)):
            if not 0 <= limit < math.inf:
                raise HardwareError(f"a limit is 0 W or more, not {limit:g} W")
        starts = [0, *(period.start for period in later)]
        if any(start <= before for before, start in pairwise(starts)):
            raise HardwareError(f"periods start at 0 s, then later and later, not at {_listed(starts)}")
        if duration is not None and duration <= starts[-1]:
            raise HardwareError(f"a duration of {duration} s ends before the last period, at {starts[-1]} s")
        if evse_id is not None:
            self._evse(evse_id)
        self._emit(ExternalLimitChanged(source, watts, evse_id, tuple(later), duration))

    def park(self, evse_id: int) -> None:
        self._set_bay(evse_id, occupied=True)

    def leave(self, evse_id: int) -> None:
        if any(each.cable_in_ev for each in self._evse(evse_id).connectors.values()):
            raise HardwareError(f"the EV at EVSE {evse_id} is still plugged in")
        self._leave(evse_id)
        self._set_bay(evse_id, occupied=False)

    def ev_suspend(self, evse_id: int) -> None:
        """The EV at the EVSE, or else the next one, refuses energy."""
        self._set_suspended(evse_id, suspended=True)

    def ev_resume(self, evse_id: int) -> None:
        self._set_suspended(evse_id, suspended=False)

    def ev_state_of_charge(self, evse_id: int, percent: float) -> None:
        """The battery of the EV at the EVSE, or else of the next one, has this state of charge."""
        self.ev_configure(evse_id, EvProperties(state_of_charge=percent))

    def ev_configure(self, evse_id: int, properties: EvProperties) -> None:
        """Give the EV at the EVSE, or else the next one, these properties. The others stay."""
        problem = properties.problem
        if problem:
            raise HardwareError(problem)
        evse = self._evse(evse_id)
        evse.update()  # what was charged until now, with the properties until now
        self._ev(evse_id).configure(properties)
        evse.update()

    def ev_prepare(self, evse_id: int, ev: CommunicatingEv | None) -> None:
        """The EV at the EVSE, or else the next one, communicates by ISO 15118; None: not."""
        self._communication(evse_id).prepare(ev)

    def ev_renegotiate(self, evse_id: int, energy: float | None, departure: float | None) -> None:
        """The EV at the EVSE asks for a new schedule, with these needs."""
        self._communication(evse_id).renegotiate_needs(energy, departure)

    def ev_stop(self, evse_id: int) -> None:
        """The EV at the EVSE ends its session by ISO 15118."""
        self._communication(evse_id).stop_session()

    def fault(self, evse_id: int, connector_id: int, *, present: bool, what: Fault | None = None) -> None:
        """Cause a fault, or clear it. `what` is known of it; a fault that is present already becomes this one."""
        self._connector(evse_id, connector_id).set_fault((what or Fault()) if present else None)

    def set_available(self, data: StoredData, *, available: bool) -> None:
        """Cause a fault of the storage of these data, or clear it. Nothing is lost."""
        self._unavailable = self._unavailable - {data} if available else self._unavailable | {data}

    def impose(self, evse_id: int, quantity: Quantity, value: float | None) -> None:
        """Make a sensor of an EVSE measure this value; None: what it measures otherwise."""
        self._evse(evse_id).impose(quantity, value)

    def fail_meter(self, evse_id: int, *, failed: bool) -> None:
        """The meter of an EVSE cannot be read any more, or can again. It goes on to count."""
        self._evse(evse_id).fail_meter(failed)

    def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        """Jam the retention lock, or clear that; then a lock without a plug is released."""
        connector = self._connector(evse_id, connector_id)
        lock = connector.retention_lock
        if lock is None:
            raise HardwareError(f"connector {connector_id} of EVSE {evse_id} has no lock")
        lock.jam(jammed)
        if not jammed and not connector.cable_in_socket:
            lock.release()

    def _set_suspended(self, evse_id: int, *, suspended: bool) -> None:
        evse = self._evse(evse_id)
        self._ev(evse_id).suspended = suspended
        evse.update()

    def _set_bay(self, evse_id: int, *, occupied: bool) -> None:
        bay = self._evse(evse_id).bay
        if bay is None:
            raise HardwareError(f"EVSE {evse_id} has no parking bay sensor")
        bay.set(occupied)

    def _ev(self, evse_id: int) -> Ev:
        """The EV at this EVSE, or the next one that is plugged in."""
        if evse_id not in self._evs:
            self._evs[evse_id] = self._new_ev()
        return self._evs[evse_id]

    def _leave(self, evse_id: int) -> None:
        """The EV leaves; the next one is another EV."""
        self._evs.pop(evse_id, None)
        if evse_id in self.communications:
            self.communications[evse_id].prepare(None)

    def _communication(self, evse_id: int) -> VirtualCommunication:
        self._evse(evse_id)
        if evse_id not in self.communications:
            raise HardwareError(f"EVSE {evse_id} does not communicate by ISO 15118")
        return self.communications[evse_id]

    def _evse(self, evse_id: int) -> VirtualEvse:
        if evse_id not in self.evses:
            raise HardwareError(f"there is no EVSE {evse_id}; the station has {_listed(self.evses)}")
        return self.evses[evse_id]

    def _connector(self, evse_id: int, connector_id: int) -> VirtualConnector:
        connectors = self._evse(evse_id).connectors
        if connector_id not in connectors:
            raise HardwareError(f"EVSE {evse_id} has no connector {connector_id}; it has {_listed(connectors)}")
        return connectors[connector_id]

    def _emit(self, event: HardwareEvent) -> None:
        for listener in list(self._listeners):
            listener(event)
        if isinstance(event, ConnectorChanged) and event.evse_id in self.communications:
            self.communications[event.evse_id].connection_changed()


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)
