"""Peers that are measured in turns: the speed of a machine changes within seconds, and a ratio must not."""

from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Final

Trip = Callable[[], Awaitable[object]]
"""A request and its answer."""

TRIPS: Final = 100
"""Of each peer, one after the other, in a round."""

ROUNDS: Final = 25


async def durations(trips: Mapping[str, Trip]) -> dict[str, list[float]]:
    """The seconds of each round by peer."""
    found: dict[str, list[float]] = {peer: [] for peer in trips}
    for _ in range(ROUNDS):
        for peer, trip in trips.items():
            began = perf_counter()
            for _ in range(TRIPS):
                await trip()
            found[peer].append(perf_counter() - began)
    return found


def ratio(found: Mapping[str, list[float]], peer: str, other: str) -> float:
    """How many times the duration of `other` that of `peer` is: the median over the rounds."""
    return median(one / another for one, another in zip(found[peer], found[other], strict=True))


def microseconds(found: Mapping[str, list[float]], peer: str) -> float:
    """The median duration of a trip."""
    return median(found[peer]) / TRIPS * 1e6
