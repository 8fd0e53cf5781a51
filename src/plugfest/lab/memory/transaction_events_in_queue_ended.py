"""TransactionEventsInQueueEnded: the station has a whole transaction to tell of."""

from typing import TYPE_CHECKING

from plugfest.lab.states.authorized import own_token
from plugfest.lab.states.offline import offline
from plugfest.lab.states.offline_session import arrive, show, stop_by_token

if TYPE_CHECKING:
    from plugfest.lab.bench import Bench


async def transaction_events_in_queue_ended(bench: "Bench") -> None:
    """A session from arrival to departure while offline. The station is still offline."""
    await offline(bench)
    await arrive(bench)
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    token = own_token(bench, "local")
    await show(bench, token)
    await bench.wait(bench.settings.transaction_duration)
    await stop_by_token(bench, token)
