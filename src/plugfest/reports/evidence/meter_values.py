"""What a station metered in a campaign: energy and power of each connector, by the messages in which it says so."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.ocpp.message import JsonValue
from plugfest.reports.evidence.payload import data
from plugfest.reports.model.report import FrameEntry, Report

Quantity = Literal["energy", "power"]

MEASURANDS: Final[Mapping[str, Quantity]] = {
    "Energy.Active.Import.Register": "energy",
    "Power.Active.Import": "power",
}
DEFAULT_MEASURAND: Final = "Energy.Active.Import.Register"  # SampledValue.measurand, in every version
IN_THOUSANDS: Final = {"Wh": 1e-3, "W": 1e-3, "kWh": 1.0, "kW": 1.0}
DEFAULT_UNIT: Final[Mapping[Quantity, str]] = {"energy": "Wh", "power": "W"}
LARGEST_MULTIPLIER: Final = 30
TOLERANCE: Final = 5.0  # seconds between the clocks of the station and of the lab
ELSEWHERE: Final = "elsewhere"
AT_THE_EV: Final = (None, "Outlet")  # what was metered elsewhere was not given to an EV


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A metered value, in kWh or kW. `at` is in seconds since the campaign began.

    `run` is equal in samples of one transaction, None outside.
    """

    at: float
    connector: str
    quantity: Quantity
    value: float
    run: str | None


def samples(report: Report) -> list[Sample]:
    """Every value that the station sent and that can be read, in the order of time."""
    reader = _Reader(report)
    return sorted((sample for frame in report.frames for sample in reader.read(frame)), key=lambda one: one.at)


class _Reader:
    """Goes through the record and remembers where a transaction is: only its first message has to say so."""

    def __init__(self, report: Report) -> None:
        rows = report.claims.connectors
        self._numbers = [row.evse for row in rows]
        self._one_connector_each = len(set(self._numbers)) == len(rows)
        self._begin = report.run.started_at
        self._places: dict[str, str] = {}
        self._starting: dict[str, tuple[str, JsonValue]] = {}  # place and meterStart, until the lab answers with an id

    def read(self, frame: FrameEntry) -> Iterator[Sample]:
        message = parsed(frame.text)
        if isinstance(message, wire.Call) and frame.direction == "station":
            payload = data(message.payload)
            if message.action == "StartTransaction":
                self._starting[message.message_id] = (
                    self._connector(_at(payload, "connectorId")),
                    _at(payload, "meterStart"),
                )
            elif message.action in _METERING:
                yield from self._metered(payload, frame.at)
        elif isinstance(message, wire.CallResult) and message.message_id in self._starting:
            place, energy = self._starting.pop(message.message_id)
            run = str(_at(data(message.payload), "transactionId"))
            self._places[run] = place
            yield from _register(energy, frame.at, place, run)

    def _metered(self, payload: JsonValue, at: float) -> Iterator[Sample]:
        known = _at(payload, "transactionId") or _at(payload, "transactionInfo", "transactionId")
        run = None if known is None else str(known)
        place = self._place(payload, run)
        values = _at(payload, "meterValue") or _at(payload, "transactionData")
        for value in _list(values):
            yield from _sampled(value, self._when(value, at), place, run)
        yield from _register(_at(payload, "meterStop"), at, place, run)

    def _when(self, value: JsonValue, at: float) -> float:
        """When it was metered, by the station, where that can be true: what it sends may have waited in a queue."""
        time = _time(value)
        after = -1.0 if time is None else (time - self._begin).total_seconds()
        return min(after, at) if 0 <= after <= at + TOLERANCE else at

    def _place(self, payload: JsonValue, run: str | None) -> str:
        """Where something was metered, in words; a transaction stays where it was first."""
        evse, connector = _at(payload, "evse", "id") or _at(payload, "evseId"), _at(payload, "connectorId")
        if evse is None and connector is None:
            return self._places.get(run or "", ELSEWHERE)
        if evse is None:
            place = self._connector(connector)
        else:
            place = f"EVSE {evse}" if evse in self._numbers else ELSEWHERE
            inner = _at(payload, "evse", "connectorId")
            if isinstance(inner, int) and not self._one_connector_each:
                place = f"{place} connector {inner}"
        return self._places.setdefault(run, place) if run else place

    def _connector(self, number: JsonValue) -> str:
        return f"Connector {number}" if number in self._numbers else ELSEWHERE


_METERING: Final = frozenset({"TransactionEvent", "MeterValues", "StopTransaction"})


def _time(value: JsonValue) -> datetime | None:
    try:
        return msgspec.convert(_at(value, "timestamp"), datetime, strict=False).astimezone(UTC)
    except (msgspec.ValidationError, ValueError, OverflowError):
        return None


def _sampled(value: JsonValue, at: float, place: str, run: str | None) -> Iterator[Sample]:
    """The total of each quantity; where there is none, the sum of its phases."""
    found: dict[Quantity, dict[bool, float]] = {}
    for one in _list(_at(value, "sampledValue")):
        quantity = MEASURANDS.get(str(_at(one, "measurand") or DEFAULT_MEASURAND))
        if quantity is None or _at(one, "location") not in AT_THE_EV:
            continue
        sums = found.setdefault(quantity, {})
        in_phase = _at(one, "phase") is not None
        sums[in_phase] = sums.get(in_phase, 0.0) * in_phase + _amount(one, quantity)
    for quantity, sums in found.items():
        amount = sums.get(False, sums.get(True, math.nan))
        if math.isfinite(amount):
            yield Sample(at=at, connector=place, quantity=quantity, value=amount, run=run)


def _amount(one: JsonValue, quantity: Quantity) -> float:
    """A value in kWh or kW; not a number where it is none."""
    unit = _at(one, "unit") or _at(one, "unitOfMeasure", "unit") or DEFAULT_UNIT[quantity]
    multiplier = _number(_at(one, "unitOfMeasure", "multiplier") or 0)
    if not abs(multiplier) <= LARGEST_MULTIPLIER:
        return math.nan
    factor: float = IN_THOUSANDS.get(str(unit), math.nan) * 10.0**multiplier
    return _number(_at(one, "value")) * factor


def _register(energy: JsonValue, at: float, place: str, run: str | None) -> Iterator[Sample]:
    """The meter's state at the beginning or the end of a transaction, which is in Wh (OCPP 1.6, 6.45 and 6.49)."""
    amount = _number(energy) * IN_THOUSANDS["Wh"]
    if math.isfinite(amount):
        yield Sample(at=at, connector=place, quantity="energy", value=amount, run=run)


def _number(value: JsonValue) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _at(payload: JsonValue, *names: str) -> JsonValue:
    for name in names:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload
