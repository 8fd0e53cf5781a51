"""The priority of a transaction among those that share the power of the station, in OCPP 2.0.1 (K03)."""

from functools import partial

from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.station.context import Context
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.smart_charging.limiter import Limiter


def register(context: Context) -> None:
    context.outbox.on_answer(m.TransactionEventRequest, partial(_answered, context))


def _answered(
    context: Context, request: m.TransactionEventRequest, response: m.TransactionEventResponse | None
) -> None:
    """Share the power anew if the answer may have changed a priority: block E has applied its idTokenInfo before."""
    if response is None or (given(response.charging_priority) is None and given(response.id_token_info) is None):
        return
    sessions, limiter = context.shared.get(ChargingSessions), context.shared.get(Limiter)
    session = sessions.with_transaction(request.transaction_info.transaction_id)
    if session is None or session.transaction is None:
        return
    priority = given(response.charging_priority)
    if priority is not None:
        session.transaction.charging_priority = priority  # K03.FR.05
        sessions.save(session)
    with limiter.own_change():
        limiter.refresh()
