"""Records of a station with monitors that the lab sets."""

from collections.abc import Callable
from typing import Any

from tests.lab.rules.evidence import stamp, violations
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.rules.rule import Rule

POWER: dict[str, object] = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
STATE: dict[str, object] = {
    "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}},
    "variable": {"name": "AvailabilityState"},
}

UPPER: dict[str, object] = {"type": "UpperThreshold", "value": 100.0, "severity": 5}
DELTA: dict[str, object] = {"type": "Delta", "value": 1.0, "severity": 5}


class MonitoringRecord(StationRecord):
    """A record in which the lab sets monitors."""

    def __init__(self) -> None:
        super().__init__()
        self._event_ids = iter(range(1, 1000))
        self.actions: list[OperatorAction] = []

    def lab_request(self, at: float, action: str, payload: dict[str, object], answer: dict[str, object]) -> None:
        self.answers(at, self.lab(at, action, **payload), **answer)

    def set_monitor(self, at: float, id: int, variable: dict[str, object], setting: dict[str, object]) -> None:
        result = {key: value for key, value in (variable | setting).items() if key != "value"}
        self.lab_request(
            at,
            "SetVariableMonitoring",
            {"setMonitoringData": [variable | setting]},
            {"setMonitoringResult": [result | {"id": id, "status": "Accepted"}]},
        )

    def clear(self, at: float, id: int) -> None:
        result = {"id": id, "status": "Accepted"}
        self.lab_request(at, "ClearVariableMonitoring", {"id": [id]}, {"clearMonitoringResult": [result]})

    def base(self, at: float, base: str) -> None:
        self.lab_request(at, "SetMonitoringBase", {"monitoringBase": base}, {"status": "Accepted"})

    def level(self, at: float, severity: int) -> None:
        self.lab_request(at, "SetMonitoringLevel", {"severity": severity}, {"status": "Accepted"})

    def notify(
        self,
        at: float,
        id: int | None,
        value: str,
        of: dict[str, object] = POWER,
        *,
        seq_no: int = 0,
        tbc: bool = False,
        **fields: object,
    ) -> None:
        """An event of a monitor."""
        data: dict[str, object] = {
            "eventId": next(self._event_ids),
            "timestamp": stamp(at),
            "trigger": "Alerting",
            "actualValue": value,
            "eventNotificationType": "CustomMonitor",
        }
        data |= of | ({} if id is None else {"variableMonitoringId": id}) | fields
        payload = {"generatedAt": stamp(at), "seqNo": seq_no, "tbc": tbc, "eventData": [data]}
        self.request(at, "NotifyEvent", payload, {})

    def measure(
        self, at: float, value: float | None, of: tuple[str, str] = ("TemperatureSensor", "Temperature")
    ) -> None:
        """The operator has the station measure a value at EVSE 1."""
        self.actions.append(
            OperatorAction(
                kind=ActionKind.SET_MEASURED_VALUE,
                evse_id=1,
                measured=of,
                value=value,
                began=at,
                ended=at,
                frame=len(self.frames),
            )
        )

    def read(self, at: float, variable: dict[str, object], value: str) -> None:
        """GetVariables."""
        result = variable | {"attributeStatus": "Accepted", "attributeValue": value}
        self.lab_request(at, "GetVariables", {"getVariableData": [variable]}, {"getVariableResult": [result]})

    def write(self, at: float, variable: dict[str, object], value: str, status: str = "Accepted") -> None:
        """SetVariables."""
        data, result = variable | {"attributeValue": value}, variable | {"attributeStatus": status}
        self.lab_request(at, "SetVariables", {"setVariableData": [data]}, {"setVariableResult": [result]})

    def report(
        self, at: float, *monitors: tuple[int, dict[str, object], dict[str, object]], **criteria: object
    ) -> None:
        """A report of these monitors: id, variable, setting."""
        self.lab_request(at, "GetMonitoringReport", {"requestId": 1} | criteria, {"status": "Accepted"})
        data = [
            variable | {"variableMonitoring": [setting | {"id": id, "transaction": False}]}
            for id, variable, setting in monitors
        ]
        payload = {"requestId": 1, "seqNo": 0, "generatedAt": stamp(at), "monitor": data}
        self.request(at, "NotifyMonitoringReport", payload, {})


def findings(rule: Rule, scenario: Callable[[MonitoringRecord], None], **circumstances: Any) -> list[str]:
    record = MonitoringRecord()
    scenario(record)
    return [f"{each.expected}: {each.actual}" for each in violations(rule, record, *record.actions, **circumstances)]
