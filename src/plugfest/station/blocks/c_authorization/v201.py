"""AuthorizeRequest and ClearCacheRequest of OCPP 2.0.1 (C01 to C12)."""

from functools import partial

from plugfest.link.errors import CallTimeout, ConnectionLost, LinkError
from plugfest.ocpp.v201.messages import AuthorizeRequest, ClearCacheRequest, ClearCacheResponse
from plugfest.ocpp.v201.types import ClearCacheStatusEnumType
from plugfest.station.blocks.conversion.v201 import id_token_type, status_info, token_info_of
from plugfest.station.context import Context, Offline
from plugfest.station.model.authorization.authorizer import INVALID, Authorizer
from plugfest.station.model.authorization.token_cache import TokenCache
from plugfest.station.model.authorization.tokens import Token, TokenInfo


def register(context: Context) -> None:
    authorizer = context.shared.get(Authorizer)
    authorizer.ask = partial(_ask, context, authorizer.cache)
    context.handlers.add(ClearCacheRequest, partial(_clear, authorizer))
    if context.device_model.has("AuthCacheCtrlr", "Storage"):
        context.device_model.provide("AuthCacheCtrlr", "Storage", lambda: str(authorizer.cache.size()))


async def _ask(context: Context, cache: TokenCache, token: Token) -> TokenInfo | None:
    """C01.FR.02. None if the CSMS is unreachable; then the offline rules apply."""
    try:
        response = await context.csms.call(AuthorizeRequest(id_token=id_token_type(token)))
    except (Offline, ConnectionLost, CallTimeout):
        return None
    except LinkError:
        return INVALID  # the CSMS answered with an error
    info = token_info_of(response.id_token_info)
    cache.update(token, info)  # C10.FR.04
    return info


async def _clear(authorizer: Authorizer, request: ClearCacheRequest) -> ClearCacheResponse:
    if not authorizer.cache.enabled:
        return ClearCacheResponse(
            status=ClearCacheStatusEnumType.Rejected,
            status_info=status_info("NotEnabled"),  # C11.FR.04
        )
    authorizer.cache.clear()
    return ClearCacheResponse(status=ClearCacheStatusEnumType.Accepted)  # C11.FR.03
