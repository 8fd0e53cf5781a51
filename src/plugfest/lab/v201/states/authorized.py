"""Authorized and StopAuthorized, each by the local reader or by the CSMS."""

from plugfest.lab.expectations import anything, has, one_of, optional, shown
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session, parking_bay_occupied, plug_in_blocked
from plugfest.lab.v201.states.transaction_event import (
    Event,
    expected_event_type,
    start_points,
    transaction_event,
)
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

LOCAL_START = ("C-30", "C-31", "C-32", "C-33", "C-34", "C-35")

LOCAL_STOP = ("C-70", "C-71", "C-72", "C-75")

LOCAL_TOKEN_FEATURES = ("C-30", "C-31", "C-32", "C-33", "C-34")

REMOTE_TOKEN_FEATURES = ("C-36", "C-37")

START_BUTTON = Token("", "NoAuthorization")

TYPES_WITHOUT_AUTHORIZE = ("Central", "NoAuthorization")  # C05.FR.01, Part 6 section 2.1

STARTS_BEFORE_ENERGY = {"Authorized", "EVConnected", "ParkingBayOccupancy"}
"""The start points by which an authorization starts a transaction before any energy flows."""

AUTHORIZATION_ENABLED = {"AuthCtrlr.Enabled": "true", "AuthCtrlr.DisableRemoteAuthorization": "false"}
"""The configuration of the cases in which a driver has to be authorized."""


def start_method(bench: Bench) -> str:
    """How the lab authorizes when a case does not say: at the reader if the product has one, else from the CSMS."""
    return "local" if any(bench.product.supports(feature) for feature in LOCAL_START) else "remote"


def stop_method(bench: Bench) -> str:
    """How the lab ends authorization when a case does not say. No reader reads a token that the CSMS made up."""
    if bench.known_state.token is not None and bench.known_state.token.type == "Central":
        return "remote"
    return "local" if any(bench.product.supports(feature) for feature in LOCAL_STOP) else "remote"


def id_token(token: Token) -> object:
    """The check that a message carries this token."""
    return has(id_token=token.id_token, type=token.type)


def default_token(bench: Bench, way: str) -> Token:
    """The valid token for a way, of a kind that the product claims: a card, an id that the CSMS makes up, or none."""
    if any(
        bench.product.supports(feature)
        for feature in (LOCAL_TOKEN_FEATURES if way == "local" else REMOTE_TOKEN_FEATURES)
    ):
        return bench.tokens.valid
    if way == "remote" and bench.product.supports("C-38"):
        return bench.tokens.central
    return START_BUTTON


def must_send_authorize(bench: Bench, way: str, token: Token) -> bool:
    """Whether the station asks the CSMS about a token that it does not know."""
    if token.type in TYPES_WITHOUT_AUTHORIZE or bench.configuration.value("AuthCtrlr.Enabled") == "false":
        return False
    return way == "local" or bench.configuration.is_true("AuthCtrlr.AuthorizeRemoteStart")  # F02.FR.09, F02.FR.10


async def authorized(
    bench: Bench,
    *,
    how: str | None = None,
    token: Token | None = None,
    asks: bool | None = None,
    profile: t.ChargingProfileType | UnsetType = UNSET,
) -> None:
    """Authorize a driver at the EVSE under test.

    Args:
        how: "local" or "remote"; the product decides if None.
        token: one that the product can be started with if None.
        asks: whether the station has to ask the CSMS with Authorize; if None the configuration decides. Say False where
            the token is cached.
        profile: how to charge, if the CSMS authorizes.
    """
    if not bench.known_state.facts.ev_connected:
        await parking_bay_occupied(bench)
    await present_token(bench, how=how, token=token, asks=asks, profile=profile)
    before = bench.known_state.facts
    bench.known_state.become(authorized=True)
    bench.known_state.untold_token = bench.known_state.token
    event_type = expected_event_type(bench, before)
    # With PowerPathClosed or EnergyTransfer alone the event belongs to the start of energy transfer.
    if event_type == "Updated" or (event_type == "Started" and start_points(bench) & STARTS_BEFORE_ENERGY):
        await authorization_reported(bench, event_type)
    else:
        await bench.settle()


async def authorization_reported(bench: Bench, event_type: str) -> Event:
    """The TransactionEvent that tells of the authorization."""
    token = bench.known_state.token or bench.tokens.valid
    return await transaction_event(bench, event_type, trigger_reason="Authorized", id_token=id_token(token))


async def present_token(
    bench: Bench,
    *,
    how: str | None = None,
    token: Token | None = None,
    asks: bool | None = None,
    profile: t.ChargingProfileType | UnsetType = UNSET,
) -> None:
    """Bring a token to the station, at its reader or from the CSMS, and see whether it asks about it."""
    way = how or start_method(bench)
    bench.known_state.token = presented = token or default_token(bench, way)
    if way == "remote":
        await request_start(bench, presented, profile=profile)
    else:
        await bench.operator.present_token(presented, bench.settings.evse_id)
    if must_send_authorize(bench, way, presented) if asks is None else asks:
        await bench.expect(m.AuthorizeRequest, id_token=id_token(presented))


async def request_start(
    bench: Bench,
    token: Token,
    *,
    status: str = "Accepted",
    profile: t.ChargingProfileType | UnsetType = UNSET,
) -> None:
    """RequestStartTransaction for the EVSE under test (F01, F02)."""
    remote_start_id = bench.configuration.next_request_id()
    bench.csms.inbox.set_mark()
    bench.known_state.token = token
    if status == "Accepted":
        bench.known_state.remote_start_id = remote_start_id
    transaction_id = bench.known_state.transaction_id if bench.known_state.ongoing else UNSET  # F01.FR.05
    await bench.call(
        m.RequestStartTransactionRequest(
            id_token=t.IdTokenType(id_token=token.id_token, type=t.IdTokenEnumType(token.type)),
            remote_start_id=remote_start_id,
            evse_id=bench.settings.evse_id,
            charging_profile=profile,
        ),
        status=status,
        **({} if transaction_id is UNSET else {"transaction_id": transaction_id}),
    )


async def stop_authorized(
    bench: Bench, *, how: str | None = None, token: Token | None = None, asks: bool = False
) -> None:
    """The driver, or the CSMS, ends the authorization.

    Args:
        how: "local" or "remote"; the product decides if None.
        token: the one that authorized if None.
        asks: whether the station has to ask the CSMS about the token: another one of the group that it does not know.
    """
    way = how or stop_method(bench)
    await bench.wait(bench.settings.transaction_duration)
    if way == "remote":
        await request_stop(bench)
    else:
        stopper = token or bench.known_state.token or bench.tokens.valid
        await bench.operator.present_token(stopper, bench.settings.evse_id)
        if asks:
            await bench.expect(m.AuthorizeRequest, id_token=id_token(stopper))
    await stop_reported(bench, way, token)


async def stop_reported(bench: Bench, way: str, token: Token | None = None) -> None:
    """What the station tells of the end of authorization, if a transaction is going on.

    A token other than the one that authorized has to be named (E07.FR.02), the same one may be.
    """
    if way == "remote":
        await authorization_ended(bench, "RemoteStop", ("Remote",))
        return
    stopper = token or bench.known_state.token or bench.tokens.valid
    named = id_token(stopper) if stopper != bench.known_state.token else optional(id_token(stopper))
    await authorization_ended(bench, "StopAuthorized", ("Local", UNSET), names=named)


async def authorization_ended(
    bench: Bench, trigger_reason: str, stopped_reasons: tuple[object, ...], *, names: object = anything
) -> None:
    """One event, or one for the stop and a second one for the charging state; if one ends the transaction, the last."""
    before = bench.known_state.facts
    bench.known_state.become(authorized=False, energy_transfer=False)
    bench.known_state.stopped_reasons = stopped_reasons
    if not bench.known_state.ongoing:
        return
    ends = expected_event_type(bench, before) == "Ended"
    event_type = one_of("Ended", "Updated") if ends else "Updated"
    first = await transaction_event(bench, event_type, trigger_reason=trigger_reason, id_token=names)
    if first.message.event_type == "Ended":
        bench.check(
            first.message.transaction_info.stopped_reason in stopped_reasons,
            f"transactionInfo.stoppedReason {' or '.join(shown(reason) for reason in stopped_reasons)}",
            shown(first.message.transaction_info.stopped_reason),
            frame=first.frame.index,
        )
    elif ends:
        await transaction_event(
            bench,
            "Ended",
            trigger_reason="ChargingStateChanged",
            transaction_info=has(charging_state="EVConnected", stopped_reason=one_of(*stopped_reasons)),
        )


async def request_stop(bench: Bench, *, status: str = "Accepted") -> None:
    """RequestStopTransaction for the transaction on the bench (F03)."""
    bench.csms.inbox.set_mark()
    await bench.call(
        m.RequestStopTransactionRequest(transaction_id=bench.known_state.transaction_id or ""), status=status
    )


async def authorized_if_plug_in_blocked(bench: Bench) -> None:
    """Authorize the driver where a lock keeps him out: a preparation for cases about the cable alone."""
    if plug_in_blocked(bench):
        await authorized(bench)
        await bench.settle()


async def first_event_with_token(bench: Bench, *, asks: bool = False) -> None:
    """Authorize, and go on with the session until an event names the token: TxStartPoint decides which (6.2.118)."""
    await authorized(bench, asks=asks)
    if bench.known_state.untold_token is not None:
        await ev_connected_pre_session(bench)
    if bench.known_state.untold_token is not None:
        reasons = one_of("Authorized", "ChargingStateChanged", "SignedDataReceived")
        await transaction_event(bench, "Started", trigger_reason=reasons)
