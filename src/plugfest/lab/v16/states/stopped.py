"""From Charging back to an idle connector: the transaction stops, the EV leaves."""

from plugfest.lab.checks.cable import cable_released
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import one_of, optional
from plugfest.lab.settings import Token
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.authorized import id_tag
from plugfest.lab.v16.states.charging import transaction_id
from plugfest.lab.v16.states.connector_status import connector_becomes
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m

LOCAL_STOP = "C-08"
LOCAL_STOP_REASON = one_of("Local", UNSET)
"""A transaction that ends normally needs no reason (4.10)."""


async def stopped(bench: Bench, *, how: str | None = None) -> None:
    """Stop the transaction as it was started, "local" at the reader or "remote", and see the connector Finishing."""
    await bench.wait(bench.settings.transaction_duration)
    way = how or ("local" if bench.product.supports(LOCAL_STOP) else "remote")
    if way == "remote":
        await request_stop(bench)
        await stop_reported(bench, reason="Remote")
    else:
        token = bench.known_state.token or bench.tokens.valid
        await bench.present(token)
        await stop_reported(bench, reason=LOCAL_STOP_REASON, token=token)


async def request_stop(bench: Bench) -> None:
    """RemoteStopTransaction for the transaction under test (5.12)."""
    bench.csms.inbox.set_mark()
    request = m.RemoteStopTransactionRequest(transaction_id=transaction_id(bench))
    await bench.call(request, status="Accepted")


async def stop_reported(
    bench: Bench, *, reason: object, token: Token | None = None, status: object = "Finishing"
) -> ReceivedRequest[m.StopTransactionRequest]:
    """StopTransaction, and the connector's status after it: in any order. `token` is who stopped, if told."""
    seen = await transaction_stops(bench, reason=reason, token=token)
    await connector_becomes(bench, status)
    return seen


async def transaction_stops(
    bench: Bench,
    *,
    reason: object,
    token: Token | None = None,
    names_token: bool = False,
    within: float | None = None,
) -> ReceivedRequest[m.StopTransactionRequest]:
    """StopTransaction of the transaction under test. `token` is who stopped it, `names_token`: it has to be told."""
    who: dict[str, object] = {}
    if token is not None:
        who["id_tag"] = id_tag(token) if names_token else optional(id_tag(token))
    seen = await bench.expect(
        m.StopTransactionRequest, transaction_id=transaction_id(bench), reason=reason, within=within, **who
    )
    bench.known_state.authorized = False
    return seen


async def unplugged(bench: Bench, *, status: object = "Available") -> None:
    """The driver takes his cable and leaves (F1): a lock lets it go when he has stopped (5.12)."""
    await cable_released(bench, bench.plug_out())
    bench.known_state.plugged_in = False
    await connector_becomes(bench, status)
