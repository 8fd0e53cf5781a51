"""C13 Offline Authorization through Local Authorization List: only an accepted entry starts a transaction."""

import msgspec

from plugfest.lab.case import case
from plugfest.lab.checks.outage import offline
from plugfest.lab.expectations import none_of
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.c12_cached_id_refused_by_the_csms import SHORT_OUTAGE
from plugfest.lab.v201.cases.c_authorization.id_tokens import METER_VALUE_TRIGGERS
from plugfest.lab.v201.memory.id_token import id_token_cached
from plugfest.lab.v201.memory.local_list import LIST_ENABLED, id_token_local_auth_list, listed
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.offline import (
    back_online,
    park_ev,
    present_and_settle,
    queued_events,
    start_offline_transaction,
    stop_with_token,
)
from plugfest.lab.v201.states.transaction_event import transaction_event
from plugfest.lab.v201.states.transaction_points import expected_event_type, has_bay_sensor
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

LIST_OFFLINE = {
    **LIST_ENABLED,
    "AuthCtrlr.LocalPreAuthorize": "true",
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": "false",
    "AuthCtrlr.LocalAuthorizeOffline": "true",
}


@case("TC_C_21_CS", requirements=("C13.FR.02",), configuration=LIST_OFFLINE, before=id_token_local_auth_list)
async def accepted(bench: Bench) -> None:
    """The station stays offline until the driver has left: the text has the departure twice, here before step 1."""
    bench.step("StartOfflineTransaction")
    await start_offline_transaction(bench)
    await stop_with_token(bench, bench.tokens.valid)
    outage = await back_online(bench)
    bench.step(1)
    events = sorted(await queued_events(bench, outage), key=lambda event: event.message.seq_no)
    stops = [number for number, event in enumerate(events) if event.message.trigger_reason == "StopAuthorized"]
    bench.check(bool(stops), "a TransactionEventRequest with triggerReason StopAuthorized", "none")
    for event in events[: stops[0]]:
        flag = given(event.message.offline)
        bench.check(flag is True, "offline true before StopAuthorized", flag, frame=event.frame.index)


@case(
    "TC_C_22_CS", requirements=("C13.FR.02",), configuration={**LIST_OFFLINE, **SHORT_OUTAGE}, before=listed("invalid")
)
async def invalid(bench: Bench) -> None:
    await _refused_offline(bench, bench.tokens.invalid)


@case(
    "TC_C_23_CS", requirements=("C13.FR.02",), configuration={**LIST_OFFLINE, **SHORT_OUTAGE}, before=listed("blocked")
)
async def blocked(bench: Bench) -> None:
    await _refused_offline(bench, bench.tokens.blocked)


@case(
    "TC_C_24_CS", requirements=("C13.FR.02",), configuration={**LIST_OFFLINE, **SHORT_OUTAGE}, before=listed("expired")
)
async def expired(bench: Bench) -> None:
    await _refused_offline(bench, bench.tokens.expired)


async def _refused_offline(bench: Bench, token: Token) -> None:
    """The EV is parked and the token presented while the station is offline; only the EV is reported."""
    await offline(bench.step(1))
    bench.step(2)
    before = bench.known_state.conditions
    await park_ev(bench)
    bench.known_state.update(bay_occupied=has_bay_sensor(bench.product))
    await present_and_settle(bench.step(3), token)
    await back_online(bench.step(4))
    bench.step(5)
    event_type = await expected_event_type(bench, before)
    if event_type is not None:
        await transaction_event(bench, event_type, trigger_reason="EVDetected", offline=True)
    await _no_transaction_event(bench)


async def cached_as_accepted_and_listed_as_invalid(bench: Bench) -> None:
    """The valid token is in the cache, if the station has one, and is listed as Invalid."""
    if bench.configuration.is_true("AuthCacheCtrlr.Available"):
        await id_token_cached(bench, bench.tokens.valid)
    await id_token_local_auth_list(bench, msgspec.structs.replace(bench.tokens.valid, status="Invalid"))


@case(
    "TC_C_25_CS",
    requirements=("C13.FR.01", "C13.FR.04", "C14.FR.01"),
    configuration={
        **LIST_OFFLINE,
        **SHORT_OUTAGE,
        "AuthCacheCtrlr.Enabled": "true",
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "TxCtrlr.StopTxOnInvalidId": "false",
    },
    before=(cached_as_accepted_and_listed_as_invalid, ev_connected_pre_session),
)
async def local_authorization_list_before_authorization_cache(bench: Bench) -> None:
    await offline(bench.step(1))
    await present_and_settle(bench, bench.tokens.valid)
    await bench.wait(bench.settings.transaction_duration)
    await back_online(bench.step(2))
    await _no_transaction_event(bench.step(3))


async def _no_transaction_event(bench: Bench) -> None:
    """The station reports no authorization; a transaction of the parked or connected EV may report meter values."""
    no_meter_values = none_of(*METER_VALUE_TRIGGERS)
    await bench.silence(
        m.TransactionEventRequest, seconds=bench.settings.response_timeout, trigger_reason=no_meter_values
    )
