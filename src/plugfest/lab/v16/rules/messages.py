"""The timestamps of OCPP 1.6 that say "now", from a clock that is recommended to be the Central System's (4.2, 4.6)."""

from plugfest.lab.rules.current_timestamps import Stamp, Stamps, time_of_now
from plugfest.lab.rules.request_ids import request_ids
from plugfest.lab.rules.rule import Rule
from plugfest.lab.v16.rules.transactions import delivered_once
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m

NOW: Stamps = {
    # Since when it is so: MinimumStatusDuration holds it back, a trigger asks for it again.
    m.StatusNotificationRequest: Stamp(
        "timestamp", lambda one: [] if given(one.timestamp) is None else [one.timestamp], of_old=True
    ),
    m.StartTransactionRequest: Stamp("timestamp", lambda one: [one.timestamp]),
    m.StopTransactionRequest: Stamp("timestamp", lambda one: [one.timestamp]),
    m.SecurityEventNotificationRequest: Stamp("timestamp", lambda one: [one.timestamp]),
    # A message may hold several readings: the newest was taken when it was sent.
    m.MeterValuesRequest: Stamp(
        "meterValue.timestamp", lambda one: [max(value.timestamp for value in one.meter_value)]
    ),
}

TIME_OF_NOW = time_of_now("sections 4.2 and 4.6", NOW, delivered_once, Level.SHOULD)


def firmware_request_id() -> Rule:
    """The requestId of the SignedUpdateFirmware.req; the plain update of the first edition has none."""
    return request_ids(
        "firmware", "L01.FR.10", m.SignedUpdateFirmwareRequest, m.SignedFirmwareStatusNotificationRequest
    )


def log_request_id() -> Rule:
    """The requestId of the GetLog.req."""
    return request_ids("log", "N01.FR.07", m.GetLogRequest, m.LogStatusNotificationRequest)
