"""The main values of a message in a few words, for a sequence diagram."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from plugfest.ocpp.message import JsonValue
from plugfest.reports.evidence.payload import value_at

Template = str | tuple[str, str]
"""A text with field names in braces, or the name of a list and the text for each item."""

Templates = Mapping[str, tuple[Template, ...]]

REQUEST_TEMPLATES: Final[Templates] = {
    "Authorize": ("{idToken.idToken}", "{idToken.type}", "{idTag}"),
    "BootNotification": ("{reason}", "{chargingStation.model}", "{chargePointModel}"),
    "CancelReservation": ("reservation {reservationId}",),
    "ChangeAvailability": ("{operationalStatus}", "{type}", "EVSE {evse.id}", "connector {connectorId}"),
    "ChangeConfiguration": ("{key} = {value}",),
    "ClearChargingProfile": ("profile {chargingProfileId}", "profile {id}", "connector {connectorId}"),
    "ClearVariableMonitoring": ("id {id}",),
    "ClearedChargingLimit": ("{chargingLimitSource}",),
    "ClearDisplayMessage": ("message {id}",),
    "CostUpdated": ("total {totalCost}",),
    "CustomerInformation": ("report {report}", "clear {clear}", "request {requestId}"),
    "DataTransfer": ("{vendorId}", "{messageId}"),
    "DeleteCertificate": ("serial {certificateHashData.serialNumber}",),
    "DiagnosticsStatusNotification": ("{status}",),
    "ExtendedTriggerMessage": ("{requestedMessage}", "connector {connectorId}"),
    "FirmwareStatusNotification": ("{status}", "request {requestId}"),
    "GetBaseReport": ("{reportBase}", "request {requestId}"),
    "GetChargingProfiles": ("EVSE {evseId}", "request {requestId}"),
    "GetCompositeSchedule": ("EVSE {evseId}", "connector {connectorId}", "{duration} s", "{chargingRateUnit}"),
    "GetConfiguration": ("{key}",),
    "GetInstalledCertificateIds": ("{certificateType}",),
    "GetLog": ("{logType}", "request {requestId}"),
    "GetMonitoringReport": ("request {requestId}",),
    "GetReport": ("request {requestId}", ("componentVariable", "{component.name}.{variable.name}")),
    "GetVariables": (("getVariableData", "{component.name}.{variable.name}"),),
    "InstallCertificate": ("{certificateType}",),
    "LogStatusNotification": ("{status}", "request {requestId}"),
    "MeterValues": ("EVSE {evseId}", "connector {connectorId}", "transaction {transactionId}"),
    "NotifyCustomerInformation": ("seqNo {seqNo}", "tbc {tbc}"),
    "NotifyDisplayMessages": ("request {requestId}", "tbc {tbc}"),
    "NotifyEvent": ("seqNo {seqNo}", ("eventData", "{component.name}.{variable.name} = {actualValue} ({trigger})")),
    "NotifyMonitoringReport": ("seqNo {seqNo}", "tbc {tbc}"),
    "NotifyReport": ("seqNo {seqNo}", "tbc {tbc}", ("reportData", "{component.name}.{variable.name}")),
    "PublishFirmware": ("request {requestId}",),
    "PublishFirmwareStatusNotification": ("{status}",),
    "RemoteStartTransaction": ("{idTag}", "connector {connectorId}"),
    "RemoteStopTransaction": ("transaction {transactionId}",),
    "ReportChargingProfiles": ("EVSE {evseId}", "request {requestId}", "tbc {tbc}"),
    "RequestStartTransaction": (
        "{idToken.idToken}",
        "{idToken.type}",
        "EVSE {evseId}",
        "remoteStartId {remoteStartId}",
    ),
    "RequestStopTransaction": ("transaction {transactionId}",),
    "ReservationStatusUpdate": ("{reservationUpdateStatus}", "reservation {reservationId}"),
    "ReserveNow": ("reservation {id}", "reservation {reservationId}", "EVSE {evseId}", "connector {connectorId}"),
    "Reset": ("{type}", "EVSE {evseId}"),
    "SecurityEventNotification": ("{type}",),
    "SendLocalList": ("{updateType}", "version {versionNumber}", "version {listVersion}"),
    "SetChargingProfile": (
        "EVSE {evseId}",
        "connector {connectorId}",
        "{chargingProfile.chargingProfilePurpose}",
        "stack level {chargingProfile.stackLevel}",
        "{csChargingProfiles.chargingProfilePurpose}",
        "stack level {csChargingProfiles.stackLevel}",
        ("csChargingProfiles.chargingSchedule.chargingSchedulePeriod", "{limit} from {startPeriod} s"),
    ),
    "SetDisplayMessage": ("message {message.id}", "{message.priority}", "{message.state}"),
    "SetMonitoringBase": ("{monitoringBase}",),
    "SetMonitoringLevel": ("severity {severity}",),
    "SetNetworkProfile": ("slot {configurationSlot}", "security profile {connectionData.securityProfile}"),
    "SetVariableMonitoring": (("setMonitoringData", "{component.name}.{variable.name} {type} {value}"),),
    "SetVariables": (("setVariableData", "{component.name}.{variable.name} = {attributeValue}"),),
    "SignCertificate": ("{certificateType}",),
    "SignedFirmwareStatusNotification": ("{status}", "request {requestId}"),
    "SignedUpdateFirmware": ("request {requestId}",),
    "StartTransaction": ("connector {connectorId}", "{idTag}", "meterStart {meterStart}"),
    "StatusNotification": ("EVSE {evseId}", "connector {connectorId}", "{connectorStatus}", "{status}", "{errorCode}"),
    "StopTransaction": ("transaction {transactionId}", "{reason}", "meterStop {meterStop}"),
    "TransactionEvent": (
        "{eventType}",
        "{triggerReason}",
        "seqNo {seqNo}",
        "EVSE {evse.id}",
        "{transactionInfo.chargingState}",
        "{transactionInfo.stoppedReason}",
        "offline {offline}",
    ),
    "TriggerMessage": ("{requestedMessage}", "EVSE {evse.id}", "connector {connectorId}"),
    "UnlockConnector": ("EVSE {evseId}", "connector {connectorId}"),
    "UpdateFirmware": ("request {requestId}",),
}

RESPONSE_TEMPLATES: Final[Templates] = {
    "Authorize": ("{idTokenInfo.status}", "{idTagInfo.status}"),
    "BootNotification": ("{status}", "interval {interval} s"),
    "GetCompositeSchedule": (
        "{status}",
        ("schedule.chargingSchedulePeriod", "{limit} from {startPeriod} s"),
        ("chargingSchedule.chargingSchedulePeriod", "{limit} from {startPeriod} s"),
    ),
    "GetConfiguration": (("configurationKey", "{key} = {value}"), "unknown {unknownKey}"),
    "GetLocalListVersion": ("version {versionNumber}", "version {listVersion}"),
    "GetTransactionStatus": ("messagesInQueue {messagesInQueue}", "ongoing {ongoingIndicator}"),
    "GetVariables": (
        ("getVariableResult", "{variable.name} = {attributeValue}"),
        ("getVariableResult", "{attributeStatus}"),
    ),
    "Heartbeat": ("{currentTime}",),
    "SetVariableMonitoring": (("setMonitoringResult", "{status}"),),
    "SetVariables": (("setVariableResult", "{attributeStatus}"),),
    "StartTransaction": ("transaction {transactionId}", "{idTagInfo.status}"),
    "StopTransaction": ("{idTagInfo.status}",),
    "TransactionEvent": ("{idTokenInfo.status}", "total cost {totalCost}"),
    "UnlockConnector": ("{status}",),
}

COUNTERS: Final = frozenset({"seqNo {seqNo}", "meterStart {meterStart}", "{currentTime}"})
"""Values that differ between otherwise equal messages."""

_DEFAULT_TEMPLATES: Final[tuple[Template, ...]] = ("{status}", "{statusInfo.reasonCode}")
_NO_ERROR: Final = "NoError"
_LONG_ID: Final = re.compile(r"[0-9A-Za-z-]{32,}")
_FIELD: Final = re.compile(r"\{([\w.]+)\}")


def request_words(action: str, payload: JsonValue) -> tuple[str, ...]:
    """The main values of a request; empty if it has none of the known fields."""
    return tuple(_words(REQUEST_TEMPLATES.get(action, _DEFAULT_TEMPLATES), payload))


def response_words(action: str, payload: JsonValue) -> tuple[str, ...]:
    """The main values of the response to a request."""
    return tuple(_words(RESPONSE_TEMPLATES.get(action, _DEFAULT_TEMPLATES), payload))


def series_key(templates: Templates, action: str, payload: JsonValue) -> tuple[str, ...]:
    """The main values without counters: equal in a series of messages."""
    return tuple(_words([one for one in templates.get(action, _DEFAULT_TEMPLATES) if one not in COUNTERS], payload))


def _words(templates: Iterable[Template], payload: JsonValue) -> Iterator[str]:
    for template in templates:
        if isinstance(template, str):
            words = _filled_in(template, payload)
        else:
            items = value_at(payload, *template[0].split("."))
            found = [_filled_in(template[1], item) for item in items] if isinstance(items, list) else []
            words = ", ".join(dict.fromkeys(one for one in found if one))
        if words:
            yield words


def _filled_in(template: str, payload: JsonValue) -> str:
    """The template with its fields filled in; empty if a field is missing."""
    values = {path: value_at(payload, *path.split(".")) for path in _FIELD.findall(template)}
    if any(value is None or value == _NO_ERROR for value in values.values()):
        return ""
    return _FIELD.sub(lambda field: _word(values[field[1]]), template)


def _word(value: JsonValue) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return ", ".join(_word(one) for one in value)
        case float():
            return f"{value:.12g}"
        case _:
            words = str(value)
            return f"{words[:8]}…" if _LONG_ID.fullmatch(words) else words
