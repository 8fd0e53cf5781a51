"""Small parts of a virtual station: locks and parking bays."""

from collections.abc import Callable


class VirtualLock:
    """A motor lock. It keeps its position without power."""

    def __init__(self, *, engaged: bool, can_engage: Callable[[], bool]) -> None:
        self._engaged = engaged
        self._can_engage = can_engage
        self._jammed = False

    @property
    def engaged(self) -> bool:
        return self._engaged

    def engage(self) -> bool:
        self._engaged = self._engaged or self._can_engage()
        return self._engaged

    def release(self) -> bool:
        self._engaged = self._engaged and self._jammed
        return not self._engaged

    @property
    def jammed(self) -> bool:
        return self._jammed

    def jam(self, jammed: bool) -> None:
        """Jam the lock in closed position, or clear that."""
        self._jammed = jammed
        self._engaged = self._engaged or jammed


class VirtualBay:
    """The sensor of a parking bay."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._occupied = False

    @property
    def occupied(self) -> bool:
        return self._occupied

    def set(self, occupied: bool) -> None:
        """An EV enters or leaves."""
        if occupied != self._occupied:
            self._occupied = occupied
            self._changed()
