"""The status of a connector in OCPP 1.6's words (4.9, 7.7), which say more about a visit than those of 2.0.1."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

import msgspec

from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.transactions.events import ChargingState

DISCONNECTED: Final = "EV side disconnected"


class Status(StrEnum):
    """ChargePointStatus."""

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
    """What is told of a connector: its status, why if it is faulted, and more in words."""

    status: Status
    error: str = "NoError"
    info: str = ""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of a connector. `charging` is None where there is no transaction."""

    base: ConnectorStatus
    lock_failed: bool = False
    charging: ChargingState | None = None
    expects_driver: bool = False
    """Somebody may charge here, and has not plugged in yet or waits for the start."""
    finished: bool = False
    """A transaction has ended here, and its cable is still plugged in."""
    disconnected: bool = False
    """The transaction ended because the EV was unplugged."""


_OF_CHARGING: Final = {
    ChargingState.CHARGING: ReportedStatus(Status.CHARGING),
    ChargingState.SUSPENDED_EV: ReportedStatus(Status.SUSPENDED_EV),
    ChargingState.SUSPENDED_EVSE: ReportedStatus(Status.SUSPENDED_EVSE),
    ChargingState.IDLE: ReportedStatus(Status.SUSPENDED_EV, info=DISCONNECTED),  # 4.9
}

_ON_ITS_WAY: Final = frozenset({Status.SUSPENDED_EV, Status.SUSPENDED_EVSE})

# The first that holds decides.
_WITHOUT_TRANSACTION: Final[tuple[tuple[Callable[[Facts], bool], ReportedStatus], ...]] = (
    (lambda facts: facts.base is ConnectorStatus.UNAVAILABLE, ReportedStatus(Status.UNAVAILABLE)),
    (lambda facts: facts.expects_driver, ReportedStatus(Status.PREPARING)),  # A2, F2, G2
    (lambda facts: facts.base is ConnectorStatus.RESERVED, ReportedStatus(Status.RESERVED)),
    (lambda facts: facts.finished and facts.disconnected, ReportedStatus(Status.FINISHING, info=DISCONNECTED)),  # 4.9
    (lambda facts: facts.finished, ReportedStatus(Status.FINISHING)),  # C6, D6, E6
    (lambda facts: facts.base is ConnectorStatus.OCCUPIED, ReportedStatus(Status.PREPARING)),  # A2
)


def shown(facts: Facts, before: ReportedStatus) -> ReportedStatus:
    """What to tell of a connector. `before`: what it was in."""
    if facts.lock_failed:
        return ReportedStatus(Status.FAULTED, "ConnectorLockFailure")
    if facts.base is ConnectorStatus.FAULTED:
        return ReportedStatus(Status.FAULTED, "OtherError")
    if facts.charging is ChargingState.EV_CONNECTED:
        # The EV is about to answer: what it says is the next status, and until then the last one stands.
        return before if before.status in _ON_ITS_WAY else ReportedStatus(Status.PREPARING)
    if facts.charging is not None:
        return _OF_CHARGING[facts.charging]
    return next((each for holds, each in _WITHOUT_TRANSACTION if holds(facts)), ReportedStatus(Status.AVAILABLE))


def station_shown(*, operative: bool, statuses: Iterable[ConnectorStatus]) -> ReportedStatus:
    """What to tell of connector 0, the station itself: it is Available, Unavailable or Faulted."""
    if all(status is ConnectorStatus.FAULTED for status in statuses):
        return ReportedStatus(Status.FAULTED, "OtherError")
    return ReportedStatus(Status.AVAILABLE if operative else Status.UNAVAILABLE)
