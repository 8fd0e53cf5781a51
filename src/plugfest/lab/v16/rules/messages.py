"""Timestamps and requestIds in messages of OCPP 1.6."""

from plugfest.lab.rules.current_timestamps import TimestampField, TimestampFields, current_timestamps
from plugfest.lab.rules.request_ids import request_ids
from plugfest.lab.rules.rule import Rule
from plugfest.lab.v16.rules.transactions import delivery_key
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m

TIMESTAMP_FIELDS: TimestampFields = {
    # Since when the status applies: MinimumStatusDuration delays the message, a trigger repeats it.
    m.StatusNotificationRequest: TimestampField(
        "timestamp", lambda message: [] if given(message.timestamp) is None else [message.timestamp], may_be_old=True
    ),
    m.StartTransactionRequest: TimestampField("timestamp", lambda message: [message.timestamp]),
    m.StopTransactionRequest: TimestampField("timestamp", lambda message: [message.timestamp]),
    m.SecurityEventNotificationRequest: TimestampField("timestamp", lambda message: [message.timestamp]),
    # A message may hold several readings; the newest one was taken when it was sent.
    m.MeterValuesRequest: TimestampField(
        "meterValue.timestamp", lambda message: [max(value.timestamp for value in message.meter_value)]
    ),
}

# It is only a recommendation that the charge point takes its time from the Central System.
CURRENT_TIMESTAMPS = current_timestamps("sections 4.2 and 4.6", TIMESTAMP_FIELDS, delivery_key)


def firmware_request_id() -> Rule:
    """The requestId of SignedUpdateFirmware.req; UpdateFirmware.req has none."""
    return request_ids(
        "firmware", "L01.FR.10", m.SignedUpdateFirmwareRequest, m.SignedFirmwareStatusNotificationRequest
    )


def log_request_id() -> Rule:
    """The requestId of GetLog.req."""
    return request_ids("log", "N01.FR.07", m.GetLogRequest, m.LogStatusNotificationRequest)
