"""What the station says is said in order, once, and survives failures and power cuts (E13, A04.FR.02, C-21)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugfest.clock import run_simulated
from plugfest.link.errors import CallErrorReceived, CallTimeout, ConnectionLost
from plugfest.ocpp.errors import LocalError
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.versions import V201
from plugfest.products import load_product
from plugfest.station.connection.outbox import Delivery, Outbox
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.standard import controller_variables
from plugfest.station.device_model.variables import Address, Characteristics, Component, DataType, Mutability, Variable
from plugfest.station.storage.store import Store

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
QUEUE_ALL = Variable(
    Address(Component("OCPPCommCtrlr"), "QueueAllMessages"),
    Characteristics(DataType.BOOLEAN),
    Mutability.READ_WRITE,
    "true",
)


class Line:
    """A way to a CSMS that fails as told: the next outcomes, then success."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, str]] = []
        self.outcomes: list[Exception] = []

    async def send(self, request: Request[Response]) -> Response:
        assert isinstance(request, m.SecurityEventNotificationRequest)
        self.sent.append((asyncio.get_running_loop().time(), request.type))
        if self.outcomes:
            raise self.outcomes.pop(0)
        return m.SecurityEventNotificationResponse()

    @property
    def names(self) -> list[str]:
        return [name for _, name in self.sent]


def event(name: str) -> m.SecurityEventNotificationRequest:
    return m.SecurityEventNotificationRequest(type=name, timestamp=NOON)


def refused() -> CallErrorReceived:
    return CallErrorReceived("InternalError", "", {})


def device_model(store: Store, *more: Variable) -> DeviceModel:
    model = DeviceModel([*controller_variables(load_product("alpitronic-hyc-200-eu")), *more], store)
    model.put("OCPPCommCtrlr", "MessageAttempts", 3, instance="TransactionEvent")
    model.put("OCPPCommCtrlr", "MessageAttemptInterval", 60, instance="TransactionEvent")
    return model


def run(scenario: Callable[[Outbox, Line], Awaitable[None]], store: Store | None = None, *more: Variable) -> None:
    async def main() -> None:
        memory = store or Store()
        outbox, line = Outbox(memory, device_model(memory, *more), V201), Line()
        pump = asyncio.create_task(outbox.run())
        try:
            await scenario(outbox, line)
        finally:
            pump.cancel()

    run_simulated(main())


def test_everything_goes_out_in_order_once_there_is_a_way() -> None:
    async def scenario(outbox: Outbox, line: Line) -> None:
        for name in ("a", "b", "c"):
            outbox.send(event(name), Delivery.TRANSACTION)
        await asyncio.sleep(10)
        assert line.sent == []
        outbox.open(line.send)
        assert await outbox.drain(10)
        assert line.names == ["a", "b", "c"]

    run(scenario)


def test_ordinary_messages_go_before_those_that_waited() -> None:
    async def scenario(outbox: Outbox, line: Line) -> None:
        outbox.send(event("transaction"), Delivery.TRANSACTION)
        outbox.send(event("durable"), Delivery.DURABLE)
        outbox.open(line.send)
        outbox.send(event("ordinary"))
        await outbox.drain(10)
        assert line.names == ["ordinary", "durable", "transaction"]

    run(scenario)


def test_a_failed_transaction_message_is_tried_again_after_longer_and_longer_waits() -> None:
    async def scenario(outbox: Outbox, line: Line) -> None:
        answers: list[Response | None] = []
        outbox.on_answer(m.SecurityEventNotificationRequest, lambda _, answer: answers.append(answer))
        line.outcomes = [refused(), CallTimeout(), refused()]
        outbox.open(line.send)
        outbox.send(event("lost"), Delivery.TRANSACTION)
        outbox.send(event("next"), Delivery.TRANSACTION)
        await outbox.drain(1000)
        assert line.sent == [(0, "lost"), (60, "lost"), (180, "lost"), (180, "next")]  # E13.FR.03, E13.FR.04
        assert answers == [None, m.SecurityEventNotificationResponse()]

    run(scenario)


def test_while_a_transaction_message_waits_others_go_on() -> None:
    async def scenario(outbox: Outbox, line: Line) -> None:
        line.outcomes = [refused()]
        outbox.open(line.send)
        outbox.send(event("stuck"), Delivery.TRANSACTION)
        await asyncio.sleep(10)
        outbox.send(event("other"))
        await outbox.drain(1000)
        assert line.sent == [(0, "stuck"), (10, "other"), (60, "stuck")]

    run(scenario)


def test_a_lost_connection_is_no_failure() -> None:
    async def scenario(outbox: Outbox, line: Line) -> None:
        line.outcomes = [ConnectionLost()] * 5
        outbox.send(event("kept"), Delivery.TRANSACTION)
        for _ in range(6):
            outbox.open(line.send)
            await asyncio.sleep(1)
        assert line.names == ["kept"] * 6
        assert outbox.unanswered(m.SecurityEventNotificationRequest) == []

    run(scenario)


def test_an_unanswered_durable_message_is_never_given_up() -> None:
    async def scenario(outbox: Outbox, line: Line) -> None:
        line.outcomes = [CallTimeout()] * 10
        outbox.open(line.send)
        outbox.send(event("important"), Delivery.DURABLE)
        assert await outbox.drain(100_000)
        assert len(line.sent) == 11

    run(scenario)


def test_a_power_cut_loses_nothing_and_repeats_nothing() -> None:
    store = Store()

    async def before(outbox: Outbox, line: Line) -> None:
        outbox.open(line.send)
        outbox.send(event("answered"), Delivery.TRANSACTION)
        await outbox.drain(10)
        outbox.close()
        for name in ("first", "second"):
            outbox.send(event(name), Delivery.TRANSACTION)
        outbox.send(event("dropped"))

    async def after(outbox: Outbox, line: Line) -> None:
        outbox.send(event("third"), Delivery.TRANSACTION)
        assert [message.type for message in outbox.unanswered(m.SecurityEventNotificationRequest)] == [  # type: ignore[attr-defined]
            "first",
            "second",
            "third",
        ]
        outbox.open(line.send)
        await outbox.drain(10)
        assert line.names == ["first", "second", "third"]

    run(before, store)
    run(after, store)


def test_failures_are_counted_over_power_cuts() -> None:
    store = Store()

    async def before(outbox: Outbox, line: Line) -> None:
        line.outcomes = [refused(), refused()]
        outbox.send(event("lost"), Delivery.TRANSACTION)
        outbox.open(line.send)
        await asyncio.sleep(100)

    async def after(outbox: Outbox, line: Line) -> None:
        line.outcomes = [refused()]
        outbox.open(line.send)
        await outbox.drain(1000)
        assert line.names == ["lost"]

    run(before, store)
    run(after, store)


@pytest.mark.parametrize("queue_all", [True, False])
def test_ordinary_messages_wait_while_offline_only_if_the_station_queues_all(queue_all: bool) -> None:
    async def scenario(outbox: Outbox, line: Line) -> None:
        given_up: list[str] = []
        outbox.on_answer(
            m.SecurityEventNotificationRequest, lambda request, answer: answer is None and given_up.append(request.type)
        )
        outbox.send(event("offline"))
        outbox.open(line.send)
        outbox.send(event("online"))
        await outbox.drain(10)
        assert line.names == (["online", "offline"] if queue_all else ["online"])
        assert given_up == ([] if queue_all else ["offline"])

    run(scenario, None, *([QUEUE_ALL] if queue_all else []))


def test_a_message_that_is_not_valid_never_gets_in() -> None:
    async def scenario(outbox: Outbox, line: Line) -> None:
        with pytest.raises(LocalError):
            outbox.send(event("x" * 51), Delivery.TRANSACTION)
        assert outbox.unanswered(m.SecurityEventNotificationRequest) == []

    run(scenario)


def test_a_callback_that_fails_costs_no_message() -> None:
    async def scenario(outbox: Outbox, line: Line) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError

        outbox.on_answer(m.SecurityEventNotificationRequest, fail)
        outbox.open(line.send)
        outbox.send(event("a"), Delivery.TRANSACTION)
        outbox.send(event("b"), Delivery.TRANSACTION)
        assert await outbox.drain(10)
        assert line.names == ["a", "b"]

    run(scenario)


@given(st.lists(st.sampled_from(["send", "cut", "open", "close", "wait", "lose", "time out"]), max_size=40))
@settings(deadline=None)
def test_whatever_happens_everything_arrives_in_order(steps: list[str]) -> None:
    """Every message reaches the CSMS at least once, first deliveries are in order, and only unanswered ones repeat."""
    store, line, sent = Store(), Line(), 0

    async def main() -> None:
        nonlocal sent
        outbox, pump = start()
        for step in [*steps, "cut", "open", "wait"]:
            if step == "send":
                outbox.send(event(str(sent)), Delivery.TRANSACTION)
                sent += 1
            elif step == "cut":
                pump.cancel()
                await asyncio.gather(pump, return_exceptions=True)
                outbox, pump = start()
            elif step == "open":
                outbox.open(line.send)
            elif step == "close":
                outbox.close()
            elif step == "wait":
                await asyncio.sleep(1000)
            else:
                line.outcomes.append(ConnectionLost() if step == "lose" else CallTimeout())
        while not await outbox.drain(10_000):
            outbox.open(line.send)
            await asyncio.sleep(1)
        pump.cancel()

    def start() -> tuple[Outbox, asyncio.Task[None]]:
        model = device_model(store)
        model.put("OCPPCommCtrlr", "MessageAttempts", 100, instance="TransactionEvent")
        outbox = Outbox(store, model, V201)
        return outbox, asyncio.create_task(outbox.run())

    run_simulated(main())
    assert list(dict.fromkeys(line.names)) == [str(number) for number in range(sent)]
