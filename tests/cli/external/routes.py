"""What the CSMS of both versions have in common: every request is kept, then answered."""

from collections.abc import Callable, Mapping
from typing import Any

from ocpp.routing import on
from tests.cli.external.received import Payload, Received

ACCEPTED = {"status": "Accepted"}

Answer = Callable[[Payload], object]


def station_class(charge_point: type[Any], answers: Mapping[str, Answer]) -> type[Any]:
    """One connection of a station: a ChargePoint of the package `ocpp` with a handler for each of these actions."""

    def initialize(station: Any, *arguments: Any, received: Received) -> None:
        charge_point.__init__(station, *arguments)
        station.received = received

    handlers = {action: _handler(action, answer) for action, answer in answers.items()}
    return type("Station", (charge_point,), {"__init__": initialize, **handlers})


def _handler(action: str, answer: Answer) -> Callable[..., object]:
    def handle(station: Any, **payload: Any) -> object:
        station.received.note(action, payload)
        return answer(payload)

    handle.__name__ = action  # by which `ocpp` finds it
    handler: Callable[..., object] = on(action)(handle)
    return handler
