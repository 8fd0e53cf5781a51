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


async def id_tag_cached(bench: Bench) -> None:
    """Let the station learn the lab's valid idTag by a whole session (3.5.1)."""
    await charging(bench)
    await stopped(bench)
    await unplugged(bench)
    bench.known_state.forget()


LIST_ENABLED = {"LocalAuthListEnabled": "true"}


EMPTY, NO_LIST = 0, -1
"""The versions that a station tells of a list without entries, and of none at all (5.10)."""

A_VERSION = meets("0 or more", lambda value: isinstance(value, int) and value >= EMPTY)


def list_entry(token: Token) -> t.AuthorizationData:
    """A token as an entry of the list."""
    return t.AuthorizationData(id_tag=token.id_token, id_tag_info=id_tag_info(token.status, token))


def full_list(version: int, *tokens: Token) -> m.SendLocalListRequest:
    """A list of these tokens that takes the place of the old one. Without any it empties that."""
    return m.SendLocalListRequest(
        list_version=version,
        update_type=t.SendLocalListUpdateType.Full,
        local_authorization_list=[list_entry(token) for token in tokens] or UNSET,
    )


def differential_list(version: int, *changes: t.AuthorizationData) -> m.SendLocalListRequest:
    """Changes to the list that is there."""
    return m.SendLocalListRequest(
        list_version=version,
        update_type=t.SendLocalListUpdateType.Differential,
        local_authorization_list=list(changes),
    )


async def list_version(bench: Bench, expected: object = A_VERSION) -> int:
    """Ask for the version of the list of a station that has one (5.10)."""
    response = await bench.call(m.GetLocalListVersionRequest(), list_version=expected)
    return response.list_version


async def id_tag_local_auth_list(bench: Bench, *tokens: Token) -> None:
    """Send a full list of these tokens, the lab's valid one if none is named, with a version above the present one."""
    await bench.configuration.establish(needs(LIST_ENABLED))
    version = await list_version(bench) + 1
    await bench.call(full_list(version, *(tokens or (bench.tokens.valid,))), status="Accepted")
