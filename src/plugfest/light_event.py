"""An event for thousands of objects that seldom wait."""

import asyncio


class LightEvent:
    """Like `asyncio.Event`, with a tenth of its memory: that one has a queue for its waiters from the beginning."""

    __slots__ = ("_is_set", "_waiters")

    def __init__(self) -> None:
        self._is_set = False
        self._waiters: tuple[asyncio.Future[None], ...] = ()

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        """Wake everything that waits; who waits later does not wait, until `clear`."""
        self._is_set = True
        self.wake()

    def wake(self) -> None:
        """Wake everything that waits; who waits later waits for the next time."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def clear(self) -> None:
        self._is_set = False

    async def wait(self) -> None:
        """Wait until it is set."""
        if self._is_set:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters += (waiter,)
        try:
            await waiter
        finally:
            self._waiters = tuple(each for each in self._waiters if each is not waiter)
