"""The key performance indicators of a campaign, measured from its record: how fast the station is.

A laboratory prints them beside the limits that the vendor names: least, most and average of each. What a run gives
nothing for is "not measurable".
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, takewhile
from statistics import fmean
from typing import Any, NamedTuple

import msgspec

from plugfest.lab.exchanges import Exchange, exchanges
from plugfest.lab.ledger import connector_states
from plugfest.lab.record import Direction, Frame
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.versions import V201


class Measurement(msgspec.Struct, frozen=True):
    """Times in seconds, and of how many."""

    minimum: float
    maximum: float
    average: float
    count: int


def measure(frames: Sequence[Frame]) -> dict[str, Measurement]:
    """Each indicator that the record gives a measurement of, by its key in the feature catalogue."""
    record = exchanges(frames, V201)
    summaries = ((key, _summary(times(record))) for key, times in INDICATORS.items())
    return {key: summary for key, summary in summaries if summary is not None}


def _summary(times: Iterable[float]) -> Measurement | None:
    of = [round(one, 3) for one in times]
    return Measurement(min(of), max(of), round(fmean(of), 3), len(of)) if of else None


def response_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From a request of the lab to the station's answer, whatever the answer is."""
    for one in record:
        if one.by is Direction.FROM_LAB and one.answered_at is not None:
            yield one.answered_at - one.at


# What a request sets off

REPORTS: dict[type[Request[Any]], type[Request[Any]]] = {
    m.GetBaseReportRequest: m.NotifyReportRequest,
    m.GetReportRequest: m.NotifyReportRequest,
    m.GetMonitoringReportRequest: m.NotifyMonitoringReportRequest,
    m.GetChargingProfilesRequest: m.ReportChargingProfilesRequest,
    m.GetDisplayMessagesRequest: m.NotifyDisplayMessagesRequest,
    m.CustomerInformationRequest: m.NotifyCustomerInformationRequest,
    m.GetLogRequest: m.LogStatusNotificationRequest,
}
"""Requests that are answered twice: at once, and with messages that carry the same requestId."""

TRIGGERED: dict[str, Callable[[Request[Any]], bool]] = {
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
    for asked, later in _accepted(record):
        fits = _fits(asked.request)
        first = None if fits is None else next(filter(fits, _said(_until_asked_again(asked, later))), None)
        if first is not None:
            yield first.at - asked.at


def _fits(request: Request[Any] | None) -> Callable[["Said"], bool] | None:
    """What tells the message that a request sets off; None where it sets off none."""
    if isinstance(request, m.TriggerMessageRequest):
        is_triggered = TRIGGERED[request.requested_message]
        return lambda said: is_triggered(said.message)
    report = REPORTS.get(type(request)) if request is not None else None
    if report is None:
        return None
    return lambda said: isinstance(said.message, report) and _request_id(said.message) == _request_id(request)


def _until_asked_again(asked: Exchange, later: Iterable[Exchange]) -> Iterator[Exchange]:
    """What comes after the same question once more may be the answer to that one."""
    kind = type(asked.request)
    return takewhile(lambda one: one.by is Direction.FROM_STATION or not isinstance(one.request, kind), later)


def _request_id(message: Request[Any] | None) -> object:
    return getattr(message, "request_id", None)


def _has_context(message: m.MeterValuesRequest, context: str) -> bool:
    return any(given(sample.context) == context for value in message.meter_value for sample in value.sampled_value)


# Remote start and stop

MOVED = frozenset(
    {"CablePluggedIn", "ChargingStateChanged", "EVCommunicationLost", "EVConnectTimeout", "EVDeparted", "EVDetected"}
)
"""Why a station sends an event when somebody lent a hand, or when the charging state changed."""


def remote_start_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From RequestStartTransaction to the event that says that it authorized.

    Only where nothing had to happen in between: neither hands nor a change of the charging state.
    """
    for asked, later in _accepted(record):
        if isinstance(asked.request, m.RequestStartTransactionRequest):
            for said in takewhile(lambda said: not _moved(said.message), _said(later)):
                event = _event(said.message, "RemoteStart")
                if event and given(event.transaction_info.remote_start_id) == asked.request.remote_start_id:
                    yield said.at - asked.at
                    break


def _moved(message: Request[Any]) -> bool:
    if isinstance(message, m.TransactionEventRequest):
        return message.trigger_reason in MOVED
    return any(connector_states(message))


def remote_stop_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From RequestStopTransaction to the event that says that the authorization ended.

    Not where that event says EVConnected: the station stopped the transfer of energy before it told.
    """
    for asked, later in _accepted(record):
        if isinstance(asked.request, m.RequestStopTransactionRequest):
            for said in _said(later):
                event = _event(said.message, "RemoteStop")
                if event and event.transaction_info.transaction_id == asked.request.transaction_id:
                    if given(event.transaction_info.charging_state) != "EVConnected":
                        yield said.at - asked.at
                    break


def _event(message: Request[Any], trigger_reason: str) -> m.TransactionEventRequest | None:
    """The message, if it is a transaction event for this reason that did not wait for a connection."""
    if not isinstance(message, m.TransactionEventRequest) or given(message.offline):
        return None
    return message if message.trigger_reason == trigger_reason else None


# Looking through the record


class Said(NamedTuple):
    """A valid request of the station, and when it came."""

    at: float
    message: Request[Any]


def _said(record: Iterable[Exchange]) -> Iterator[Said]:
    return (Said(one.at, one.request) for one in record if one.by is Direction.FROM_STATION and one.request is not None)


def _accepted(record: Sequence[Exchange]) -> Iterator[tuple[Exchange, Iterable[Exchange]]]:
    """Each request of the lab that the station accepted, with all that came later."""
    for number, one in enumerate(record):
        if one.by is Direction.FROM_LAB and getattr(one.response, "status", None) in ("Accepted", "AcceptedCanceled"):
            yield one, islice(record, number + 1, None)


INDICATORS: dict[str, Callable[[Sequence[Exchange]], Iterator[float]]] = {
    "response": response_times,
    "triggered_function": triggered_function_times,
    "remote_start": remote_start_times,
    "remote_stop": remote_stop_times,
}
"""How each indicator of the feature catalogue is measured."""
