"""Messages are sent in order and once, through failures and power loss (E13, A04.FR.02, C-21)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
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
from plugfest.station.device_model.variables import (
    Address,
    Characteristics,
    Component,
    DataType,
    Mutability,
    Variable,
    VariableTable,
)
from plugfest.station.storage.store import Store

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
QUEUE_ALL = Variable(
    Address(Component("OCPPCommCtrlr"), "QueueAllMessages"),
    Characteristics(DataType.BOOLEAN),
    Mutability.READ_WRITE,
    "true",
)


class ScriptedConnection:
    """A connection whose next sends have the given outcomes, and then succeed."""

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
    return CallErrorReceived("InternalError", "", {}, "StatusNotification")


def device_model(store: Store, *more: Variable) -> DeviceModel:
    model = DeviceModel(VariableTable([*controller_variables(load_product("alpitronic-hyc-200-eu")), *more]), store)
    model.put("OCPPCommCtrlr", "MessageAttempts", 3, instance="TransactionEvent")
    model.put("OCPPCommCtrlr", "MessageAttemptInterval", 60, instance="TransactionEvent")
    return model


def run(
    scenario: Callable[[Outbox, ScriptedConnection], Awaitable[None]], store: Store | None = None, *more: Variable
) -> None:
    async def main() -> None:
        memory = store or Store()
        outbox, connection = Outbox(memory, device_model(memory, *more), V201), ScriptedConnection()
        pump = asyncio.create_task(outbox.run())
        try:
            await scenario(outbox, connection)
        finally:
            pump.cancel()

    run_simulated(main())


def test_messages_are_sent_in_order_once_connected() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        for name in ("a", "b", "c"):
            outbox.send(event(name), Delivery.TRANSACTION)
        await asyncio.sleep(10)
        assert connection.sent == []
        outbox.open(connection.send)
        assert await outbox.drain(10)
        assert connection.names == ["a", "b", "c"]

    run(scenario)


def test_messages_queued_offline_are_sent_before_newer_ones() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        outbox.send(event("old"))
        outbox.open(connection.send)
        outbox.send(event("new"))
        await outbox.drain(10)
        assert connection.names == ["old", "new"]

    run(scenario, None, QUEUE_ALL)


def test_ordinary_messages_are_sent_before_queued_ones() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        outbox.send(event("transaction"), Delivery.TRANSACTION)
        outbox.send(event("durable"), Delivery.DURABLE)
        outbox.open(connection.send)
        outbox.send(event("ordinary"))
        await outbox.drain(10)
        assert connection.names == ["ordinary", "durable", "transaction"]

    run(scenario)


def test_a_failed_transaction_message_is_repeated_with_growing_delays() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        answers: list[Response | None] = []
        outbox.on_answer(m.SecurityEventNotificationRequest, lambda _, answer: answers.append(answer))
        connection.outcomes = [refused(), CallTimeout(), refused()]
        outbox.open(connection.send)
        outbox.send(event("lost"), Delivery.TRANSACTION)
        outbox.send(event("next"), Delivery.TRANSACTION)
        await asyncio.sleep(1000)
        assert connection.sent == [(0, "lost"), (60, "lost"), (180, "lost"), (180, "next")]  # E13.FR.03, E13.FR.04
        assert answers == [None, m.SecurityEventNotificationResponse()]

    run(scenario)


def test_other_messages_are_sent_while_a_transaction_message_is_delayed() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        connection.outcomes = [refused()]
        outbox.open(connection.send)
        outbox.send(event("stuck"), Delivery.TRANSACTION)
        await asyncio.sleep(10)
        outbox.send(event("other"))
        await asyncio.sleep(1000)
        assert connection.sent == [(0, "stuck"), (10, "other"), (60, "stuck")]

    run(scenario)


def test_a_lost_connection_does_not_count_as_a_failure() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        connection.outcomes = [ConnectionLost()] * 5
        outbox.send(event("kept"), Delivery.TRANSACTION)
        for _ in range(6):
            outbox.open(connection.send)
            await asyncio.sleep(1)
        assert connection.names == ["kept"] * 6
        assert outbox.unanswered(m.SecurityEventNotificationRequest) == []

    run(scenario)


def test_an_unanswered_durable_message_is_never_dropped() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        connection.outcomes = [CallTimeout()] * 10
        outbox.open(connection.send)
        outbox.send(event("important"), Delivery.DURABLE)
        await asyncio.sleep(100_000)
        assert len(connection.sent) == 11

    run(scenario)


def test_an_unanswered_durable_message_is_repeated_at_growing_intervals() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        connection.outcomes = [CallTimeout()] * 9
        outbox.open(connection.send)
        outbox.send(event("important"), Delivery.DURABLE)
        await asyncio.sleep(100_000)
        times = [at for at, _ in connection.sent]
        waits = [later - earlier for earlier, later in pairwise(times)]
        assert waits == [300, 600, 1200, 2400, 3600, 3600, 3600, 3600, 3600]

    run(scenario)


def test_an_unanswered_durable_message_does_not_hold_up_transactions() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        connection.outcomes = [CallTimeout()]
        outbox.open(connection.send)
        outbox.send(event("unanswered"), Delivery.DURABLE)
        await asyncio.sleep(1)
        outbox.close()
        outbox.send(event("transaction"), Delivery.TRANSACTION)
        await asyncio.sleep(400)
        outbox.open(connection.send)
        await asyncio.sleep(1)
        assert connection.names == ["unanswered", "transaction", "unanswered"]

    run(scenario)


@pytest.mark.parametrize(("driver_leaves_at", "repeated_at"), [(0, 300), (350, 360), (100_000, 3900)])
def test_an_unanswered_durable_message_is_not_repeated_while_a_driver_waits_for_an_hour_at_most(
    driver_leaves_at: float, repeated_at: float
) -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        loop = asyncio.get_running_loop()
        outbox.spare_drivers(lambda: loop.time() < driver_leaves_at)
        connection.outcomes = [CallTimeout()]
        outbox.open(connection.send)
        outbox.send(event("unanswered"), Delivery.DURABLE)
        await asyncio.sleep(100_000)
        assert connection.sent == [(0, "unanswered"), (repeated_at, "unanswered")]

    run(scenario)


@pytest.mark.parametrize("delivery", [Delivery.DURABLE, Delivery.TRANSACTION])
def test_a_message_that_waits_to_be_repeated_does_not_hold_up_a_reset(delivery: Delivery) -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        connection.outcomes = [refused()]
        outbox.open(connection.send)
        outbox.send(event("refused"), delivery)
        assert not await outbox.drain(1000)
        assert asyncio.get_running_loop().time() < 1

    run(scenario)


def test_a_power_loss_neither_loses_nor_repeats_a_message() -> None:
    store = Store()

    async def before(outbox: Outbox, connection: ScriptedConnection) -> None:
        outbox.open(connection.send)
        outbox.send(event("answered"), Delivery.TRANSACTION)
        await outbox.drain(10)
        outbox.close()
        for name in ("first", "second"):
            outbox.send(event(name), Delivery.TRANSACTION)
        outbox.send(event("dropped"))

    async def after(outbox: Outbox, connection: ScriptedConnection) -> None:
        outbox.send(event("third"), Delivery.TRANSACTION)
        assert [message.type for message in outbox.unanswered(m.SecurityEventNotificationRequest)] == [  # type: ignore[attr-defined]
            "first",
            "second",
            "third",
        ]
        outbox.open(connection.send)
        await outbox.drain(10)
        assert connection.names == ["first", "second", "third"]

    run(before, store)
    run(after, store)


def test_failures_are_counted_across_power_cycles() -> None:
    store = Store()

    async def before(outbox: Outbox, connection: ScriptedConnection) -> None:
        connection.outcomes = [refused(), refused()]
        outbox.send(event("lost"), Delivery.TRANSACTION)
        outbox.open(connection.send)
        await asyncio.sleep(100)

    async def after(outbox: Outbox, connection: ScriptedConnection) -> None:
        connection.outcomes = [refused()]
        outbox.open(connection.send)
        await asyncio.sleep(1000)
        assert connection.names == ["lost"]

    run(before, store)
    run(after, store)


@pytest.mark.parametrize("queue_all", [True, False])
def test_ordinary_messages_are_queued_offline_only_with_queue_all_messages(queue_all: bool) -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        given_up: list[str] = []
        outbox.on_answer(
            m.SecurityEventNotificationRequest, lambda request, answer: answer is None and given_up.append(request.type)
        )
        outbox.send(event("offline"))
        outbox.open(connection.send)
        outbox.send(event("online"))
        await outbox.drain(10)
        assert connection.names == (["offline", "online"] if queue_all else ["online"])
        assert given_up == ([] if queue_all else ["offline"])

    run(scenario, None, *([QUEUE_ALL] if queue_all else []))


def test_an_invalid_message_is_not_queued() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        with pytest.raises(LocalError):
            outbox.send(event("x" * 51), Delivery.TRANSACTION)
        assert outbox.unanswered(m.SecurityEventNotificationRequest) == []

    run(scenario)


def test_a_failing_callback_loses_no_message() -> None:
    async def scenario(outbox: Outbox, connection: ScriptedConnection) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError

        outbox.on_answer(m.SecurityEventNotificationRequest, fail)
        outbox.open(connection.send)
        outbox.send(event("a"), Delivery.TRANSACTION)
        outbox.send(event("b"), Delivery.TRANSACTION)
        assert await outbox.drain(10)
        assert connection.names == ["a", "b"]

    run(scenario)


@given(st.lists(st.sampled_from(["send", "cut", "open", "close", "wait", "lose", "time out"]), max_size=40))
def test_every_message_arrives_in_order(steps: list[str]) -> None:
    """Every message reaches the CSMS at least once, first deliveries are in order, and only unanswered ones repeat."""
    store, connection, sent = Store(), ScriptedConnection(), 0

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
                outbox.open(connection.send)
            elif step == "close":
                outbox.close()
            elif step == "wait":
                await asyncio.sleep(1000)
            else:
                connection.outcomes.append(ConnectionLost() if step == "lose" else CallTimeout())
        while not await outbox.drain(10_000):
            outbox.open(connection.send)
            await asyncio.sleep(1)
        pump.cancel()

    def start() -> tuple[Outbox, asyncio.Task[None]]:
        model = device_model(store)
        model.put("OCPPCommCtrlr", "MessageAttempts", 100, instance="TransactionEvent")
        outbox = Outbox(store, model, V201)
        return outbox, asyncio.create_task(outbox.run())

    run_simulated(main())
    assert list(dict.fromkeys(connection.names)) == [str(number) for number in range(sent)]
