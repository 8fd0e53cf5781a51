"""The timestamps of OCPP 2.0.1 that say "now"."""

from plugfest.lab.rules.time_of_now import Stamp, Stamps, time_of_now
from plugfest.lab.v201.rules.delivery import delivered_once
from plugfest.ocpp.v201 import messages as m

NOW: Stamps = {
    m.StatusNotificationRequest: Stamp("timestamp", lambda one: [one.timestamp]),
    m.SecurityEventNotificationRequest: Stamp("timestamp", lambda one: [one.timestamp]),
    m.TransactionEventRequest: Stamp("timestamp", lambda one: [one.timestamp]),
    m.NotifyEventRequest: Stamp("generatedAt", lambda one: [one.generated_at]),
    m.NotifyReportRequest: Stamp("generatedAt", lambda one: [one.generated_at]),
    m.NotifyMonitoringReportRequest: Stamp("generatedAt", lambda one: [one.generated_at]),
    m.NotifyCustomerInformationRequest: Stamp("generatedAt", lambda one: [one.generated_at]),
    m.MeterValuesRequest: Stamp("meterValue.timestamp", lambda one: [value.timestamp for value in one.meter_value]),
}

TIME_OF_NOW = time_of_now("Part 6 section 2.1", NOW, delivered_once)
