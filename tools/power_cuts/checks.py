"""What must hold of the transactions that a CSMS has received, whatever happened to the station."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from tools.power_cuts.csms import Payload, Received

REGISTER = "Energy.Active.Import.Register"


def repeated_after_loss(received: Sequence[Received], index: int, earlier: int) -> bool:
    """Whether a message may be a repetition: the earlier one was the last of its action on its connection."""
    first = received[earlier]
    between = [each for each in received[earlier + 1 : index] if each.connection == first.connection]
    return received[index].connection > first.connection and all(each.action != first.action for each in between)


def problems_of_v201(received: Sequence[Received]) -> list[str]:
    """Lost, doubled and wrong transaction events of OCPP 2.0.1."""
    problems: list[str] = []
    seen: dict[tuple[str, int], int] = {}
    events: dict[str, list[Payload]] = {}
    for index, (_, action, payload) in enumerate(received):
        if action != "TransactionEvent":
            continue
        id, number = payload["transactionInfo"]["transactionId"], payload["seqNo"]
        if (id, number) in seen:
            earlier = seen[id, number]
            if not _same(received[earlier].payload, payload):
                problems.append(f"{id}: two different events with seqNo {number}")
            elif not repeated_after_loss(received, index, earlier):
                problems.append(f"{id}: event {number} is repeated without a reason")
        else:
            events.setdefault(id, []).append(payload)
        seen[id, number] = index
    for id, found in events.items():
        problems += [f"{id}: {problem}" for problem in _sequence_problems(found)]
    registers = [value for found in events.values() for event in found for value in registers_of(event)]
    problems += ["the register goes back"] if registers != sorted(registers) else []
    return problems


def _same(one: Payload, other: Payload) -> bool:
    """Equal but for `offline`, which may become true."""
    return {**one, "offline": None} == {**other, "offline": None}


def _sequence_problems(events: Sequence[Payload]) -> list[str]:
    numbers = [event["seqNo"] for event in events]
    kinds = [event["eventType"] for event in events]
    problems = []
    if numbers != list(range(len(events))):
        problems.append(f"the seqNo are {numbers}")
    if kinds[0] != "Started" or kinds[-1] != "Ended" or set(kinds[1:-1]) - {"Updated"}:
        problems.append(f"the events are {kinds}")
    return problems


def registers_of(message: Payload) -> list[float]:
    """The values of the energy register in the order of the message, in Wh."""
    sampled = [value for each in message.get("meterValue", []) for value in each["sampledValue"]]
    return [
        float(value["value"])
        for value in sampled
        if value.get("measurand", REGISTER) == REGISTER and value.get("context") != "Transaction.Begin"
    ]


def problems_of_v16(received: Sequence[Received]) -> list[str]:
    """Lost, doubled and wrong transactions of OCPP 1.6."""
    problems: list[str] = []
    for action, key in (("StartTransaction", _start), ("StopTransaction", _stop)):
        seen: dict[Any, int] = {}
        for index, each in enumerate(received):
            if each.action != action:
                continue
            earlier = seen.get(key(each.payload))
            if earlier is not None and received[earlier].payload != each.payload:
                problems.append(f"{action} {key(each.payload)}: two different ones")
            elif earlier is not None and not repeated_after_loss(received, index, earlier):
                problems.append(f"{action} {key(each.payload)} is repeated without a reason")
            seen[key(each.payload)] = index
    starts = {_start(each.payload) for each in received if each.action == "StartTransaction"}
    stops = {_stop(each.payload): each.payload for each in received if each.action == "StopTransaction"}
    if len(starts) != len(stops):
        problems.append(f"{len(starts)} transactions have started, {len(stops)} have ended")
    registers = [value for each in received for value in _registers_of_v16(each)]
    problems += ["the register goes back"] if _goes_back(registers) else []
    return [*problems, *_wrong_ids(received)]


def _registers_of_v16(message: Received) -> list[float]:
    """The register values of a message that it did not repeat from an earlier one, in Wh."""
    field = {"StartTransaction": "meterStart", "StopTransaction": "meterStop"}.get(message.action)
    if field is not None:
        return [float(message.payload[field])]
    return registers_of(message.payload) if message.action == "MeterValues" else []


def _goes_back(registers: Sequence[float]) -> bool:
    """OCPP 1.6 has whole Wh at the start and at the end of a transaction."""
    return any(later < earlier - 1.0 for earlier, later in pairwise(registers))


def _wrong_ids(received: Sequence[Received]) -> list[str]:
    """Messages with a transaction id that is not that of the transaction between its start and its end.

    Only the CSMS knows the ids: it counts the starts that are no repetitions, from 1.
    """
    started: list[tuple[str, int, int]] = []
    ended: set[int] = set()
    problems = []
    for _, action, payload in received:
        if action == "StartTransaction" and _start(payload) not in started:
            started.append(_start(payload))
        elif action in ("MeterValues", "StopTransaction") and "transactionId" in payload:
            number = payload["transactionId"]
            if number not in range(1, len(started) + 1) or (action == "MeterValues" and number in ended):
                problems.append(f"{action} of transaction {number}, which is not ongoing")
            if action == "StopTransaction":
                ended.add(number)
    return problems


def _start(payload: Payload) -> tuple[str, int, int]:
    return payload["timestamp"], payload["meterStart"], payload["connectorId"]


def _stop(payload: Payload) -> int:
    number: int = payload["transactionId"]
    return number
