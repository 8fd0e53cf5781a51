"""From Charging to an idle connector: the transaction stops, the driver unplugs."""

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
"""The reason of a local stop may be omitted (4.10)."""


async def stopped(bench: Bench, *, how: str | None = None) -> None:
    """Stop the transaction, "local" at the reader or "remote"; the connector becomes Finishing."""
    await bench.wait(bench.settings.transaction_duration)
    method = how or ("local" if bench.product.supports(LOCAL_STOP) else "remote")
    if method == "remote":
        await request_stop(bench)
        await stop_reported(bench, reason="Remote")
    else:
        token = bench.known_state.token or bench.tokens.valid
        await bench.present(token)
        await stop_reported(bench, reason=LOCAL_STOP_REASON, token=token)


async def request_stop(bench: Bench) -> None:
    """Send RemoteStopTransaction for the transaction under test (5.12)."""
    bench.csms.inbox.set_mark()
    request = m.RemoteStopTransactionRequest(transaction_id=transaction_id(bench))
    await bench.call(request, status="Accepted")


async def stop_reported(
    bench: Bench, *, reason: object, token: Token | None = None, status: object = "Finishing"
) -> ReceivedRequest[m.StopTransactionRequest]:
    """StopTransaction, and the connector reports `status`, in any order. `token`: the idTag, which may be omitted."""
    seen = await transaction_stops(bench, reason=reason, token=token)
    await connector_becomes(bench, status)
    return seen


async def transaction_stops(
    bench: Bench,
    *,
    reason: object,
    token: Token | None = None,
    token_required: bool = False,
    within: float | None = None,
) -> ReceivedRequest[m.StopTransactionRequest]:
    """StopTransaction of the transaction under test. `token`: the idTag, may be omitted unless `token_required`."""
    checks: dict[str, object] = {}
    if token is not None:
        checks["id_tag"] = id_tag(token) if token_required else optional(id_tag(token))
    seen = await bench.expect(
        m.StopTransactionRequest, transaction_id=transaction_id(bench), reason=reason, within=within, **checks
    )
    bench.known_state.authorized = False
    return seen


async def unplugged(bench: Bench, *, status: object = "Available") -> None:
    """The driver unplugs (F1), which the lock allows after the stop (5.12); the connector reports `status`."""
    await cable_released(bench, bench.unplug())
    bench.known_state.plugged_in = False
    await connector_becomes(bench, status)
