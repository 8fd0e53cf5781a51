"""States that all EVSEs of a station are in at the same time."""

from collections.abc import Iterable

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started


def evse_ids(bench: Bench) -> list[int]:
    """Every EVSE that the PICS names."""
    return [evse.id for evse in bench.product.evses]


async def energy_transfer_everywhere(bench: Bench, ids: Iterable[int] | None = None) -> None:
    """Energy flows at each of these EVSEs, at all of the station if None."""
    for evse_id in evse_ids(bench) if ids is None else ids:
        await energy_transfer_started(bench.at(evse_id))
