"""What the operator has left at the station: a campaign that ends before its end does not undo it."""

from collections.abc import Callable, Iterator

import msgspec

from plugfest.lab.operator.operator import Operator


class LeftAtStation(msgspec.Struct, frozen=True):
    """What was done at the station, or may have been done, and was not undone. Connectors as EVSE and connector."""

    cables: tuple[tuple[int, int], ...] = ()
    parked: tuple[int, ...] = ()
    faults: tuple[tuple[int, int], ...] = ()
    locks: tuple[tuple[int, int], ...] = ()
    network_cut: bool = False
    presented: tuple[int, ...] = ()

    def lines(self) -> Iterator[str]:
        """One line for each."""
        yield from (f"EVSE {evse_id}: the cable of connector {id} is still plugged in" for evse_id, id in self.cables)
        yield from (f"EVSE {evse_id}: an EV is still in the parking bay" for evse_id in self.parked)
        yield from (f"EVSE {evse_id}: connector {id} still has a fault" for evse_id, id in self.faults)
        yield from (f"EVSE {evse_id}: the lock of connector {id} is still blocked" for evse_id, id in self.locks)
        yield from (
            f"EVSE {evse_id}: a token was presented, and the driver may still be authorized"
            for evse_id in self.presented
        )
        if self.network_cut:
            yield "the network of the station is still disconnected"


NOTHING_LEFT = LeftAtStation()


class LeftWatch:
    """Follows what the operator leaves at the station. `on_change` is called with what is left after each change."""

    def __init__(self, operator: Operator, on_change: Callable[[LeftAtStation], None]) -> None:
        self._operator = operator
        self._on_change = on_change
        self._last = NOTHING_LEFT
        operator.on_possible_change = self.note

    def note(self) -> None:
        """Compare with what was left before."""
        operator = self._operator
        left = LeftAtStation(
            cables=tuple(sorted(operator.plugged)),
            parked=tuple(sorted(operator.parked)),
            faults=tuple(sorted(operator.faulted)),
            locks=tuple(sorted(operator.jammed)),
            network_cut=operator.network_cut,
            presented=tuple(sorted(operator.presented)),
        )
        if left != self._last:
            self._last = left
            self._on_change(left)

    def take_over(self, left: LeftAtStation) -> None:
        """The operator of an earlier sitting has left this at the station."""
        operator = self._operator
        operator.plugged |= {place: {"ev", "evse"} for place in left.cables}
        operator.parked |= set(left.parked)
        operator.faulted |= set(left.faults)
        operator.jammed |= set(left.locks)
        operator.network_cut = left.network_cut
        operator.presented |= set(left.presented)
        self.note()
