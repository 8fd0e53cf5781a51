"""OCPP 1.6 local authorization list: its entries and its version."""

from typing import Any

from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v16
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, except_when, with_fields
from plugfest.station.blocks.d_local_authorization_list import updates
from plugfest.station.blocks.d_local_authorization_list import v16 as block
from plugfest.station.blocks.d_local_authorization_list.rules import Decision, Limits, ListUpdate, SendLocalListStatus
from plugfest.station.blocks.d_local_authorization_list.v16 import EMPTY
from plugfest.station.model.authorization.local_list import LocalList, Usage

WITHOUT_LIST = "reference-16-plain"

_SEND = t.SendLocalListResponseStatus

_HUGE = Usage(1_000_000, 1_000_000_000)

_MISMATCH = Decision(SendLocalListStatus.VERSION_MISMATCH)


def _decides_with(**arguments: object) -> Patch:
    """Decides about an update with other arguments."""
    return Patch(updates, "decide", lambda original: lambda update, **known: original(update, **{**known, **arguments}))


def _requires_next_version(original: Function) -> Function:
    def decide(update: ListUpdate, *, version: int, **known: Any) -> Any:
        follows = update.full or update.version == version + 1
        return original(update, version=version, **known) if follows else _MISMATCH

    return decide


def _requires_higher_version(original: Function) -> Function:
    def decide(update: ListUpdate, *, version: int, **known: Any) -> Any:
        return original(update, version=version, **known) if update.version > version else _MISMATCH

    return decide


def _stores_rejected_updates(original: Function) -> Function:
    """Rejects an update, but changes the list."""

    def send(context: Any, local_list: LocalList, request: m.SendLocalListRequest) -> Any:
        response = original(context, local_list, request)
        if response.status is not _SEND.Accepted:
            entries = block._update(request).entries
            local_list.update(request.list_version, {token: info for token, info in entries if info is not None})
        return response

    return send


def _version_of_a_disabled_list(local_list: LocalList, _: object) -> m.GetLocalListVersionResponse:
    return m.GetLocalListVersionResponse(list_version=block._reported_version(local_list))


BEHAVIOURS: tuple[Behaviour, ...] = (
    # GetLocalListVersion
    wrong_v16(
        "reports a list version while the local list is disabled",
        "5.10",
        "TC_042_1",
        Patch(block, "_get_version", lambda original: _version_of_a_disabled_list),
    ),
    wrong_v16(
        "reports list version 0 without a local list",
        "5.10",
        "TC_042_1",
        Patch(block, "_get_version", lambda original: _version_of_a_disabled_list),
        product=WITHOUT_LIST,
    ),
    wrong_v16(
        "reports the version of an empty local list",
        "5.10",
        "TC_042_2",
        Patch(block, "_reported_version", lambda original: lambda local_list: local_list.version),
    ),
    # SendLocalList
    wrong_v16(
        "keeps the entries on an empty full update",
        "6.41",
        "TC_042_2",
        Patch(LocalList, "replace", except_when(lambda _, version, entries: not entries)),
    ),
    wrong_v16(
        "requires a higher version for a full update",
        "7.47",
        "TC_042_2",
        Patch(updates, "decide", _requires_higher_version),
    ),
    wrong_v16(
        "rejects every differential update", "5.15", "TC_043 TC_043_2", Patch(LocalList, "usage_after", always(_HUGE))
    ),
    wrong_v16(
        "accepts a differential update and does not store it", "5.15", "TC_043_2", Patch(LocalList, "update", NOTHING)
    ),
    wrong_v16(
        "answers Accepted to SendLocalList without a local list",
        "7.47",
        "TC_043_1",
        Patch(block, "_send", with_fields(status=_SEND.Accepted)),
        product=WITHOUT_LIST,
    ),
    wrong_v16(
        "answers Failed to SendLocalList without a local list",
        "7.47",
        "TC_043_1",
        Patch(block, "_send", with_fields(status=_SEND.Failed)),
        product=WITHOUT_LIST,
    ),
    wrong_v16(
        "requires the next version number for a differential update",
        "7.47",
        "TC_043_2",
        Patch(updates, "decide", _requires_next_version),
    ),
    wrong_v16("accepts a differential update with a lower version", "7.47", "TC_043_2", _decides_with(version=EMPTY)),
    wrong_v16(
        "rejects a differential update with a lower version and stores it",
        "7.47",
        "TC_043_2",
        Patch(block, "_send", _stores_rejected_updates),
    ),
    wrong_v16("accepts a local list of any length", "6.41", "TC_043_3", _decides_with(limits=Limits(_HUGE, _HUGE))),
    wrong_v16(
        "rejects a local list that is too long and stores it",
        "7.47",
        "TC_043_3",
        Patch(block, "_send", _stores_rejected_updates),
    ),
    # Entries of the list
    wrong_v16("never looks up the local list", "3.5.2", "TC_008_1 TC_008_2", Patch(LocalList, "lookup", NOTHING)),
    wrong_v16(
        "accepts a full update and does not store it",
        "5.15",
        "TC_008_1 TC_008_2 TC_043_2",
        Patch(LocalList, "replace", NOTHING),
    ),
)
