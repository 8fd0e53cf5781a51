"""Which EVSEs the reservations without a certain EVSE need. Pure functions.

A reservation is a set of EVSEs of which it needs any one. An EVSE serves one reservation.
"""

from collections.abc import Collection, Sequence


def served(needs: Sequence[Collection[int]]) -> list[bool]:
    """Which reservations get an EVSE if as many as possible do; earlier ones have priority."""
    taken: dict[int, int] = {}
    return [_assign(number, needs, taken, set()) for number in range(len(needs))]


def is_needed(evse_id: int, needs: Sequence[Collection[int]]) -> bool:
    """Whether fewer reservations could be served if another driver took the EVSE. H01.FR.07, H01.FR.09"""
    without = [[each for each in need if each != evse_id] for need in needs]
    return sum(served(without)) < sum(served(needs))


def _assign(number: int, needs: Sequence[Collection[int]], taken: dict[int, int], tried: set[int]) -> bool:
    """Give a reservation an EVSE; one that has an EVSE already may have to change to another."""
    for evse_id in needs[number]:
        if evse_id in tried:
            continue
        tried.add(evse_id)
        if evse_id not in taken or _assign(taken[evse_id], needs, taken, tried):
            taken[evse_id] = number
            return True
    return False
