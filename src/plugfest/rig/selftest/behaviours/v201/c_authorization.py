"""Wrong in block C: who may charge, who may stop, and what is remembered of it."""

from typing import Any

import msgspec

from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, with_fields
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.c_authorization import v201 as block
from plugfest.station.model.authorization import authorizer, token_handler
from plugfest.station.model.authorization.token_cache import TokenCache
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.charging.charging_sessions import Authorization
from plugfest.station.model.charging.ending import Ending
from plugfest.station.model.charging.energy import EnergyControl
from plugfest.station.model.transactions.events import StopReason, TriggerReason
from plugfest.station.model.transactions.transactions import Transactions

WITH_CACHE = "reference-ac"


def _settings(**fields: object) -> Any:
    """Decide by other settings than those of the device model."""

    def make(right: Function) -> Function:
        def decide(token: Any, known: Any, settings: Any, *, online: bool) -> Any:
            return right(token, known, msgspec.structs.replace(settings, **fields), online=online)

        return decide

    return make


def _empty_at_start(right: Function) -> Function:
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        right(self, *args, **kwargs)
        self._entries.clear()

    return init


def _first_word_only(right: Function) -> Function:
    return lambda self, token, info: right(self, token, info) if self.stored_info(token) is None else None


def _accepted_only(right: Function) -> Function:
    return lambda self, token, info: right(self, token, info) if info.accepted else None


def _cleared(right: Function) -> Function:
    async def clear(authorizer: Any, request: Any) -> m.ClearCacheResponse:
        authorizer.cache.clear()
        return m.ClearCacheResponse(status=t.ClearCacheStatusEnumType.Accepted)

    return clear


def _the_wrong_way_round(right: Function) -> Function:
    """Where an invalid token should end it, it goes on without energy; and the other way round."""

    def apply_token_info(self: Any, transaction_id: str, token: Any, info: Any) -> None:
        session = self._sessions.with_transaction(transaction_id)
        if session is None or session.authorization is None or info.accepted:
            return
        (self._energy.limit if self._settings().stop_on_invalid else self._deauthorize)(session)
        self._energy.update(session)

    return apply_token_info


def _groups_first(right: Function) -> Function:
    """Whether a token is good does not matter to those of its group."""

    async def introduce(self: Any, token: Any, evse_id: int | None) -> None:
        info = await self._authorizer.authorize(token)
        if not self._stop_for_group(token, info, evse_id):
            await right(self, token, evse_id)

    return introduce


def _without_token(right: Function) -> Function:
    return lambda self, *args, **kwargs: right(self, *args, **{**kwargs, "token": None})


def _only_the_first(right: Function) -> Function:
    return lambda self, token, sessions: right(self, token, [each for each in sessions if each.transaction][:1])


def _with_reason(reason: StopReason) -> Any:
    def make(right: Function) -> Function:
        def stop_all(self: Any, token: Any, sessions: Any) -> None:
            for session in sessions:
                if session.transaction is not None:
                    self._charging.end_authorization(session, TriggerReason.STOP_AUTHORIZED, reason, token)

        return stop_all

    return make


def _everybody(right: Function) -> Function:
    return lambda self, evse_ids: self._stop_all(self._menu_token, list(self._sessions))


def _without_asking(right: Function) -> Function:
    return lambda self, token: self._stop_all(token, list(self._sessions))


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong(
        "every token is accepted",
        "C01.FR.02",
        "TC_C_02 TC_C_06 TC_C_07 TC_C_56",
        Patch(block, "token_info_of", with_fields(status="Accepted")),
        product=WITH_CACHE,
    ),
    wrong(
        "a token that the cache knows as invalid is accepted",
        "C10.FR.03",
        "TC_C_09 TC_C_10 TC_C_11",
        Patch(TokenCache, "lookup", changed(lambda info: info and msgspec.structs.replace(info, status="Accepted"))),
        Patch(authorizer, "decide", _settings(local_pre_authorize=True)),
        product=WITH_CACHE,
    ),
    wrong(
        "anybody may stop a transaction",
        "C01.FR.03",
        "TC_C_04",
        Patch(Authorization, "may_be_ended_by", always(True)),
    ),
    wrong(
        "an invalid token of the same group stops a transaction",
        "C09.FR.11",
        "TC_C_42 TC_C_44",
        Patch(TokenHandler, "_authorize", _groups_first),
        product=WITH_CACHE,
    ),
    wrong(
        "nobody of the same group may stop a transaction",
        "C09.FR.03",
        "TC_C_39 TC_C_41",
        Patch(Authorization, "in_group", always(False)),
        product=WITH_CACHE,
    ),
    wrong(
        "the token that a transaction is stopped with is not told",
        "E07.FR.02",
        "TC_C_39 TC_C_41",
        Patch(Transactions, "end_authorization", _without_token),
        product=WITH_CACHE,
    ),
    wrong(
        "the cache is never looked at",
        "C12.FR.02",
        "TC_C_08 TC_C_13 TC_C_32 TC_C_33 TC_C_34",
        Patch(TokenCache, "lookup", NOTHING),
        product=WITH_CACHE,
    ),
    wrong(
        "nothing gets into the cache",
        "C10.FR.04",
        "TC_C_08 TC_C_13 TC_C_32",
        Patch(TokenCache, "update", NOTHING),
        product=WITH_CACHE,
    ),
    wrong(
        "the cache is lost with the power",
        "C10.FR.02",
        "TC_C_32",
        Patch(TokenCache, "__init__", _empty_at_start),
        product=WITH_CACHE,
    ),
    wrong(
        "the cache keeps what it heard first",
        "C10.FR.05",
        "TC_C_34",
        Patch(TokenCache, "update", _first_word_only),
        product=WITH_CACHE,
    ),
    wrong(
        "what is in the cache never expires",
        "C10.FR.08",
        "TC_C_46",
        Patch(TokenCache, "_expired", always(False)),
        product=WITH_CACHE,
    ),
    wrong(
        "the cache is not cleared",
        "C11.FR.01",
        "TC_C_37",
        Patch(TokenCache, "clear", NOTHING),
        product=WITH_CACHE,
    ),
    wrong(
        "a cache that is switched off is cleared",
        "C11.FR.04",
        "TC_C_38",
        Patch(block, "_clear", _cleared),
        product=WITH_CACHE,
    ),
    wrong(
        "the cache opens the way though it must not",
        "C01.FR.02",
        "TC_C_36",
        Patch(authorizer, "decide", _settings(local_pre_authorize=True)),
        product=WITH_CACHE,
    ),
    wrong(
        "the cache does not open the way though it may",
        "C12.FR.02",
        "TC_C_08 TC_C_13 TC_C_32 TC_C_41",
        Patch(authorizer, "decide", _settings(local_pre_authorize=False)),
        product=WITH_CACHE,
    ),
    wrong(
        "a token that the cache knows as invalid is not asked about",
        "C12.FR.05",
        "TC_C_09 TC_C_10 TC_C_11 TC_C_12 TC_C_44",
        Patch(authorizer, "decide", _settings(disable_post_cache=True)),
        product=WITH_CACHE,
    ),
    wrong(
        "a token that the cache knows as invalid is asked about though that is switched off",
        "AuthCacheCtrlr.DisablePostAuthorize",
        "TC_C_57",
        Patch(authorizer, "decide", _settings(disable_post_cache=False)),
        product=WITH_CACHE,
    ),
    wrong(
        "somebody unknown is refused offline though he need not be",
        "C15.FR.08",
        "TC_C_26",
        Patch(authorizer, "decide", _settings(offline_unknown=False)),
        product=WITH_CACHE,
    ),
    wrong(
        "somebody known is refused offline",
        "C13.FR.02",
        "TC_C_15 TC_C_16 TC_C_17 TC_C_18",
        Patch(authorizer, "decide", _settings(local_authorize_offline=False, offline_unknown=False)),
        product=WITH_CACHE,
    ),
    wrong(
        "what the CSMS says of the token of an event is ignored",
        "C15.FR.04",
        "TC_C_16 TC_C_17 TC_C_18 TC_C_26 TC_C_33 TC_C_34",
        Patch(Ending, "apply_token_info", NOTHING),
        product=WITH_CACHE,
    ),
    wrong(
        "StopTxOnInvalidId is understood the wrong way round",
        "C15.FR.04, C15.FR.06",
        "TC_C_15 TC_C_16 TC_C_17 TC_C_18 TC_C_26",
        Patch(Ending, "apply_token_info", _the_wrong_way_round),
        product=WITH_CACHE,
    ),
    wrong(
        "energy for an invalid token has no limit",
        "C15.FR.07",
        "TC_C_15",
        Patch(EnergyControl, "_watch_limit", NOTHING),
        product=WITH_CACHE,
    ),
    wrong(
        "there is no energy for an invalid token though some is allowed",
        "C15.FR.07",
        "TC_C_15",
        Patch(EnergyControl, "limit", lambda right: lambda self, session: self._deny(session)),
        product=WITH_CACHE,
    ),
    wrong(
        "a master pass starts a transaction",
        "C16.FR.03",
        "TC_C_45",
        Patch(token_handler, "same_group", always(False)),
        product=WITH_CACHE,
    ),
    wrong(
        "a stop by a master pass is told as one by the driver",
        "C16.FR.02",
        "TC_C_49",
        Patch(TokenHandler, "_stop_all", _with_reason(StopReason.LOCAL)),
    ),
    wrong(
        "a master pass stops one transaction only",
        "C16.FR.02",
        "TC_C_49",
        Patch(TokenHandler, "_stop_all", _only_the_first),
    ),
    wrong(
        "what is chosen on the menu of a master pass does not matter",
        "C16.FR.01",
        "TC_C_48",
        Patch(TokenHandler, "evses_chosen", _everybody),
    ),
    wrong(
        "a master pass stops all though there is a menu",
        "C16.FR.01",
        "TC_C_47 TC_C_48",
        Patch(TokenHandler, "_apply_master_pass", _without_asking),
    ),
)
