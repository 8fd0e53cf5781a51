"""Authorized, by the local reader or by the CSMS."""

from plugfest.lab.expectations import Matcher, meets
from plugfest.lab.settings import Token
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.connector_status import connector_becomes
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

LOCAL_START = "C-07"
AUTHORIZE_REMOTE = "AuthorizeRemoteTxRequests"
AUTHORIZE_REMOTE_ENABLED = {AUTHORIZE_REMOTE: "true"}
"""The configuration with which a remote start is authorized like a local one (5.11)."""


def start_method(bench: Bench) -> str:
    """How the lab authorizes when a case does not say: at the reader if the product has a local start."""
    return "local" if bench.product.supports(LOCAL_START) else "remote"


def id_tag(token: Token) -> Matcher:
    """The check that a message carries this token. Case does not count (CiString20Type)."""
    return meets(token.id_token, lambda value: str(value).lower() == token.id_token.lower())


def must_send_authorize(bench: Bench, way: str) -> bool:
    """Whether the station asks the CSMS about an idTag that it does not know (4.1, 5.11)."""
    return way == "local" or bench.configuration.is_true(AUTHORIZE_REMOTE)


async def authorized(
    bench: Bench,
    *,
    how: str | None = None,
    token: Token | None = None,
    asks: bool | None = None,
    profile: t.ChargingProfile | UnsetType = UNSET,
) -> None:
    """Authorize a driver at the connector under test, and see it become Preparing if it is not already.

    Args:
        how: "local" or "remote"; the product decides if None.
        token: the lab's valid one if None.
        asks: whether the station has to ask the CSMS with Authorize; if None the configuration decides. Say False where
            the token is cached or listed.
        profile: how to charge, if the CSMS authorizes.
    """
    await present_token(bench, how=how, token=token, asks=asks, profile=profile)
    if not bench.known_state.plugged_in:
        await connector_becomes(bench, "Preparing")  # A2: usage is initiated


async def present_token(
    bench: Bench,
    *,
    how: str | None = None,
    token: Token | None = None,
    asks: bool | None = None,
    profile: t.ChargingProfile | UnsetType = UNSET,
) -> None:
    """Bring a token to the station, at its reader or from the CSMS, and see whether it asks about it."""
    way = how or start_method(bench)
    presented = token or bench.tokens.valid
    if way == "remote":
        await request_start(bench, presented, profile=profile)
    else:
        await bench.present(presented)
    bench.known_state.token = presented
    bench.known_state.authorized = True
    if must_send_authorize(bench, way) if asks is None else asks:
        await bench.expect(m.AuthorizeRequest, id_tag=id_tag(presented))


async def no_authorize_request(bench: Bench) -> None:
    """So far in this scenario the station has not asked the CSMS about any idTag that the case did not wait for."""
    asked = [one for one in bench.csms.inbox.untaken() if isinstance(one.message, m.AuthorizeRequest)]
    bench.check(not asked, "no AuthorizeRequest", "sent", frame=asked[0].frame.index if asked else None)


def remote_start_request(
    token: Token, connector_id: int, profile: t.ChargingProfile | UnsetType = UNSET
) -> m.RemoteStartTransactionRequest:
    """RemoteStartTransaction for a connector."""
    return m.RemoteStartTransactionRequest(id_tag=token.id_token, connector_id=connector_id, charging_profile=profile)


async def request_start(
    bench: Bench,
    token: Token,
    *,
    status: str = "Accepted",
    profile: t.ChargingProfile | UnsetType = UNSET,
) -> None:
    """RemoteStartTransaction for the connector under test (5.11)."""
    bench.csms.inbox.set_mark()
    await bench.call(remote_start_request(token, bench.connector_id, profile), status=status)
