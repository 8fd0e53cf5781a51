"""ParkingBayOccupied. Without a sensor in the PICS nobody drives: Part 6 calls it optional."""

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.points import event_type_now, transaction_event


def has_sensor(bench: Bench) -> bool:
    """Whether the product knows that an EV is in the bay: it can start or stop transactions by it."""
    return bench.product.supports("C-09.6") or bench.product.supports("C-10.5")


async def parking_bay_occupied(bench: Bench) -> None:
    """The EV drives into the bay."""
    if bench.known_state.facts.bay_occupied or not has_sensor(bench):
        return
    before = bench.known_state.facts
    await bench.operator.park(bench.settings.evse_id)
    bench.known_state.become(bay_occupied=True)
    event_type = event_type_now(bench, before)
    if event_type is not None:
        await transaction_event(bench, event_type, trigger_reason="EVDetected")
