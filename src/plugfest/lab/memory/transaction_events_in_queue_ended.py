"""TransactionEventsInQueueEnded: the station has a whole transaction to tell of."""

from typing import TYPE_CHECKING

from plugfest.lab.states.ev_connected import locked_out
from plugfest.lab.states.offline import offline
from plugfest.lab.states.offline_session import arrive, connect, offline_token, show, stop_by_token

if TYPE_CHECKING:
    from plugfest.lab.bench import Bench


async def transaction_events_in_queue_ended(bench: "Bench") -> None:
    """A session from arrival to departure while offline. The station is still offline."""
    await offline(bench)
    await arrive(bench)
    token = offline_token(bench)
    barred = locked_out(bench)
    if not barred:
        await connect(bench)
    await show(bench, token)
    if barred:
        await connect(bench)
    await bench.wait(bench.settings.transaction_duration)
    await stop_by_token(bench, token)
