"""IdTokenCached and IdTokenLocalAuthList: a token that the station knows."""

from plugfest.lab.settings import Token
from plugfest.lab.v201.answers import id_token_info
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import needs
from plugfest.lab.v201.states.authorized import authorized, present_token, stop_authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.session_ended import ev_disconnected, parking_bay_unoccupied
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


async def id_token_cached(bench: Bench, token: Token | None = None) -> None:
    """Let the station learn a token: a whole session for an accepted one, one refused attempt for any other."""
    learned = token or bench.tokens.valid
    if learned.status != "Accepted":
        await present_token(bench, token=learned, asks=True)
        await bench.settle()  # the answer is on its way; only with it the station has learned
        bench.known_state.forget()  # a refused token begins nothing, also not after a remote start
        return
    await authorized(bench, token=learned)
    await energy_transfer_started(bench)
    await stop_authorized(bench, token=learned)
    await ev_disconnected(bench)
    await parking_bay_unoccupied(bench)


VERSION = 1


async def id_token_local_auth_list(bench: Bench, *tokens: Token) -> None:
    """Send a full list of these tokens, the lab's valid one if none is named, with what the CSMS knows of them."""
    await bench.configuration.establish(needs({"LocalAuthListCtrlr.Enabled": "true"}))  # erratum 6.2.121
    await bench.call(
        m.SendLocalListRequest(
            version_number=VERSION,
            update_type=t.UpdateEnumType.Full,
            local_authorization_list=[list_entry(token) for token in tokens or (bench.tokens.valid,)],
        ),
        status="Accepted",
    )


def list_entry(token: Token) -> t.AuthorizationData:
    """A token as an entry of the list."""
    return t.AuthorizationData(
        id_token=t.IdTokenType(id_token=token.id_token, type=t.IdTokenEnumType(token.type)),
        id_token_info=id_token_info(token.status, token),
    )


async def id_token_known(bench: Bench, token: Token | None = None) -> None:
    """IdTokenCached and IdTokenLocalAuthList "(if implemented)"."""
    known = token or bench.tokens.valid
    if bench.configuration.is_true("AuthCacheCtrlr.Available"):
        await bench.configuration.establish(needs({"AuthCacheCtrlr.Enabled": "true"}))
        await id_token_cached(bench, known)
    if bench.configuration.is_true("LocalAuthListCtrlr.Available"):
        await id_token_local_auth_list(bench, known)
