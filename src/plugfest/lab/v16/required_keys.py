"""The standardized and the required configuration keys: section 9, errata sheet 3.80 and 3.84, whitepaper section 7."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from plugfest.ocpp.v16.types import KeyValue
from plugfest.products import Product


class Access(Enum):
    """The access that the specification requires."""

    READ = auto()
    WRITE = auto()
    EITHER = auto()  # the station chooses


PROFILES = {
    "LocalAuthListManagement": "Local Authorization List Management",
    "RemoteTrigger": "Remote Trigger",
    "Reservation": "Reservation",
    "SmartCharging": "Smart Charging",
}
"""Feature profiles (SupportedFeatureProfiles), and the certification profiles that require them."""

ALWAYS = ("Core",)
"""Feature profiles of every station."""

FEATURE_PROFILES = frozenset({*ALWAYS, *PROFILES, "FirmwareManagement"})

CORE = {
    "AuthorizeRemoteTxRequests": Access.EITHER,
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
    "UnlockConnectorOnEVSideDisconnect": Access.EITHER,  # errata sheet 3.84
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


STANDARD_KEYS = (
    *CORE,
    *(key for keys in OF_PROFILE.values() for key in keys),
    "AdditionalRootCertificateCheck",
    "AllowOfflineTxForUnknownId",
    "AuthorizationCacheEnabled",
    "BlinkRepeat",
    "CertificateSignedMaxChainSize",
    "CertificateStoreMaxLength",
    "ConnectorPhaseRotationMaxLength",
    "ConnectorSwitch3to1PhaseSupported",
    "CpoName",
    "LightIntensity",
    "MaxEnergyOnInvalidId",
    "MeterValuesAlignedDataMaxLength",
    "MeterValuesSampledDataMaxLength",
    "MinimumStatusDuration",
    "ReserveConnectorZeroSupported",
    "SecurityProfile",
    "StopTransactionOnEVSideDisconnect",
    "StopTxnAlignedDataMaxLength",
    "StopTxnSampledDataMaxLength",
    "SupportedFeatureProfilesMaxLength",
    "SupportedFileTransferProtocols",
    "WebSocketPingInterval",
)
"""Every key of section 9, OCPP-J section 7 and the whitepaper that can be read: AuthorizationKey is write-only."""


BOOLEAN_KEYS = frozenset(
    {
        "AdditionalRootCertificateCheck",
        "AllowOfflineTxForUnknownId",
        "AuthorizationCacheEnabled",
        "AuthorizeRemoteTxRequests",
        "ConnectorSwitch3to1PhaseSupported",
        "LocalAuthListEnabled",
        "LocalAuthorizeOffline",
        "LocalPreAuthorize",
        "ReserveConnectorZeroSupported",
        "StopTransactionOnEVSideDisconnect",
        "StopTransactionOnInvalidId",
        "UnlockConnectorOnEVSideDisconnect",
    }
)
"""The keys of type boolean."""

TEXT_KEYS = frozenset(
    {
        "ChargingScheduleAllowedChargingRateUnit",
        "ConnectorPhaseRotation",
        "CpoName",
        "MeterValuesAlignedData",
        "MeterValuesSampledData",
        "StopTxnAlignedData",
        "StopTxnSampledData",
        "SupportedFeatureProfiles",
        "SupportedFileTransferProtocols",
    }
)
"""The keys of type CSL (comma separated list) and string."""

INTEGER_KEYS = frozenset(STANDARD_KEYS) - BOOLEAN_KEYS - TEXT_KEYS
"""The keys of type integer."""


class Deviation(NamedTuple):
    """A key that is missing or not as required."""

    expected: str
    actual: str


def claimed_profiles(product: Product) -> frozenset[str]:
    """The feature profiles that the PICS claims."""
    return frozenset({*ALWAYS, *(name for name, profile in PROFILES.items() if profile in product.profiles)})


def deviations(product: Product, reported: dict[str, KeyValue], *, fixed_cable: bool) -> Iterator[Deviation]:
    """The required keys that are missing or wrong in the station's report; `reported` is by lower-case name."""
    required = dict(CORE)
    for profile in sorted(claimed_profiles(product)):
        required |= OF_PROFILE.get(profile, {})
    for name, access in required.items():
        yield from _deviations(reported.get(name.lower()), name, access)
    unlock = reported.get("unlockconnectoronevsidedisconnect")
    if fixed_cable and unlock is not None and (unlock.value != "false" or not unlock.readonly):
        yield Deviation(
            f"{unlock.key} false and readonly with a fixed cable", f"{unlock.value}, readonly {unlock.readonly}"
        )


def _deviations(key: KeyValue | None, name: str, access: Access) -> Iterator[Deviation]:
    if key is None:
        yield Deviation(name, "missing")
    elif access is not Access.EITHER and key.readonly is not (access is Access.READ):
        yield Deviation(f"{name} with readonly {str(access is Access.READ).lower()}", str(key.readonly).lower())
    elif not isinstance(key.value, str):
        yield Deviation(f"{name} with a value", "none")
