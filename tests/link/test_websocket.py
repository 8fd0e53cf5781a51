"""The WebSocket that passes its messages to a callback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.link.endpoints import HOST, STATION, accept_all

from plugfest import clock
from plugfest.link.client import StationWebSocket, connect
from plugfest.link.server import Connection, Server
from plugfest.ocpp.versions import V201

Messages = list[str | bytes]


@asynccontextmanager
async def sender_and_receiver() -> AsyncIterator[tuple[Connection, StationWebSocket]]:
    """The connection of a CSMS and the WebSocket of a station."""
    connected: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
    server = Server()

    async def keep(connection: Connection) -> None:
        connected.set_result(connection)
        await connection.websocket.wait_closed()

    await server.listen(HOST, 0, protocols=[V201], admit=accept_all, on_connection=keep)
    receiver = await connect(f"ws://{HOST}:{server.port}", STATION, protocols=[V201])
    try:
        yield await connected, receiver
    finally:
        await receiver.close()
        await server.close()


def test_messages_are_passed_on_in_order_the_queued_ones_first():
    async def main() -> Messages:
        messages: Messages = []
        async with sender_and_receiver() as (sender, receiver):
            for message in ("one", b"two"):
                await sender.websocket.send(message)
            await asyncio.sleep(1)
            await receiver.set_receiver(messages.append)
            assert messages == ["one", b"two"]
            for message in ("three", b"four", "fünf"):
                await sender.websocket.send(message)
            await asyncio.sleep(1)
        return messages

    assert clock.run_simulated(main()) == [
        "one",
        b"two",
        "three",
        b"four",
        "fünf",
    ]


def test_fragments_make_one_message():
    async def main() -> Messages:
        messages: Messages = []
        async with sender_and_receiver() as (sender, receiver):
            await receiver.set_receiver(messages.append)
            await sender.websocket.send(["a", "b", "", "c"])
            await sender.websocket.send([b"d", b"e"])
            await sender.websocket.send("f")
            await asyncio.sleep(1)
        return messages

    assert clock.run_simulated(main()) == ["abc", b"de", "f"]


def test_an_incomplete_message_is_waited_for():
    async def main() -> Messages:
        messages: Messages = []

        async def slowly() -> AsyncIterator[str]:
            yield "one "
            await asyncio.sleep(5)
            yield "two"

        async with sender_and_receiver() as (sender, receiver):
            sending = asyncio.create_task(sender.websocket.send(slowly()))
            await asyncio.sleep(1)
            await receiver.set_receiver(messages.append)
            await sending
        return messages

    assert clock.run_simulated(main()) == ["one two"]


def test_a_text_that_is_not_utf_8_closes_the_connection():
    async def main() -> tuple[Messages, int | None]:
        messages: Messages = []
        async with sender_and_receiver() as (sender, receiver):
            await receiver.set_receiver(messages.append)
            await sender.websocket.send(b"\xff", text=True)
            await receiver.wait_closed()
            return messages, sender.websocket.close_code

    assert clock.run_simulated(main()) == ([], 1007)


def test_a_connection_that_was_closed_before_passes_nothing():
    async def main() -> Messages:
        messages: Messages = []
        async with sender_and_receiver() as (sender, receiver):
            sender.websocket.drop("for the test")
            await receiver.wait_closed()
            await receiver.set_receiver(messages.append)
        return messages

    assert clock.run_simulated(main()) == []


def test_only_an_open_connection_answers_a_ping() -> None:
    async def main() -> tuple[bool, bool]:
        async with sender_and_receiver() as (connection, station):
            alive = await connection.websocket.answers_ping(5.0)
            station.drop("lost")
            return alive, await connection.websocket.answers_ping(5.0)

    assert clock.run_simulated(main()) == (True, False)


def test_nothing_is_written_after_it_was_dropped() -> None:
    async def main() -> tuple[bool, Messages]:
        messages: Messages = []
        async with sender_and_receiver() as (sender, receiver):
            await receiver.set_receiver(messages.append)
            sender.websocket.drop("enough")
            is_writable = sender.websocket.is_writable
            sender.websocket.write("one")
            await receiver.wait_closed()
            return is_writable, messages

    assert clock.run_simulated(main()) == (False, [])
