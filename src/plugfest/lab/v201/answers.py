"""The usual answers of an OCPP 2.0.1 CSMS."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from plugfest.lab.csms.answers import ResponseBuilder
from plugfest.lab.settings import LabSettings, Token
from plugfest.ocpp.message import UNSET, Request, Response, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def id_token_info(
    status: str, token: Token | None = None, *, expires: datetime | UnsetType = UNSET
) -> t.IdTokenInfoType:
    """What a CSMS says of a token; the group is the token's own."""
    group = token.group if token else None
    return t.IdTokenInfoType(
        status=t.AuthorizationStatusEnumType(status),
        cache_expiry_date_time=expires,
        group_id_token=t.IdTokenType(id_token=group, type=t.IdTokenEnumType.Central) if group else UNSET,
    )


def authorize_answer(status: str, token: Token | None = None) -> Callable[[m.AuthorizeRequest], m.AuthorizeResponse]:
    """Say this of whatever token the station asks about."""
    return lambda _: m.AuthorizeResponse(id_token_info=id_token_info(status, token))


def transaction_event_answer(
    status: str, token: Token | None = None
) -> Callable[[m.TransactionEventRequest], m.TransactionEventResponse]:
    """Say this of the token of an event; an event without one gets an answer without idTokenInfo (C10.FR.05)."""

    def answer(request: m.TransactionEventRequest) -> m.TransactionEventResponse:
        named = not isinstance(request.id_token, UnsetType)
        return m.TransactionEventResponse(id_token_info=id_token_info(status, token) if named else UNSET)

    return answer


def default_answers(
    settings: LabSettings, utc_now: Callable[[], datetime]
) -> Mapping[type[Request[Any]], ResponseBuilder]:
    """Accept what can be accepted, know the lab's tokens, refuse unknown vendors."""
    known = settings.tokens.known()

    def info(id_token: t.IdTokenType) -> t.IdTokenInfoType:
        token = known.get((id_token.id_token, id_token.type))
        # A CSMS that does not know a token says Unknown; without authorization there is nobody to refuse (C01.FR.07).
        usual = "Accepted" if id_token.type == t.IdTokenEnumType.NoAuthorization else "Unknown"
        return id_token_info(token.status if token else usual, token)

    def boot(_: m.BootNotificationRequest) -> Response:
        return m.BootNotificationResponse(
            current_time=utc_now(),
            interval=settings.heartbeat_interval,
            status=t.RegistrationStatusEnumType.Accepted,
        )

    def heartbeat(_: m.HeartbeatRequest) -> Response:
        return m.HeartbeatResponse(current_time=utc_now())

    def authorize(request: m.AuthorizeRequest) -> Response:
        return m.AuthorizeResponse(id_token_info=info(request.id_token))

    def transaction_event(request: m.TransactionEventRequest) -> Response:
        id_token = request.id_token
        return m.TransactionEventResponse(id_token_info=UNSET if isinstance(id_token, UnsetType) else info(id_token))

    def data_transfer(_: m.DataTransferRequest) -> Response:
        return m.DataTransferResponse(status=t.DataTransferStatusEnumType.UnknownVendorId)

    def sign_certificate(_: m.SignCertificateRequest) -> Response:
        return m.SignCertificateResponse(status=t.GenericStatusEnumType.Accepted)

    return {
        m.BootNotificationRequest: boot,
        m.HeartbeatRequest: heartbeat,
        m.AuthorizeRequest: authorize,
        m.TransactionEventRequest: transaction_event,
        m.DataTransferRequest: data_transfer,
        m.SignCertificateRequest: sign_certificate,
    }
