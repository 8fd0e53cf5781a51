"""Whether the station is idle."""

from plugfest.light_event import LightEvent


class Activity:
    """What keeps the station or an EVSE busy: transactions, a firmware update, a log upload."""

    def __init__(self) -> None:
        self._ongoing: dict[str, int | None] = {}
        self._uninterruptible: frozenset[str] = frozenset()
        self._changed = LightEvent()

    def begin(self, name: str, evse_id: int | None = None, *, interruptible: bool = True) -> None:
        """Begin an activity, for example ``transaction 4711``, at one EVSE or the whole station (None).

        A reset must not interrupt an activity that is not `interruptible`.
        """
        self._ongoing[name] = evse_id
        if not interruptible:
            self._uninterruptible |= {name}

    def end(self, name: str) -> None:
        self._ongoing.pop(name, None)
        self._uninterruptible -= {name}
        self._changed.set()

    @property
    def interruptible(self) -> bool:
        """Whether a reset is possible now."""
        return not self._uninterruptible

    def busy(self, evse_id: int | None = None) -> bool:
        """Whether there is any activity: at this EVSE, or anywhere (None)."""
        if evse_id is None:
            return bool(self._ongoing)
        return any(place in (None, evse_id) for place in self._ongoing.values())

    async def wait_until_idle(self, evse_id: int | None = None) -> None:
        """Wait until there is no activity."""
        while self.busy(evse_id):
            self._changed.clear()
            await self._changed.wait()
