"""The claims of a PICS that variables of an OCPP 2.0.1 station show, and the PICS that follows from them."""

from collections.abc import Iterator

import msgspec

from plugfest.lab.checks.numbers import number
from plugfest.lab.claims.contradictions import (
    Claim,
    Contradiction,
    Differences,
    Reported,
    at_least,
    available,
    configurable,
    contradictions,
    equal,
    fixed,
    listed,
    maximum,
    minimum,
    names,
    needed,
    possible,
    possible_measurands,
    possible_names,
    security_profile,
)
from plugfest.lab.claims.suggestions import draft_of
from plugfest.lab.v201.configuration import Configuration, Variable
from plugfest.lab.v201.ledger import Ledger
from plugfest.ocpp.message import given
from plugfest.products import Evse, Product
from plugfest.products.draft import Draft, evse_of

LOCAL_LIST_CASES = (
    "TC_D_",
    *(f"TC_C_{number}_" for number in (*range(21, 26), *range(27, 32), 40, 43, 58)),
)


def _smart_charging(claim: Claim, product: Product, reported: Reported) -> Differences:
    """A station with ISO 15118 has smart charging, whether or not it claims that profile too (Part 5 section 4)."""
    return iter(()) if product.named("ISO 15118 Support") else available(claim, product, reported)


def _available_unless_partial(claim: Claim, product: Product, reported: Reported) -> Differences:
    """As `available`; a product that has a part of the profile does not claim it."""
    if product.supports(claim.id) or not product.has_monitoring:
        yield from available(claim, product, reported)


TABLE = (
    # Part 2 section 2.1, DeviceDataCtrlr and OCPPCommCtrlr
    Claim("ORS-1", "DeviceDataCtrlr.ItemsPerMessage[GetReport]", equal),
    Claim("ORS-2", "DeviceDataCtrlr.ItemsPerMessage[GetVariables]", equal),
    Claim("ORS-3", "DeviceDataCtrlr.ItemsPerMessage[SetVariables]", equal),
    Claim("ORS-4", "DeviceDataCtrlr.BytesPerMessage[GetReport]", equal),
    Claim("ORS-5", "DeviceDataCtrlr.BytesPerMessage[GetVariables]", equal),
    Claim("ORS-6", "DeviceDataCtrlr.BytesPerMessage[SetVariables]", equal),
    Claim("ORS-7", "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]", minimum),
    Claim("ORS-8", "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]", maximum),
    Claim("ORS-9", "SampledDataCtrlr.TxUpdatedInterval", minimum),
    Claim("ORS-10", "SampledDataCtrlr.TxUpdatedInterval", maximum),
    Claim("ORS-11", "OCPPCommCtrlr.HeartbeatInterval", minimum),
    Claim("ORS-12", "OCPPCommCtrlr.HeartbeatInterval", maximum),
    Claim("ORS-14", "OCPPCommCtrlr.WebSocketPingInterval", minimum),
    Claim("ORS-15", "OCPPCommCtrlr.WebSocketPingInterval", maximum),
    Claim("ORS-17", "SecurityCtrlr.CertificateEntries", maximum),
    Claim("ORS-18", "SecurityCtrlr.MaxCertificateChainSize", at_least),
    Claim("ORS-24", "OCPPCommCtrlr.FileTransferProtocols", names),
    Claim("C-21", "OCPPCommCtrlr.QueueAllMessages", needed),
    Claim("C-12.1", "OCPPCommCtrlr.UnlockOnEVSideDisconnect", fixed("true")),
    Claim("C-12.2", "OCPPCommCtrlr.UnlockOnEVSideDisconnect", fixed("false")),
    # Security
    Claim("C-61", "SecurityCtrlr.SecurityProfile", security_profile("1")),
    Claim("Advanced Security", "SecurityCtrlr.SecurityProfile", security_profile("3")),
    Claim("AS-2", "SecurityCtrlr.AdditionalRootCertificateCheck", available),
    # Authorization
    Claim("C-49", "AuthCacheCtrlr.Available", available),
    Claim("C-53", "AuthCacheCtrlr.LifeTime", needed),
    Claim("C-54", "AuthCacheCtrlr.Policy", possible_names),
    Claim("C-59", "AuthCacheCtrlr.DisablePostAuthorize", needed),
    Claim("C-58", "AuthCtrlr.DisableRemoteAuthorization", needed),
    Claim("C-48.1", "AuthCtrlr.AuthorizeRemoteStart", fixed("true")),
    Claim("C-48.2", "AuthCtrlr.AuthorizeRemoteStart", fixed("false")),
    Claim("C-01", "AuthCtrlr.LocalAuthorizeOffline", fixed("true")),
    Claim("LA-0", "LocalAuthListCtrlr.Available", available, cases=LOCAL_LIST_CASES),
    Claim("LA-3", "LocalAuthListCtrlr.DisablePostAuthorize", needed),
    # Transactions
    Claim("C-06.1", "TxCtrlr.StopTxOnEVSideDisconnect", fixed("false")),
    Claim("C-06.2", "TxCtrlr.StopTxOnEVSideDisconnect", fixed("true")),
    Claim("C-09.1", "TxCtrlr.TxStartPoint", possible("EVConnected")),
    Claim("C-09.2", "TxCtrlr.TxStartPoint", possible("Authorized")),
    Claim("C-09.3", "TxCtrlr.TxStartPoint", possible("DataSigned")),
    Claim("C-09.4", "TxCtrlr.TxStartPoint", possible("PowerPathClosed")),
    Claim("C-09.5", "TxCtrlr.TxStartPoint", possible("EnergyTransfer")),
    Claim("C-09.6", "TxCtrlr.TxStartPoint", possible("ParkingBayOccupancy")),
    Claim("C-10.1", "TxCtrlr.TxStopPoint", possible("EVConnected")),
    Claim("C-10.2", "TxCtrlr.TxStopPoint", possible("Authorized")),
    Claim("C-10.3", "TxCtrlr.TxStopPoint", possible("PowerPathClosed")),
    Claim("C-10.4", "TxCtrlr.TxStopPoint", possible("EnergyTransfer")),
    Claim("C-10.5", "TxCtrlr.TxStopPoint", possible("ParkingBayOccupancy")),
    Claim("C-51", "TxCtrlr.TxStartPoint", configurable),
    Claim("C-52", "TxCtrlr.TxStopPoint", configurable),
    # Meter values
    Claim("C-28", "AlignedDataCtrlr.SendDuringIdle", needed),
    Claim("C-40.1", "SampledDataCtrlr.TxStartedMeasurands", possible_measurands),
    Claim("C-40.2", "SampledDataCtrlr.TxUpdatedMeasurands", possible_measurands),
    Claim("C-40.3", "SampledDataCtrlr.TxEndedMeasurands", possible_measurands),
    Claim("C-40.4", "AlignedDataCtrlr.Measurands", possible_measurands),
    Claim("C-40.5", "AlignedDataCtrlr.TxEndedMeasurands", possible_measurands),
    # Clock
    Claim("C-23", "ClockCtrlr.TimeSource", possible_names),
    Claim("C-25", "ClockCtrlr.TimeOffset", configurable),
    Claim("C-26", "ClockCtrlr.TimeZone", configurable),
    # Other profiles
    Claim("R-0", "ReservationCtrlr.Available", available, cases=("TC_H_",)),
    Claim("R-2", "ReservationCtrlr.NonEvseSpecific", available),
    Claim("R-3", "ReservationCtrlr.Enabled", configurable),
    Claim("DM-0", "MonitoringCtrlr.Available", _available_unless_partial),
    Claim("DM-3", "MonitoringCtrlr.OfflineQueuingSeverity", needed),
    Claim("UI-0", "DisplayMessageCtrlr.Available", available, cases=("TC_O_",)),
    Claim("UI-1.1", "DisplayMessageCtrlr.SupportedPriorities", listed("AlwaysFront")),
    Claim("UI-1.2", "DisplayMessageCtrlr.SupportedPriorities", listed("InFront")),
    Claim("UI-1.3", "DisplayMessageCtrlr.SupportedPriorities", listed("NormalCycle")),
    Claim("UI-2.1", "DisplayMessageCtrlr.SupportedFormats", listed("ASCII")),
    Claim("UI-2.2", "DisplayMessageCtrlr.SupportedFormats", listed("HTML")),
    Claim("UI-2.3", "DisplayMessageCtrlr.SupportedFormats", listed("URI")),
    Claim("UI-2.4", "DisplayMessageCtrlr.SupportedFormats", listed("UTF8")),
    Claim("Smart Charging", "SmartChargingCtrlr.Available", _smart_charging, cases=("TC_K_",)),
    Claim("SC-2.1", "SmartChargingCtrlr.RateUnit", listed("A"), cases=("TC_K_",)),
    Claim("SC-2.2", "SmartChargingCtrlr.RateUnit", listed("W"), cases=("TC_K_",)),
    Claim("ISO-5", "ISO15118Ctrlr.CentralContractValidationAllowed", needed),
)


def reported_contradictions(product: Product, configuration: Configuration) -> Iterator[Contradiction]:
    """The contradictions between the PICS and the inventory."""
    yield from contradictions(TABLE, product, configuration)
    yield from _evses(product, configuration)


def _evses(product: Product, configuration: Configuration) -> Iterator[Contradiction]:
    """EVSEs and connectors, as far as the inventory has them (Part 2 section 2.13)."""
    places = {(one.evse_id, one.connector_id) for one in configuration.known if one.component in ("EVSE", "Connector")}
    reported = {evse_id for evse_id, _ in places if evse_id is not None}
    claimed = {evse.id for evse in product.evses}
    if reported and reported != claimed:
        yield Contradiction(
            claims=("HFS-8",),
            claimed=f"EVSE {_ids(claimed)}",
            reported=f"EVSE {_ids(reported)}",
            terms=tuple(rf"\bevse\w*\W+(id\W+)?{id}\b" for id in sorted(reported ^ claimed)),
        )
    for evse in product.evses:
        connectors = {connector_id for evse_id, connector_id in places if evse_id == evse.id and connector_id}
        yield from _connectors(evse, connectors, configuration)


def _connectors(evse: Evse, reported: set[int], configuration: Configuration) -> Iterator[Contradiction]:
    claimed = {connector.id for connector in evse.connectors}
    if reported and reported != claimed:
        yield Contradiction(
            claims=(),
            claimed=f"EVSE {evse.id} has connector {_ids(claimed)}",
            reported=f"EVSE {evse.id} has connector {_ids(reported)}",
            terms=tuple(rf"\bconnector\w*\W+(id\W+)?{id}\b" for id in sorted(reported ^ claimed)),
        )
    for connector in evse.connectors:
        kind = configuration.value(Variable("Connector", "ConnectorType", None, None, evse.id, connector.id))
        if kind and kind.lower() != connector.type.lower():
            yield Contradiction(
                claims=(),
                claimed=f"connector {connector.id} of EVSE {evse.id} is {connector.type}",
                reported=f"Connector({evse.id}/{connector.id}).ConnectorType is {kind}",
                terms=(r"\bConnectorType\b",),
            )
    phases = configuration.value(Variable("EVSE", "SupplyPhases", None, None, evse.id))
    if evse.current == "AC" and phases and phases.isdecimal() and int(phases) != evse.phases:
        yield Contradiction(
            claims=(),
            claimed=f"EVSE {evse.id} has {evse.phases} phases",
            reported=f"EVSE({evse.id}).SupplyPhases is {phases}",
            terms=(r"\bSupplyPhases\b", r"\bnumber_?of_?phases\b", r"\bphases\b"),
        )


def _ids(ids: set[int]) -> str:
    return ", ".join(map(str, sorted(ids)))


# The other way round: a PICS from what the station reports


def reported_draft(product: Product, configuration: Configuration, ledger: Ledger) -> Draft:
    """The draft of a product about which nothing else is known."""
    table = [claim for claim in TABLE if configuration.was_read(claim.name)]
    draft = draft_of(product, _identity(ledger), table, configuration)
    evses = list(_described_evses(configuration))
    if not evses or None in evses:
        return draft
    described = tuple(evse for evse in evses if evse is not None)
    return msgspec.structs.replace(
        draft, evses=described, evses_from="the variables ConnectorType and SupplyPhases"
    ).with_hardware()


def _identity(ledger: Ledger) -> dict[str, str | None]:
    if ledger.boot is None:
        return {}
    station = ledger.boot.charging_station
    return {
        "vendor": station.vendor_name,
        "model": station.model,
        "firmware_version": given(station.firmware_version),
    }


def _described_evses(configuration: Configuration) -> Iterator[Evse | None]:
    """Each EVSE of the inventory; None for one whose connectors it does not describe (Part 2 section 2.13)."""
    places = {(one.evse_id, one.connector_id) for one in configuration.known if one.component in ("EVSE", "Connector")}
    for evse_id in sorted({evse_id for evse_id, _ in places if evse_id is not None}):
        types = {
            connector_id: configuration.value(
                Variable("Connector", "ConnectorType", evse_id=evse_id, connector_id=connector_id)
            )
            or ""
            for connector_id in sorted(number for id, number in places if id == evse_id and number is not None)
        }
        phases = number(configuration.value(Variable("EVSE", "SupplyPhases", evse_id=evse_id)) or "")
        yield evse_of(evse_id, types, None if phases is None else int(phases))
