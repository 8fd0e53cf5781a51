"""How often a transfer is tried again, and how long the station waits before each: as the CSMS wants it, or its own."""

from typing import Final, NamedTuple

OWN_RETRIES: Final = 1
OWN_RETRY_INTERVAL: Final = 10.0
"""How often, and after how many seconds, a transfer is tried again if the CSMS leaves that to the station."""


class Retries(NamedTuple):
    """So many tries more, `interval` seconds apart."""

    number: int
    interval: float


def retries_of(number: int | None, interval: int | None) -> Retries:
    """What the CSMS wants; its own where it says nothing, none where it says a negative number."""
    return Retries(
        OWN_RETRIES if number is None else max(number, 0),
        OWN_RETRY_INTERVAL if interval is None else max(interval, 0),
    )
