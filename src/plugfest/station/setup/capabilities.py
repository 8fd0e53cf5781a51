"""Capabilities of a product, independent of the OCPP version. capabilities.toml maps them to PICS ids."""

from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from plugfest.products import Product
from plugfest.products.condition import evaluate


class Capability(StrEnum):
    """A capability of a station."""

    UNSECURED_TRANSPORT = "unsecured-transport"
    BASIC_AUTHENTICATION = "basic-authentication"
    CLIENT_CERTIFICATE = "client-certificate"
    ONE_CSMS_ROOT = "one-csms-root"
    LAST_ROOT_DELETABLE = "last-root-deletable"
    FALLS_BACK = "falls-back"
    RESETS_EVSES = "resets-evses"
    STARTS_LOCALLY = "starts-locally"
    STOPS_LOCALLY = "stops-locally"
    TRANSACTION_MENU = "transaction-menu"
    DISPLAY = "display"
    DISPLAY_MESSAGES = "display-messages"
    PARKING_BAY_SENSOR = "parking-bay-sensor"
    SIGNS_METER_VALUES = "signs-meter-values"
    CABLE_LOCK = "cable-lock"
    ACCESS_LOCK = "access-lock"
    HIGH_LEVEL_COMMUNICATION = "high-level-communication"
    COMBINED_CERTIFICATE = "combined-certificate"
    CANCELS_UPDATES = "cancels-updates"
    DOWNLOADS_WHILE_CHARGING = "downloads-while-charging"
    INSTALLS_WHILE_CHARGING = "installs-while-charging"
    CANCELS_LOG_UPLOADS = "cancels-log-uploads"
    STOPS_ON_POWER_LOSS = "stops-on-power-loss"


class PicsIds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The PICS ids of one OCPP version."""

    cipher_suites: str
    dc_power: str
    measurands: tuple[str, ...]
    capabilities: dict[Capability, str]


def has_capability(product: Product, capability: Capability) -> bool:
    """Whether the PICS of the product claims the capability."""
    condition = pics_ids(product.ocpp_version).capabilities.get(capability)
    return condition is not None and evaluate(product.feature_catalog.condition(condition), product).holds


def cipher_suites(product: Product) -> tuple[str, ...]:
    """The cipher suites of the product, by IANA name."""
    return product.texts(pics_ids(product.ocpp_version).cipher_suites)


def dc_power(product: Product) -> float | None:
    """The maximum DC power in W; None if the PICS does not state it."""
    kilowatts = product.limit(pics_ids(product.ocpp_version).dc_power)
    return kilowatts * 1000.0 if kilowatts else None


def measures(product: Product, measurand: str) -> bool:
    """Whether the PICS lists this measurand."""
    return any(measurand in product.supported_measurands(each) for each in pics_ids(product.ocpp_version).measurands)


def pics_ids(ocpp_version: str) -> PicsIds:
    return _table()[ocpp_version]


@cache
def _table() -> dict[str, PicsIds]:
    text = files(__package__).joinpath("capabilities.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, PicsIds])
