"""The standardized and the required variables of Part 2 "Referenced Components and Variables", by functional block.

Errata 2.57 and 2.66 are in them.
"""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from plugfest.lab.v201.configuration import Configuration, Variable
from plugfest.products import Product


class Access(Enum):
    """The mutability that the specification requires."""

    READ = auto()
    WRITE = auto()
    EITHER = auto()  # the station chooses


class Required(NamedTuple):
    """One row: `name` as Component.Variable[instance], `profiles` the certification profiles that include the block.

    Without any, every product has it.
    """

    name: str
    access: Access
    profiles: tuple[str, ...] = ()


SMART_CHARGING = ("Smart Charging", "ISO 15118 Support")
"""The profiles with SmartChargingCtrlr (Part 5 section 4)."""

CONTROLLERS = (
    Required("OCPPCommCtrlr.ActiveNetworkProfile", Access.READ),
    Required("OCPPCommCtrlr.FileTransferProtocols", Access.READ),
    Required("OCPPCommCtrlr.MessageTimeout[Default]", Access.READ),
    Required("OCPPCommCtrlr.MessageAttempts[TransactionEvent]", Access.WRITE),
    Required("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]", Access.WRITE),
    Required("OCPPCommCtrlr.NetworkConfigurationPriority", Access.WRITE),
    Required("OCPPCommCtrlr.NetworkProfileConnectionAttempts", Access.WRITE),
    Required("OCPPCommCtrlr.OfflineThreshold", Access.WRITE),
    Required("OCPPCommCtrlr.ResetRetries", Access.WRITE),
    Required("OCPPCommCtrlr.UnlockOnEVSideDisconnect", Access.EITHER),
    Required("DeviceDataCtrlr.ItemsPerMessage[GetReport]", Access.READ),
    Required("DeviceDataCtrlr.ItemsPerMessage[GetVariables]", Access.READ),
    Required("DeviceDataCtrlr.ItemsPerMessage[SetVariables]", Access.READ),
    Required("DeviceDataCtrlr.BytesPerMessage[GetReport]", Access.READ),
    Required("DeviceDataCtrlr.BytesPerMessage[GetVariables]", Access.READ),
    Required("DeviceDataCtrlr.BytesPerMessage[SetVariables]", Access.READ),
    Required("ClockCtrlr.DateTime", Access.READ),
    Required("ClockCtrlr.TimeSource", Access.WRITE),
    Required("SecurityCtrlr.OrganizationName", Access.WRITE),
    Required("SecurityCtrlr.CertificateEntries", Access.READ),
    Required("SecurityCtrlr.SecurityProfile", Access.READ),
    Required("AuthCtrlr.AuthorizeRemoteStart", Access.EITHER),
    Required("AuthCtrlr.LocalAuthorizeOffline", Access.WRITE),
    Required("AuthCtrlr.LocalPreAuthorize", Access.WRITE),
    Required("TxCtrlr.EVConnectionTimeOut", Access.WRITE),
    Required("TxCtrlr.StopTxOnEVSideDisconnect", Access.EITHER),
    Required("TxCtrlr.StopTxOnInvalidId", Access.WRITE),
    Required("TxCtrlr.TxStartPoint", Access.EITHER),
    Required("TxCtrlr.TxStopPoint", Access.EITHER),
    Required("SampledDataCtrlr.TxStartedMeasurands", Access.WRITE),
    Required("SampledDataCtrlr.TxUpdatedMeasurands", Access.WRITE),
    Required("SampledDataCtrlr.TxUpdatedInterval", Access.WRITE),
    Required("SampledDataCtrlr.TxEndedMeasurands", Access.WRITE),
    Required("SampledDataCtrlr.TxEndedInterval", Access.WRITE),
    Required("AlignedDataCtrlr.Measurands", Access.WRITE),
    Required("AlignedDataCtrlr.Interval", Access.WRITE),
    Required("AlignedDataCtrlr.TxEndedMeasurands", Access.WRITE),
    Required("AlignedDataCtrlr.TxEndedInterval", Access.WRITE),
    Required("LocalAuthListCtrlr.Entries", Access.READ, ("Local Authorization List Management",)),
    Required("LocalAuthListCtrlr.ItemsPerMessage", Access.READ, ("Local Authorization List Management",)),
    Required("LocalAuthListCtrlr.BytesPerMessage", Access.READ, ("Local Authorization List Management",)),
    Required("SmartChargingCtrlr.ProfileStackLevel", Access.READ, SMART_CHARGING),
    Required("SmartChargingCtrlr.RateUnit", Access.READ, SMART_CHARGING),
    Required("SmartChargingCtrlr.PeriodsPerSchedule", Access.READ, SMART_CHARGING),
    Required("SmartChargingCtrlr.Entries[ChargingProfiles]", Access.READ, SMART_CHARGING),
    Required("SmartChargingCtrlr.LimitChangeSignificance", Access.WRITE, SMART_CHARGING),
    Required("TariffCostCtrlr.TariffFallbackMessage", Access.WRITE, ("Advanced User Interface",)),
    Required("TariffCostCtrlr.TotalCostFallbackMessage", Access.WRITE, ("Advanced User Interface",)),
    Required("TariffCostCtrlr.Currency", Access.WRITE, ("Advanced User Interface",)),
    Required("MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]", Access.READ, ("Advanced Device Management",)),
    Required("MonitoringCtrlr.BytesPerMessage[SetVariableMonitoring]", Access.READ, ("Advanced Device Management",)),
    Required("DisplayMessageCtrlr.DisplayMessages", Access.READ, ("Advanced User Interface",)),
    Required("DisplayMessageCtrlr.SupportedFormats", Access.READ, ("Advanced User Interface",)),
    Required("DisplayMessageCtrlr.SupportedPriorities", Access.READ, ("Advanced User Interface",)),
    Required("ISO15118Ctrlr.ContractValidationOffline", Access.WRITE, ("ISO 15118 Support",)),
)

STATION = ("AvailabilityState", "Available", "SupplyPhases")
EVSE = ("AvailabilityState", "Available", "SupplyPhases", "Power")
CONNECTOR = ("AvailabilityState", "Available", "SupplyPhases", "ConnectorType")
"""Section 2.13: the variables of the station, of each EVSE and of each connector."""

STANDARDIZED = {
    component: frozenset(names.split())
    for component, names in {
        "AlignedDataCtrlr": "Available Enabled Interval Measurands SendDuringIdle SignReadings TxEndedInterval"
        " TxEndedMeasurands",
        "AuthCacheCtrlr": "Available DisablePostAuthorize Enabled LifeTime Policy Storage",
        "AuthCtrlr": "AdditionalInfoItemsPerMessage AuthorizeRemoteStart DisableRemoteAuthorization Enabled"
        " LocalAuthorizeOffline LocalPreAuthorize MasterPassGroupId OfflineTxForUnknownIdEnabled",
        "ChargingStation": "AvailabilityState Available Model SupplyPhases VendorName",
        "ClockCtrlr": "DateTime NextTimeOffsetTransitionDateTime NtpServerUri NtpSource"
        " TimeAdjustmentReportingThreshold TimeOffset TimeSource TimeZone",
        "Connector": "AvailabilityState Available ChargeProtocol ConnectorType SupplyPhases",
        "CustomizationCtrlr": "CustomImplementationEnabled",
        "DeviceDataCtrlr": "BytesPerMessage ConfigurationValueSize ItemsPerMessage ReportingValueSize ValueSize",
        "DisplayMessageCtrlr": "Available DisplayMessages Enabled PersonalMessageSize SupportedFormats"
        " SupportedPriorities",
        "EVSE": "AllowReset AvailabilityState Available EvseId ISO15118EvseId SupplyPhases",
        "ISO15118Ctrlr": "CentralContractValidationAllowed ContractCertificateInstallationEnabled"
        " ContractValidationOffline CountryName MaxScheduleEntries OrganizationName PnCEnabled RequestMeteringReceipt"
        " RequestedEnergyTransferMode SeccId V2GCertificateInstallationEnabled",
        "LocalAuthListCtrlr": "Available BytesPerMessage DisablePostAuthorize Enabled Entries ItemsPerMessage Storage"
        " SupportsExpiryDateTime",
        "MonitoringCtrlr": "ActiveMonitoringBase ActiveMonitoringLevel Available BytesPerMessage Enabled"
        " ItemsPerMessage MonitoringBase MonitoringLevel OfflineQueuingSeverity",
        "OCPPCommCtrlr": "ActiveNetworkProfile FieldLength FileTransferProtocols HeartbeatInterval"
        " MessageAttemptInterval MessageAttempts MessageTimeout NetworkConfigurationPriority"
        " NetworkProfileConnectionAttempts OfflineThreshold PublicKeyWithSignedMeterValue QueueAllMessages ResetRetries"
        " RetryBackOffRandomRange RetryBackOffRepeatTimes RetryBackOffWaitMinimum UnlockOnEVSideDisconnect"
        " WebSocketPingInterval",
        "ReservationCtrlr": "Available Enabled NonEvseSpecific",
        "SampledDataCtrlr": "Available Enabled RegisterValuesWithoutPhases SignReadings TxEndedInterval"
        " TxEndedMeasurands TxStartedMeasurands TxUpdatedInterval TxUpdatedMeasurands",
        "SecurityCtrlr": "AdditionalRootCertificateCheck AllowCSMSTLSWildcards AllowSecurityProfileDowngrade"
        " BasicAuthPassword CertSigningRepeatTimes CertSigningWaitMinimum CertificateEntries Identity"
        " MaxCertificateChainSize OrganizationName SecurityProfile",
        "SmartChargingCtrlr": "ACPhaseSwitchingSupported Available Enabled Entries ExternalControlSignalsEnabled"
        " LimitChangeSignificance NotifyChargingLimitWithSchedules PeriodsPerSchedule Phases3to1 ProfileStackLevel"
        " RateUnit",
        "TariffCostCtrlr": "Available Currency Enabled TariffFallbackMessage TotalCostFallbackMessage",
        "TxCtrlr": "ChargingTime EVConnectionTimeOut MaxEnergyOnInvalidId StopTxOnEVSideDisconnect StopTxOnInvalidId"
        " TxBeforeAcceptedEnabled TxStartPoint TxStopPoint",
    }.items()
}
"""The standardized variables of controllers, station, EVSEs and connectors (Appendices of Part 2, section 3)."""


def is_standardized(variable: Variable) -> bool:
    """Whether a report has to contain the value of this variable (erratum 6.2.19)."""
    return variable.name in STANDARDIZED.get(variable.component, frozenset())


def required(product: Product) -> frozenset[Variable]:
    """The variables that a station with the product's functional blocks, EVSEs and connectors must have."""
    controllers = (Variable.parse(row.name) for row in _rows(product))
    return frozenset(controllers) | frozenset(_infrastructure(product))


def standard_variables(product: Product) -> Iterator[Variable]:
    """The standardized variables of the controllers, and the required ones of station, EVSEs and connectors."""
    per_place = frozenset(("ChargingStation", "EVSE", "Connector"))
    yield from (Variable.parse(row.name) for row in CONTROLLERS)
    listed = {row.name.partition("[")[0] for row in CONTROLLERS}
    for component in sorted(STANDARDIZED.keys() - per_place):
        names = (f"{component}.{name}" for name in sorted(STANDARDIZED[component]))
        yield from (Variable.parse(name) for name in names if name not in listed)
    yield from _infrastructure(product)


def required_writable(product: Product, configuration: Configuration) -> frozenset[Variable]:
    """The required variables that are writable, by the specification or by the station's choice."""
    rows = [(Variable.parse(row.name), row.access) for row in _rows(product)]
    return frozenset(
        variable
        for variable, access in rows
        if access is Access.WRITE or (access is Access.EITHER and configuration.writable(variable))
    )


def availability_states(product: Product) -> frozenset[Variable]:
    """The variables that a summary must contain (B07.FR.09). The state of the EVSE may stand for its connectors."""
    evses = (Variable("EVSE", "AvailabilityState", evse_id=evse.id) for evse in product.evses)
    return frozenset((Variable("ChargingStation", "AvailabilityState"), *evses))


def _rows(product: Product) -> Iterator[Required]:
    return (row for row in CONTROLLERS if not row.profiles or not set(row.profiles).isdisjoint(product.profiles))


def _infrastructure(product: Product) -> Iterator[Variable]:
    yield from (Variable("ChargingStation", name) for name in STATION)
    for evse in product.evses:
        yield from (Variable("EVSE", name, evse_id=evse.id) for name in EVSE)
        for connector in evse.connectors:
            yield from (Variable("Connector", name, evse_id=evse.id, connector_id=connector.id) for name in CONNECTOR)
