"""Authorize and ClearCache of OCPP 1.6 (4.1, 5.4)."""

from functools import partial

from plugfest.link.errors import CallTimeout, ConnectionLost, LinkError
from plugfest.ocpp.v16.messages import AuthorizeRequest, ClearCacheRequest, ClearCacheResponse
from plugfest.ocpp.v16.types import ClearCacheResponseStatus
from plugfest.station.blocks.conversion.v16 import token_info_of
from plugfest.station.context import Context, Offline
from plugfest.station.model.authorization.authorizer import INVALID, Authorizer
from plugfest.station.model.authorization.tokens import Token, TokenInfo


def register(context: Context) -> None:
    authorizer = context.shared.get(Authorizer)
    authorizer.ask = partial(_ask, context, authorizer)
    context.handlers.add(ClearCacheRequest, partial(_clear, authorizer))


async def _ask(context: Context, authorizer: Authorizer, token: Token) -> TokenInfo | None:
    """None if the CSMS is unreachable; then the offline rules apply (3.5)."""
    try:
        response = await context.csms.call(AuthorizeRequest(id_tag=token.id_token))
    except (Offline, ConnectionLost, CallTimeout):
        return None
    except LinkError:
        return INVALID  # the CSMS answered with an error
    info = token_info_of(response.id_tag_info)
    authorizer.update_cache(token, info)
    return info


def _clear(authorizer: Authorizer, request: ClearCacheRequest) -> ClearCacheResponse:
    if not authorizer.cache.enabled:
        return ClearCacheResponse(status=ClearCacheResponseStatus.Rejected)  # erratum 3.23
    authorizer.cache.clear()
    return ClearCacheResponse(status=ClearCacheResponseStatus.Accepted)
