"""Block D, C13 and C14: the local authorization list, its version, and what its entries authorize."""

from collections.abc import Callable
from typing import Any

import msgspec

from plugfest.lab.verdict import Level
from plugfest.ocpp.v201 import messages as m
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, with_fields
from plugfest.station.blocks.d_local_authorization_list import updates
from plugfest.station.blocks.d_local_authorization_list import v201 as block
from plugfest.station.blocks.d_local_authorization_list.rules import Decision, ListUpdate, SendLocalListStatus
from plugfest.station.model.authorization import authorizer
from plugfest.station.model.authorization.decision import AuthorizationSettings, StoredTokenInfo
from plugfest.station.model.authorization.local_list import NO_VERSION, LocalList

WITH_LIST = "reference-ac"

UPDATES = "TC_D_01 TC_D_02 TC_D_03 TC_D_04 TC_D_05 TC_D_06 TC_D_07 TC_D_08"


def _wrong(name: str, requirement: str, cases: str, *patches: Patch, level: Level = Level.SHALL) -> Behaviour:
    return wrong_v201(name, requirement, cases, *patches, product=WITH_LIST, level=level)


def _decides_with(**settings: bool) -> Patch:
    """Authorizes with other settings than those of the device model."""

    def make(original: Function) -> Function:
        def decide(token: Any, stored: Any, known: AuthorizationSettings, *, online: bool) -> Any:
            return original(token, stored, msgspec.structs.replace(known, **settings), online=online)

        return decide

    return Patch(authorizer, "decide", make)


# Versions


def _version_of_a_disabled_list(local_list: LocalList, _: object) -> m.GetLocalListVersionResponse:
    return m.GetLocalListVersionResponse(version_number=local_list.version)


def _version_of_a_list_with_entries(local_list: LocalList, _: object) -> m.GetLocalListVersionResponse:
    version = local_list.version if local_list.enabled and len(local_list) else NO_VERSION
    return m.GetLocalListVersionResponse(version_number=version)


def _with_version(change: Callable[[int], int]) -> Patch:
    """Stores another version than that of the update."""

    def make(original: Function) -> Function:
        def write(self: LocalList, version: int, changes: Any) -> None:
            original(self, change(version), changes)

        return write

    return Patch(LocalList, "_write", make)


def _another_answer_to_older(decision: Decision | None) -> Patch:
    """Answers this to an update that is not newer; None: accepts it."""

    def make(original: Function) -> Function:
        def decide(update: ListUpdate, *, version: int, **known: Any) -> Any:
            older = not update.full and update.version <= version
            return decision if older and decision else original(update, version=NO_VERSION, **known)

        return decide

    return Patch(updates, "decide", make)


def _accepts_only(original: Function) -> Function:
    """Requires a higher version for a full list, too."""

    def decide(update: ListUpdate, *, version: int, **known: Any) -> Any:
        mismatch = Decision(SendLocalListStatus.VERSION_MISMATCH)
        return original(update, version=version, **known) if update.version > version else mismatch

    return decide


def _stores_refused_updates(original: Function) -> Function:
    def apply(local_list: LocalList, update: ListUpdate, **known: Any) -> Any:
        decision = original(local_list, update, **known)
        if decision.status is not SendLocalListStatus.ACCEPTED:
            local_list.update(local_list.version, dict(update.entries))
        return decision

    return apply


def _fails_differential(*, with_entries: bool) -> Patch:
    """Fails differential updates without entries, or also those with entries."""

    def make(original: Function) -> Function:
        def apply(local_list: LocalList, update: ListUpdate, **known: Any) -> Any:
            fails = not update.full and (with_entries or not update.entries)
            return Decision(SendLocalListStatus.FAILED) if fails else original(local_list, update, **known)

        return apply

    return Patch(block, "apply", make)


# Entries


def _version_only(original: Function) -> Function:
    return lambda self, version, entries: original(self, version, {})


def _added(original: Function) -> Function:
    """Adds a full list to the stored one."""
    return lambda self, version, entries: self.update(version, entries)


def _replaced(original: Function) -> Function:
    """Replaces the stored list by the changes to it."""

    def update(self: LocalList, version: int, changes: Any) -> None:
        self.replace(version, {token: info for token, info in changes.items() if info is not None})

    return update


def _without_removals(original: Function) -> Function:
    def update(self: LocalList, version: int, changes: Any) -> None:
        original(self, version, {token: info for token, info in changes.items() if info is not None})

    return update


def _lost_at_start(original: Function) -> Function:
    def init(self: LocalList, *arguments: Any) -> None:
        original(self, *arguments)
        self._records.clear()
        self._versions.clear()
        self._entries.clear()

    return init


def _entries_lost_at_start(original: Function) -> Function:
    def init(self: LocalList, *arguments: Any) -> None:
        original(self, *arguments)
        self._records.clear()
        self._entries.clear()

    return init


# Authorization


def _every_status_accepted(info: Any) -> Any:
    return info and msgspec.structs.replace(info, status="Accepted")


def _cache_first(stored: StoredTokenInfo) -> Any:
    return stored.in_cache or stored.in_list


def _unknown_unless_accepted(info: Any) -> Any:
    """An entry that is not accepted counts as unknown."""
    return info if info is not None and info.accepted else None


BEHAVIOURS: tuple[Behaviour, ...] = (
    # GetLocalListVersion
    _wrong(
        "reports the version of a local list that is disabled",
        "D02.FR.03",
        "TC_D_10",
        Patch(block, "_get_version", lambda original: _version_of_a_disabled_list),
    ),
    _wrong(
        "reports version 0 of a local list that is empty",
        "D01.FR.04, D02.FR.01",
        "TC_D_03 TC_D_04",
        Patch(block, "_get_version", lambda original: _version_of_a_list_with_entries),
    ),
    _wrong(
        "stores another version of the local list than the one of the CSMS",
        "D01.FR.01, D01.FR.15",
        UPDATES,
        _with_version(lambda version: version + 10),
    ),
    _wrong(
        "never stores the version of the local list",
        "D01.FR.01",
        UPDATES,
        _with_version(lambda _: NO_VERSION),
    ),
    _wrong(
        "keeps the version at a differential update without entries",
        "D01.FR.05",
        "TC_D_05",
        Patch(
            LocalList,
            "update",
            lambda original: lambda self, version, changes: changes and original(self, version, changes),
        ),
    ),
    # SendLocalList
    _wrong(
        "accepts a full local list and stores its version only",
        "D01.FR.15",
        "TC_C_21 TC_C_27 TC_C_40 TC_D_01 TC_D_02 TC_D_05 TC_D_06 TC_D_07",
        Patch(LocalList, "replace", _version_only),
    ),
    _wrong(
        "accepts a full local list and stores nothing",
        "D01.FR.15",
        "TC_C_21 TC_C_27 TC_C_40 TC_D_01",
        Patch(LocalList, "replace", NOTHING),
    ),
    _wrong(
        "adds a full local list to the stored one",
        "D01.FR.04, D01.FR.15",
        "TC_D_04",
        Patch(LocalList, "replace", _added),
    ),
    _wrong(
        "requires a higher version for a full local list",
        "D01.FR.15",
        "TC_D_04",
        Patch(updates, "decide", _accepts_only),
    ),
    _wrong(
        "accepts a differential update and stores nothing",
        "D01.FR.16, D01.FR.17",
        "TC_D_02 TC_D_03 TC_D_05",
        Patch(LocalList, "update", NOTHING),
    ),
    _wrong(
        "accepts a differential update and stores its version only",
        "D01.FR.16, D01.FR.17",
        "TC_D_02 TC_D_03",
        Patch(LocalList, "update", _version_only),
    ),
    _wrong(
        "replaces the local list at a differential update",
        "D01.FR.16",
        "TC_D_02 TC_D_05",
        Patch(LocalList, "update", _replaced),
    ),
    _wrong(
        "removes no tokens from the local list",
        "D01.FR.17",
        "TC_D_03",
        Patch(LocalList, "update", _without_removals),
    ),
    _wrong(
        "fails a differential update without entries",
        "D01.FR.05",
        "TC_D_05",
        _fails_differential(with_entries=False),
    ),
    _wrong(
        "rejects every differential update",
        "D01.FR.16",
        "TC_D_02 TC_D_03",
        _fails_differential(with_entries=True),
    ),
    _wrong(
        "accepts a differential update with a lower version",
        "D01.FR.19",
        "TC_D_06",
        _another_answer_to_older(None),
    ),
    _wrong(
        "answers Failed to a differential update with a lower version",
        "D01.FR.19",
        "TC_D_06",
        _another_answer_to_older(Decision(SendLocalListStatus.FAILED)),
    ),
    _wrong(
        "answers VersionMismatch and stores the entries",
        "D01.FR.19",
        "TC_D_06",
        Patch(block, "apply", _stores_refused_updates),
    ),
    _wrong(
        "loses the local list at a reboot",
        "D01.FR.10",
        "TC_D_07",
        Patch(LocalList, "__init__", _lost_at_start),
    ),
    _wrong(
        "keeps only the version of the local list over a reboot",
        "D01.FR.10",
        "TC_D_07",
        Patch(LocalList, "__init__", _entries_lost_at_start),
    ),
    _wrong(
        "reports 0 entries of the local list",
        "D01.FR.12",
        "TC_D_01 TC_D_02 TC_D_05 TC_D_06 TC_D_07",
        Patch(LocalList, "__len__", always(0)),
    ),
    # Authorization by the list
    _wrong(
        "never looks up the local list",
        "C14.FR.02, C13.FR.02",
        "TC_C_21 TC_C_27 TC_C_40",
        Patch(LocalList, "lookup", NOTHING),
    ),
    _wrong(
        "accepts every token in the local list",
        "C13.FR.02, C14.FR.03",
        "TC_C_22 TC_C_23 TC_C_24 TC_C_25 TC_C_28 TC_C_29 TC_C_30 TC_C_31 TC_C_43 TC_C_58",
        Patch(LocalList, "lookup", changed(_every_status_accepted)),
    ),
    _wrong(
        "refuses a listed token offline",
        "C13.FR.02",
        "TC_C_21",
        _decides_with(local_authorize_offline=False),
    ),
    _wrong(
        "accepts a token offline that is refused in the local list, as if it were unknown",
        "C13.FR.04",
        "TC_C_25",
        Patch(LocalList, "lookup", changed(_unknown_unless_accepted)),
    ),
    _wrong(
        "accepts unknown and refused tokens offline although OfflineTxForUnknownIdEnabled is off",
        "C13.FR.02",
        "TC_C_22 TC_C_23 TC_C_24",
        Patch(LocalList, "lookup", changed(_unknown_unless_accepted)),
        _decides_with(offline_unknown=True),
    ),
    _wrong(
        "looks up the authorization cache before the local list",
        "C13.FR.01, C14.FR.01",
        "TC_C_25",
        Patch(StoredTokenInfo, "info", lambda original: _cache_first),
    ),
    _wrong(
        "sends an AuthorizeRequest for every listed token",
        "C14.FR.02",
        "TC_C_27 TC_C_40 TC_C_43",
        _decides_with(local_pre_authorize=False),
    ),
    _wrong(
        "sends no AuthorizeRequest for a token that is refused in the local list",
        "C14.FR.03",
        "TC_C_28 TC_C_29 TC_C_30 TC_C_31 TC_C_43",
        _decides_with(disable_post_list=True),
    ),
    _wrong(
        "sends an AuthorizeRequest for a token that is refused in the local list although DisablePostAuthorize is on",
        "LocalAuthListCtrlr.DisablePostAuthorize",
        "TC_C_58",
        _decides_with(disable_post_list=False),
    ),
    _wrong(
        "ignores the groups in the local list",
        "C09.FR.07",
        "TC_C_40",
        Patch(block, "token_info_of", with_fields(group=None)),
    ),
    _wrong(
        "answers GetLocalListVersion with the next version",
        "D02.FR.01",
        f"{UPDATES} TC_D_10",
        Patch(
            block,
            "_get_version",
            changed(lambda answer: m.GetLocalListVersionResponse(version_number=answer.version_number + 1)),
        ),
    ),
)
