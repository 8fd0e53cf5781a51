"""In which order and after which waits a station tries to connect. A pure rule."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple


class ConnectionAttempt(NamedTuple):
    """Wait so many seconds, then connect with the network profile in this slot."""

    wait: float
    slot: int


def connection_attempts(
    slots: Sequence[int],
    *,
    per_slot: int,
    fallback: int | None,
    new_backoff: Callable[[], Iterator[float]],
    at_once: bool,
) -> Iterator[ConnectionAttempt]:
    """Every attempt, without end, until one succeeds.

    `slots` are tried in their order, `per_slot` times each (B10.FR.03). Then comes the slot `fallback` for good
    (B10.FR.07), or without one all of them again. `at_once`: the very first attempt does not wait, as after a start.

    Raises ValueError where there is no slot at all.
    """
    if not slots:
        raise ValueError("no network profile is there to connect with")
    if len(slots) == 1:
        yield from _keep_trying(slots[0], new_backoff(), at_once)
    while True:
        for slot in slots:
            waits = new_backoff()
            for _ in range(per_slot):
                yield ConnectionAttempt(0.0 if at_once else next(waits), slot)
                at_once = False
        if fallback is not None:
            yield from _keep_trying(fallback, new_backoff(), at_once=False)


def _keep_trying(slot: int, waits: Iterator[float], at_once: bool) -> Iterator[ConnectionAttempt]:
    """The reconnection of Part 4 section 5.3."""
    if at_once:
        yield ConnectionAttempt(0.0, slot)
    for wait in waits:
        yield ConnectionAttempt(wait, slot)
