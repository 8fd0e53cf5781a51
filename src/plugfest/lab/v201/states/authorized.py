"""Authorized and StopAuthorized, each by the local reader or by the CSMS."""

from collections.abc import Sequence

from plugfest.lab.expectations import anything, has, one_of, optional
from plugfest.lab.settings import Token
from plugfest.lab.v201.answers import CONTRACT
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.known_state import PendingReservation
from plugfest.lab.v201.states.connector_status import connectors
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session, parking_bay_occupied, plug_in_blocked
from plugfest.lab.v201.states.reserved import check_still_reserved, no_longer_reserved, reserved_connectors
from plugfest.lab.v201.states.transaction_event import (
    Event,
    check_stopped_reason,
    is_token,
    transaction_event,
    transaction_under_test,
)
from plugfest.lab.v201.states.transaction_points import expected_event_type, start_points
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

# Features of the PICS
LOCAL_START = ("C-30", "C-31", "C-32", "C-33", "C-34", "C-35")
LOCAL_STOP = ("C-70", "C-71", "C-72", "C-75")
LOCAL_TOKEN = ("C-30", "C-31", "C-32", "C-33", "C-34")
REMOTE_TOKEN = ("C-36", "C-37")
REMOTE_CENTRAL_TOKEN = "C-38"

START_BUTTON = Token("", "NoAuthorization")
TYPES_WITHOUT_AUTHORIZE = ("Central", "NoAuthorization")  # C05.FR.01, Part 6 section 2.1

STARTS_BEFORE_ENERGY = {"Authorized", "EVConnected", "ParkingBayOccupancy"}
"""The TxStartPoints at which an authorization starts a transaction before energy flows."""

AUTHORIZATION_ENABLED = {"AuthCtrlr.Enabled": "true", "AuthCtrlr.DisableRemoteAuthorization": "false"}
"""The configuration of cases in which the driver has to be authorized."""


def start_method(bench: Bench) -> str:
    """How the lab authorizes by default: "local" if the product has a local start, else "remote"."""
    return "local" if any(bench.product.supports(feature) for feature in LOCAL_START) else "remote"


def stop_method(bench: Bench) -> str:
    """How the lab ends the authorization by default. A reader cannot read a token of type Central, or a contract."""
    if bench.known_state.token is not None and bench.known_state.token.type in ("Central", CONTRACT):
        return "remote"
    return "local" if any(bench.product.supports(feature) for feature in LOCAL_STOP) else "remote"


def id_token(token: Token) -> object:
    """The check that an idToken is this token, without regard to case (identifierString)."""
    return is_token(token)


def default_token(bench: Bench, method: str) -> Token:
    """A valid token of a type that the product supports for this method, or the start button."""
    features = LOCAL_TOKEN if method == "local" else REMOTE_TOKEN
    if any(bench.product.supports(feature) for feature in features):
        return bench.tokens.valid
    if method == "remote" and bench.product.supports(REMOTE_CENTRAL_TOKEN):
        return bench.tokens.central
    return START_BUTTON


def must_send_authorize(bench: Bench, method: str, token: Token) -> bool:
    """Whether the station has to send AuthorizeRequest for a token that it does not know."""
    reservation = bench.known_state.reservation
    if reservation is not None and reservation.is_of(token):
        return False  # H03, erratum 2.32: the authorization of a reserved idToken may be skipped
    if token.type in TYPES_WITHOUT_AUTHORIZE or bench.configuration.value("AuthCtrlr.Enabled") == "false":
        return False
    return method == "local" or bench.configuration.is_true("AuthCtrlr.AuthorizeRemoteStart")  # F02.FR.09, F02.FR.10


async def authorized(
    bench: Bench,
    *,
    how: str | None = None,
    token: Token | None = None,
    expect_authorize: bool | None = None,
    profile: t.ChargingProfileType | UnsetType = UNSET,
) -> None:
    """Authorize a driver at the EVSE under test.

    Args:
        how: "local" or "remote"; `start_method` if None.
        token: the token to present; `default_token` if None.
        expect_authorize: whether AuthorizeRequest is required; by the configuration if None. False for a cached token.
        profile: the charging profile of a remote start.
    """
    if not bench.known_state.conditions.ev_connected:
        await parking_bay_occupied(bench)
    reservation = bench.known_state.reservation
    if reservation is not None and reservation.evse_id == bench.settings.evse_id:
        await check_still_reserved(bench, connectors(bench, reservation.evse_id))
    were_reserved = reserved_connectors(bench)
    await present_token(bench, how=how, token=token, expect_authorize=expect_authorize, profile=profile)
    await authorization_accepted(bench, were_reserved)


async def authorization_accepted(bench: Bench, were_reserved: Sequence[tuple[int, int]] = ()) -> None:
    """The driver is authorized, with the known token: the station reports it if its TxStartPoint requires that.

    `were_reserved`: the connectors that were Reserved for the driver.
    """
    before = bench.known_state.conditions
    bench.known_state.update(authorized=True)
    bench.known_state.unreported_token = bench.known_state.token
    used = _use_reservation(bench)
    event_type = await expected_event_type(bench, before)
    # With PowerPathClosed or EnergyTransfer alone the transaction starts with the energy transfer.
    reported = event_type == "Updated" or (event_type == "Started" and start_points(bench) & STARTS_BEFORE_ENERGY)
    if event_type is not None and reported:
        await authorization_reported(bench, event_type)
    else:
        await bench.settle()
    if used is not None:
        await no_longer_reserved(bench, were_reserved)
    if used is not None and bench.known_state.token is not None and used.is_of(bench.known_state.token):
        await authorize_optional(
            bench, bench.known_state.token, within=0 if reported else bench.settings.time_tolerance
        )


async def authorize_optional(bench: Bench, token: Token, *, within: float) -> None:
    """The station may send AuthorizeRequest for an idToken that it need not authorize."""
    await bench.expect_optional(m.AuthorizeRequest, within=within, id_token=id_token(token))


def _use_reservation(bench: Bench) -> PendingReservation | None:
    """The reservation that the token has used, if there is one for it."""
    reservation, token = bench.known_state.reservation, bench.known_state.token
    if reservation is None or token is None or not reservation.is_for(token):
        return None
    bench.known_state.unreported_reservation_id = reservation.id
    bench.known_state.reservation = None
    return reservation


async def authorization_reported(bench: Bench, event_type: str) -> Event:
    """The TransactionEventRequest that reports the authorization."""
    token = bench.known_state.token or bench.tokens.valid
    return await transaction_event(bench, event_type, trigger_reason="Authorized", id_token=id_token(token))


async def present_token(
    bench: Bench,
    *,
    how: str | None = None,
    token: Token | None = None,
    expect_authorize: bool | None = None,
    profile: t.ChargingProfileType | UnsetType = UNSET,
) -> None:
    """Present a token at the reader, or start remotely, and expect AuthorizeRequest if required.

    The arguments are those of `authorized`.
    """
    method = how or start_method(bench)
    bench.known_state.token = presented = token or default_token(bench, method)
    if method == "remote":
        await request_start(bench, presented, profile=profile)
    else:
        await bench.operator.present_token(presented, bench.settings.evse_id)
    if must_send_authorize(bench, method, presented) if expect_authorize is None else expect_authorize:
        await bench.expect(m.AuthorizeRequest, id_token=id_token(presented))


async def request_start(
    bench: Bench,
    token: Token,
    *,
    status: str = "Accepted",
    profile: t.ChargingProfileType | UnsetType = UNSET,
) -> None:
    """Send RequestStartTransaction for the EVSE under test (F01, F02)."""
    remote_start_id = bench.configuration.next_id()
    bench.csms.inbox.set_mark()
    bench.known_state.token = token
    if status == "Accepted":
        bench.known_state.remote_start_id = remote_start_id
    await bench.call(
        m.RequestStartTransactionRequest(
            id_token=t.IdTokenType(id_token=token.id_token, type=t.IdTokenEnumType(token.type)),
            remote_start_id=remote_start_id,
            evse_id=bench.settings.evse_id,
            group_id_token=_group_of(bench, token),
            charging_profile=profile,
        ),
        status=status,
        **_transaction_id_check(bench, status),
    )


def _transaction_id_check(bench: Bench, status: str) -> dict[str, object]:
    """The transactionId in the answer to a remote start: of the transaction that waits for a driver (F01.FR.13)."""
    waiting = bench.known_state.transaction_id if bench.known_state.ongoing else UNSET
    if status != "Accepted":
        return {"transaction_id": one_of(waiting, UNSET)}
    return {} if waiting is UNSET else {"transaction_id": waiting}


def _group_of(bench: Bench, token: Token) -> t.IdTokenType | UnsetType:
    """The groupIdToken of a remote start: only for an EVSE that is reserved for a group (F01.FR.22, F02.FR.24)."""
    reservation = bench.known_state.reservation
    if reservation is None or reservation.group is None or token.group is None:
        return UNSET
    return t.IdTokenType(id_token=token.group, type=t.IdTokenEnumType.Central)


async def stop_authorized(
    bench: Bench, *, how: str | None = None, token: Token | None = None, expect_authorize: bool = False
) -> None:
    """The driver or the CSMS ends the authorization.

    Args:
        how: "local" or "remote"; `stop_method` if None.
        token: the token to present; the one that started if None.
        expect_authorize: whether AuthorizeRequest is required: for an unknown token of the same group.
    """
    method = how or stop_method(bench)
    await bench.wait(bench.settings.transaction_duration)
    if method == "remote":
        await request_stop(bench)
    else:
        presented = token or bench.known_state.token or bench.tokens.valid
        await bench.operator.present_token(presented, bench.settings.evse_id)
        if expect_authorize:
            await bench.expect(m.AuthorizeRequest, id_token=id_token(presented))
    await stop_reported(bench, method, token)


async def stop_reported(bench: Bench, method: str, token: Token | None = None) -> None:
    """The events that report the end of the authorization, if a transaction is ongoing.

    The idToken is required if another token than the one that started has stopped (E07.FR.02), else optional.
    """
    if method == "remote":
        await authorization_ended(bench, "RemoteStop", ("Remote",))
        return
    presented = token or bench.known_state.token or bench.tokens.valid
    same = presented == bench.known_state.token
    token_check = optional(id_token(presented)) if same else id_token(presented)
    await authorization_ended(bench, "StopAuthorized", ("Local", UNSET), token_check=token_check)


async def authorization_ended(
    bench: Bench, trigger_reason: str, stopped_reasons: tuple[object, ...], *, token_check: object = anything
) -> None:
    """The events after the authorization has ended: one, or a first for the stop and a second for the charging state.

    If the transaction ends, the last of them is Ended. `token_check`: the check of the first event's idToken.
    """
    before = bench.known_state.conditions
    bench.known_state.update(authorized=False, energy_transfer=False)
    bench.known_state.stopped_reasons = stopped_reasons
    if not bench.known_state.ongoing:
        return
    ends = await expected_event_type(bench, before) == "Ended"
    event_type = one_of("Ended", "Updated") if ends else "Updated"
    first = await transaction_event(bench, event_type, trigger_reason=trigger_reason, id_token=token_check)
    check_stopped_reason(bench, first, *stopped_reasons)
    if ends and first.message.event_type != "Ended":
        await transaction_event(
            bench,
            "Ended",
            trigger_reason="ChargingStateChanged",
            transaction_info=has(charging_state="EVConnected", stopped_reason=one_of(*stopped_reasons)),
        )


async def request_stop(bench: Bench, *, status: str = "Accepted") -> None:
    """Send RequestStopTransaction for the transaction under test (F03)."""
    bench.csms.inbox.set_mark()
    await bench.call(m.RequestStopTransactionRequest(transaction_id=transaction_under_test(bench)), status=status)


async def authorized_if_plug_in_blocked(bench: Bench) -> None:
    """Authorize first where the connector is locked until then (AQ-2). For cases that only need the cable connected."""
    if plug_in_blocked(bench):
        await authorized(bench)
        await bench.settle()


async def first_event_with_token(bench: Bench, *, expect_authorize: bool = False) -> None:
    """Authorize and continue until an event carries the idToken; TxStartPoint decides which one (erratum 6.2.118)."""
    await authorized(bench, expect_authorize=expect_authorize)
    if bench.known_state.unreported_token is not None:
        await ev_connected_pre_session(bench)
    if bench.known_state.unreported_token is not None:
        reasons = one_of("Authorized", "ChargingStateChanged", "SignedDataReceived")
        await transaction_event(bench, "Started", trigger_reason=reasons)
