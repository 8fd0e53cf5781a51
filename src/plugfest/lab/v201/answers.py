"""The default answers of an OCPP 2.0.1 CSMS."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from plugfest.lab.csms.answers import ResponseBuilder, common_answers
from plugfest.lab.settings import LabSettings, Token
from plugfest.ocpp.message import UNSET, Request, Response, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.versions import V201

CONTRACT = "eMAID"
"""The type of the idToken of a contract certificate (C07.FR.02)."""


def id_token_info(
    status: str, token: Token | None = None, *, expires: datetime | UnsetType = UNSET
) -> t.IdTokenInfoType:
    """The idTokenInfo of a token. groupIdToken is the group of the token."""
    group = token.group if token else None
    return t.IdTokenInfoType(
        status=t.AuthorizationStatusEnumType(status),
        cache_expiry_date_time=expires,
        group_id_token=t.IdTokenType(id_token=group, type=t.IdTokenEnumType.Central) if group else UNSET,
    )


def authorize_answer(
    status: str, token: Token | None = None, *, certificate_status: str | None = None
) -> Callable[[m.AuthorizeRequest], m.AuthorizeResponse]:
    """Answers every AuthorizeRequest with this status, and this status of a contract certificate."""
    certificate = UNSET if certificate_status is None else t.AuthorizeCertificateStatusEnumType(certificate_status)
    return lambda _: m.AuthorizeResponse(id_token_info=id_token_info(status, token), certificate_status=certificate)


def transaction_event_answer(
    status: str, token: Token | None = None
) -> Callable[[m.TransactionEventRequest], m.TransactionEventResponse]:
    """Answers a transaction event that has an idToken with this status, others without idTokenInfo (C10.FR.05)."""

    def answer(request: m.TransactionEventRequest) -> m.TransactionEventResponse:
        has_token = not isinstance(request.id_token, UnsetType)
        return m.TransactionEventResponse(id_token_info=id_token_info(status, token) if has_token else UNSET)

    return answer


def default_answers(
    settings: LabSettings, utc_now: Callable[[], datetime]
) -> Mapping[type[Request[Any]], ResponseBuilder]:
    """Accept requests, know the tokens and the contract of the lab, reject unknown vendors."""
    known = {(text.lower(), kind): token for (text, kind), token in settings.tokens.known().items()}
    known[settings.emaid.lower(), CONTRACT] = Token(settings.emaid, CONTRACT)

    def info(id_token: t.IdTokenType) -> t.IdTokenInfoType:
        token = known.get((id_token.id_token.lower(), id_token.type))
        # A token that the CSMS does not know is Unknown, but NoAuthorization is always accepted (C01.FR.07).
        default = "Accepted" if id_token.type == t.IdTokenEnumType.NoAuthorization else "Unknown"
        return id_token_info(token.status if token else default, token)

    def authorize(request: m.AuthorizeRequest) -> Response:
        contract = request.id_token.type == CONTRACT
        return m.AuthorizeResponse(
            id_token_info=info(request.id_token),
            certificate_status=t.AuthorizeCertificateStatusEnumType.Accepted if contract else UNSET,  # C07.FR.14
        )

    def transaction_event(request: m.TransactionEventRequest) -> Response:
        id_token = request.id_token
        return m.TransactionEventResponse(id_token_info=UNSET if isinstance(id_token, UnsetType) else info(id_token))

    def certificate_status(_: m.GetCertificateStatusRequest) -> Response:
        return m.GetCertificateStatusResponse(status=t.GetCertificateStatusEnumType.Failed)  # M06.FR.04

    return {
        **common_answers(V201, settings, utc_now),
        m.AuthorizeRequest: authorize,
        m.TransactionEventRequest: transaction_event,
        m.GetCertificateStatusRequest: certificate_status,
        m.NotifyEVChargingNeedsRequest: lambda _: m.NotifyEVChargingNeedsResponse(
            status=t.NotifyEVChargingNeedsStatusEnumType.Rejected  # K15.FR.04: it has no schedule
        ),
        m.NotifyEVChargingScheduleRequest: lambda _: m.NotifyEVChargingScheduleResponse(
            status=t.GenericStatusEnumType.Accepted
        ),
    }
