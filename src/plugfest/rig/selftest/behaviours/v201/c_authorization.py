"""Block C: authorization to start and stop, and the authorization cache."""

from typing import Any

import msgspec

from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, with_fields
from plugfest.station.blocks.c_authorization import v201 as block
from plugfest.station.model import station_model
from plugfest.station.model.authorization import authorizer, token_handler
from plugfest.station.model.authorization.token_cache import TokenCache
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.charging.charging_sessions import Authorization
from plugfest.station.model.charging.ending import Ending
from plugfest.station.model.charging.energy import EnergyControl
from plugfest.station.model.transactions.events import StopReason, TriggerReason
from plugfest.station.model.transactions.transactions import Transactions

WITH_CACHE = "reference-ac"


def _authorization_settings(**fields: object) -> Any:
    """Decides with other settings than those of the device model."""

    def make(original: Function) -> Function:
        def decide(token: Any, known: Any, settings: Any, *, online: bool) -> Any:
            return original(token, known, msgspec.structs.replace(settings, **fields), online=online)

        return decide

    return make


def _empty_at_start(original: Function) -> Function:
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self._entries.clear()

    return init


def _first_info_only(original: Function) -> Function:
    return lambda self, token, info: original(self, token, info) if self.stored_info(token) is None else None


def _cleared(original: Function) -> Function:
    def clear(authorizer: Any, request: Any) -> m.ClearCacheResponse:
        authorizer.cache.clear()
        return m.ClearCacheResponse(status=t.ClearCacheStatusEnumType.Accepted)

    return clear


def _inverted(original: Function) -> Function:
    """Suspends the energy where an invalid token should end the transaction, and ends it where it should suspend."""

    def apply_token_info(self: Any, transaction_id: str, token: Any, info: Any) -> None:
        session = self._sessions.with_transaction(transaction_id)
        if session is None or session.authorization is None or info.accepted:
            return
        (self._energy.limit if self._settings().stop_on_invalid else self._deauthorize)(session)
        self._energy.update(session)

    return apply_token_info


def _group_first(original: Function) -> Function:
    """Lets a token of the same group stop the transaction, whether or not it is valid."""

    async def authorize(self: Any, token: Any, evse_id: int | None) -> None:
        info = await self._authorizer.authorize(token)
        if not self._stop_for_group(token, info, evse_id):
            await original(self, token, evse_id)

    return authorize


def _without_token(original: Function) -> Function:
    return lambda self, *args, **kwargs: original(self, *args, **{**kwargs, "token": None})


def _first_only(original: Function) -> Function:
    return lambda self, token, sessions: original(self, token, [each for each in sessions if each.transaction][:1])


def _with_stop_reason(reason: StopReason) -> Any:
    def make(original: Function) -> Function:
        def stop_all(self: Any, token: Any, sessions: Any) -> None:
            for session in sessions:
                if session.transaction is not None:
                    self._charging.end_authorization(session, TriggerReason.STOP_AUTHORIZED, reason, token)

        return stop_all

    return make


def _all_evses(original: Function) -> Function:
    return lambda self, evse_ids: self._stop_all(self._menu_token, list(self._sessions))


def _all_at_once(original: Function) -> Function:
    return lambda self, token: self._stop_all(token, list(self._sessions))


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "accepts every token",
        "C01.FR.02",
        "TC_C_02 TC_C_06 TC_C_07 TC_C_56",
        Patch(block, "token_info_of", with_fields(status="Accepted")),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "accepts a token that is invalid in the cache",
        "C10.FR.03",
        "TC_C_09 TC_C_10 TC_C_11",
        Patch(TokenCache, "lookup", changed(lambda info: info and msgspec.structs.replace(info, status="Accepted"))),
        Patch(authorizer, "decide", _authorization_settings(local_pre_authorize=True)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "lets any token stop a transaction",
        "C01.FR.03",
        "TC_C_04",
        Patch(Authorization, "may_be_ended_by", always(True)),
    ),
    wrong_v201(
        "lets an invalid token of the same group stop a transaction",
        "C09.FR.11",
        "TC_C_42 TC_C_43 TC_C_44",
        Patch(TokenHandler, "_authorize", _group_first),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "does not let a token of the same group stop a transaction",
        "C09.FR.03",
        "TC_C_39 TC_C_40 TC_C_41",
        Patch(Authorization, "in_group", always(False)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "omits the idToken that stopped the transaction",
        "E07.FR.02",
        "TC_C_39 TC_C_40 TC_C_41",
        Patch(Transactions, "end_authorization", _without_token),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "never looks up the authorization cache",
        "C12.FR.02",
        "TC_C_08 TC_C_13 TC_C_32 TC_C_33 TC_C_34",
        Patch(TokenCache, "lookup", NOTHING),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "stores nothing in the authorization cache",
        "C10.FR.04",
        "TC_C_08 TC_C_13 TC_C_32",
        Patch(TokenCache, "update", NOTHING),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "loses the authorization cache on a power loss",
        "C10.FR.02",
        "TC_C_32",
        Patch(TokenCache, "__init__", _empty_at_start),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "does not update the authorization cache",
        "C10.FR.05",
        "TC_C_34",
        Patch(TokenCache, "update", _first_info_only),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "never expires entries of the authorization cache",
        "C10.FR.08",
        "TC_C_46",
        Patch(TokenCache, "_expired", always(False)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "does not clear the authorization cache",
        "C11.FR.01",
        "TC_C_37",
        Patch(TokenCache, "clear", NOTHING),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "clears a disabled authorization cache",
        "C11.FR.04",
        "TC_C_38",
        Patch(block, "_clear", _cleared),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "authorizes from the cache although LocalPreAuthorize is off",
        "C01.FR.02",
        "TC_C_36",
        Patch(authorizer, "decide", _authorization_settings(local_pre_authorize=True)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "does not authorize from the cache although LocalPreAuthorize is on",
        "C12.FR.02",
        "TC_C_08 TC_C_13 TC_C_32 TC_C_41",
        Patch(authorizer, "decide", _authorization_settings(local_pre_authorize=False)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "sends no AuthorizeRequest for a token that is invalid in the cache",
        "C12.FR.05",
        "TC_C_09 TC_C_10 TC_C_11 TC_C_12 TC_C_44",
        Patch(authorizer, "decide", _authorization_settings(disable_post_cache=True)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "sends an AuthorizeRequest for a token that is invalid in the cache although DisablePostAuthorize is on",
        "AuthCacheCtrlr.DisablePostAuthorize",
        "TC_C_57",
        Patch(authorizer, "decide", _authorization_settings(disable_post_cache=False)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "refuses an unknown token offline although OfflineTxForUnknownIdEnabled is on",
        "C15.FR.08",
        "TC_C_26",
        Patch(authorizer, "decide", _authorization_settings(offline_unknown=False)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "refuses a known token offline",
        "C13.FR.02",
        "TC_C_15 TC_C_16 TC_C_17 TC_C_18",
        Patch(authorizer, "decide", _authorization_settings(local_authorize_offline=False, offline_unknown=False)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "ignores the idTokenInfo in TransactionEventResponse",
        "C15.FR.04",
        "TC_C_16 TC_C_17 TC_C_18 TC_C_26 TC_C_33 TC_C_34",
        Patch(Ending, "apply_token_info", NOTHING),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "inverts StopTxOnInvalidId",
        "C15.FR.04, C15.FR.06",
        "TC_C_15 TC_C_16 TC_C_17 TC_C_18 TC_C_26",
        Patch(Ending, "apply_token_info", _inverted),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "ignores MaxEnergyOnInvalidId",
        "C15.FR.07",
        "TC_C_15",
        Patch(EnergyControl, "_watch_limit", NOTHING),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "delivers a quarter of MaxEnergyOnInvalidId",
        "E05.FR.03",
        "TC_C_15",
        Patch(
            station_model,
            "charging_settings",
            with_fields(max_energy_on_invalid=lambda settings: settings.max_energy_on_invalid / 4),
        ),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "delivers no energy for an invalid token although MaxEnergyOnInvalidId allows some",
        "C15.FR.07",
        "TC_C_15",
        Patch(EnergyControl, "limit", lambda original: lambda self, session: self._deny(session)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "starts a transaction with a master pass",
        "C16.FR.03",
        "TC_C_45",
        Patch(token_handler, "same_group", always(False)),
        product=WITH_CACHE,
    ),
    wrong_v201(
        "reports stop reason Local instead of MasterPass",
        "C16.FR.02",
        "TC_C_49",
        Patch(TokenHandler, "_stop_all", _with_stop_reason(StopReason.LOCAL)),
    ),
    wrong_v201(
        "stops only one transaction with a master pass",
        "C16.FR.02",
        "TC_C_49",
        Patch(TokenHandler, "_stop_all", _first_only),
    ),
    wrong_v201(
        "ignores the selection in the menu of a master pass",
        "C16.FR.01",
        "TC_C_48",
        Patch(TokenHandler, "evses_chosen", _all_evses),
    ),
    wrong_v201(
        "stops all transactions with a master pass although it has a menu",
        "C16.FR.01",
        "TC_C_14 TC_C_47 TC_C_48",
        Patch(TokenHandler, "_apply_master_pass", _all_at_once),
    ),
)
