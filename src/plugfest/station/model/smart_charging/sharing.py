"""How a limit of the whole station is shared among those who charge: pure rules."""

from collections.abc import Mapping
from typing import Final

_ROUNDING: Final = 1e-6


def share(total: float, wanted: Mapping[int, float], least: Mapping[int, float] | None = None) -> dict[int, float]:
    """What each EVSE gets of `total`, in W: no more than it wants, all together no more than there is.

    Whoever wants less than an equal share gets it all, and the others share what is left (1.6, 3.13.3). `least` is what
    is worth charging with, 0 if not told. Where a share is not, its EVSE waits, and the others have more (1.6, 7.13).
    """
    shares = _equal(total, wanted)
    needs = {evse_id: min((least or {}).get(evse_id, 0.0), power) for evse_id, power in wanted.items()}
    short = [evse_id for evse_id, power in shares.items() if power < needs[evse_id] - _ROUNDING]
    if not short:
        return shares
    waits = max(short, key=lambda evse_id: (needs[evse_id], evse_id))
    others = {evse_id: power for evse_id, power in wanted.items() if evse_id != waits}
    return {waits: 0.0, **share(total, others, least)}


def _equal(total: float, wanted: Mapping[int, float]) -> dict[int, float]:
    shares: dict[int, float] = {}
    left = max(total, 0.0)
    for position, (evse_id, power) in enumerate(sorted(wanted.items(), key=lambda each: each[1])):
        shares[evse_id] = min(power, left / (len(wanted) - position))
        left -= shares[evse_id]
    return shares
