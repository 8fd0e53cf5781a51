"""The frames at the station's edge, parsed, and what they report of transactions."""

from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from plugfest.link.peer import Direction

Json: TypeAlias = dict[str, object]


class Kind(StrEnum):
    """What a frame is."""

    CALL = "CALL"
    CALLRESULT = "CALLRESULT"
    CALLERROR = "CALLERROR"
    INVALID = "INVALID"


_DECODE: Final = msgspec.json.Decoder().decode


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A frame. `payload` is empty unless it is an object; `at` in seconds after the start."""

    at: float
    sent: bool
    kind: Kind
    message_id: str = ""
    action: str = ""
    payload: Json
    text: str


def parsed(direction: Direction, text: str, at: float) -> Frame:
    """The frame of a text; INVALID if it is none."""
    kind, message_id, action = Kind.INVALID, "", ""
    payload: Json = {}
    try:
        match _DECODE(text):
            case [2, str(message_id), str(action), dict() as payload]:
                kind = Kind.CALL
            case [3, str(message_id), dict() as payload]:
                kind = Kind.CALLRESULT
            case [4, str(message_id), *_]:
                kind = Kind.CALLERROR
            case [_, str(message_id), *_]:
                pass  # not valid, and an answer nevertheless
    except msgspec.DecodeError:
        pass
    sent = direction is Direction.SENT
    return Frame(at=at, sent=sent, kind=kind, message_id=message_id, action=action, payload=payload, text=text)


class Step(StrEnum):
    """What a message does to its transaction."""

    STARTED = "Started"
    UPDATED = "Updated"
    ENDED = "Ended"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a message reports of a transaction.

    `transaction` is empty in a StartTransaction of OCPP 1.6: the CSMS assigns the id. `registers` in Wh, oldest first.
    """

    step: Step
    transaction: str
    seq_no: int | None = None
    evse: int | None = None
    token: str = ""
    registers: tuple[float, ...] = ()
    content: str
    """Equal in the repetitions of a message, and different in all others."""


def report_of(frame: Frame) -> Report | None:
    """None if the frame is not a request about a transaction."""
    if frame.kind is not Kind.CALL:
        return None
    match frame.action:
        case "TransactionEvent":
            return _transaction_event(frame.payload)
        case "StartTransaction":
            return _start(frame.payload)
        case "StopTransaction":
            return _stop(frame.payload)
        case "MeterValues" if "transactionId" in frame.payload and "Trigger" not in _contexts(frame.payload):
            # 1.6, 3.7: those that the CSMS has triggered are not related to the transaction
            transaction = str(frame.payload["transactionId"])
            registers = _registers(frame.payload.get("meterValue"))
            return Report(step=Step.UPDATED, transaction=transaction, registers=registers, content=_content(frame))
    return None


def events_of(frame: Frame) -> dict[int, str]:
    """The data of the events in a NotifyEvent, by eventId."""
    found = frame.payload["eventData"]
    assert isinstance(found, list)
    return {each["eventId"]: repr(each) for each in found}


def queued_at(frame: Frame) -> datetime | None:
    """When a message that waits in the queue of ordinary messages was made; None if its content does not show it."""
    if frame.kind is Kind.CALL and frame.action == "StatusNotification" and "timestamp" in frame.payload:
        return datetime.fromisoformat(str(frame.payload["timestamp"]))
    return None


def _transaction_event(payload: Json) -> Report:
    info, evse, token = payload["transactionInfo"], payload.get("evse"), payload.get("idToken")
    assert isinstance(info, dict)
    seq_no = payload["seqNo"]
    assert isinstance(seq_no, int)
    transaction = str(info["transactionId"])
    return Report(
        step=Step(str(payload["eventType"])),
        transaction=transaction,
        seq_no=seq_no,
        evse=evse["id"] if isinstance(evse, dict) else None,
        token=token["idToken"] if isinstance(token, dict) else "",
        registers=_registers(payload.get("meterValue")),
        content=f"{transaction} {seq_no}",
    )


def _start(payload: Json) -> Report:
    evse, register = payload["connectorId"], payload["meterStart"]
    assert isinstance(evse, int)
    assert isinstance(register, int)
    content = msgspec.json.encode(payload).decode()
    return Report(
        step=Step.STARTED,
        transaction="",
        evse=evse,
        token=str(payload["idTag"]),
        registers=(register,),
        content=content,
    )


def _stop(payload: Json) -> Report:
    register = payload["meterStop"]
    assert isinstance(register, int)
    return Report(
        step=Step.ENDED,
        transaction=str(payload["transactionId"]),
        token=str(payload.get("idTag", "")),
        registers=(*_registers(payload.get("transactionData")), register),
        content=msgspec.json.encode(payload).decode(),
    )


def _content(frame: Frame) -> str:
    return msgspec.json.encode(frame.payload).decode()


def _registers(meter_values: object) -> tuple[float, ...]:
    """The values of the energy register, in Wh."""
    if not isinstance(meter_values, list):
        return ()
    samples = (sample for each in meter_values for sample in each["sampledValue"])
    return tuple(_watt_hours(sample) for sample in samples if _is_register(sample))


def _contexts(payload: Json) -> set[object]:
    values = payload["meterValue"]
    assert isinstance(values, list)
    return {sample.get("context") for each in values for sample in each["sampledValue"]}


def _is_register(sample: Json) -> bool:
    measurand = sample.get("measurand", "Energy.Active.Import.Register")
    outlet = sample.get("location", "Outlet") == "Outlet"
    signed = sample.get("format") == "SignedData"
    return measurand == "Energy.Active.Import.Register" and outlet and not signed and "phase" not in sample


def _watt_hours(sample: Json) -> float:
    unit = sample.get("unit") or sample.get("unitOfMeasure") or "Wh"
    factor = 1.0
    if isinstance(unit, dict):
        factor = 10.0 ** int(unit.get("multiplier", 0))
        unit = unit.get("unit", "Wh")
    return float(str(sample["value"])) * factor * (1000.0 if unit == "kWh" else 1.0)
