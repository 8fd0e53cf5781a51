"""The connector status of OCPP 1.6 (4.9, 7.7), which reflects the charging session. Pure functions."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

import msgspec

from plugfest.hardware.ports import Fault, FaultCode
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.transactions.events import ChargingState

DISCONNECTED: Final = "EV side disconnected"


class ChargePointStatus(StrEnum):
    """The status in StatusNotification."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EVSE = "SuspendedEVSE"
    SUSPENDED_EV = "SuspendedEV"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class ReportedStatus(msgspec.Struct, frozen=True):
    """The content of a StatusNotification: status, errorCode, info, vendorErrorCode and vendorId."""

    status: ChargePointStatus
    error: str = "NoError"
    info: str = ""
    vendor_error: str = ""
    vendor_id: str = ""


class ConnectorConditions(msgspec.Struct, frozen=True, kw_only=True):
    """What the status depends on. `charging` is None without a transaction."""

    base: ConnectorStatus
    fault: Fault | None = None
    lock_failed: bool = False
    charging: ChargingState | None = None
    driver_expected: bool = False
    """A driver is authorized here, but has not plugged in yet or is waiting for the start."""
    finished: bool = False
    """A transaction has ended, and its cable is still plugged in."""
    disconnected: bool = False
    """The transaction ended because the EV was unplugged."""


_WHILE_CHARGING: Final = {
    ChargingState.CHARGING: ReportedStatus(ChargePointStatus.CHARGING),
    ChargingState.SUSPENDED_EV: ReportedStatus(ChargePointStatus.SUSPENDED_EV),
    ChargingState.SUSPENDED_EVSE: ReportedStatus(ChargePointStatus.SUSPENDED_EVSE),
    ChargingState.IDLE: ReportedStatus(ChargePointStatus.SUSPENDED_EV, info=DISCONNECTED),  # 4.9
}

_SUSPENDED: Final = frozenset({ChargePointStatus.SUSPENDED_EV, ChargePointStatus.SUSPENDED_EVSE})

# The first condition that holds decides.
_WITHOUT_TRANSACTION: Final[tuple[tuple[Callable[[ConnectorConditions], bool], ReportedStatus], ...]] = (
    (lambda conditions: conditions.base is ConnectorStatus.UNAVAILABLE, ReportedStatus(ChargePointStatus.UNAVAILABLE)),
    (lambda conditions: conditions.driver_expected, ReportedStatus(ChargePointStatus.PREPARING)),  # A2, F2, G2
    (lambda conditions: conditions.base is ConnectorStatus.RESERVED, ReportedStatus(ChargePointStatus.RESERVED)),
    (
        lambda conditions: conditions.finished and conditions.disconnected,
        ReportedStatus(ChargePointStatus.FINISHING, info=DISCONNECTED),
    ),  # 4.9
    (lambda conditions: conditions.finished, ReportedStatus(ChargePointStatus.FINISHING)),  # C6, D6, E6
    (lambda conditions: conditions.base is ConnectorStatus.OCCUPIED, ReportedStatus(ChargePointStatus.PREPARING)),  # A2
)


def connector_status(conditions: ConnectorConditions, previous: ReportedStatus) -> ReportedStatus:
    """The status to report for a connector."""
    if conditions.lock_failed:
        return ReportedStatus(ChargePointStatus.FAULTED, "ConnectorLockFailure")
    if conditions.base is ConnectorStatus.FAULTED:
        return _faulted(conditions.fault or Fault())
    if conditions.charging is ChargingState.EV_CONNECTED:
        # A transition: the answer of the EV decides the next status.
        return previous if previous.status in _SUSPENDED else ReportedStatus(ChargePointStatus.PREPARING)
    if conditions.charging is not None:
        return _WHILE_CHARGING[conditions.charging]
    return next(
        (each for holds, each in _WITHOUT_TRANSACTION if holds(conditions)), ReportedStatus(ChargePointStatus.AVAILABLE)
    )


def _faulted(fault: Fault) -> ReportedStatus:
    code = fault.error_code or FaultCode.OTHER_ERROR
    return ReportedStatus(ChargePointStatus.FAULTED, code.value, fault.info, fault.vendor_error_code, fault.vendor_id)


def station_status(*, operative: bool, statuses: Iterable[ConnectorStatus]) -> ReportedStatus:
    """The status to report for connector 0, the station: Available, Unavailable or Faulted."""
    if all(status is ConnectorStatus.FAULTED for status in statuses):
        return _faulted(Fault())
    return ReportedStatus(ChargePointStatus.AVAILABLE if operative else ChargePointStatus.UNAVAILABLE)
