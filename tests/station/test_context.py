"""The context of blocks: tasks, hooks, activity, shared objects, and actions after the response."""

import asyncio
import logging

import pytest
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.link.peer import Answer, Refusal
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201.types import DataTransferStatusEnumType
from plugfest.station.connection.handlers import Handlers
from plugfest.station.context import Context, SharedObjects
from plugfest.station.lifecycle.activity import Activity
from plugfest.station.lifecycle.hooks import AsyncHook, Hook
from plugfest.station.lifecycle.power import PoweredStation

REQUEST = m.DataTransferRequest(vendor_id="org.example")
RESPONSE = m.DataTransferResponse(status=DataTransferStatusEnumType.Accepted)


def context_of(station: PoweredStation) -> Context:
    assert station.station is not None
    return station.station.context


def test_hooks_call_all_callbacks_in_order() -> None:
    async def scenario() -> None:
        called: list[str] = []
        hook: Hook[[str]] = Hook()
        hook.add(lambda text: called.append(f"first {text}"))
        hook.add(lambda text: called.append(f"second {text}"))
        hook.notify("a")
        later: AsyncHook[[str]] = AsyncHook()

        async def wait(text: str) -> None:
            await asyncio.sleep(1)
            called.append(f"third {text}")

        later.add(wait)
        await later.notify("b")
        assert called == ["first a", "second a", "third b"]

    run_simulated(scenario())


def test_shared_objects_are_found_by_their_class() -> None:
    shared, activity = SharedObjects(), Activity()
    shared.add(activity)
    assert shared.get(Activity) is activity
    with pytest.raises(KeyError):
        shared.get(SharedObjects)


def test_an_evse_is_idle_without_activity_there_or_of_the_station() -> None:
    async def scenario() -> None:
        activity = Activity()
        activity.begin("transaction", 1)
        assert activity.busy()
        assert activity.busy(1)
        assert not activity.busy(2)
        activity.begin("log upload")
        assert activity.busy(2)
        waiting = asyncio.create_task(activity.wait_until_idle(1))
        await asyncio.sleep(1)
        activity.end("transaction")
        await asyncio.sleep(1)
        assert not waiting.done()
        activity.end("log upload")
        await waiting

    run_simulated(scenario())


def test_actions_run_after_the_response() -> None:
    async def scenario() -> None:
        handlers, done = Handlers(), []

        async def handle(_: m.DataTransferRequest) -> Answer:
            handlers.after_response(lambda: done.append("afterwards"))
            return Answer(RESPONSE, lambda: done.append("then"))

        handlers.add(m.DataTransferRequest, handle)
        answer = await handlers.answer(REQUEST)
        assert isinstance(answer, Answer)
        assert done == []
        assert answer.then is not None
        answer.then()
        assert done == ["then", "afterwards"]
        handlers.after_response(lambda: done.append("soon"))
        await asyncio.sleep(0)
        assert done[-1] == "soon"

    run_simulated(scenario())


def test_a_request_has_one_handler() -> None:
    async def handle(_: m.DataTransferRequest) -> m.DataTransferResponse:
        return RESPONSE

    async def scenario() -> None:
        handlers = Handlers()
        with pytest.raises(Refusal):
            await handlers.answer(REQUEST)
        handlers.add(m.DataTransferRequest, handle)
        with pytest.raises(ValueError, match="two handlers for DataTransfer"):
            handlers.add(m.DataTransferRequest, handle)
        assert await handlers.answer(REQUEST) is RESPONSE

    run_simulated(scenario())


def test_a_failed_task_is_logged_and_affects_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)

            async def fail() -> None:
                raise RuntimeError("no good")

            context_of(station).spawn(fail(), "bad work")
            await csms.expect(m.HeartbeatRequest)

    with caplog.at_level(logging.ERROR):
        run_simulated(scenario())
    assert "bad work failed" in caplog.text


def test_no_task_starts_after_power_off() -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            context = context_of(station)
            await station.power_off()
            begun: list[bool] = []

            async def work() -> None:
                begun.append(True)

            task = context.spawn(work(), "late work")
            await asyncio.gather(task, return_exceptions=True)
            assert begun == []

    run_simulated(scenario())


def test_a_failing_callback_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    called: list[str] = []
    hook: Hook[[]] = Hook()

    def fail() -> None:
        raise RuntimeError

    hook.add(fail)
    hook.add(lambda: called.append("here"))
    hook.notify()
    assert called == ["here"]
    assert "failed" in caplog.text
