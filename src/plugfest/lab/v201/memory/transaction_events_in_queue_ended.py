"""TransactionEventsInQueueEnded: the station has a whole transaction to tell of."""

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.ev_connected import locked_out
from plugfest.lab.v201.states.offline import offline
from plugfest.lab.v201.states.offline_session import arrive, connect, offline_token, show, stop_by_token


async def transaction_events_in_queue_ended(bench: Bench) -> None:
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
