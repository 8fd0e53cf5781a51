"""The key performance indicators of OCPP 2.0.1, as far as they are about certain messages."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.performance import (
    Indicator,
    RequestPredicate,
    accepted_requests,
    response_times,
    station_requests,
    triggered_times,
)
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
"""Requests that are answered twice: at once, and with messages that carry the same requestId."""

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
"""What tells the message that a TriggerMessage asks for from one that comes by itself (F06)."""


def triggered_function_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From a request that was accepted to the first message that it set off."""
    return triggered_times(record, _what_follows)


def _what_follows(request: Request[Any]) -> RequestPredicate | None:
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


MOVED = frozenset(
    {"CablePluggedIn", "ChargingStateChanged", "EVCommunicationLost", "EVConnectTimeout", "EVDeparted", "EVDetected"}
)
"""Why a station sends an event when somebody lent a hand, or when the charging state changed."""


def remote_start_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From RequestStartTransaction to the event that says that it authorized.

    Only where nothing had to happen in between: neither hands nor a change of the charging state.
    """
    for asked, later in accepted_requests(record, m.RequestStartTransactionRequest):
        for one in takewhile(lambda one: not _moved(one.message), station_requests(later)):
            event = _event(one.message, "RemoteStart")
            if event and given(event.transaction_info.remote_start_id) == asked.message.remote_start_id:
                yield one.at - asked.at
                break


def _moved(message: Request[Any]) -> bool:
    if isinstance(message, m.TransactionEventRequest):
        return message.trigger_reason in MOVED
    return any(connector_states(message))


def remote_stop_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From RequestStopTransaction to the event that says that the authorization ended.

    Not where that event says EVConnected: the station stopped the transfer of energy before it told.
    """
    for asked, later in accepted_requests(record, m.RequestStopTransactionRequest):
        for one in station_requests(later):
            event = _event(one.message, "RemoteStop")
            if event and event.transaction_info.transaction_id == asked.message.transaction_id:
                if given(event.transaction_info.charging_state) != "EVConnected":
                    yield one.at - asked.at
                break


def _event(message: Request[Any], trigger_reason: str) -> m.TransactionEventRequest | None:
    """The message, if it is a transaction event for this reason that did not wait for a connection."""
    if not isinstance(message, m.TransactionEventRequest) or given(message.offline):
        return None
    return message if message.trigger_reason == trigger_reason else None


INDICATORS: Mapping[str, Indicator] = {
    "response": response_times,
    "triggered_function": triggered_function_times,
    "remote_start": remote_start_times,
    "remote_stop": remote_stop_times,
}
"""How each indicator of the feature catalogue is measured."""
