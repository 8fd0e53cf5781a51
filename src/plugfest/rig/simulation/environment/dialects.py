"""The messages of a simulated CSMS in each OCPP version, as JSON objects."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeAlias

from plugfest.rig.simulation.environment.files import FAILING, WORKING
from plugfest.rig.simulation.worlds import events as e

Json: TypeAlias = dict[str, object]
Command: TypeAlias = tuple[str, Json]
"""The action of a request and its payload."""

GROUPS: Final = {"T2": "G1", "T3": "G1"}
"""The group of each token that has one."""

TOKENS: Final = {"T1": "Accepted", "T2": "Accepted", "T3": "Accepted", "T4": "Blocked", "T5": "Invalid"}
"""The status of each token at first."""

STATION_VENDOR: Final = "org.example"


class CsmsState(Protocol):
    """What a dialect has to know of the CSMS."""

    tokens: dict[str, str]
    transactions: dict[int, str]
    """The transaction that the CSMS knows at each EVSE."""

    file_scheme: str
    """Of the locations of files, such as `https`."""

    def now(self) -> datetime:
        """By its clock."""

    def number(self) -> int:
        """A number that was not used before."""

    def transaction_number(self, request: Json) -> int:
        """The number of the transaction that a StartTransaction reports: the same if it is repeated."""


def time_text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Answers

Answer: TypeAlias = Callable[[CsmsState, Json], Json]


def _status(status: str) -> Answer:
    return lambda csms, request: {"status": status}


def token_info_v201(csms: CsmsState, token: object) -> Json:
    """The idTokenInfo of a token."""
    info: Json = {"status": csms.tokens.get(str(token), "Unknown") if token else "Accepted"}
    group = GROUPS.get(str(token))
    return info | ({"groupIdToken": {"idToken": group, "type": "Central"}} if group else {})


def token_info_v16(csms: CsmsState, token: object) -> Json:
    """The idTagInfo of an idTag."""
    info: Json = {"status": csms.tokens.get(str(token), "Invalid")}
    group = GROUPS.get(str(token))
    return info | ({"parentIdTag": group} if group else {})


def _authorize_v201(csms: CsmsState, request: Json) -> Json:
    token = request["idToken"]
    assert isinstance(token, dict)
    return {"idTokenInfo": token_info_v201(csms, token["idToken"])}


def _transaction_event(csms: CsmsState, request: Json) -> Json:
    token = request.get("idToken")
    return {"idTokenInfo": token_info_v201(csms, token["idToken"])} if isinstance(token, dict) else {}


def _stop_v16(csms: CsmsState, request: Json) -> Json:
    return {"idTagInfo": token_info_v16(csms, request["idTag"])} if "idTag" in request else {}


def _start_v16(csms: CsmsState, request: Json) -> Json:
    return {"transactionId": csms.transaction_number(request), "idTagInfo": token_info_v16(csms, request["idTag"])}


_HEARTBEAT: Final[dict[str, Answer]] = {"Heartbeat": lambda csms, request: {"currentTime": time_text(csms.now())}}

ANSWERS: Final[Mapping[str, Mapping[str, Answer]]] = {
    "2.0.1": {
        **_HEARTBEAT,
        "Authorize": _authorize_v201,
        "TransactionEvent": _transaction_event,
        "DataTransfer": _status("UnknownVendorId"),
        "SignCertificate": _status("Accepted"),
        "GetCertificateStatus": _status("Failed"),
        "NotifyEVChargingNeeds": _status("Rejected"),
        "NotifyEVChargingSchedule": _status("Accepted"),
    },
    "1.6": {
        **_HEARTBEAT,
        "Authorize": lambda csms, request: {"idTagInfo": token_info_v16(csms, request["idTag"])},
        "StartTransaction": _start_v16,
        "StopTransaction": _stop_v16,
        "DataTransfer": _status("UnknownVendorId"),
        "SignCertificate": _status("Accepted"),
    },
}
"""The answers that are not empty, by version and action; that to BootNotification is `boot_answer`."""


def boot_answer(csms: CsmsState, status: str, interval: int) -> Json:
    return {"currentTime": time_text(csms.now()), "interval": interval, "status": status}


# Requests

_PURPOSES: Final = {
    "2.0.1": {"Station": "ChargingStationMaxProfile", "Default": "TxDefaultProfile", "Transaction": "TxProfile"},
    "1.6": {"Station": "ChargePointMaxProfile", "Default": "TxDefaultProfile", "Transaction": "TxProfile"},
}


def _id_token(token: str) -> Json:
    return {"idToken": token, "type": "ISO14443"}


def _location(csms: CsmsState, event: e.UploadLog | e.UpdateFirmware) -> str:
    return f"{csms.file_scheme}://{WORKING if event.works else FAILING}/file"


def _period(period: e.Period) -> Json:
    phases: Json = {"numberPhases": period.phases} if period.phases else {}
    return {"startPeriod": period.start, "limit": period.limit, **phases}


def _schedule(csms: CsmsState, event: e.SetProfile) -> Json:
    schedule: Json = {
        "chargingRateUnit": event.unit,
        "chargingSchedulePeriod": [_period(each) for each in event.periods],
    }
    if event.duration:
        schedule["duration"] = event.duration
    if not event.relative:
        schedule["startSchedule"] = time_text(csms.now())
    return schedule


def _profile_v201(csms: CsmsState, event: e.SetProfile) -> Command | None:
    profile: Json = {
        "id": event.id,
        "stackLevel": event.stack_level,
        "chargingProfilePurpose": _PURPOSES["2.0.1"][event.purpose],
        "chargingProfileKind": "Relative" if event.relative else "Absolute",
        "chargingSchedule": [{"id": event.id, **_schedule(csms, event)}],
    }
    if event.purpose == "Transaction":
        if event.evse not in csms.transactions:
            return None
        profile["transactionId"] = csms.transactions[event.evse]
    return "SetChargingProfile", {"evseId": event.evse, "chargingProfile": profile}


def _profile_v16(csms: CsmsState, event: e.SetProfile) -> Command | None:
    profile: Json = {
        "chargingProfileId": event.id,
        "stackLevel": event.stack_level,
        "chargingProfilePurpose": _PURPOSES["1.6"][event.purpose],
        "chargingProfileKind": "Relative" if event.relative else "Absolute",
        "chargingSchedule": _schedule(csms, event),
    }
    if event.purpose == "Transaction":
        if event.evse not in csms.transactions:
            return None
        profile["transactionId"] = int(csms.transactions[event.evse])
    return "SetChargingProfile", {"connectorId": event.evse, "csChargingProfiles": profile}


def command_v201(csms: CsmsState, event: e.AnyEvent) -> Command | None:
    """The request that an event stands for; None if there is nothing to request."""
    match event:
        case e.RemoteStart(token=token, evse=evse):
            request: Json = {"idToken": _id_token(token), "remoteStartId": csms.number(), "evseId": evse}
            return "RequestStartTransaction", request
        case e.RemoteStop(evse=evse) if evse in csms.transactions:
            return stop_command("2.0.1", csms.transactions[evse])
        case e.Unlock(evse=evse, connector=connector):
            return "UnlockConnector", {"evseId": evse, "connectorId": connector}
        case e.Reset(immediate=immediate):
            return "Reset", {"type": "Immediate" if immediate else "OnIdle"}
        case e.Reserve(evse=evse, token=token, seconds=seconds):
            expiry = time_text(csms.now() + timedelta(seconds=seconds))
            wanted: Json = {"id": csms.number(), "expiryDateTime": expiry, "idToken": _id_token(token), "evseId": evse}
            return "ReserveNow", wanted
        case e.SetProfile():
            return _profile_v201(csms, event)
        case e.ClearProfiles(id=number):
            chosen: Json = {"chargingProfileId": number}
            every: Json = {"chargingProfileCriteria": {}}
            return "ClearChargingProfile", chosen if number else every
        case e.Trigger(message=message, evse=evse):
            place: Json = {"evse": {"id": evse, "connectorId": 1}} if message == "StatusNotification" else {}
            return "TriggerMessage", {"requestedMessage": message, **place}
        case e.SendList(tokens=tokens):
            entries = [{"idToken": _id_token(each), "idTokenInfo": token_info_v201(csms, each)} for each in tokens]
            content: Json = {"localAuthorizationList": entries} if entries else {}
            return "SendLocalList", {"versionNumber": csms.number(), "updateType": "Full", **content}
    return _device_command(csms, event)


def _device_command(csms: CsmsState, event: e.AnyEvent) -> Command | None:
    match event:
        case e.UploadLog():
            log: Json = {"remoteLocation": _location(csms, event)}
            return "GetLog", {"requestId": csms.number(), "logType": "DiagnosticsLog", "log": log}
        case e.SetMonitor(evse=evse, watts=watts):
            return "SetVariableMonitoring", {"setMonitoringData": [_power_monitor(evse, watts)]}
        case e.ShowMessage(id=number, text=text):
            shown: Json = {"id": number, "priority": "NormalCycle", "message": {"format": "UTF8", "content": text}}
            return "SetDisplayMessage", {"message": shown}
        case e.ClearMessage(id=number):
            return "ClearDisplayMessage", {"id": number}
    return None


def _power_monitor(evse: int, watts: float) -> Json:
    return {
        "value": watts,
        "type": "UpperThreshold",
        "severity": 5,
        "component": {"name": "EVSE", "evse": {"id": evse}},
        "variable": {"name": "Power"},
    }


def command_v16(csms: CsmsState, event: e.AnyEvent) -> Command | None:
    """The request that an event stands for; None if there is nothing to request."""
    match event:
        case e.RemoteStart(token=token, evse=evse):
            return "RemoteStartTransaction", {"idTag": token, "connectorId": evse}
        case e.RemoteStop(evse=evse) if evse in csms.transactions:
            return stop_command("1.6", csms.transactions[evse])
        case e.Unlock(evse=evse):
            return "UnlockConnector", {"connectorId": evse}
        case e.Reset(immediate=immediate):
            return "Reset", {"type": "Hard" if immediate else "Soft"}
        case e.Reserve(evse=evse, token=token, seconds=seconds):
            expiry = time_text(csms.now() + timedelta(seconds=seconds))
            wanted: Json = {"connectorId": evse, "expiryDate": expiry, "idTag": token, "reservationId": csms.number()}
            return "ReserveNow", wanted
        case e.SetProfile():
            return _profile_v16(csms, event)
        case e.ClearProfiles(id=number):
            return "ClearChargingProfile", {"id": number} if number else {}
        case e.Trigger(message=message, evse=evse) if message != "TransactionEvent":
            place: Json = {"connectorId": evse} if message in ("StatusNotification", "MeterValues") else {}
            return "TriggerMessage", {"requestedMessage": message, **place}
        case e.SendList(tokens=tokens):
            entries = [{"idTag": each, "idTagInfo": token_info_v16(csms, each)} for each in tokens]
            list_: Json = {"listVersion": csms.number(), "updateType": "Full", "localAuthorizationList": entries}
            return "SendLocalList", list_
    return _file_command_v16(csms, event)


def _file_command_v16(csms: CsmsState, event: e.AnyEvent) -> Command | None:
    match event:
        case e.UploadLog():
            return "GetDiagnostics", {"location": _location(csms, event)}
        case e.UpdateFirmware():
            return "UpdateFirmware", {"location": _location(csms, event), "retrieveDate": time_text(csms.now())}
    return None


def stop_command(version: str, transaction: str) -> Command:
    """The request to stop a transaction."""
    if version == "1.6":
        return "RemoteStopTransaction", {"transactionId": int(transaction)}
    return "RequestStopTransaction", {"transactionId": transaction}


def availability(version: str, evse: int, *, operative: bool) -> Command:
    """ChangeAvailability of an EVSE, 0: the station."""
    status = "Operative" if operative else "Inoperative"
    if version == "1.6":
        return "ChangeAvailability", {"connectorId": evse, "type": status}
    place: Json = {"evse": {"id": evse}} if evse else {}
    return "ChangeAvailability", {"operationalStatus": status, **place}


SIMPLE: Final[Mapping[str, Json]] = {
    "ClearCache": {},
    "GetLocalListVersion": {},
    "DataTransfer": {"vendorId": STATION_VENDOR},
}

COMMANDS: Final[Mapping[str, Callable[[CsmsState, e.AnyEvent], Command | None]]] = {
    "2.0.1": command_v201,
    "1.6": command_v16,
}
