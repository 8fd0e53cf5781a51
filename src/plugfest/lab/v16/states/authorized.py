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
"""The configuration with which a remote start is authorized like a local start (5.11)."""


def start_method(bench: Bench) -> str:
    """How the lab authorizes by default: "local" if the product has a local start, else "remote"."""
    return "local" if bench.product.supports(LOCAL_START) else "remote"


def id_tag(token: Token) -> Matcher:
    """The check that an idTag is this token, without regard to case (CiString20Type)."""
    return meets(token.id_token, lambda value: str(value).lower() == token.id_token.lower())


def must_send_authorize(bench: Bench, method: str) -> bool:
    """Whether the station has to send Authorize.req for an idTag that it does not know (4.1, 5.11)."""
    return method == "local" or bench.configuration.is_true(AUTHORIZE_REMOTE)


async def authorized(
    bench: Bench,
    *,
    how: str | None = None,
    token: Token | None = None,
    expect_authorize: bool | None = None,
    profile: t.ChargingProfile | UnsetType = UNSET,
) -> None:
    """Authorize a driver at the connector under test, which becomes Preparing unless a cable is connected.

    Args:
        how: "local" or "remote"; `start_method` if None.
        token: the token to present; the valid one if None.
        expect_authorize: whether Authorize.req is required; by the configuration if None. False for a token that is
            cached or listed.
        profile: the charging profile of a remote start.
    """
    await present_token(bench, how=how, token=token, expect_authorize=expect_authorize, profile=profile)
    if not bench.known_state.plugged_in:
        await connector_becomes(bench, "Preparing")  # A2


async def present_token(
    bench: Bench,
    *,
    how: str | None = None,
    token: Token | None = None,
    expect_authorize: bool | None = None,
    profile: t.ChargingProfile | UnsetType = UNSET,
) -> None:
    """Present a token at the reader, or start remotely, and expect Authorize.req if required.

    The arguments are those of `authorized`.
    """
    method = how or start_method(bench)
    presented = token or bench.tokens.valid
    if method == "remote":
        await request_start(bench, presented, profile=profile)
    else:
        await bench.present(presented)
    bench.known_state.token = presented
    bench.known_state.authorized = True
    if must_send_authorize(bench, method) if expect_authorize is None else expect_authorize:
        await bench.expect(m.AuthorizeRequest, id_tag=id_tag(presented))


async def no_authorize_request(bench: Bench) -> None:
    """The station has sent no Authorize.req in this scenario, but for those that the case expected."""
    sent = [one for one in bench.csms.inbox.unconsumed() if isinstance(one.message, m.AuthorizeRequest)]
    bench.check(not sent, "no AuthorizeRequest", "sent", frame=sent[0].frame.index if sent else None)


def remote_start_request(
    token: Token, connector_id: int, profile: t.ChargingProfile | UnsetType = UNSET
) -> m.RemoteStartTransactionRequest:
    """RemoteStartTransaction.req for a connector."""
    return m.RemoteStartTransactionRequest(id_tag=token.id_token, connector_id=connector_id, charging_profile=profile)


async def request_start(
    bench: Bench,
    token: Token,
    *,
    status: str = "Accepted",
    profile: t.ChargingProfile | UnsetType = UNSET,
) -> None:
    """Send RemoteStartTransaction for the connector under test (5.11)."""
    bench.csms.inbox.set_mark()
    await bench.call(remote_start_request(token, bench.connector_id, profile), status=status)
