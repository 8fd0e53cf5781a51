"""Shares a limit of the station among the EVSEs that deliver energy. Pure rules."""

from collections.abc import Mapping
from typing import Final

_ROUNDING: Final = 1e-6


def share(
    total: float,
    requested: Mapping[int, float],
    minimum: Mapping[int, float] | None = None,
    priority: Mapping[int, int] | None = None,
) -> dict[int, float]:
    """The share of each EVSE in `total`: at most what it requests, and together at most `total` (1.6, 3.13.3).

    Those with a higher `priority` (default 0) get all that they request before the others get anything (2.0.1,
    K03.FR.04). For those with the same priority see `_share_of_equals`.
    """
    shares: dict[int, float] = {}
    ranks = {evse_id: (priority or {}).get(evse_id, 0) for evse_id in requested}
    for rank in sorted(set(ranks.values()), reverse=True):
        equals = {evse_id: power for evse_id, power in requested.items() if ranks[evse_id] == rank}
        shares |= _share_of_equals(total - sum(shares.values()), equals, minimum or {})
    return shares


def _share_of_equals(total: float, requested: Mapping[int, float], minimum: Mapping[int, float]) -> dict[int, float]:
    """The shares of EVSEs with the same priority.

    Each EVSE gets its `minimum` first (default 0). If there is not enough for that, the EVSE with the highest minimum
    gets nothing (1.6, 7.13). The rest is shared equally; what an EVSE does not request goes to the others.
    """
    minimums = {evse_id: min(minimum.get(evse_id, 0.0), power) for evse_id, power in requested.items()}
    remaining = max(total, 0.0) - sum(minimums.values())
    if remaining < -_ROUNDING:
        suspended = max(minimums, key=lambda evse_id: (minimums[evse_id], evse_id))
        others = {evse_id: power for evse_id, power in requested.items() if evse_id != suspended}
        return {suspended: 0.0, **_share_of_equals(total, others, minimum)}
    additional = _equal(remaining, {evse_id: power - minimums[evse_id] for evse_id, power in requested.items()})
    return {evse_id: minimums[evse_id] + power for evse_id, power in additional.items()}


def _equal(total: float, requested: Mapping[int, float]) -> dict[int, float]:
    shares: dict[int, float] = {}
    remaining = max(total, 0.0)
    for position, (evse_id, power) in enumerate(sorted(requested.items(), key=lambda each: each[1])):
        shares[evse_id] = min(power, remaining / (len(requested) - position))
        remaining -= shares[evse_id]
    return shares
