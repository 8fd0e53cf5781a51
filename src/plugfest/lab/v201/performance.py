"""The key performance indicators of OCPP 2.0.1 that depend on the messages.

Remote start and stop differ from OCPP 1.6 in their messages and in what may delay the station.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.performance import Indicators, RequestPredicate, accepted_requests, station_requests
from plugfest.lab.v201.ledger import connector_states
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m

REPORTS: Mapping[type[Request[Any]], type[Request[Any]]] = {
    m.GetBaseReportRequest: m.NotifyReportRequest,
    m.GetReportRequest: m.NotifyReportRequest,
    m.GetMonitoringReportRequest: m.NotifyMonitoringReportRequest,
    m.GetChargingProfilesRequest: m.ReportChargingProfilesRequest,
    m.GetDisplayMessagesRequest: m.NotifyDisplayMessagesRequest,
    m.CustomerInformationRequest: m.NotifyCustomerInformationRequest,
    m.GetLogRequest: m.LogStatusNotificationRequest,
}
"""Requests that the station answers twice: at once, and later with messages that have the same requestId."""

TRIGGERED: Mapping[str, RequestPredicate] = {
    "BootNotification": lambda one: isinstance(one, m.BootNotificationRequest),
    "LogStatusNotification": lambda one: isinstance(one, m.LogStatusNotificationRequest),
    "FirmwareStatusNotification": lambda one: isinstance(one, m.FirmwareStatusNotificationRequest),
    "PublishFirmwareStatusNotification": lambda one: isinstance(one, m.PublishFirmwareStatusNotificationRequest),
    "Heartbeat": lambda one: isinstance(one, m.HeartbeatRequest),
    "MeterValues": lambda one: isinstance(one, m.MeterValuesRequest) and _has_context(one, "Trigger"),
    "StatusNotification": lambda one: isinstance(one, m.StatusNotificationRequest),
    "TransactionEvent": lambda one: isinstance(one, m.TransactionEventRequest) and one.trigger_reason == "Trigger",
    "SignChargingStationCertificate": lambda one: isinstance(one, m.SignCertificateRequest),
    "SignV2GCertificate": lambda one: isinstance(one, m.SignCertificateRequest),
    "SignCombinedCertificate": lambda one: isinstance(one, m.SignCertificateRequest),
}
"""The message for each requestedMessage, distinguished from one that was not triggered (F06)."""


def _triggered_message(request: Request[Any]) -> RequestPredicate | None:
    if isinstance(request, m.TriggerMessageRequest):
        return TRIGGERED[request.requested_message]
    report = REPORTS.get(type(request))
    if report is None:
        return None
    return lambda one: isinstance(one, report) and _request_id(one) == _request_id(request)


def _request_id(message: Request[Any]) -> object:
    return getattr(message, "request_id", None)


def _has_context(message: m.MeterValuesRequest, context: str) -> bool:
    return any(given(sample.context) == context for value in message.meter_value for sample in value.sampled_value)


INTERVENING = frozenset(
    {"CablePluggedIn", "ChargingStateChanged", "EVCommunicationLost", "EVConnectTimeout", "EVDeparted", "EVDetected"}
)
"""Trigger reasons of events that follow an action of the driver or a change of the charging state."""


def remote_start_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From RequestStartTransaction to the transaction event with triggerReason RemoteStart.

    Measured only if no action of the driver and no change of the charging state comes between.
    """
    for request, later in accepted_requests(record, m.RequestStartTransactionRequest):
        for one in takewhile(lambda one: not _intervenes(one.message), station_requests(later)):
            event = _event(one.message, "RemoteStart")
            if event and given(event.transaction_info.remote_start_id) == request.message.remote_start_id:
                yield one.at - request.at
                break


def _intervenes(message: Request[Any]) -> bool:
    if isinstance(message, m.TransactionEventRequest):
        return message.trigger_reason in INTERVENING
    return any(connector_states(message))


def remote_stop_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From RequestStopTransaction to the transaction event with triggerReason RemoteStop.

    Not measured if the event has chargingState EVConnected: the station stopped the energy transfer first.
    """
    for request, later in accepted_requests(record, m.RequestStopTransactionRequest):
        for one in station_requests(later):
            event = _event(one.message, "RemoteStop")
            if event and event.transaction_info.transaction_id == request.message.transaction_id:
                if given(event.transaction_info.charging_state) != "EVConnected":
                    yield one.at - request.at
                break


def _event(message: Request[Any], trigger_reason: str) -> m.TransactionEventRequest | None:
    """The message if it is a transaction event with this triggerReason that was not queued offline."""
    if not isinstance(message, m.TransactionEventRequest) or given(message.offline):
        return None
    return message if message.trigger_reason == trigger_reason else None


INDICATORS = Indicators(_triggered_message, remote_start_times, remote_stop_times)
