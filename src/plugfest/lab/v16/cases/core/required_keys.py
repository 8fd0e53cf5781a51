"""The keys that the specification requires: section 9 with the errata sheet 3.80 and 3.84, and the whitepaper's 7."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from plugfest.ocpp.v16.types import KeyValue
from plugfest.products import Product


class Access(Enum):
    """Who may write a key."""

    READ = auto()
    WRITE = auto()
    CHOICE = auto()  # of the station


PROFILES = {
    "LocalAuthListManagement": "Local Authorization List Management",
    "RemoteTrigger": "Remote Trigger",
    "Reservation": "Reservation",
    "SmartCharging": "Smart Charging",
}
"""Feature profiles on the wire, and the certification profiles that promise them."""

ALWAYS = ("Core",)
"""Feature profiles of every station."""

FEATURE_PROFILES = frozenset({*ALWAYS, *PROFILES, "FirmwareManagement"})

CORE = {
    "AuthorizeRemoteTxRequests": Access.CHOICE,
    "ClockAlignedDataInterval": Access.WRITE,
    "ConnectionTimeOut": Access.WRITE,
    "ConnectorPhaseRotation": Access.WRITE,
    "GetConfigurationMaxKeys": Access.READ,
    "HeartbeatInterval": Access.WRITE,
    "LocalAuthorizeOffline": Access.WRITE,
    "LocalPreAuthorize": Access.WRITE,
    "MeterValuesAlignedData": Access.WRITE,
    "MeterValuesSampledData": Access.WRITE,
    "MeterValueSampleInterval": Access.WRITE,
    "NumberOfConnectors": Access.READ,
    "ResetRetries": Access.WRITE,
    "StopTransactionOnInvalidId": Access.WRITE,
    "StopTxnAlignedData": Access.WRITE,
    "StopTxnSampledData": Access.WRITE,
    "SupportedFeatureProfiles": Access.READ,
    "TransactionMessageAttempts": Access.WRITE,
    "TransactionMessageRetryInterval": Access.WRITE,
    "UnlockConnectorOnEVSideDisconnect": Access.CHOICE,  # errata sheet 3.84
}

OF_PROFILE = {
    "LocalAuthListManagement": {
        "LocalAuthListEnabled": Access.WRITE,
        "LocalAuthListMaxLength": Access.READ,
        "SendLocalListMaxLength": Access.READ,
    },
    "SmartCharging": {
        "ChargeProfileMaxStackLevel": Access.READ,
        "ChargingScheduleAllowedChargingRateUnit": Access.READ,
        "ChargingScheduleMaxPeriods": Access.READ,
        "MaxChargingProfilesInstalled": Access.READ,
    },
}


class Lack(NamedTuple):
    """A key that is not as the specification requires it."""

    expected: str
    actual: str


def promised(product: Product) -> frozenset[str]:
    """The feature profiles that the PICS promises."""
    return frozenset({*ALWAYS, *(name for name, profile in PROFILES.items() if profile in product.profiles)})


def lacking(product: Product, told: dict[str, KeyValue], *, fixed_cable: bool) -> Iterator[Lack]:
    """What is wrong with the keys that a station told, by their names in small letters."""
    required = dict(CORE)
    for profile in sorted(promised(product)):
        required |= OF_PROFILE.get(profile, {})
    for name, access in required.items():
        yield from _lacks(told.get(name.lower()), name, access)
    unlock = told.get("unlockconnectoronevsidedisconnect")
    if fixed_cable and unlock is not None and (unlock.value != "false" or not unlock.readonly):
        yield Lack(f"{unlock.key} false and readonly with a fixed cable", f"{unlock.value}, readonly {unlock.readonly}")


def _lacks(key: KeyValue | None, name: str, access: Access) -> Iterator[Lack]:
    if key is None:
        yield Lack(name, "not there")
    elif access is not Access.CHOICE and key.readonly is not (access is Access.READ):
        yield Lack(f"{name} with readonly {str(access is Access.READ).lower()}", str(key.readonly).lower())
    elif not isinstance(key.value, str):
        yield Lack(f"{name} with a value", "none")
