"""Charging: a transaction is ongoing and the connector is Charging; connectors with an EV connected."""

import asyncio

from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.settings import Token
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.ledger import ObservedTransaction
from plugfest.lab.v16.states.authorized import authorized, id_tag, start_method
from plugfest.lab.v16.states.connector_status import connector_becomes
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


async def plugged_in(bench: Bench, *, reports: object = "Preparing") -> None:
    """The driver plugs in. Unless a driver is authorized, the connector becomes Preparing (A2)."""
    initiates = not bench.known_state.authorized
    await bench.plug_in()
    bench.known_state.plugged_in = True
    if initiates:
        await connector_becomes(bench, reports)


async def charging(
    bench: Bench,
    *,
    how: str | None = None,
    token: Token | None = None,
    expect_authorize: bool | None = None,
    profile: t.ChargingProfile | UnsetType = UNSET,
    reservation_id: object = UNSET,
) -> None:
    """Authorize and plug in if that is not done, and expect the transaction to start and the connector to charge.

    `reservation_id`: the reservation that the transaction ends. The other arguments are those of `authorized`.
    """
    if not bench.known_state.authorized:
        if not authorizes_without_cable(bench, how):
            await plugged_in(bench)
        await authorized(bench, how=how, token=token, expect_authorize=expect_authorize, profile=profile)
    if not bench.known_state.plugged_in:
        await plugged_in(bench)
    await charging_starts(bench, reservation_id=reservation_id)


def authorizes_without_cable(bench: Bench, how: str | None) -> bool:
    """Whether the driver can be authorized before plugging in, without communication with the EV (AQ-11)."""
    return (how or start_method(bench)) == "remote" or bench.product.answers("AQ-11") is not False


async def charging_starts(bench: Bench, *, reservation_id: object = UNSET) -> None:
    """StartTransaction, and the connector becomes Charging, in any order. It may be suspended before (4.9)."""
    await transaction_starts(bench, reservation_id=reservation_id)
    await connector_becomes(bench, "Charging")


async def transaction_starts(
    bench: Bench, *, reservation_id: object = UNSET, within: float | None = None
) -> ReceivedRequest[m.StartTransactionRequest]:
    """StartTransaction for the connector under test with the authorized idTag; the CSMS assigns a transactionId."""
    token = bench.known_state.token or bench.tokens.valid
    seen = await bench.expect(
        m.StartTransactionRequest,
        connector_id=bench.connector_id,
        id_tag=id_tag(token),
        reservation_id=reservation_id,
        within=within,
    )
    bench.known_state.transaction = await transaction_of(bench, seen)
    return seen


async def transaction_of(bench: Bench, seen: ReceivedRequest[m.StartTransactionRequest]) -> ObservedTransaction:
    """The transaction with the id that the CSMS assigned in its answer."""
    try:
        async with asyncio.timeout(bench.settings.response_timeout):
            return await bench.ledger.wait_for_transaction(seen.message)
    except TimeoutError:
        bench.judge.fail_missing("the station receives StartTransaction.conf", "", "disconnected before")
        raise


def transaction_id(bench: Bench) -> int:
    """The transactionId of the transaction under test."""
    assert bench.known_state.transaction is not None, "no transaction has started in this case"
    return bench.known_state.transaction.transaction_id


async def occupied(bench: Bench, connector_id: int | None = None) -> None:
    """SetConnectorOccupied: plug in, by default at the connector under test, which becomes Preparing."""
    if connector_id in (None, bench.connector_id):
        await plugged_in(bench)
        return
    await bench.plug_in(connector_id)
    await connector_becomes(bench, "Preparing", connector_id=connector_id)


async def all_occupied(bench: Bench) -> None:
    """An EV is connected to every connector."""
    for connector_id in bench.connectors:
        await occupied(bench, connector_id)
