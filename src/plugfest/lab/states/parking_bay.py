"""ParkingBayOccupied. Without a sensor in the PICS nobody drives: Part 6 calls it optional."""

from typing import TYPE_CHECKING

from plugfest.lab.states.points import event_type_now, transaction_event

if TYPE_CHECKING:
    from plugfest.lab.bench import Bench


def has_sensor(bench: "Bench") -> bool:
    """Whether the product knows that an EV is in the bay: it can start or stop transactions by it."""
    return bench.product.supports("C-09.6") or bench.product.supports("C-10.5")


async def parking_bay_occupied(bench: "Bench") -> None:
    """The EV drives into the bay."""
    if bench.situation.facts.bay_occupied or not has_sensor(bench):
        return
    before = bench.situation.facts
    await bench.operator.park(bench.settings.evse_id)
    bench.situation.become(bay_occupied=True)
    event_type = event_type_now(bench, before)
    if event_type is not None:
        await transaction_event(bench, event_type, trigger_reason="EVDetected")
