"""SendLocalList and GetLocalListVersion of OCPP 1.6 (5.10, 5.15), and conflicts between list and CSMS (3.5.2)."""

from functools import partial
from typing import Final

from plugfest.ocpp import codec
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.conversion.v16 import STATION_CONNECTOR, token_info_of, token_of
from plugfest.station.blocks.d_local_authorization_list.rules import ListUpdate
from plugfest.station.blocks.d_local_authorization_list.updates import apply, limits_of
from plugfest.station.context import Context
from plugfest.station.model.authorization.local_list import LocalList
from plugfest.station.model.connectors.availability import Availability, Place

NOT_SUPPORTED: Final = -1
EMPTY: Final = 0
"""The list versions of a station without a list, and of a list without entries (5.10)."""

_STATUS = t.SendLocalListResponseStatus


def register(context: Context) -> None:
    local_list = context.shared.get(LocalList)
    context.handlers.add(m.GetLocalListVersionRequest, partial(_get_version, local_list))
    context.handlers.add(m.SendLocalListRequest, partial(_send, context, local_list))
    context.outbox.on_answer(m.StartTransactionRequest, partial(_report_conflict, context, local_list))


def _get_version(local_list: LocalList, request: m.GetLocalListVersionRequest) -> m.GetLocalListVersionResponse:
    return m.GetLocalListVersionResponse(
        list_version=_reported_version(local_list) if local_list.enabled else NOT_SUPPORTED
    )


def _reported_version(local_list: LocalList) -> int:
    return local_list.version if len(local_list) else EMPTY


def _send(context: Context, local_list: LocalList, request: m.SendLocalListRequest) -> m.SendLocalListResponse:
    if not local_list.enabled:
        return m.SendLocalListResponse(status=_STATUS.NotSupported)
    decision = apply(
        local_list, _update(request), version=_reported_version(local_list), limits=limits_of(context.device_model)
    )
    return m.SendLocalListResponse(status=_STATUS(decision.status.value))


def _update(request: m.SendLocalListRequest) -> ListUpdate:
    entries = [
        (token_of(each.id_tag), None if (info := given(each.id_tag_info)) is None else token_info_of(info))
        for each in given(request.local_authorization_list) or []
    ]
    full = request.update_type is t.SendLocalListUpdateType.Full
    return ListUpdate(request.list_version, full, entries, codec.size(request))


def _report_conflict(
    context: Context,
    local_list: LocalList,
    request: m.StartTransactionRequest,
    response: m.StartTransactionResponse | None,
) -> None:
    """3.5.2: report if the list and the answer of the CSMS differ."""
    listed = local_list.lookup(token_of(request.id_tag))
    if response is None or listed is None:
        return
    if listed.accepted != token_info_of(response.id_tag_info).accepted:
        operative = context.shared.get(Availability).operative(Place(STATION_CONNECTOR))
        status = t.StatusNotificationStatus.Available if operative else t.StatusNotificationStatus.Unavailable
        context.outbox.send(
            m.StatusNotificationRequest(
                connector_id=STATION_CONNECTOR,
                error_code=t.StatusNotificationErrorCode.LocalListConflict,
                status=status,
                timestamp=context.now(),
            )
        )
