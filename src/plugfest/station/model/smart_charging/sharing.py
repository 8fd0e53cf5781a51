"""How a limit of the whole station is shared among those who charge: pure rules."""

from collections.abc import Mapping
from typing import Final

_ROUNDING: Final = 1e-6


def share(total: float, wanted: Mapping[int, float], least: Mapping[int, float] | None = None) -> dict[int, float]:
    """What each EVSE gets of `total`: no more than it wants, all together no more than there is (1.6, 3.13.3).

    First each gets what is worth charging with (`least`, 0 if not told). If there is not enough for that, the one that
    needs most waits (1.6, 7.13). What is left is shared equally, and what one of them does not want by the others.
    """
    worth = {evse_id: min((least or {}).get(evse_id, 0.0), power) for evse_id, power in wanted.items()}
    left = max(total, 0.0) - sum(worth.values())
    if left < -_ROUNDING:
        waits = max(worth, key=lambda evse_id: (worth[evse_id], evse_id))
        others = {evse_id: power for evse_id, power in wanted.items() if evse_id != waits}
        return {waits: 0.0, **share(total, others, least)}
    more = _equal(left, {evse_id: power - worth[evse_id] for evse_id, power in wanted.items()})
    return {evse_id: worth[evse_id] + power for evse_id, power in more.items()}


def _equal(total: float, wanted: Mapping[int, float]) -> dict[int, float]:
    shares: dict[int, float] = {}
    left = max(total, 0.0)
    for position, (evse_id, power) in enumerate(sorted(wanted.items(), key=lambda each: each[1])):
        shares[evse_id] = min(power, left / (len(wanted) - position))
        left -= shares[evse_id]
    return shares
