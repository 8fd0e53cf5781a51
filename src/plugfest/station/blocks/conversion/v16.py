"""Conversions between the messages of OCPP 1.6 and the types of the model, for several blocks.

Connector n of OCPP 1.6 is connector 1 of EVSE n of the model; connector 0 is the whole station (3.8).
"""

from typing import Final

from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.conversion.times import in_utc
from plugfest.station.model.authorization.tokens import Token, TokenInfo
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.metering.measurands import ReadingContext, Sample, SampledValue
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ChargingSchedule,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)

STATION_CONNECTOR: Final = 0

CARD: Final = "ISO14443"
"""The idToken type of every idTag: OCPP 1.6 has no token types (3.9)."""

_UNITS: Final = frozenset(unit.value for unit in t.UnitOfMeasure)


def connector_place(connector_id: int) -> Place:
    """The connector with this number, which must not be 0."""
    return Place(connector_id, 1)


def token_of(id_tag: str) -> Token:
    return Token(id_tag, CARD)


def token_info_of(info: t.IdTagInfo) -> TokenInfo:
    """The authorization data of a token."""
    return TokenInfo(
        status=info.status.value, group=given(info.parent_id_tag) or None, cache_expiry=in_utc(given(info.expiry_date))
    )


def meter_values(samples: tuple[Sample, ...]) -> list[t.MeterValue]:
    """Samples as they are sent."""
    return [
        t.MeterValue(
            timestamp=sample.at, sampled_value=[_sampled_value(value, sample.context) for value in sample.values]
        )
        for sample in samples
    ]


def _sampled_value(value: SampledValue, context: ReadingContext) -> t.SampledValue:
    unit: t.UnitOfMeasure | UnsetType = UNSET
    if value.unit in _UNITS:  # 1.6 has no unit for hertz (erratum 3.86)
        unit = t.UnitOfMeasure(value.unit)
    return t.SampledValue(
        value=number(value.value),
        context=t.ReadingContext(context.value),
        measurand=t.Measurand(value.measurand),
        phase=UNSET if value.phase is None else t.Phase(value.phase),
        location=t.Location(value.location),
        unit=unit,
    )


def number(value: float) -> str:
    """A number as text, rounded to three decimals, without trailing zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


PURPOSES: Final = {
    t.ChargingProfilePurposeType.ChargePointMaxProfile: ProfilePurpose.STATION,
    t.ChargingProfilePurposeType.TxDefaultProfile: ProfilePurpose.TX_DEFAULT,
    t.ChargingProfilePurposeType.TxProfile: ProfilePurpose.TX,
}


def profile_of(profile: t.ChargingProfile, evse_id: int, transaction_id: str | None = None) -> ChargingProfile:
    """The charging profile of a message for an EVSE. `transaction_id`: the one of the station, not of the CSMS."""
    recurrency = given(profile.recurrency_kind)
    return ChargingProfile(
        id=profile.charging_profile_id,
        evse_id=evse_id,
        stack_level=profile.stack_level,
        purpose=PURPOSES[profile.charging_profile_purpose],
        kind=ProfileKind(profile.charging_profile_kind.value),
        schedule=_schedule(profile.charging_schedule),
        recurrency=None if recurrency is None else Recurrency(recurrency.value),
        valid_from=given(profile.valid_from),
        valid_to=given(profile.valid_to),
        transaction_id=transaction_id,
    )


def _schedule(schedule: t.ChargingSchedule) -> ChargingSchedule:
    periods = schedule.charging_schedule_period
    return ChargingSchedule(
        unit=RateUnit(schedule.charging_rate_unit.value),
        periods=tuple(SchedulePeriod(each.start_period, each.limit, given(each.number_phases)) for each in periods),
        duration=given(schedule.duration),
        start=given(schedule.start_schedule),
        min_rate=given(schedule.min_charging_rate),
    )
