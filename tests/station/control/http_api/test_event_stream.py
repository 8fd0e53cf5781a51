"""GET /events."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from tests.station.control.http_api.station_site import Site, on_site

from plugfest.http_server.live_events import KEEP_ALIVE
from plugfest.http_server.serving import UNREAD_SECONDS
from plugfest.link.peer import Direction
from plugfest.station.control.http_api.event_stream import MAX_STREAMS, STATE_PERIOD


class Stream:
    """A client of the event stream on a socket: the events that have come."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.events: list[tuple[str, str, dict[str, Any]]] = []
        self.comments = 0

    async def read(self) -> None:
        """Until the end of the stream."""
        name = id = ""
        while line := (await self._reader.readline()).decode():
            field, _, value = line.rstrip("\r\n").partition(": ")
            match field:
                case "event":
                    name, id = value, ""
                case "id":
                    id = value
                case "data":
                    self.events.append((name, id, msgspec.json.decode(value)))
                case ":":
                    self.comments += 1

    def of(self, name: str) -> list[dict[str, Any]]:
        return [data for each, _, data in self.events if each == name]

    @property
    def numbers(self) -> list[int]:
        return [frame["number"] for frame in self.of("frame")]


@contextlib.asynccontextmanager
async def streaming(site: Site, query: str = "", *headers: str) -> AsyncIterator[Stream]:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.serve())
    lines = (f"GET /events{query} HTTP/1.0", "Host: x", *headers, "", "")  # HTTP 1.0 has no chunks
    writer.write("\r\n".join(lines).encode())
    assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
    stream = Stream(reader)
    reading = asyncio.create_task(stream.read())
    try:
        await asyncio.sleep(0.1)
        yield stream
    finally:
        reading.cancel()
        writer.close()
        await asyncio.gather(reading, return_exceptions=True)


def test_frames_come_at_once_and_states_when_they_have_changed() -> None:
    async def scenario(site: Site) -> None:
        async with streaming(site) as stream:
            assert [name for name, _, _ in stream.events] == ["state"]
            await asyncio.sleep(10)
            assert len(stream.events) == 1
            newest = site.virtual.watch.frames.newest
            await site.do("plug_in", evse_id=1, connector_id=1)
            await asyncio.sleep(0.1)
            assert stream.of("frame")[0]["payload"]["connectorStatus"] == "Occupied"
            assert stream.of("state")[-1]["evses"][0]["connectors"][0]["status"] == "Occupied"
            await site.do("present_token", id_token="04A2B1C3", evse_id=1)
            await asyncio.sleep(60)
            assert stream.numbers == [*range(newest + 1, site.virtual.watch.frames.newest + 1)]
            assert [id for name, id, _ in stream.events if name == "frame"] == [str(each) for each in stream.numbers]
            assert stream.of("state")[-1]["evses"][0]["power"] > 1000
            assert 60 < len(stream.of("state")) <= 70 / STATE_PERIOD

    on_site(scenario)


@pytest.mark.parametrize("way", ["query", "header"])
def test_a_stream_continues_behind_a_frame(way: str) -> None:
    async def scenario(site: Site) -> None:
        newest = site.virtual.watch.frames.newest
        where = ("?after=2",) if way == "query" else ("?after=4", "Last-Event-ID: 2")
        async with streaming(site, *where) as stream:
            assert stream.numbers == [*range(3, newest + 1)]

    on_site(scenario)


def test_frames_that_are_not_kept_are_named_and_a_number_of_an_earlier_process_is_the_beginning() -> None:
    async def scenario(site: Site) -> None:
        newest = site.virtual.watch.frames.newest
        assert newest > 5
        async with streaming(site, "", "Last-Event-ID: 99999") as stream:
            assert stream.of("dropped") == [{"first": 1, "last": newest - 3}]
            assert stream.numbers == [newest - 2, newest - 1, newest]
        async with streaming(site, "", f"Last-Event-ID: {newest - 3}") as stream:
            assert stream.of("dropped") == []
            assert stream.numbers == [newest - 2, newest - 1, newest]

    on_site(scenario, keep_frames=3)


def test_without_events_comments_keep_the_connection_open() -> None:
    async def scenario(site: Site) -> None:
        async with streaming(site) as stream:
            await asyncio.sleep(10 * KEEP_ALIVE)
            assert 8 <= stream.comments <= 10
            assert len(stream.of("state")) == 1

    on_site(scenario)


def test_the_countdown_to_the_next_attempt_is_no_change() -> None:
    async def scenario(site: Site) -> None:
        async with streaming(site) as stream:
            await site.do("network_off")
            await asyncio.sleep(5)
            states = len(stream.of("state"))
            assert stream.of("state")[-1]["connected"] is False
            await asyncio.sleep(5)
            assert len(stream.of("state")) == states

    on_site(scenario)


async def begin(site: Site) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """A client that has read the head of the answer, and the status of it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.serve(), limit=4096)
    writer.write(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
    return reader, writer, (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]


def test_too_many_streams_are_refused_and_one_that_ends_makes_room() -> None:
    async def scenario(site: Site) -> None:
        clients = [await begin(site) for _ in range(MAX_STREAMS + 1)]
        assert [status for _, _, status in clients] == [b"200"] * MAX_STREAMS + [b"503"]
        assert b"too many streams are open" in await clients[-1][0].readuntil(b"}")
        clients[0][1].close()
        await asyncio.sleep(2)
        clients.append(await begin(site))
        assert clients[-1][2] == b"200"
        for _, writer, _ in clients:
            writer.close()

    on_site(scenario)


def test_a_client_that_does_not_read_is_disconnected() -> None:
    async def scenario(site: Site) -> None:
        site.serve()
        await asyncio.sleep(1)
        before = asyncio.all_tasks()
        _, writer, status = await begin(site)
        assert status == b"200"
        for _ in range(100):
            site.virtual.watch.frame(Direction.SENT, "x" * 100_000, 0.0)
            await asyncio.sleep(0.1)
        assert len(asyncio.all_tasks() - before) > 0
        await asyncio.sleep(UNREAD_SECONDS)
        assert asyncio.all_tasks() - before == set()
        writer.close()

    on_site(scenario)


@pytest.mark.parametrize("query", ["after=x", "after=-1", "colour=red"])
def test_wrong_parameters_are_refused(query: str) -> None:
    async def scenario(site: Site) -> None:
        assert (await site.get(f"/events?{query}")).status_code == 400

    on_site(scenario)
