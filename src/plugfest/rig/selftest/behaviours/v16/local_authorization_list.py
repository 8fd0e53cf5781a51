"""Wrong with the local authorization list of OCPP 1.6: who is in it, and which version it is."""

from typing import Any

from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, except_when, later_with_fields
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.d_local_authorization_list import v16 as block
from plugfest.station.blocks.d_local_authorization_list.rules import Limits, ListUpdate, SendLocalListStatus
from plugfest.station.model.authorization.local_list import EMPTY, LocalList

WITH_LIST, WITHOUT_LIST = "reference-16-ac", "reference-16-plain"

_SEND = t.SendLocalListResponseStatus

_BOUNDLESS = Limits(message=100_000, list=100_000)


def _wrong(name: str, requirement: str, cases: str, *patches: Patch, product: str = WITH_LIST) -> Behaviour:
    return wrong(name, requirement, cases, *patches, product=product)


def _judges_by(**given: object) -> Patch:
    """It judges an update by something else than what is true."""
    return Patch(block, "decide", lambda right: lambda update, **known: right(update, **{**known, **given}))


def _wants_the_next_version(right: Function) -> Function:
    def decide(update: ListUpdate, *, version: int, **known: Any) -> Any:
        follows = update.full or update.version == version + 1
        return right(update, version=version, **known) if follows else SendLocalListStatus.VERSION_MISMATCH

    return decide


def _wants_a_later_full_list(right: Function) -> Function:
    def decide(update: ListUpdate, *, version: int, **known: Any) -> Any:
        return (
            right(update, version=version, **known)
            if update.version > version
            else SendLocalListStatus.VERSION_MISMATCH
        )

    return decide


def _keeps_what_it_refuses(right: Function) -> Function:
    """It says no, and has changed its list all the same."""

    async def send(context: Any, local_list: LocalList, request: m.SendLocalListRequest) -> Any:
        response = await right(context, local_list, request)
        if response.status is not _SEND.Accepted:
            entries = block._update(request).entries
            local_list.update(request.list_version, {token: info for token, info in entries if info is not None})
        return response

    return send


async def _version_of_a_disabled_list(local_list: LocalList, _: object) -> m.GetLocalListVersionResponse:
    return m.GetLocalListVersionResponse(list_version=local_list.version)


def _version_of_an_empty_list(local_list: LocalList) -> int:
    """Whatever the CSMS has named it."""
    return local_list._versions.get("version") or EMPTY


BEHAVIOURS: tuple[Behaviour, ...] = (
    # GetLocalListVersion
    _wrong(
        "a list that is switched off has a version",
        "5.10",
        "TC_042_1",
        Patch(block, "_get_version", lambda right: _version_of_a_disabled_list),
    ),
    _wrong(
        "a list that the station does not have is an empty one",
        "5.10",
        "TC_042_1",
        Patch(block, "_get_version", lambda right: _version_of_a_disabled_list),
        product=WITHOUT_LIST,
    ),
    _wrong(
        "an empty list has a version",
        "5.10",
        "TC_042_2",
        Patch(LocalList, "version", lambda right: _version_of_an_empty_list),
    ),
    # SendLocalList
    _wrong(
        "a full update without entries removes nobody",
        "6.41",
        "TC_042_2",
        Patch(LocalList, "replace", except_when(lambda _, version, entries: not entries)),
    ),
    _wrong("a full list needs a later version", "7.47", "TC_042_2", Patch(block, "decide", _wants_a_later_full_list)),
    _wrong("changes are not taken", "5.15", "TC_043 TC_043_2", Patch(LocalList, "size_after", always(100_000))),
    _wrong("changes are accepted and forgotten", "5.15", "TC_043_2", Patch(LocalList, "update", NOTHING)),
    _wrong(
        "a list that the station does not have is accepted",
        "7.47",
        "TC_043_1",
        Patch(block, "_send", later_with_fields(status=_SEND.Accepted)),
        product=WITHOUT_LIST,
    ),
    _wrong(
        "a list that the station does not have fails",
        "7.47",
        "TC_043_1",
        Patch(block, "_send", later_with_fields(status=_SEND.Failed)),
        product=WITHOUT_LIST,
    ),
    _wrong("changes need the very next version", "7.47", "TC_043_2", Patch(block, "decide", _wants_the_next_version)),
    _wrong("changes of an earlier version are taken", "7.47", "TC_043_2", _judges_by(version=EMPTY)),
    _wrong(
        "changes of an earlier version are refused and kept",
        "7.47",
        "TC_043_2",
        Patch(block, "_send", _keeps_what_it_refuses),
    ),
    _wrong("no list is too long", "6.41", "TC_043_3", _judges_by(limits=_BOUNDLESS)),
    _wrong(
        "a list that is too long fails and is kept", "7.47", "TC_043_3", Patch(block, "_send", _keeps_what_it_refuses)
    ),
    # Who is in the list
    _wrong("the list is kept and never read", "3.5.2", "TC_008_1 TC_008_2", Patch(LocalList, "lookup", NOTHING)),
    _wrong(
        "a list is accepted and forgotten", "5.15", "TC_008_1 TC_008_2 TC_043_2", Patch(LocalList, "replace", NOTHING)
    ),
)
