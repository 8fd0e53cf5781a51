"""Settings from the device model. They are read at each use, because the CSMS may change them at any time."""

from datetime import timedelta

import msgspec

from plugfest.station.device_model.model import DeviceModel
from plugfest.station.model.authorization.decision import AuthorizationSettings
from plugfest.station.model.authorization.token_cache import CacheSettings
from plugfest.station.model.transactions.points import Point, Points


class ChargingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds, energies in Wh."""

    start: Points
    stop: Points
    connection_timeout: int
    stop_on_ev_side_disconnect: bool
    unlock_on_ev_side_disconnect: bool
    stop_on_invalid: bool
    max_energy_on_invalid: int
    master_pass_group: str | None
    waits_indefinitely: bool
    """Whether a transaction without its EV waits for it without a timeout."""


class MeterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is sampled and how often. Intervals in seconds; 0: never."""

    started: tuple[str, ...]
    updated: tuple[str, ...]
    updated_interval: int
    ended: tuple[str, ...]
    ended_interval: int
    sign_started: bool
    sign_updated: bool
    sign_ended: bool
    aligned: tuple[str, ...]
    aligned_interval: int
    aligned_ended: tuple[str, ...]
    aligned_ended_interval: int
    sign_aligned: bool
    sign_aligned_ended: bool
    public_key: str
    """Never, OncePerTransaction or EveryMeterValue."""


def charging_settings(device_model: DeviceModel, *, waits_indefinitely: bool) -> ChargingSettings:
    has_master_pass = device_model.has("AuthCtrlr", "MasterPassGroupId")
    return ChargingSettings(
        start=_points(device_model, "TxStartPoint"),
        stop=_points(device_model, "TxStopPoint"),
        connection_timeout=device_model.integer("TxCtrlr", "EVConnectionTimeOut"),
        stop_on_ev_side_disconnect=device_model.boolean("TxCtrlr", "StopTxOnEVSideDisconnect"),
        unlock_on_ev_side_disconnect=device_model.boolean("OCPPCommCtrlr", "UnlockOnEVSideDisconnect", default=False),
        stop_on_invalid=device_model.boolean("TxCtrlr", "StopTxOnInvalidId"),
        max_energy_on_invalid=device_model.integer("TxCtrlr", "MaxEnergyOnInvalidId", default=0),
        master_pass_group=(device_model.text("AuthCtrlr", "MasterPassGroupId") or None) if has_master_pass else None,
        waits_indefinitely=waits_indefinitely,
    )


def authorization_settings(device_model: DeviceModel) -> AuthorizationSettings:
    return AuthorizationSettings(
        enabled=device_model.boolean("AuthCtrlr", "Enabled", default=True),
        local_pre_authorize=device_model.boolean("AuthCtrlr", "LocalPreAuthorize"),
        local_authorize_offline=device_model.boolean("AuthCtrlr", "LocalAuthorizeOffline"),
        offline_unknown=device_model.boolean("AuthCtrlr", "OfflineTxForUnknownIdEnabled", default=False),
        disable_remote=device_model.boolean("AuthCtrlr", "DisableRemoteAuthorization", default=False),
        disable_post_cache=device_model.boolean("AuthCacheCtrlr", "DisablePostAuthorize", default=False),
        disable_post_list=device_model.boolean("LocalAuthListCtrlr", "DisablePostAuthorize", default=False),
    )


def cache_settings(device_model: DeviceModel, *, reports_expired: bool) -> CacheSettings:
    has = device_model.has
    return CacheSettings(
        enabled=device_model.boolean("AuthCacheCtrlr", "Enabled", default=False),
        lifetime=timedelta(seconds=device_model.integer("AuthCacheCtrlr", "LifeTime"))
        if has("AuthCacheCtrlr", "LifeTime")
        else None,
        policy=device_model.text("AuthCacheCtrlr", "Policy") if has("AuthCacheCtrlr", "Policy") else "CUSTOM",
        reports_expired=reports_expired,
    )


def meter_settings(device_model: DeviceModel) -> MeterSettings:
    sampled = _Controller(device_model, "SampledDataCtrlr")
    aligned = _Controller(device_model, "AlignedDataCtrlr")
    has_key = device_model.has("OCPPCommCtrlr", "PublicKeyWithSignedMeterValue")
    return MeterSettings(
        started=sampled.measurands("TxStartedMeasurands"),
        updated=sampled.measurands("TxUpdatedMeasurands"),
        updated_interval=sampled.interval("TxUpdatedInterval"),
        ended=sampled.measurands("TxEndedMeasurands"),
        ended_interval=sampled.interval("TxEndedInterval"),
        sign_started=sampled.signs("SignStartedReadings"),
        sign_updated=sampled.signs("SignUpdatedReadings"),
        sign_ended=sampled.signs(),
        aligned=aligned.measurands("Measurands"),
        aligned_interval=aligned.interval("Interval"),
        aligned_ended=aligned.measurands("TxEndedMeasurands"),
        aligned_ended_interval=aligned.interval("TxEndedInterval"),
        sign_aligned=aligned.signs("SignUpdatedReadings"),
        sign_aligned_ended=aligned.signs(),
        public_key=device_model.text("OCPPCommCtrlr", "PublicKeyWithSignedMeterValue") if has_key else "Never",
    )


class _Controller:
    """The measurands and intervals of one controller: none while it is disabled."""

    def __init__(self, device_model: DeviceModel, name: str) -> None:
        self._device_model = device_model
        self._name = name
        self._enabled = device_model.boolean(name, "Enabled", default=True)

    def measurands(self, variable: str) -> tuple[str, ...]:
        return self._device_model.members(self._name, variable) if self._enabled else ()

    def interval(self, variable: str) -> int:
        return self._device_model.integer(self._name, variable) if self._enabled else 0

    def signs(self, variable: str | None = None) -> bool:
        """Whether SignReadings is true, and also `variable`, if the product has it."""
        signs = self._device_model.boolean(self._name, "SignReadings", default=False)
        return signs and (variable is None or self._device_model.boolean(self._name, variable, default=True))


def _points(device_model: DeviceModel, variable: str) -> Points:
    return frozenset(Point(member) for member in device_model.members("TxCtrlr", variable))
