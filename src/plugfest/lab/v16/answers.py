"""The usual answers of an OCPP 1.6 CSMS."""

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from plugfest.lab.csms.answers import ResponseBuilder
from plugfest.lab.settings import LabSettings, Token, Tokens
from plugfest.lab.v16.bench import Bench
from plugfest.ocpp.message import UNSET, Request, Response, UnsetType
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

ID_TAG_LENGTH = 20
UNKNOWN = "Invalid"
"""What a CSMS of OCPP 1.6 says of an idTag that it does not know (7.2)."""


def id_tag_info(status: str, token: Token | None = None, *, expires: datetime | UnsetType = UNSET) -> t.IdTagInfo:
    """What a CSMS says of an idTag; the parent is the group of the token."""
    return t.IdTagInfo(
        status=t.AuthorizationStatus(UNKNOWN if status == "Unknown" else status),
        expiry_date=expires,
        parent_id_tag=token.group if token and token.group else UNSET,
    )


def id_tags(tokens: Tokens) -> dict[str, Token]:
    """The tokens of the lab that fit into an idTag, by it. Case does not count (CiString20Type)."""
    return {
        token.id_token.lower(): token for token in tokens.known().values() if 0 < len(token.id_token) <= ID_TAG_LENGTH
    }


def authorize_answer(status: str, token: Token | None = None) -> Callable[[m.AuthorizeRequest], m.AuthorizeResponse]:
    """Say this of whatever idTag the station asks about."""
    return lambda _: m.AuthorizeResponse(id_tag_info=id_tag_info(status, token))


def answer_starts(bench: Bench, status: str) -> None:
    """From now on say this of the idTag of a StartTransaction, which gets its transactionId all the same (4.8)."""

    def answer(request: m.StartTransactionRequest) -> Response:
        usual = bench.csms.answers.default(request)
        assert isinstance(usual, m.StartTransactionResponse)
        return m.StartTransactionResponse(id_tag_info=id_tag_info(status), transaction_id=usual.transaction_id)

    bench.csms.answers.override(m.StartTransactionRequest, answer)


def default_answers(
    settings: LabSettings, utc_now: Callable[[], datetime]
) -> Mapping[type[Request[Any]], ResponseBuilder]:
    """Accept what can be accepted, know the lab's tokens, name transactions, refuse unknown vendors."""
    known = id_tags(settings.tokens)
    numbers = itertools.count(1)
    named: dict[m.StartTransactionRequest, int] = {}

    def info(id_tag: str) -> t.IdTagInfo:
        token = known.get(id_tag.lower())
        return id_tag_info(token.status if token else UNKNOWN, token)

    def boot(_: m.BootNotificationRequest) -> Response:
        return m.BootNotificationResponse(
            current_time=utc_now(),
            interval=settings.heartbeat_interval,
            status=t.BootNotificationResponseStatus.Accepted,
        )

    def heartbeat(_: m.HeartbeatRequest) -> Response:
        return m.HeartbeatResponse(current_time=utc_now())

    def authorize(request: m.AuthorizeRequest) -> Response:
        return m.AuthorizeResponse(id_tag_info=info(request.id_tag))

    def start(request: m.StartTransactionRequest) -> Response:
        if request not in named:  # one that comes again is the same transaction
            named[request] = next(numbers)
        return m.StartTransactionResponse(id_tag_info=info(request.id_tag), transaction_id=named[request])

    def stop(request: m.StopTransactionRequest) -> Response:
        id_tag = request.id_tag
        return m.StopTransactionResponse(id_tag_info=UNSET if isinstance(id_tag, UnsetType) else info(id_tag))

    def data_transfer(_: m.DataTransferRequest) -> Response:
        return m.DataTransferResponse(status=t.DataTransferResponseStatus.UnknownVendorId)

    def sign_certificate(_: m.SignCertificateRequest) -> Response:
        return m.SignCertificateResponse(status=t.GenericStatusEnumType.Accepted)

    return {
        m.BootNotificationRequest: boot,
        m.HeartbeatRequest: heartbeat,
        m.AuthorizeRequest: authorize,
        m.StartTransactionRequest: start,
        m.StopTransactionRequest: stop,
        m.DataTransferRequest: data_transfer,
        m.SignCertificateRequest: sign_certificate,
    }
