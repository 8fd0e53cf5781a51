"""The energy and power that a station reported for each connector during a campaign."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.ocpp.message import JsonValue
from plugfest.reports.evidence.payload import decoded, value_at
from plugfest.reports.model.report import FrameEntry, Report

Quantity = Literal["energy", "power"]

MEASURANDS: Final[Mapping[str, Quantity]] = {
    "Energy.Active.Import.Register": "energy",
    "Power.Active.Import": "power",
}
DEFAULT_MEASURAND: Final = "Energy.Active.Import.Register"  # of a SampledValue, in every OCPP version
EV_LOCATIONS: Final = (None, "Outlet")  # a value with another location is not what the EV got
KILO_FACTORS: Final = {"Wh": 1e-3, "W": 1e-3, "kWh": 1.0, "kW": 1.0}
DEFAULT_UNIT: Final[Mapping[Quantity, str]] = {"energy": "Wh", "power": "W"}
MAX_MULTIPLIER: Final = 30
CLOCK_TOLERANCE: Final = 5.0  # seconds by which the station's clock may be ahead of the lab's
UNKNOWN_CONNECTOR: Final = "unknown connector"
METERING_ACTIONS: Final = frozenset({"TransactionEvent", "MeterValues", "StopTransaction"})


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A meter value in kWh or kW. `at` is in seconds since the campaign began.

    `transaction_id` is None for a value outside of transactions.
    """

    at: float
    connector: str
    quantity: Quantity
    value: float
    transaction_id: str | None


def samples(report: Report) -> list[Sample]:
    """The meter values that can be decoded, in the order of time."""
    reader = _Reader(report)
    return sorted((sample for frame in report.frames for sample in reader.read(frame)), key=lambda sample: sample.at)


class _Reader:
    """Reads the frames in order. Only the first message of a transaction names the connector: it is remembered."""

    def __init__(self, report: Report) -> None:
        rows = report.claims.connectors
        self._evses = [row.evse for row in rows]
        self._one_connector_each = len(set(self._evses)) == len(rows)
        self._begin = report.run.started_at
        self._connectors: dict[str, str] = {}  # by transaction id
        self._starting: dict[str, tuple[str, JsonValue]] = {}  # connector and meterStart by the id of the CALL

    def read(self, frame: FrameEntry) -> Iterator[Sample]:
        message = parsed(frame.text)
        if isinstance(message, wire.Call) and frame.direction == "station":
            payload = decoded(message.payload)
            if message.action == "StartTransaction":
                connector = self._numbered(value_at(payload, "connectorId"))
                self._starting[message.message_id] = (connector, value_at(payload, "meterStart"))
            elif message.action in METERING_ACTIONS:
                yield from self._metered(payload, frame.at)
        elif isinstance(message, wire.CallResult) and message.message_id in self._starting:
            connector, energy = self._starting.pop(message.message_id)
            transaction_id = str(value_at(decoded(message.payload), "transactionId"))
            self._connectors[transaction_id] = connector
            yield from _register(energy, frame.at, connector, transaction_id)

    def _metered(self, payload: JsonValue, at: float) -> Iterator[Sample]:
        given = value_at(payload, "transactionId") or value_at(payload, "transactionInfo", "transactionId")
        transaction_id = None if given is None else str(given)
        connector = self._connector(payload, transaction_id)
        values = value_at(payload, "meterValue") or value_at(payload, "transactionData")
        for value in _list(values):
            yield from _sampled(value, self._sampled_at(value, at), connector, transaction_id)
        yield from _register(value_at(payload, "meterStop"), at, connector, transaction_id)

    def _sampled_at(self, value: JsonValue, received_at: float) -> float:
        """The timestamp of a meter value if it is plausible (the message may have been queued), else its reception."""
        timestamp = _timestamp(value)
        after = -1.0 if timestamp is None else (timestamp - self._begin).total_seconds()
        return min(after, received_at) if 0 <= after <= received_at + CLOCK_TOLERANCE else received_at

    def _connector(self, payload: JsonValue, transaction_id: str | None) -> str:
        """The name of the connector; a transaction keeps its first one."""
        evse = value_at(payload, "evse", "id") or value_at(payload, "evseId")
        connector = value_at(payload, "connectorId")
        if evse is None and connector is None:
            return self._connectors.get(transaction_id or "", UNKNOWN_CONNECTOR)
        if evse is None:
            name = self._numbered(connector)
        else:
            name = f"EVSE {evse}" if evse in self._evses else UNKNOWN_CONNECTOR
            number = value_at(payload, "evse", "connectorId")
            if isinstance(number, int) and not self._one_connector_each:
                name = f"{name} connector {number}"
        return self._connectors.setdefault(transaction_id, name) if transaction_id else name

    def _numbered(self, number: JsonValue) -> str:
        """The name of a connector of OCPP 1.6."""
        return f"Connector {number}" if number in self._evses else UNKNOWN_CONNECTOR


def _timestamp(value: JsonValue) -> datetime | None:
    try:
        return msgspec.convert(value_at(value, "timestamp"), datetime, strict=False).astimezone(UTC)
    except (msgspec.ValidationError, ValueError, OverflowError):
        return None


def _sampled(value: JsonValue, at: float, connector: str, transaction_id: str | None) -> Iterator[Sample]:
    """The total of each quantity, or the sum of its phases if there is no total."""
    found: dict[Quantity, dict[bool, float]] = {}
    for sampled in _list(value_at(value, "sampledValue")):
        quantity = MEASURANDS.get(str(value_at(sampled, "measurand") or DEFAULT_MEASURAND))
        if quantity is None or value_at(sampled, "location") not in EV_LOCATIONS:
            continue
        sums = found.setdefault(quantity, {})
        in_phase = value_at(sampled, "phase") is not None
        sums[in_phase] = sums.get(in_phase, 0.0) * in_phase + _amount(sampled, quantity)
    for quantity, sums in found.items():
        amount = sums.get(False, sums.get(True, math.nan))
        if math.isfinite(amount):
            yield Sample(at=at, connector=connector, quantity=quantity, value=amount, transaction_id=transaction_id)


def _amount(sampled: JsonValue, quantity: Quantity) -> float:
    """A sampled value in kWh or kW; NaN if it cannot be decoded."""
    unit = value_at(sampled, "unit") or value_at(sampled, "unitOfMeasure", "unit") or DEFAULT_UNIT[quantity]
    multiplier = _number(value_at(sampled, "unitOfMeasure", "multiplier") or 0)
    if not abs(multiplier) <= MAX_MULTIPLIER:
        return math.nan
    factor: float = KILO_FACTORS.get(str(unit), math.nan) * 10.0**multiplier
    return _number(value_at(sampled, "value")) * factor


def _register(energy: JsonValue, at: float, connector: str, transaction_id: str | None) -> Iterator[Sample]:
    """The energy register at the start or the stop of a transaction, in Wh (OCPP 1.6, 6.45 and 6.49)."""
    amount = _number(energy) * KILO_FACTORS["Wh"]
    if math.isfinite(amount):
        yield Sample(at=at, connector=connector, quantity="energy", value=amount, transaction_id=transaction_id)


def _number(value: JsonValue) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
