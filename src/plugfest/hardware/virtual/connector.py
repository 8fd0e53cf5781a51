"""A socket or a fixed cable, its locks and its contactor."""

from collections.abc import Callable

from plugfest.hardware.ports import Fault, HardwareError, Pilot
from plugfest.hardware.virtual.ev import Ev
from plugfest.hardware.virtual.parts import VirtualLock


class VirtualContactor:
    """The switch between grid and cable."""

    def __init__(self, may_close: Callable[[], bool], changed: Callable[[], None]) -> None:
        self._may_close = may_close
        self._changed = changed
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        if not self._may_close():
            raise HardwareError("the contactor does not close: no EV is ready")
        self._set(True)

    def open(self) -> None:
        self._set(False)

    def _set(self, closed: bool) -> None:
        if closed != self._closed:
            self._closed = closed
            self._changed()


class VirtualConnector:
    """One connector of an EVSE, with the cable and the EV that are plugged in."""

    def __init__(
        self, *, fixed_cable: bool, retention_lock: bool, access_lock: bool, changed: Callable[[], None]
    ) -> None:
        self._fixed_cable = fixed_cable
        self._changed = changed
        self._plug_in_socket = fixed_cable
        self._plug_seated = True
        self._fault: Fault | None = None
        self._ev: Ev | None = None
        self._ev_ready = False
        self.contactor = VirtualContactor(lambda: self.ev_ready and not self.faulted, changed)
        self.retention_lock = (
            VirtualLock(engaged=False, can_engage=lambda: self._plug_seated) if retention_lock else None
        )
        self.access_lock = VirtualLock(engaged=False, can_engage=lambda: not self.occupied) if access_lock else None

    # The port `Connector`.

    @property
    def fixed_cable(self) -> bool:
        return self._fixed_cable

    @property
    def occupied(self) -> bool:
        return self._ev is not None if self._fixed_cable else self._plug_in_socket

    @property
    def pilot(self) -> Pilot:
        if self.faulted:
            return Pilot.NOT_AVAILABLE
        if self.ev is None:
            return Pilot.NO_EV
        return Pilot.EV_READY if self._ev_ready else Pilot.EV_CONNECTED

    @property
    def faulted(self) -> bool:
        return self._fault is not None

    @property
    def fault(self) -> Fault | None:
        return self._fault

    # The cable and the EV.

    @property
    def ev(self) -> Ev | None:
        """The EV at the other end, if both ends are plugged in."""
        return self._ev if self._plug_in_socket else None

    @property
    def ev_ready(self) -> bool:
        """Whether the EV is ready to draw energy now."""
        return self._ev_ready and self.ev is not None

    def set_ready(self, ready: bool) -> None:
        if ready != self._ev_ready:
            self._ev_ready = ready
            self._changed()

    @property
    def cable_in_ev(self) -> bool:
        return self._ev is not None

    @property
    def cable_in_socket(self) -> bool:
        return self._plug_in_socket

    @property
    def plug_locked(self) -> bool:
        """Whether the retention lock is engaged."""
        return self.retention_lock is not None and self.retention_lock.engaged

    @property
    def access_locked(self) -> bool:
        """Whether the access lock is engaged."""
        return self.access_lock is not None and self.access_lock.engaged

    def plug_into_ev(self, ev: Ev) -> None:
        self._ev = ev
        self._changed()

    def plug_into_socket(self, *, seated: bool) -> None:
        self._plug_in_socket = True
        self._plug_seated = seated
        self._changed()

    def unplug_from_ev(self) -> None:
        self._ev = None
        self._ev_ready = False
        self._changed()

    def unplug_from_socket(self) -> None:
        self._plug_in_socket = False
        self._ev_ready = False
        self._changed()

    def set_fault(self, fault: Fault | None) -> None:
        """Set a fault instead of the present one, or clear it (None). A fault opens the contactor."""
        if fault == self._fault:
            return
        self._fault = fault
        self._ev_ready = False
        self.contactor.open()
        self._changed()
