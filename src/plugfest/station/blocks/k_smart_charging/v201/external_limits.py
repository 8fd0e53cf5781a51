"""NotifyChargingLimit and ClearedChargingLimit, and events about the charging rate, of OCPP 2.0.1 (K11 to K13)."""

from collections.abc import Mapping
from functools import partial

from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.charging_profiles_v201 import schedule_type
from plugfest.station.blocks.k_smart_charging.rules import is_significant
from plugfest.station.context import Context
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.model.smart_charging.external_limits import ExternalLimits
from plugfest.station.model.smart_charging.limiter import Limiter
from plugfest.station.model.smart_charging.profile import ChargingProfile, ChargingSchedule, LimitSource
from plugfest.station.model.transactions.events import TriggerReason
from plugfest.station.model.transactions.transactions import Transactions


def register(context: Context) -> None:
    context.shared.get(ExternalLimits).on_change.append(partial(_report, context))
    context.shared.get(Limiter).on_own_change.append(partial(_report_rates, context))


def _report(
    context: Context, source: LimitSource, before: ChargingProfile | None, after: ChargingProfile | None
) -> None:
    limit_source = t.ChargingLimitSourceEnumType(source.value)  # never CSO: K11.FR.05, K12.FR.04
    if after is None:
        if before is not None:  # K13.FR.02
            context.outbox.send(
                m.ClearedChargingLimitRequest(charging_limit_source=limit_source, evse_id=_evse_id(before))
            )
        return
    if before is not None and not _is_significant(before, after, _significance(context.device_model)):
        return  # K11.FR.02, K12.FR.02
    with_schedule = context.device_model.boolean("SmartChargingCtrlr", "NotifyChargingLimitWithSchedules")
    context.outbox.send(
        m.NotifyChargingLimitRequest(
            charging_limit=t.ChargingLimitType(charging_limit_source=limit_source),
            charging_schedule=[schedule_type(after.schedule)] if with_schedule else UNSET,  # K11.FR.03, K12.FR.03
            evse_id=_evse_id(after),
        )
    )


def _evse_id(profile: ChargingProfile) -> int | UnsetType:
    """Omitted for the whole station."""
    return profile.evse_id or UNSET


def _is_significant(before: ChargingProfile, after: ChargingProfile, significance: float) -> bool:
    """Whether a limit or a time of the schedule has changed (SC.03)."""
    if _times(before.schedule) != _times(after.schedule):
        return True
    pairs = zip(before.schedule.periods, after.schedule.periods, strict=True)
    return any(is_significant(old.limit, new.limit, significance) for old, new in pairs)


def _times(schedule: ChargingSchedule) -> tuple[list[int], int | None]:
    return [period.start for period in schedule.periods], schedule.duration


def _report_rates(context: Context, before: Mapping[int, float], after: Mapping[int, float]) -> None:
    """The rates in W of the EVSEs that deliver. A rate of zero is a charging state. K11.FR.04, K13.FR.03, SC.02"""
    significance = _significance(context.device_model)
    transactions = context.shared.get(Transactions)
    for evse_id in before.keys() & after.keys():
        rates = before[evse_id], after[evse_id]
        if all(rates) and is_significant(*rates, significance):
            for session in list(transactions.ongoing(evse_id)):
                transactions.step(session, TriggerReason.CHARGING_RATE_CHANGED)


def _significance(model: DeviceModel) -> float:
    return model.decimal("SmartChargingCtrlr", "LimitChangeSignificance")
