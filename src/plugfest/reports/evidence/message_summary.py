"""What tells most of a message, in a few words: a drawing has no room for more."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from plugfest.ocpp.message import JsonValue

Template = str | tuple[str, str]
"""A text with names of fields in braces, or a list's name with the text for each of its items."""

Templates = Mapping[str, tuple[Template, ...]]

REQUESTS: Final[Templates] = {
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

ANSWERS: Final[Templates] = {
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

COUNTING: Final = frozenset({"seqNo {seqNo}", "meterStart {meterStart}", "{currentTime}"})
"""What differs in messages that say the same."""

_ORDINARY: Final[tuple[Template, ...]] = ("{status}", "{statusInfo.reasonCode}")
_UNTELLING: Final = "NoError"
_LONG_ID: Final = re.compile(r"[0-9A-Za-z-]{32,}")
_FIELD: Final = re.compile(r"\{([\w.]+)\}")


def request(action: str, payload: JsonValue) -> tuple[str, ...]:
    """The words for a request; none where nothing of it is known to tell much."""
    return tuple(_told(REQUESTS.get(action, _ORDINARY), payload))


def answer(action: str, payload: JsonValue) -> tuple[str, ...]:
    """The words for a response to that action."""
    return tuple(_told(ANSWERS.get(action, _ORDINARY), payload))


def kernel(known: Templates, action: str, payload: JsonValue) -> tuple[str, ...]:
    """The words without those that count, so that those of a series are equal."""
    return tuple(_told([one for one in known.get(action, _ORDINARY) if one not in COUNTING], payload))


def _told(templates: Iterable[Template], payload: JsonValue) -> Iterator[str]:
    for template in templates:
        if isinstance(template, str):
            words = _filled(template, payload)
        else:
            items = _at(payload, template[0])
            found = [_filled(template[1], item) for item in items] if isinstance(items, list) else []
            words = ", ".join(dict.fromkeys(one for one in found if one))
        if words:
            yield words


def _filled(template: str, payload: JsonValue) -> str:
    """The text with its fields filled in; empty where one of them is not given."""
    values = {path: _at(payload, path) for path in _FIELD.findall(template)}
    if any(value is None or value == _UNTELLING for value in values.values()):
        return ""
    return _FIELD.sub(lambda field: _word(values[field[1]]), template)


def _at(payload: JsonValue, path: str) -> JsonValue:
    for name in path.split("."):
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload


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
