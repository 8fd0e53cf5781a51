"""The meter values that a station reported for each connector during a campaign."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

import msgspec

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.ocpp.message import JsonValue
from plugfest.reports.evidence.payload import decoded, value_at
from plugfest.reports.model.report import FrameEntry, Report

Quantity = Literal["power", "current", "voltage", "soc", "energy"]

MEASURANDS: Final[Mapping[str, Quantity]] = {
    "Power.Active.Import": "power",
    "Current.Import": "current",
    "Voltage": "voltage",
    "SoC": "soc",
    "Energy.Active.Import.Register": "energy",
}
DEFAULT_MEASURAND: Final = "Energy.Active.Import.Register"  # of a SampledValue, in every OCPP version
EV_LOCATIONS: Final = (None, "Outlet")  # a value with another location is not what the EV got
SOC_LOCATIONS: Final = (None, "EV", "Outlet")
FACTORS: Final[Mapping[Quantity, Mapping[str, float]]] = {
    "power": {"W": 1e-3, "kW": 1.0},
    "current": {"A": 1.0},
    "voltage": {"V": 1.0},
    "soc": {"Percent": 1.0},
    "energy": {"Wh": 1e-3, "kWh": 1.0},
}
"""The units of each quantity, converted to kW, A, V, percent and kWh. The first is that of a value without a unit."""
ADDED_UP: Final[frozenset[Quantity]] = frozenset({"power", "energy"})
"""Quantities whose phases are added up where there is no total."""
MAX_MULTIPLIER: Final = 30
CLOCK_TOLERANCE: Final = 5.0  # seconds by which the station's clock may be ahead of the lab's
UNKNOWN_CONNECTOR: Final = "unknown connector"
METERING_ACTIONS: Final = frozenset({"TransactionEvent", "MeterValues", "StopTransaction"})


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A meter value in kW, A, V, percent or kWh. `at` is in seconds since the campaign began.

    `phase` is empty for the total. `transaction_id` is None for a value outside of transactions. `frame` is the index
    of the frame with the value.
    """

    at: float
    frame: int
    connector: str
    quantity: Quantity
    value: float
    transaction_id: str | None
    phase: str = ""


def samples(report: Report) -> list[Sample]:
    """The meter values that can be decoded, in the order of time."""
    reader = _Reader(report)
    found = (sample for index, frame in enumerate(report.frames) for sample in reader.read(index, frame))
    return sorted(found, key=lambda sample: sample.at)


class _Origin(NamedTuple):
    """What the meter values of a message have in common."""

    frame: int
    at: float
    connector: str
    transaction_id: str | None

    def sample(self, quantity: Quantity, value: float, phase: str = "") -> Sample:
        return Sample(**self._asdict(), quantity=quantity, value=value, phase=phase)


class _Reader:
    """Reads the frames in order. Only the first message of a transaction names the connector: it is remembered."""

    def __init__(self, report: Report) -> None:
        rows = report.claims.connectors
        self._evses = [row.evse for row in rows]
        self._one_connector_each = len(set(self._evses)) == len(rows)
        self._begin = report.run.started_at
        self._connectors: dict[str, str] = {}  # by transaction id
        self._starting: dict[str, tuple[str, JsonValue]] = {}  # connector and meterStart by the id of the CALL

    def read(self, index: int, frame: FrameEntry) -> Iterator[Sample]:
        """The samples in a frame; `index` is that of the frame."""
        message = parsed(frame.text)
        if isinstance(message, wire.Call) and frame.direction == "station":
            payload = decoded(message.payload)
            if message.action == "StartTransaction":
                connector = self._numbered(value_at(payload, "connectorId"))
                self._starting[message.message_id] = (connector, value_at(payload, "meterStart"))
            elif message.action in METERING_ACTIONS:
                yield from self._metered(payload, index, frame.at)
        elif isinstance(message, wire.CallResult) and message.message_id in self._starting:
            connector, energy = self._starting.pop(message.message_id)
            transaction_id = str(value_at(decoded(message.payload), "transactionId"))
            self._connectors[transaction_id] = connector
            origin = _Origin(index, frame.at, connector, transaction_id)
            yield from _register(energy, origin)

    def _metered(self, payload: JsonValue, index: int, at: float) -> Iterator[Sample]:
        given = value_at(payload, "transactionId") or value_at(payload, "transactionInfo", "transactionId")
        transaction_id = None if given is None else str(given)
        origin = _Origin(index, at, self._connector(payload, transaction_id), transaction_id)
        values = value_at(payload, "meterValue") or value_at(payload, "transactionData")
        for value in _list(values):
            yield from _sampled(value, origin._replace(at=self._sampled_at(value, at)))
        yield from _register(value_at(payload, "meterStop"), origin)

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


def _sampled(value: JsonValue, origin: _Origin) -> Iterator[Sample]:
    """Each quantity by phase. Of power and energy the total, or the sum of the phases if there is no total."""
    found: dict[Quantity, dict[str, float]] = {}
    for sampled in _list(value_at(value, "sampledValue")):
        quantity = MEASURANDS.get(str(value_at(sampled, "measurand") or DEFAULT_MEASURAND))
        locations = SOC_LOCATIONS if quantity == "soc" else EV_LOCATIONS
        if quantity is not None and value_at(sampled, "location") in locations:
            phase = str(value_at(sampled, "phase") or "")
            found.setdefault(quantity, {})[phase] = _amount(sampled, quantity)
    for quantity, by_phase in found.items():
        if quantity in ADDED_UP:
            by_phase = {"": by_phase.get("", sum(by_phase.values()))}
        for phase, amount in by_phase.items():
            if math.isfinite(amount):
                yield origin.sample(quantity, amount, phase)


def _amount(sampled: JsonValue, quantity: Quantity) -> float:
    """A sampled value in the unit of its quantity; NaN if it cannot be decoded."""
    factors = FACTORS[quantity]
    unit = str(value_at(sampled, "unit") or value_at(sampled, "unitOfMeasure", "unit") or next(iter(factors)))
    multiplier = _number(value_at(sampled, "unitOfMeasure", "multiplier") or 0)
    if not abs(multiplier) <= MAX_MULTIPLIER:
        return math.nan
    factor: float = factors.get(unit, math.nan) * 10.0**multiplier
    return _number(value_at(sampled, "value")) * factor


def _register(energy: JsonValue, origin: _Origin) -> Iterator[Sample]:
    """The energy register at the start or the stop of a transaction, in Wh (OCPP 1.6, 6.45 and 6.49)."""
    amount = _number(energy) * FACTORS["energy"]["Wh"]
    if math.isfinite(amount):
        yield origin.sample("energy", amount)


def _number(value: JsonValue) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
