"""The default answers of an OCPP 1.6 CSMS."""

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from plugfest.lab.csms.answers import ResponseBuilder, common_answers
from plugfest.lab.settings import LabSettings, Token, Tokens
from plugfest.lab.v16.bench import Bench
from plugfest.ocpp.message import UNSET, Request, Response, UnsetType
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.ocpp.versions import V16

ID_TAG_LENGTH = 20
IDS = 100_000_000
"""The first id repeats after so many seconds, about three years."""

UNKNOWN = "Invalid"
"""The status of an idTag that the CSMS does not know (7.2)."""


def id_tag_info(status: str, token: Token | None = None, *, expires: datetime | UnsetType = UNSET) -> t.IdTagInfo:
    """The idTagInfo of an idTag. parentIdTag is the group of the token."""
    return t.IdTagInfo(
        status=t.AuthorizationStatus(UNKNOWN if status == "Unknown" else status),
        expiry_date=expires,
        parent_id_tag=token.group if token and token.group else UNSET,
    )


def id_tags(tokens: Tokens) -> dict[str, Token]:
    """The tokens of the lab that fit into an idTag, by idTag in lower case (CiString20Type is case-insensitive)."""
    return {
        token.id_token.lower(): token for token in tokens.known().values() if 0 < len(token.id_token) <= ID_TAG_LENGTH
    }


def authorize_answer(status: str, token: Token | None = None) -> Callable[[m.AuthorizeRequest], m.AuthorizeResponse]:
    """Answers every Authorize.req with this status, whatever its idTag."""
    return lambda _: m.AuthorizeResponse(id_tag_info=id_tag_info(status, token))


def answer_starts(bench: Bench, status: str) -> None:
    """From now on answer StartTransaction.req with this status. It gets a transactionId with any status (4.8)."""

    def answer(request: m.StartTransactionRequest) -> Response:
        default = bench.csms.answers.default(request)
        assert isinstance(default, m.StartTransactionResponse)
        return m.StartTransactionResponse(id_tag_info=id_tag_info(status), transaction_id=default.transaction_id)

    bench.csms.answers.override(m.StartTransactionRequest, answer)


def _first_id(now: datetime) -> int:
    """Not an id that an earlier campaign has assigned: its transactions may still be in progress, or be queued."""
    return int(now.timestamp()) % IDS + 1


def default_answers(
    settings: LabSettings, utc_now: Callable[[], datetime]
) -> Mapping[type[Request[Any]], ResponseBuilder]:
    """Accept requests, know the tokens of the lab, assign transaction ids, reject unknown vendors."""
    known = id_tags(settings.tokens)
    new_ids = itertools.count(_first_id(utc_now()))
    assigned: dict[m.StartTransactionRequest, int] = {}

    def info(id_tag: str) -> t.IdTagInfo:
        token = known.get(id_tag.lower())
        return id_tag_info(token.status if token else UNKNOWN, token)

    def authorize(request: m.AuthorizeRequest) -> Response:
        return m.AuthorizeResponse(id_tag_info=info(request.id_tag))

    def start(request: m.StartTransactionRequest) -> Response:
        if request not in assigned:  # a repeated request is about the same transaction
            assigned[request] = next(new_ids)
        return m.StartTransactionResponse(id_tag_info=info(request.id_tag), transaction_id=assigned[request])

    def stop(request: m.StopTransactionRequest) -> Response:
        id_tag = request.id_tag
        return m.StopTransactionResponse(id_tag_info=UNSET if isinstance(id_tag, UnsetType) else info(id_tag))

    return {
        **common_answers(V16, settings, utc_now),
        m.AuthorizeRequest: authorize,
        m.StartTransactionRequest: start,
        m.StopTransactionRequest: stop,
    }
