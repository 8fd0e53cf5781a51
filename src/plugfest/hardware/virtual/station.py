"""A whole virtual station, and the hands that plug, present, park and break things."""

from collections.abc import Callable, Collection, Mapping
from typing import Literal, TypeAlias

from plugfest.hardware.ports import CableLocked, EvsesChosen, HardwareError, HardwareEvent, TokenPresented
from plugfest.hardware.virtual.connector import VirtualConnector
from plugfest.hardware.virtual.ev import Ev
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.hardware.virtual.meter import SumMeter
from plugfest.hardware.virtual.parts import VirtualDisplay
from plugfest.hardware.virtual.spec import StationSpec

Side: TypeAlias = Literal["ev", "evse", "both"]
"""Which end of a cable. A fixed cable has an end at the EV only."""


class VirtualHardware:
    """Hardware in memory. It outlives reboots and power cuts of the station's software, as copper does.

    The methods from `plug_in` on are what people and vehicles do; each raises HardwareError, with one line that
    says why, if it cannot be done.
    """

    def __init__(self, spec: StationSpec, new_ev: Callable[[], Ev] = Ev) -> None:
        self._listeners: list[Callable[[HardwareEvent], None]] = []
        self._new_ev = new_ev
        self._evs: dict[int, Ev] = {}
        self.evses: Mapping[int, VirtualEvse] = {
            number: VirtualEvse(number, each, self._emit) for number, each in enumerate(spec.evses, start=1)
        }
        self.grid_meter = SumMeter([each.meter for each in self.evses.values()]) if spec.grid_meter else None
        self.display = VirtualDisplay() if spec.display else None

    def listen(self, listener: Callable[[HardwareEvent], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def power_off(self) -> None:
        """The mains are gone: contactors fall open, locks stay, cables stay, EVs stop."""
        for evse in self.evses.values():
            evse.power_off()
        if self.display is not None:
            self.display.show("")

    # What people and vehicles do.

    def plug_in(self, evse_id: int, connector_id: int, side: Side = "both", *, seated: bool = True) -> None:
        """Plug in whichever of these ends is not. `seated` False: not far enough for the socket's lock."""
        connector = self._connector(evse_id, connector_id)
        into_socket = side in ("evse", "both") and not connector.cable_in_socket
        into_ev = side in ("ev", "both") and not connector.cable_in_ev
        if not into_socket and not into_ev:
            raise HardwareError(f"the cable of connector {connector_id} of EVSE {evse_id} is plugged in already")
        if connector.access_locked and (into_socket or connector.fixed_cable):
            raise HardwareError(f"connector {connector_id} of EVSE {evse_id} is locked until somebody is authorized")
        if into_socket:
            connector.plug_into_socket(seated=seated)
        if into_ev:
            connector.plug_into_ev(self._ev(evse_id))

    def unplug(self, evse_id: int, connector_id: int, side: Side = "both") -> None:
        """Pull out whichever of these ends is in. After "both" the EV drives on; the next one is another one."""
        connector = self._connector(evse_id, connector_id)
        from_socket = side in ("evse", "both") and connector.cable_in_socket and not connector.fixed_cable
        from_ev = side in ("ev", "both") and connector.cable_in_ev
        if not from_socket and not from_ev:
            raise HardwareError(f"nothing is plugged in there at connector {connector_id} of EVSE {evse_id}")
        if from_socket and connector.plug_locked:
            raise CableLocked(f"the cable is locked in connector {connector_id} of EVSE {evse_id}")
        if from_socket:
            connector.unplug_from_socket()
        if from_ev:
            connector.unplug_from_ev()
        if side == "both":
            self._evs.pop(evse_id, None)

    def present_token(self, id_token: str, kind: str, evse_id: int | None = None) -> None:
        """Hold a token to the reader or type a code, at an EVSE or where the reader cannot tell."""
        if evse_id is not None:
            self._evse(evse_id)
        self._emit(TokenPresented(id_token, kind, evse_id))

    def press_start_button(self, evse_id: int) -> None:
        self._evse(evse_id)
        self._emit(TokenPresented("", "NoAuthorization", evse_id))

    def choose(self, evse_ids: Collection[int]) -> None:
        """Choose from the EVSEs that the display offers."""
        offered = frozenset() if self.display is None else self.display.offered
        if not evse_ids or not offered.issuperset(evse_ids):
            raise HardwareError(f"the display offers no choice of EVSE {', '.join(map(str, evse_ids))}")
        self._emit(EvsesChosen(tuple(evse_ids)))

    def park(self, evse_id: int) -> None:
        self._set_bay(evse_id, occupied=True)

    def leave(self, evse_id: int) -> None:
        if any(each.cable_in_ev for each in self._evse(evse_id).connectors.values()):
            raise HardwareError(f"the EV at EVSE {evse_id} is still plugged in")
        self._evs.pop(evse_id, None)
        self._set_bay(evse_id, occupied=False)

    def ev_suspend(self, evse_id: int) -> None:
        """Let the EV refuse energy: the one that is plugged in, or else the next one."""
        self._set_willing(evse_id, willing=False)

    def ev_resume(self, evse_id: int) -> None:
        self._set_willing(evse_id, willing=True)

    def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        self._connector(evse_id, connector_id).set_fault(present)

    def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        """Let the lock that keeps the plug in the socket be stuck, or mend it, which opens an empty socket."""
        connector = self._connector(evse_id, connector_id)
        lock = connector.retention_lock
        if lock is None:
            raise HardwareError(f"connector {connector_id} of EVSE {evse_id} has no lock")
        lock.jam(jammed)
        if not jammed and not connector.cable_in_socket:
            lock.release()

    def _set_willing(self, evse_id: int, *, willing: bool) -> None:
        evse = self._evse(evse_id)
        self._ev(evse_id).willing = willing
        evse.update()

    def _set_bay(self, evse_id: int, *, occupied: bool) -> None:
        bay = self._evse(evse_id).bay
        if bay is None:
            raise HardwareError(f"EVSE {evse_id} has no parking bay sensor")
        bay.set(occupied)

    def _ev(self, evse_id: int) -> Ev:
        """The EV at this EVSE, plugged in or about to be."""
        if evse_id not in self._evs:
            self._evs[evse_id] = self._new_ev()
        return self._evs[evse_id]

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


def _listed(numbers: Mapping[int, object]) -> str:
    return ", ".join(str(number) for number in numbers)
