"""The order of connection attempts and the delays between them. Pure functions."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple


class ConnectionAttempt(NamedTuple):
    """Wait `delay` seconds, then connect with the network profile in `slot`."""

    delay: float
    slot: int


def connection_attempts(
    slots: Sequence[int],
    *,
    per_slot: int,
    fallback: int | None,
    new_backoff: Callable[[], Iterator[float]],
    at_once: bool,
) -> Iterator[ConnectionAttempt]:
    """An endless sequence of attempts.

    `slots` are tried in order, `per_slot` times each (B10.FR.03). After that only the slot `fallback` is tried
    (B10.FR.07); without a fallback the sequence begins again. `at_once`: the first attempt is not delayed, as after a
    start.

    Raises ValueError if there is no slot.
    """
    if not slots:
        raise ValueError("there is no network profile to connect with")
    if len(slots) == 1:
        yield from _retry(slots[0], new_backoff(), at_once)
    while True:
        for slot in slots:
            delays = new_backoff()
            for _ in range(per_slot):
                yield ConnectionAttempt(0.0 if at_once else next(delays), slot)
                at_once = False
        if fallback is not None:
            yield from _retry(fallback, new_backoff(), at_once=False)


def _retry(slot: int, delays: Iterator[float], at_once: bool) -> Iterator[ConnectionAttempt]:
    """Reconnection as in Part 4 section 5.3."""
    if at_once:
        yield ConnectionAttempt(0.0, slot)
    for delay in delays:
        yield ConnectionAttempt(delay, slot)
