"""Transaction events, with the terms of OCPP 2.0.1 but independent of the version."""

from datetime import datetime
from enum import StrEnum

import msgspec

from plugfest.station.model.authorization.tokens import Token
from plugfest.station.model.metering.measurands import Sample


class EventType(StrEnum):
    """TransactionEventEnumType."""

    STARTED = "Started"
    UPDATED = "Updated"
    ENDED = "Ended"


class TriggerReason(StrEnum):
    """What caused an event (TriggerReasonEnumType)."""

    AUTHORIZED = "Authorized"
    CABLE_PLUGGED_IN = "CablePluggedIn"
    CHARGING_RATE_CHANGED = "ChargingRateChanged"
    CHARGING_STATE_CHANGED = "ChargingStateChanged"
    DEAUTHORIZED = "Deauthorized"
    EV_COMMUNICATION_LOST = "EVCommunicationLost"
    EV_CONNECT_TIMEOUT = "EVConnectTimeout"
    EV_DEPARTED = "EVDeparted"
    EV_DETECTED = "EVDetected"
    METER_VALUE_CLOCK = "MeterValueClock"
    METER_VALUE_PERIODIC = "MeterValuePeriodic"
    REMOTE_START = "RemoteStart"
    REMOTE_STOP = "RemoteStop"
    RESET_COMMAND = "ResetCommand"
    SIGNED_DATA_RECEIVED = "SignedDataReceived"
    STOP_AUTHORIZED = "StopAuthorized"
    TRIGGER = "Trigger"
    ABNORMAL_CONDITION = "AbnormalCondition"


class StopReason(StrEnum):
    """Why a transaction ended (ReasonEnumType; the last three are values of OCPP 1.6)."""

    DEAUTHORIZED = "DeAuthorized"
    EV_DISCONNECTED = "EVDisconnected"
    IMMEDIATE_RESET = "ImmediateReset"
    LOCAL = "Local"
    MASTER_PASS = "MasterPass"
    OTHER = "Other"
    POWER_LOSS = "PowerLoss"
    REBOOT = "Reboot"
    REMOTE = "Remote"
    STOPPED_BY_EV = "StoppedByEV"
    TIMEOUT = "Timeout"
    HARD_RESET = "HardReset"
    SOFT_RESET = "SoftReset"
    UNLOCK_COMMAND = "UnlockCommand"


class ChargingState(StrEnum):
    """ChargingStateEnumType."""

    CHARGING = "Charging"
    EV_CONNECTED = "EVConnected"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    IDLE = "Idle"


class TransactionEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a transaction. `register` is the register of the meter, in Wh."""

    transaction_id: str
    seq_no: int
    at: datetime
    event_type: EventType
    trigger: TriggerReason
    charging_state: ChargingState | None = None
    evse_id: int | None = None
    connector_id: int | None = None
    token: Token | None = None
    remote_start_id: int | None = None
    reservation_id: int | None = None
    stop_reason: StopReason | None = None
    phases_used: int | None = None
    samples: tuple[Sample, ...] = ()
    register: float | None = None
    offline: bool = False


# The stop reason by trigger, unless the end of the authorization has set one before (Part 2 E 1.5, E07.FR.06).
_REASONS: dict[TriggerReason, StopReason] = {
    TriggerReason.STOP_AUTHORIZED: StopReason.LOCAL,  # E07.FR.05
    TriggerReason.REMOTE_STOP: StopReason.REMOTE,  # F03.FR.03
    TriggerReason.DEAUTHORIZED: StopReason.DEAUTHORIZED,  # E05.FR.10
    TriggerReason.EV_COMMUNICATION_LOST: StopReason.EV_DISCONNECTED,  # E09
    TriggerReason.EV_CONNECT_TIMEOUT: StopReason.TIMEOUT,  # E03.FR.05
    TriggerReason.EV_DEPARTED: StopReason.LOCAL,
    TriggerReason.CHARGING_STATE_CHANGED: StopReason.STOPPED_BY_EV,
    TriggerReason.RESET_COMMAND: StopReason.IMMEDIATE_RESET,  # B12.FR.04
    TriggerReason.ABNORMAL_CONDITION: StopReason.OTHER,  # E06.FR.16
}


def reason_for(trigger: TriggerReason) -> StopReason:
    """The stop reason of a transaction that ends by this trigger."""
    return _REASONS[trigger]


# Events with these triggers carry the charging state even if it has not changed.
_WITH_CHARGING_STATE = frozenset(
    {
        TriggerReason.CABLE_PLUGGED_IN,
        TriggerReason.EV_COMMUNICATION_LOST,
        TriggerReason.CHARGING_STATE_CHANGED,
        TriggerReason.DEAUTHORIZED,
        TriggerReason.TRIGGER,
    }
)


def includes_charging_state(event_type: EventType, trigger: TriggerReason, *, changed: bool) -> bool:
    """Whether an event carries the charging state. E01.FR.18, E02.FR.13, E05.FR.09, F06.FR.07"""
    return changed or event_type is not EventType.UPDATED or trigger in _WITH_CHARGING_STATE
