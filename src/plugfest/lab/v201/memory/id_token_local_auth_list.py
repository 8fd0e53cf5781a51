"""IdTokenLocalAuthList: a token is in the local authorization list."""

from plugfest.lab.settings import Token
from plugfest.lab.v201.answers import id_token_info
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import needs
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

VERSION = 1


async def id_token_local_auth_list(bench: Bench, *tokens: Token) -> None:
    """Send a full list of these tokens, the lab's valid one if none is named, with what the CSMS knows of them."""
    await bench.configuration.establish(needs({"LocalAuthListCtrlr.Enabled": "true"}))  # erratum 6.2.121
    await bench.call(
        m.SendLocalListRequest(
            version_number=VERSION,
            update_type=t.UpdateEnumType.Full,
            local_authorization_list=[entry(token) for token in tokens or (bench.tokens.valid,)],
        ),
        status="Accepted",
    )


def entry(token: Token) -> t.AuthorizationData:
    """A token as an entry of the list."""
    return t.AuthorizationData(
        id_token=t.IdTokenType(id_token=token.id_token, type=t.IdTokenEnumType(token.type)),
        id_token_info=id_token_info(token.status, token),
    )
