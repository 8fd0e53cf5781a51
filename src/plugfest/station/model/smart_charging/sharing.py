"""How a limit of the whole station is shared among those who charge: a pure rule."""

from collections.abc import Mapping


def share(total: float, wanted: Mapping[int, float]) -> dict[int, float]:
    """What each EVSE gets of `total`, in W: no more than it wants, all together no more than there is.

    Whoever wants less than an equal share gets it all, and the others share what is left (1.6, 3.13.3).
    """
    shares: dict[int, float] = {}
    left = max(total, 0.0)
    for position, (evse_id, power) in enumerate(sorted(wanted.items(), key=lambda each: each[1])):
        shares[evse_id] = min(power, left / (len(wanted) - position))
        left -= shares[evse_id]
    return shares
