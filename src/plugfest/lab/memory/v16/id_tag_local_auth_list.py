"""IdTagLocalAuthList: an idTag is in the local authorization list."""

from typing import TYPE_CHECKING

from plugfest.lab.csms.answers_v16 import id_tag_info
from plugfest.lab.settings import Token
from plugfest.lab.v16.configuration import needs
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

if TYPE_CHECKING:
    from plugfest.lab.v16.bench import Bench

LIST_ENABLED = {"LocalAuthListEnabled": "true"}


def entry(token: Token) -> t.AuthorizationData:
    """A token as an entry of the list."""
    return t.AuthorizationData(id_tag=token.id_token, id_tag_info=id_tag_info(token.status, token))


def full_list(version: int, *tokens: Token) -> m.SendLocalListRequest:
    """A list of these tokens that takes the place of the old one."""
    return m.SendLocalListRequest(
        list_version=version,
        update_type=t.SendLocalListUpdateType.Full,
        local_authorization_list=[entry(token) for token in tokens],
    )


async def id_tag_local_auth_list(bench: "Bench", *tokens: Token) -> None:
    """Send a full list of these tokens, the lab's valid one if none is named, with a version above the present one."""
    await bench.configuration.establish(needs(LIST_ENABLED))
    present = await bench.call(m.GetLocalListVersionRequest())
    version = max(present.list_version, 0) + 1
    await bench.call(full_list(version, *(tokens or (bench.tokens.valid,))), status="Accepted")
