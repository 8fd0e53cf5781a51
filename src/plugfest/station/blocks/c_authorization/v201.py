"""AuthorizeRequest and ClearCacheRequest of OCPP 2.0.1 (C01 to C12), also for contract certificates (C07)."""

from collections.abc import Callable
from functools import partial

from plugfest.link.errors import CallTimeout, ConnectionLost, LinkError
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201.messages import AuthorizeRequest, AuthorizeResponse, ClearCacheRequest, ClearCacheResponse
from plugfest.ocpp.v201.types import ClearCacheStatusEnumType
from plugfest.station.blocks.c_authorization.contracts import ContractAuthorization
from plugfest.station.blocks.c_authorization.rules import Contract, ContractCheck, is_accepted, refused
from plugfest.station.blocks.conversion.v201 import id_token_type, ocsp_request_data, status_info, token_info_of
from plugfest.station.context import Context, Offline
from plugfest.station.model.authorization.authorizer import INVALID, Authorizer
from plugfest.station.model.authorization.token_cache import TokenCache
from plugfest.station.model.authorization.tokens import EMAID, Token, TokenInfo
from plugfest.station.setup.capabilities import Capability, has_capability

MAX_HASHES = 4
"""The most entries of iso15118CertificateHashData."""


def register(context: Context) -> None:
    authorizer = context.shared.get(Authorizer)
    authorizer.ask = partial(_ask, context, authorizer.cache)
    context.handlers.add(ClearCacheRequest, partial(_clear, authorizer))
    if has_capability(context.product, Capability.HIGH_LEVEL_COMMUNICATION):
        ContractAuthorization(context, partial(_ask_about_contract, context, authorizer.cache)).begin()
    if context.device_model.has("AuthCacheCtrlr", "Storage"):
        context.device_model.provide("AuthCacheCtrlr", "Storage", lambda: str(authorizer.cache.size()))


Judge = Callable[[AuthorizeResponse, TokenInfo], TokenInfo]
"""What an answer and its idTokenInfo mean for the token."""


async def _ask(context: Context, cache: TokenCache, token: Token) -> TokenInfo | None:
    """C01.FR.02."""
    return await _authorize(
        context, cache, token, AuthorizeRequest(id_token=id_token_type(token)), lambda _, info: info
    )


async def _ask_about_contract(
    context: Context, cache: TokenCache, contract: Contract, check: ContractCheck
) -> TokenInfo | None:
    """C07.FR.01, C07.FR.02, C07.FR.06."""
    token = Token(contract.emaid, EMAID)
    by_certificate = check is ContractCheck.BY_CERTIFICATE
    hashes = [ocsp_request_data(data) for data in contract.ocsp[:MAX_HASHES]]
    request = AuthorizeRequest(
        id_token=id_token_type(token),
        certificate=contract.chain if by_certificate else UNSET,
        iso15118_certificate_hash_data=UNSET if by_certificate else hashes or UNSET,
    )

    def judge(response: AuthorizeResponse, info: TokenInfo) -> TokenInfo:
        status = given(response.certificate_status)
        if is_accepted(check, contract.validity, token_accepted=info.accepted, certificate_status=status):
            return info
        answer = f"the CSMS answers {info.status}{f', certificateStatus {status}' if status else ''}"
        return refused(f"{answer}; {contract.problem}" if contract.problem else answer, info)

    return await _authorize(context, cache, token, request, judge)


async def _authorize(
    context: Context, cache: TokenCache, token: Token, request: AuthorizeRequest, judge: Judge
) -> TokenInfo | None:
    """None if the CSMS is unreachable; then the offline rules apply."""
    try:
        response = await context.csms.call(request)
    except (Offline, ConnectionLost, CallTimeout):
        return None
    except LinkError:
        return INVALID  # the CSMS answered with an error
    info = token_info_of(response.id_token_info)
    cache.update(token, info)  # C10.FR.04
    return judge(response, info)


def _clear(authorizer: Authorizer, request: ClearCacheRequest) -> ClearCacheResponse:
    if not authorizer.cache.enabled:
        return ClearCacheResponse(
            status=ClearCacheStatusEnumType.Rejected,
            status_info=status_info("NotEnabled"),  # C11.FR.04
        )
    authorizer.cache.clear()
    return ClearCacheResponse(status=ClearCacheStatusEnumType.Accepted)  # C11.FR.03
