"""Display messages on the wire and on the display (O01 to O06)."""

import asyncio
from datetime import UTC, timedelta
from typing import Any

import pytest
from tests.station.file_server import file_server
from tests.station.station_bench import StationBench, run_on_bench

from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.model.display.message_screen import SECONDS_PER_MESSAGE

DC, AC = "reference-dc", "reference-ac"
P, F, S = t.MessagePriorityEnumType, t.MessageFormatEnumType, t.MessageStateEnumType


def info(id: int, text: str = "", priority: P = P.InFront, text_format: F = F.UTF8, **fields: Any) -> t.MessageInfoType:
    content = t.MessageContentType(format=text_format, content=text or f"message {id}")
    return t.MessageInfoType(id=id, priority=priority, message=content, **fields)


async def send(bench: StationBench, message: t.MessageInfoType) -> str:
    response = await bench.csms.call(m.SetDisplayMessageRequest(message=message))
    await asyncio.sleep(0.5)
    return response.status.value


async def request(bench: StationBench, **criteria: Any) -> tuple[str, list[int]]:
    """The status, and the ids of the messages that are reported."""
    number = len(bench.csms.all(m.NotifyDisplayMessagesRequest)) + 1
    response = await bench.csms.call(m.GetDisplayMessagesRequest(request_id=number, **criteria))
    await asyncio.sleep(1)
    reports = [each for each in bench.csms.all(m.NotifyDisplayMessagesRequest) if each.request_id == number]
    assert [bool(given(each.tbc)) for each in reports] == [True] * (len(reports) - 1) + [False] * bool(reports)
    return response.status.value, [one.id for each in reports for one in given(each.message_info) or ()]


async def clear(bench: StationBench, id: int) -> str:
    return (await bench.csms.call(m.ClearDisplayMessageRequest(id=id))).status.value


def shown(bench: StationBench) -> str | None:
    """The text of the message on the display."""
    assert bench.hardware.display is not None
    message = bench.hardware.display.message
    return None if message is None else message.text


async def shown_within(bench: StationBench, seconds: float) -> set[str | None]:
    """All that the display shows within so many seconds."""
    seen = set()
    for _ in range(int(seconds)):
        seen.add(shown(bench))
        await asyncio.sleep(1)
    return seen


async def charge(bench: StationBench) -> str:
    """Begin a transaction at EVSE 1. Returns its id."""
    bench.hardware.plug_in(1, 1)
    bench.hardware.present_token("A", "ISO14443", 1)
    await asyncio.sleep(20)
    return bench.events[-1].transaction_info.transaction_id


async def leave(bench: StationBench) -> None:
    bench.hardware.present_token("A", "ISO14443", 1)
    await asyncio.sleep(2)
    bench.hardware.unplug(1, 1)
    await asyncio.sleep(2)


async def restart(bench: StationBench) -> None:
    await bench.station.power_off()
    bench.station.power_on()
    await bench.csms.expect(m.SecurityEventNotificationRequest, 2)


def in_seconds(bench: StationBench, seconds: float) -> Any:
    return (bench.csms.now() + timedelta(seconds=seconds)).astimezone(UTC)


def test_a_message_is_shown_reported_and_cleared() -> None:
    async def body(bench: StationBench) -> None:
        assert await request(bench) == ("Unknown", [])  # O03.FR.06
        assert await send(bench, info(1, "hello")) == "Accepted"
        assert shown(bench) == "hello"  # O01.FR.13
        assert await request(bench) == ("Accepted", [1])
        assert await clear(bench, 2) == "Unknown"  # O05.FR.02
        assert await clear(bench, 1) == "Accepted"  # O05.FR.01
        assert shown(bench) is None
        assert await request(bench, id=[1]) == ("Unknown", [])

    run_on_bench(body, DC)


def test_a_message_is_reported_as_it_was_set() -> None:
    async def body(bench: StationBench) -> None:
        message = info(
            7,
            state=S.Idle,
            start_date_time=in_seconds(bench, -5),
            end_date_time=in_seconds(bench, 600),
            display=t.ComponentType(name="Display"),
        )
        message = t.MessageInfoType(
            id=message.id,
            priority=message.priority,
            message=t.MessageContentType(format=F.UTF8, content="Grüße", language="de"),
            state=message.state,
            start_date_time=message.start_date_time,
            end_date_time=message.end_date_time,
            display=message.display,
        )
        await send(bench, message)
        await request(bench)
        (report,) = bench.csms.all(m.NotifyDisplayMessagesRequest)
        assert given(report.message_info) == [message]  # O03.FR.02

    run_on_bench(body, DC)


def test_what_the_display_does_not_support_is_refused() -> None:
    async def body(bench: StationBench) -> None:
        assert await send(bench, info(1, priority=P.NormalCycle)) == "NotSupportedPriority"  # O01.FR.01
        assert await send(bench, info(1, text_format=F.URI)) == "NotSupportedMessageFormat"  # O01.FR.03
        assert await send(bench, info(1, transaction_id="none")) == "UnknownTransaction"  # O02.FR.01
        assert await send(bench, info(1, display=t.ComponentType(name="Billboard"))) == "Rejected"  # O01.FR.22
        assert await send(bench, info(1, "Grüße", text_format=F.ASCII)) == "Rejected"
        assert await send(bench, info(1, end_date_time=in_seconds(bench, -60))) == "Rejected"
        never = {"start_date_time": in_seconds(bench, 60), "end_date_time": in_seconds(bench, 30)}
        assert await send(bench, info(1, **never)) == "Rejected"
        assert await request(bench) == ("Unknown", [])

    run_on_bench(body, DC)


def test_no_more_messages_are_stored_than_the_variable_allows() -> None:
    async def body(bench: StationBench) -> None:
        model = bench.station.station.context.device_model  # type: ignore[union-attr]
        limit = int(model.variable("DisplayMessageCtrlr", "DisplayMessages").characteristics.maximum or 0)
        for id in range(limit):
            assert await send(bench, info(id)) == "Accepted"
        assert await send(bench, info(limit)) == "Rejected"  # O01.FR.11
        assert await send(bench, info(0, "another")) == "Accepted"  # it replaces one
        assert model.text("DisplayMessageCtrlr", "DisplayMessages") == str(limit)
        status, ids = await request(bench)
        assert (status, sorted(ids)) == ("Accepted", list(range(limit)))  # O03.FR.03, O03.FR.04
        assert len(bench.csms.all(m.NotifyDisplayMessagesRequest)) > 1

    run_on_bench(body, DC)


def test_a_message_is_shown_from_its_start_to_its_end() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1, start_date_time=in_seconds(bench, 30), end_date_time=in_seconds(bench, 60)))
        assert await shown_within(bench, 25) == {None}  # O01.FR.06
        await asyncio.sleep(10)
        assert shown(bench) == "message 1"
        await asyncio.sleep(30)
        assert shown(bench) is None  # O01.FR.07
        assert await request(bench) == ("Unknown", [])

    run_on_bench(body, DC)


def test_a_jump_of_the_clock_begins_and_ends_messages_at_once() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1, start_date_time=in_seconds(bench, 1800)))
        await send(bench, info(2, end_date_time=in_seconds(bench, 1800)))
        assert shown(bench) == "message 2"
        bench.csms.ahead = 3600
        await bench.csms.call(m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.Heartbeat))
        await asyncio.sleep(1)
        assert await request(bench) == ("Accepted", [1])
        assert shown(bench) == "message 1"

    run_on_bench(body, DC)


def test_messages_in_front_are_shown_in_turn() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1))
        await send(bench, info(2))
        assert await shown_within(bench, 2 * SECONDS_PER_MESSAGE) == {"message 1", "message 2"}  # O01.FR.14
        await clear(bench, 1)
        assert await shown_within(bench, 2 * SECONDS_PER_MESSAGE) == {"message 2"}

    run_on_bench(body, DC)


def test_messages_in_front_interrupt_the_normal_cycle() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1, priority=P.NormalCycle))
        assert shown(bench) == "message 1"  # O01.FR.12
        await send(bench, info(2))
        assert await shown_within(bench, 3 * SECONDS_PER_MESSAGE) == {"message 2"}  # O01.FR.13

    run_on_bench(body, AC)


def test_one_message_is_always_in_front_and_the_next_one_replaces_it() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1))
        await send(bench, info(2, priority=P.AlwaysFront))
        bench.hardware.present_token("A", "ISO14443", 1)
        assert await shown_within(bench, 3 * SECONDS_PER_MESSAGE) == {"message 2"}  # O01.FR.15
        await send(bench, info(3, priority=P.AlwaysFront))
        assert shown(bench) == "message 3"
        assert await request(bench) == ("Accepted", [1, 3])  # O01.FR.16

    run_on_bench(body, DC)


def test_a_message_with_the_same_id_replaces_the_earlier_one() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1, "earlier", state=S.Idle))
        await send(bench, info(1, "later"))
        assert shown(bench) == "later"  # O06.FR.01
        assert await request(bench, state=S.Idle) == ("Unknown", [])

    run_on_bench(body, DC)


def test_messages_are_selected_by_id_priority_and_state() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1, state=S.Idle))
        await send(bench, info(2, priority=P.AlwaysFront))
        assert await request(bench, id=[2, 9]) == ("Accepted", [2])  # O04.FR.01
        assert await request(bench, priority=P.InFront) == ("Accepted", [1])
        assert await request(bench, state=S.Idle) == ("Accepted", [1])
        assert await request(bench, id=[1], state=S.Charging) == ("Unknown", [])  # O04.FR.02
        assert await request(bench, id=[1], priority=P.AlwaysFront) == ("Unknown", [])

    run_on_bench(body, DC)


def test_messages_survive_a_power_loss() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1))
        await send(bench, info(2, end_date_time=in_seconds(bench, 20)))
        await bench.station.power_off()
        await asyncio.sleep(60)
        bench.station.power_on()
        await bench.csms.expect(m.SecurityEventNotificationRequest, 2)
        assert shown(bench) == "message 1"  # O01.FR.10
        assert await request(bench) == ("Accepted", [1])  # O01.FR.07

    run_on_bench(body, DC)


def test_a_message_of_a_transaction_ends_with_it() -> None:
    async def body(bench: StationBench) -> None:
        transaction_id = await charge(bench)
        assert await send(bench, info(1, transaction_id=transaction_id)) == "Accepted"
        assert shown(bench) == "message 1"
        await leave(bench)
        assert shown(bench) is None
        assert await request(bench) == ("Unknown", [])  # O02.FR.02

    run_on_bench(body, DC, start="Authorized", stop="Authorized")


def test_a_message_of_a_transaction_that_a_power_loss_has_ended_is_removed() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1, transaction_id=await charge(bench)))
        await restart(bench)
        assert await request(bench) == ("Unknown", [])

    run_on_bench(body, DC, start="Authorized", stop="Authorized")


def test_a_message_with_a_state_is_shown_in_that_state_only() -> None:
    async def body(bench: StationBench) -> None:
        for id, state in enumerate(S):
            await send(bench, info(id, state.value, state=state))
        assert await shown_within(bench, 20) == {"Idle"}
        await charge(bench)
        assert await shown_within(bench, 20) == {"Charging"}
        await leave(bench)
        assert shown(bench) == "Idle"
        for evse_id in bench.hardware.evses:
            bench.hardware.fault(evse_id, 1, present=True)
        await asyncio.sleep(1)
        assert shown(bench) == "Faulted"
        for evse_id in bench.hardware.evses:
            bench.hardware.fault(evse_id, 1, present=False)
        status = t.OperationalStatusEnumType.Inoperative
        await bench.csms.call(m.ChangeAvailabilityRequest(operational_status=status))
        await asyncio.sleep(1)
        assert shown(bench) == "Unavailable"

    run_on_bench(body, DC, start="Authorized", stop="Authorized")


def test_nothing_is_shown_or_accepted_while_display_messages_are_disabled() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1))
        await bench.set("DisplayMessageCtrlr.Enabled", "false")
        assert shown(bench) is None
        assert await send(bench, info(2)) == "Rejected"
        await bench.set("DisplayMessageCtrlr.Enabled", "true")
        assert shown(bench) == "message 1"

    run_on_bench(body, DC)


def test_a_page_is_downloaded_and_shown_as_html() -> None:
    async def body(bench: StationBench) -> None:
        async with file_server() as server:
            server.documents.put("/page.html", b"<html><head><title>x</title></head><p>Read <b>this</b></p></html>")
            await send(bench, info(1, server.url("/page.html"), text_format=F.URI))
            await asyncio.sleep(1)
            assert bench.hardware.display is not None
            assert bench.hardware.display.lines == ["Read this"]

    run_on_bench(body, AC)


def test_a_page_that_cannot_be_downloaded_is_not_shown() -> None:
    async def body(bench: StationBench) -> None:
        await send(bench, info(1, "http://127.0.0.1:9/none.html", text_format=F.URI))
        await asyncio.sleep(5)
        assert shown(bench) is None
        assert await request(bench) == ("Accepted", [1])

    run_on_bench(body, AC)


def test_a_product_without_display_messages_does_not_support_the_requests() -> None:
    async def body(bench: StationBench) -> None:
        for refused in (
            m.SetDisplayMessageRequest(message=info(1)),
            m.GetDisplayMessagesRequest(request_id=1),
            m.ClearDisplayMessageRequest(id=1),
            m.CostUpdatedRequest(total_cost=1.0, transaction_id="T"),
        ):
            with pytest.raises(CallErrorReceived, match="NotSupported"):
                await bench.csms.call(refused)
        assert not bench.station.station.context.device_model.has("DisplayMessageCtrlr", "Available")  # type: ignore[union-attr]

    run_on_bench(body)
