"""IdTokenLocalAuthList: tokens in the local authorization list of the station, and the requests that change it."""

import msgspec

from plugfest.lab.case import Preparation
from plugfest.lab.settings import Token
from plugfest.lab.v201.answers import id_token_info
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import needs
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

VERSION = 5
"""The configured versionNumber of Part 6, greater than 1."""

LIST_ENABLED = {"LocalAuthListCtrlr.Enabled": "true"}


async def id_token_local_auth_list(bench: Bench, *tokens: Token) -> None:
    """IdTokenLocalAuthList: send a full list of these tokens, by default the valid one, with their idTokenInfo."""
    await bench.configuration.establish(needs(LIST_ENABLED))  # erratum 6.2.121
    await bench.call(full_list(VERSION, *(tokens or (bench.tokens.valid,))), status="Accepted")


def listed(*names: str) -> Preparation[Bench]:
    """IdTokenLocalAuthList with the lab's tokens of these names, each with the status that the CSMS has for it."""

    async def state(bench: Bench) -> None:
        await id_token_local_auth_list(bench, *(getattr(bench.tokens, name) for name in names))

    return state


def full_list(version: int, *tokens: Token) -> m.SendLocalListRequest:
    """A full list of these tokens; an empty list without any."""
    return m.SendLocalListRequest(
        version_number=version,
        update_type=t.UpdateEnumType.Full,
        local_authorization_list=[list_entry(token) for token in tokens] or UNSET,
    )


def differential_list(version: int, *changes: t.AuthorizationData) -> m.SendLocalListRequest:
    """Changes to the list; none without any."""
    return m.SendLocalListRequest(
        version_number=version,
        update_type=t.UpdateEnumType.Differential,
        local_authorization_list=list(changes) or UNSET,
    )


def list_entry(token: Token) -> t.AuthorizationData:
    """The entry of a token."""
    return msgspec.structs.replace(removed_entry(token), id_token_info=id_token_info(token.status, token))


def removed_entry(token: Token) -> t.AuthorizationData:
    """The entry of a token that a differential update removes."""
    return t.AuthorizationData(id_token=t.IdTokenType(id_token=token.id_token, type=t.IdTokenEnumType(token.type)))
