"""Whether the station is idle."""

import asyncio


class Activity:
    """What keeps the station or an EVSE from being idle: transactions, firmware installation, log upload, ..."""

    def __init__(self) -> None:
        self._open: dict[str, int | None] = {}
        self._uninterruptible: set[str] = set()
        self._changed = asyncio.Event()

    def begin(self, name: str, evse_id: int | None = None, *, interruptible: bool = True) -> None:
        """`name` says what goes on (``transaction 4711``); `evse_id` where, None for the whole station.

        What is not `interruptible` must not be interrupted by a reset.
        """
        self._open[name] = evse_id
        if not interruptible:
            self._uninterruptible.add(name)

    def end(self, name: str) -> None:
        self._open.pop(name, None)
        self._uninterruptible.discard(name)
        self._changed.set()

    @property
    def interruptible(self) -> bool:
        """Whether a reset may come now."""
        return not self._uninterruptible

    def busy(self, evse_id: int | None = None) -> bool:
        """Whether anything goes on at all, or at one EVSE."""
        if evse_id is None:
            return bool(self._open)
        return any(place in (None, evse_id) for place in self._open.values())

    async def idle(self, evse_id: int | None = None) -> None:
        """Wait until nothing goes on."""
        while self.busy(evse_id):
            self._changed.clear()
            await self._changed.wait()
