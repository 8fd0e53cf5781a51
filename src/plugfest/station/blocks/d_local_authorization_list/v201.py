"""SendLocalList and GetLocalListVersion of OCPP 2.0.1 (D01, D02)."""

from functools import partial

from plugfest.ocpp import codec
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.v201 import status_info, token_info_of, token_of
from plugfest.station.blocks.d_local_authorization_list.rules import ListUpdate
from plugfest.station.blocks.d_local_authorization_list.updates import apply, limits_of
from plugfest.station.context import Context
from plugfest.station.model.authorization.local_list import NO_VERSION, LocalList

_CONTROLLER = "LocalAuthListCtrlr"


def register(context: Context) -> None:
    """A product without the list has no controller, and does not support the requests (Part 4 section 4.3)."""
    if not context.device_model.has(_CONTROLLER, "Available"):
        return
    local_list = context.shared.get(LocalList)
    context.handlers.add(m.GetLocalListVersionRequest, partial(_get_version, local_list))
    context.handlers.add(m.SendLocalListRequest, partial(_send, context, local_list))
    context.device_model.provide(_CONTROLLER, "Entries", lambda: str(len(local_list)))  # D01.FR.12
    context.device_model.provide(_CONTROLLER, "Storage", lambda: str(local_list.usage().bytes))


def _get_version(local_list: LocalList, request: m.GetLocalListVersionRequest) -> m.GetLocalListVersionResponse:
    # D02.FR.01 to FR.03: a list that the CSMS has emptied keeps its version.
    return m.GetLocalListVersionResponse(version_number=local_list.version if local_list.enabled else NO_VERSION)


def _send(context: Context, local_list: LocalList, request: m.SendLocalListRequest) -> m.SendLocalListResponse:
    if not local_list.enabled:  # D01, prerequisite
        return m.SendLocalListResponse(
            status=t.SendLocalListStatusEnumType.Failed, status_info=status_info("NotEnabled")
        )
    decision = apply(local_list, _update(request), version=local_list.version, limits=limits_of(context.device_model))
    return m.SendLocalListResponse(  # D01.FR.02
        status=t.SendLocalListStatusEnumType(decision.status),
        status_info=status_info(decision.reason, decision.detail) if decision.reason else UNSET,
    )


def _update(request: m.SendLocalListRequest) -> ListUpdate:
    entries = [
        (token_of(each.id_token), None if (info := given(each.id_token_info)) is None else token_info_of(info))
        for each in given(request.local_authorization_list) or ()
    ]
    full = request.update_type is t.UpdateEnumType.Full
    return ListUpdate(request.version_number, full, entries, codec.size(request))
