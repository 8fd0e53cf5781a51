"""The key performance indicators of OCPP 1.6, as far as they are about certain messages."""

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
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

TRIGGERED: Mapping[str, type[Request[Any]]] = {
    "BootNotification": m.BootNotificationRequest,
    "DiagnosticsStatusNotification": m.DiagnosticsStatusNotificationRequest,
    "FirmwareStatusNotification": m.FirmwareStatusNotificationRequest,
    "Heartbeat": m.HeartbeatRequest,
    "LogStatusNotification": m.LogStatusNotificationRequest,
    "MeterValues": m.MeterValuesRequest,
    "SignChargePointCertificate": m.SignCertificateRequest,
    "StatusNotification": m.StatusNotificationRequest,
}
"""The message that a trigger asks for. The indicator is not about firmware, diagnostics and reboots themselves."""


def triggered_function_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From a trigger that was accepted to the message that it set off."""
    return triggered_times(record, _what_follows)


def _what_follows(request: Request[Any]) -> RequestPredicate | None:
    if not isinstance(request, m.TriggerMessageRequest | m.ExtendedTriggerMessageRequest):
        return None
    kind = TRIGGERED[request.requested_message]
    if isinstance(request, m.ExtendedTriggerMessageRequest) and kind is m.FirmwareStatusNotificationRequest:
        kind = m.SignedFirmwareStatusNotificationRequest
    return lambda one: isinstance(one, kind)


def remote_start_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From RemoteStartTransaction to StartTransaction.

    Only where nothing had to happen in between: a connector that somebody plugs in changes its state first.
    """
    for asked, later in accepted_requests(record, m.RemoteStartTransactionRequest):
        for one in takewhile(
            lambda one: not isinstance(one.message, m.StatusNotificationRequest), station_requests(later)
        ):
            if isinstance(one.message, m.StartTransactionRequest) and one.message.id_tag == asked.message.id_tag:
                yield one.at - asked.at
                break


def remote_stop_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From RemoteStopTransaction to the StopTransaction that says that it was the reason."""
    for asked, later in accepted_requests(record, m.RemoteStopTransactionRequest):
        for one in station_requests(later):
            stopped = one.message
            if isinstance(stopped, m.StopTransactionRequest) and stopped.transaction_id == asked.message.transaction_id:
                if given(stopped.reason) is t.StopTransactionReason.Remote:
                    yield one.at - asked.at
                break


INDICATORS: Mapping[str, Indicator] = {
    "response": response_times,
    "triggered_function": triggered_function_times,
    "remote_start": remote_start_times,
    "remote_stop": remote_stop_times,
}
"""How each indicator of the feature catalogue is measured."""
