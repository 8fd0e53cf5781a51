"""The small parts of a virtual station: locks, bays, the display."""

from collections.abc import Callable, Collection


class VirtualLock:
    """A motor lock. It stays as it is without power."""

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

    def jam(self, jammed: bool) -> None:
        """Let it be stuck, closed, or mend it."""
        self._jammed = jammed
        self._engaged = self._engaged or jammed


class VirtualBay:
    """The sensor over a parking bay."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._occupied = False

    @property
    def occupied(self) -> bool:
        return self._occupied

    def set(self, occupied: bool) -> None:
        """An EV drives in or out."""
        if occupied != self._occupied:
            self._occupied = occupied
            self._changed()


class VirtualDisplay:
    """One line of text, and at times EVSEs to choose from."""

    def __init__(self) -> None:
        self.text = ""
        self.offered: frozenset[int] = frozenset()

    def show(self, text: str) -> None:
        self.text = text
        self.offered = frozenset()

    def offer(self, text: str, evse_ids: Collection[int]) -> None:
        self.text = text
        self.offered = frozenset(evse_ids)
