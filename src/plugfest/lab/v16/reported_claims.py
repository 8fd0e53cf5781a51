"""The claims of a PICS that configuration keys of an OCPP 1.6 station show."""

from collections.abc import Iterator

import msgspec

from plugfest.lab.claims.contradictions import (
    Claim,
    Contradiction,
    at_least,
    available,
    contradictions,
    equal,
    fixed,
    listed,
    names,
    needed,
    present,
    security_profile,
)
from plugfest.lab.claims.suggestions import draft_of
from plugfest.lab.v16.configuration import Configuration
from plugfest.lab.v16.ledger import Ledger
from plugfest.ocpp.message import given
from plugfest.products import Product
from plugfest.products.draft import Draft

RATE_UNITS = "ChargingScheduleAllowedChargingRateUnit"
SMART_CHARGING = ("TC_056", "TC_057", "TC_058", "TC_059", "TC_060", "TC_066", "TC_067", "TC_072", "TC_082")

TABLE = (
    Claim("HFS-8", "NumberOfConnectors", equal),
    Claim("ORS-1", "GetConfigurationMaxKeys", equal),
    Claim("ORS-12", "LocalAuthListMaxLength", equal),
    Claim("ORS-13", "SendLocalListMaxLength", equal),
    Claim("ORS-14", "ChargeProfileMaxStackLevel", equal),
    Claim("ORS-15", "ChargingScheduleMaxPeriods", equal),
    Claim("ORS-19", "MaxChargingProfilesInstalled", at_least),
    Claim("ORS-16", "SupportedFileTransferProtocols", names),
    Claim("SC-1.1", RATE_UNITS, listed("Current"), cases=SMART_CHARGING),
    Claim("SC-1.2", RATE_UNITS, listed("Power"), cases=SMART_CHARGING),
    Claim("LA-0", "SupportedFeatureProfiles", listed("LocalAuthListManagement")),
    Claim("R-0", "SupportedFeatureProfiles", listed("Reservation")),
    Claim("RT-0", "SupportedFeatureProfiles", listed("RemoteTrigger")),
    Claim("Smart Charging", "SupportedFeatureProfiles", listed("SmartCharging"), cases=SMART_CHARGING),
    Claim("C-02", "AllowOfflineTxForUnknownId", present),  # 9.1.1: the key exists if it is supported
    Claim("C-03", "MaxEnergyOnInvalidId", needed),
    Claim("C-04", "AuthorizationCacheEnabled", present),  # 9.1.2: likewise
    Claim("C-05", "MinimumStatusDuration", needed),
    Claim("C-06.1", "StopTransactionOnEVSideDisconnect", fixed("false")),
    Claim("C-06.2", "StopTransactionOnEVSideDisconnect", fixed("true")),
    Claim("C-10.1", "UnlockConnectorOnEVSideDisconnect", fixed("true")),
    Claim("C-10.2", "UnlockConnectorOnEVSideDisconnect", fixed("false")),
    Claim("C-11", "SecurityProfile", security_profile("1")),
    Claim("Advanced Security", "SecurityProfile", security_profile("3")),
    Claim("R-1", "ReserveConnectorZeroSupported", available),
)


def reported_contradictions(product: Product, configuration: Configuration) -> Iterator[Contradiction]:
    """The contradictions between the PICS and the configuration keys."""
    for one in contradictions(TABLE, product, configuration):
        yield _about_connectors(one, product, configuration) if one.claims == ("HFS-8",) else one


def reported_draft(product: Product, configuration: Configuration, ledger: Ledger) -> Draft:
    """The answers that follow from the configuration keys and from BootNotification. Connectors have no type in 1.6."""
    boot = ledger.boot
    named = (
        {}
        if boot is None
        else {
            "vendor": boot.charge_point_vendor,
            "model": boot.charge_point_model,
            "firmware_version": given(boot.firmware_version),
        }
    )
    table = [claim for claim in TABLE if configuration.was_read(claim.name)]
    return draft_of(product, named, table, configuration)


def _about_connectors(one: Contradiction, product: Product, configuration: Configuration) -> Contradiction:
    """The contradiction about the number of connectors, with the connectors that only one side has."""
    reported = range(1, (configuration.number("NumberOfConnectors") or 0) + 1)
    differing = {evse.id for evse in product.evses} ^ set(reported)
    terms = (rf"\bconnector\w*\W+(id\W+)?{id}\b" for id in sorted(differing))
    return msgspec.structs.replace(one, terms=(*one.terms, *terms))
