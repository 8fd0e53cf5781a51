"""IdTagCached and IdTagLocalAuthList: an idTag that the station knows."""

from plugfest.lab.expectations import meets
from plugfest.lab.settings import Token
from plugfest.lab.v16.answers import id_tag_info
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import needs
from plugfest.lab.v16.states.charging import charging
from plugfest.lab.v16.states.stopped import stopped, unplugged
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

LIST_ENABLED = {"LocalAuthListEnabled": "true"}

EMPTY, NO_LIST = 0, -1
"""The listVersion of an empty list, and without support of the list (5.10)."""

A_VERSION = meets("0 or more", lambda value: isinstance(value, int) and value >= EMPTY)


async def id_tag_cached(bench: Bench) -> None:
    """IdTagCached: the valid idTag, by a complete session (3.5.1)."""
    await charging(bench)
    await stopped(bench)
    await unplugged(bench)
    bench.known_state.reset()


def list_entry(token: Token) -> t.AuthorizationData:
    """The entry of a token."""
    return t.AuthorizationData(id_tag=token.id_token, id_tag_info=id_tag_info(token.status, token))


def full_list(version: int, *tokens: Token) -> m.SendLocalListRequest:
    """SendLocalList.req with a full list of these tokens; an empty list without any."""
    return m.SendLocalListRequest(
        list_version=version,
        update_type=t.SendLocalListUpdateType.Full,
        local_authorization_list=[list_entry(token) for token in tokens] or UNSET,
    )


def differential_list(version: int, *changes: t.AuthorizationData) -> m.SendLocalListRequest:
    """SendLocalList.req with changes to the current list."""
    return m.SendLocalListRequest(
        list_version=version,
        update_type=t.SendLocalListUpdateType.Differential,
        local_authorization_list=list(changes),
    )


async def list_version(bench: Bench, expected: object = A_VERSION) -> int:
    """The listVersion that the station reports; the station supports the list (5.10)."""
    response = await bench.call(m.GetLocalListVersionRequest(), list_version=expected)
    return response.list_version


async def id_tag_local_auth_list(bench: Bench, *tokens: Token) -> None:
    """IdTagLocalAuthList: send a full list of these tokens, by default the valid one, with the next listVersion."""
    await bench.configuration.establish(needs(LIST_ENABLED))
    version = await list_version(bench) + 1
    await bench.call(full_list(version, *(tokens or (bench.tokens.valid,))), status="Accepted")
