"""TransactionEventsInQueueEnded: the station has a whole transaction to tell of."""

from typing import TYPE_CHECKING

from plugfest.lab.states.offline import offline
from plugfest.lab.states.offline_session import arrive, stop_by_token

if TYPE_CHECKING:
    from plugfest.lab.bench import Bench


async def transaction_events_in_queue_ended(bench: "Bench") -> None:
    """A session from arrival to departure while offline. The station is still offline."""
    await offline(bench)
    await arrive(bench)
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    await bench.operator.present_token(bench.tokens.valid, bench.settings.evse_id)
    await bench.wait(bench.settings.transaction_duration)
    await stop_by_token(bench, bench.tokens.valid)
