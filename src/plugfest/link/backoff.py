"""The waits between attempts to reconnect (OCPP 2.0.1 Part 4, 5.3)."""

from collections.abc import Callable, Iterator
from random import Random


class Backoff(Iterator[float]):
    """The waits in seconds before each attempt, endless. Use a new one after a successful connection.

    The wait doubles `repeat_times` times, each time plus up to `random_range` seconds, and then stays constant (Part 4,
    8.2: the random part is added as often as the wait doubles).
    """

    def __init__(
        self, wait_minimum: float, random_range: float, repeat_times: int, random: Callable[[], Random]
    ) -> None:
        self._wait_minimum = wait_minimum
        self._random_range = random_range
        self._random = random
        self._doublings_left = repeat_times
        self._wait: float | None = None

    def __next__(self) -> float:
        if self._wait is None:
            self._wait = self._wait_minimum + self._jitter()
        elif self._doublings_left > 0:
            self._doublings_left -= 1
            self._wait = 2 * self._wait + self._jitter()
        return self._wait

    def _jitter(self) -> float:
        return self._random().uniform(0, self._random_range)
