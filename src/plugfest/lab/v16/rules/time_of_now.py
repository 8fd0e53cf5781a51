"""The timestamps of OCPP 1.6 that say "now", from a clock that is recommended to be the Central System's (4.2, 4.6)."""

from plugfest.lab.rules.time_of_now import Stamp, Stamps, time_of_now
from plugfest.lab.v16.rules.delivery import delivered_once
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
