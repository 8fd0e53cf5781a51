"""The key performance indicators of OCPP 1.6 that depend on the messages.

Remote start and stop differ from OCPP 2.0.1 in their messages and in what may delay the station.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.performance import Indicators, RequestPredicate, accepted_requests, station_requests
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
"""The message for each requestedMessage. Firmware updates, diagnostics and resets themselves are not measured."""


def _triggered_message(request: Request[Any]) -> RequestPredicate | None:
    if not isinstance(request, m.TriggerMessageRequest | m.ExtendedTriggerMessageRequest):
        return None
    kind = TRIGGERED[request.requested_message]
    if isinstance(request, m.ExtendedTriggerMessageRequest) and kind is m.FirmwareStatusNotificationRequest:
        kind = m.SignedFirmwareStatusNotificationRequest
    return lambda one: isinstance(one, kind)


def remote_start_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From RemoteStartTransaction to StartTransaction.

    Measured only if no StatusNotification comes between: a driver who first has to plug in changes the status.
    """
    for request, later in accepted_requests(record, m.RemoteStartTransactionRequest):
        undelayed = takewhile(
            lambda one: not isinstance(one.message, m.StatusNotificationRequest), station_requests(later)
        )
        for one in undelayed:
            if isinstance(one.message, m.StartTransactionRequest) and one.message.id_tag == request.message.id_tag:
                yield one.at - request.at
                break


def remote_stop_times(record: Sequence[Exchange]) -> Iterator[float]:
    """From RemoteStopTransaction to the StopTransaction with reason Remote."""
    for request, later in accepted_requests(record, m.RemoteStopTransactionRequest):
        for one in station_requests(later):
            stopped = one.message
            if (
                isinstance(stopped, m.StopTransactionRequest)
                and stopped.transaction_id == request.message.transaction_id
            ):
                if given(stopped.reason) is t.StopTransactionReason.Remote:
                    yield one.at - request.at
                break


INDICATORS = Indicators(_triggered_message, remote_start_times, remote_stop_times)
