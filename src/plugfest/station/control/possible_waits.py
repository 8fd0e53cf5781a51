"""Waits that can never end: for what the product or its OCPP version does not have."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Final

import msgspec

from plugfest.ocpp.near_actions import near_action
from plugfest.ocpp.v16.types import StatusNotificationStatus
from plugfest.ocpp.v201.types import ConnectorStatusEnumType, UpdateFirmwareStatusEnumType
from plugfest.ocpp.versions import by_name
from plugfest.products import Product
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus
from plugfest.station.control.conditions import Condition
from plugfest.station.control.frames import Wanted
from plugfest.station.model.transactions.events import ChargingState

CONNECTOR_STATUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "1.6": tuple(StatusNotificationStatus),
    "2.0.1": tuple(ConnectorStatusEnumType),
}
"""By OCPP version."""

_FIRMWARE: Final = (*FirmwareStatus, *UpdateFirmwareStatusEnumType)
"""Of an update, and of the answer to a request that was refused."""


def check_condition(condition: Condition, product: Product) -> None:
    """Raises ValidationError for a state that the product can never have."""
    version = product.ocpp_version
    _check_value(condition.connector_status, CONNECTOR_STATUSES[version], f"connector_status of OCPP {version}")
    _check_value(condition.charging_state, tuple(ChargingState), "charging_state")
    _check_value(condition.firmware, _FIRMWARE, "firmware")
    for name in ("power", "max_power", "energy_import", "state_of_charge"):
        _check_number(getattr(condition, name), name)
    evses = {each.id: [one.id for one in each.connectors] for each in product.evses}
    _check_place(condition.evse_id, evses, "EVSE")
    at = evses if condition.evse_id is None else {condition.evse_id: evses[condition.evse_id]}
    _check_place(condition.connector_id, {one for connectors in at.values() for one in connectors}, "connector")


def check_message(wanted: Wanted, product: Product) -> None:
    """Raises ValidationError for a message that the OCPP version does not have; a CSMS may send any."""
    known = by_name(product.ocpp_version).requests
    if wanted.action is None or wanted.action in known or wanted.sent is False:
        return
    hint = near_action(wanted.action, known)
    raise msgspec.ValidationError(f"OCPP {product.ocpp_version} has no message {wanted.action}{hint}")


def _check_value(value: str | None, known: tuple[str, ...], what: str) -> None:
    if value is not None and value not in known:
        raise msgspec.ValidationError(f"{what} is never {value}; it is one of {', '.join(known)}")


def _check_number(value: float | None, what: str) -> None:
    if value is not None and not isfinite(value):
        raise msgspec.ValidationError(f"{what} is a number, not {value}")


def _check_place(number: int | None, known: Iterable[int], what: str) -> None:
    numbers = sorted(known)
    if number is not None and number not in numbers:
        raise msgspec.ValidationError(f"there is no {what} {number}; there is {', '.join(map(str, numbers))}")
