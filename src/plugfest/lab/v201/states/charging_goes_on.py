"""Nothing happens to a session that something should not end."""

from plugfest.lab.expectations import has, one_of, present
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.v201 import messages as m


async def charging_goes_on(bench: Bench, *, seconds: float | None = None) -> None:
    """For so many seconds, Part 6's message timeout if None, neither energy nor authorization nor transaction ends."""
    quiet = bench.settings.response_timeout if seconds is None else seconds
    its_own = bench.known_state.transaction_id
    stopped = has(transaction_id=its_own, charging_state=one_of("EVConnected", "SuspendedEVSE", "Idle"))
    going_on = has(transaction_id=its_own)
    await bench.silence(m.TransactionEventRequest, seconds=quiet, event_type="Ended", transaction_info=going_on)
    await bench.silence(m.TransactionEventRequest, seconds=0, transaction_info=stopped)
    await bench.silence(m.TransactionEventRequest, seconds=0, id_token=present, transaction_info=going_on)
